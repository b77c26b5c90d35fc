package look

import "github.com/a-h/templ"

// Field is one question of a form. Value is what the person typed, also when it
// was refused, so that nothing has to be typed twice.
type Field struct {
	Name  string
	Label string
	// Hint helps before typing; Error says how to put it right after.
	Hint, Error string
	Value       string
	// Type is the type of an <input>; empty means "text".
	Type string
	// Optional marks what may stay empty. Everything else is required.
	Optional bool
	// Autocomplete is the field's name in HTML's autofill list.
	Autocomplete string
	// Rows is the height of a TextArea before it grows: 2, 3, 4, 6, 8 or 12; 0
	// means 4.
	Rows int
	// MaxLength in characters; 0 sets none.
	MaxLength int
	// Attrs are further attributes of the control itself.
	Attrs templ.Attributes
}

// Option is one answer of a Select or of Radios.
type Option struct {
	Value, Label string
	// Hint is shown under the label of a radio card, and behind that of a select.
	Hint string
	// Icon is a name in icons/, for a radio card.
	Icon string
}

// Problem is a refused field, for the list above the form.
type Problem struct {
	// Field is the Name of the field.
	Field string
	Text  string
}

// ProblemOf is what has to be put right in a field.
func ProblemOf(problems []Problem, field string) string {
	for _, p := range problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// ID is the id of the field's control, for a link that leads to it.
func (f Field) ID() string { return fieldID(f.Name) }

func fieldID(name string) string { return "field-" + name }

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() int {
	if f.Rows == 0 {
		return 4
	}
	return f.Rows
}

// control are the attributes that every kind of control shares.
func (f Field) control() templ.Attributes {
	attrs := f.group()
	attrs["id"] = f.ID()
	attrs["name"] = f.Name
	if !f.Optional {
		attrs["required"] = true
	}
	if f.Autocomplete != "" {
		attrs["autocomplete"] = f.Autocomplete
	}
	if f.MaxLength > 0 {
		attrs["maxlength"] = f.MaxLength
	}
	for name, value := range f.Attrs {
		attrs[name] = value
	}
	return attrs
}

// group are the attributes that tie hint and error to a control or a fieldset.
func (f Field) group() templ.Attributes {
	attrs := templ.Attributes{}
	if f.Error != "" {
		attrs["aria-invalid"] = "true"
	}
	described := ""
	if f.Hint != "" {
		described = f.ID() + "-hint"
	}
	if f.Error != "" {
		described += " " + f.ID() + "-error"
	}
	if described != "" {
		attrs["aria-describedby"] = described
	}
	return attrs
}

func (f Field) class() string {
	if f.Error != "" {
		return "field field-refused"
	}
	return "field"
}

// check are the attributes of a checkbox: one that is not ticked is an answer
// too, so it is required only when Attrs say so.
func (f Field) check() templ.Attributes {
	attrs := f.control()
	if _, ok := f.Attrs["required"]; !ok {
		delete(attrs, "required")
	}
	return attrs
}

func (f Field) checkValue() string {
	if f.Value == "" {
		return "yes"
	}
	return f.Value
}
