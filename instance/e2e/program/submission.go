package program

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// A submission is what a browser sends for a form (HTML, "constructing the
// entry list").
type submission struct {
	to     *url.URL
	method string
	kind   string
	pairs  []pair
}

type pair struct {
	name, value string
	file        *File
}

// submission fills in a copy of the form.
func (f *Form) submission(values url.Values) (submission, error) {
	s := submission{to: f.Action, method: f.Method, kind: f.kind}
	controls := slices.Clone(f.controls)
	pressed := press(controls, values)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if pressed >= 0 && name == controls[pressed].name {
			continue
		}
		if err := fill(controls, name, values[name]); err != nil {
			return s, fmt.Errorf("%w; it has %q", err, f.Fields())
		}
	}
	if pressed < 0 {
		pressed = slices.IndexFunc(controls, func(c control) bool { return c.kind == "submit" })
	}
	if pressed >= 0 {
		controls[pressed].on = true
		to, err := f.page.URL.Parse(cmp.Or(controls[pressed].action, f.Action.String()))
		if err != nil {
			return s, err
		}
		s.to = to
	}
	s.pairs = pairs(controls, f.files)
	return s, nil
}

// press finds the button that the values name, -1 if they name none.
func press(controls []control, values url.Values) int {
	return slices.IndexFunc(controls, func(c control) bool {
		return c.kind == "submit" && c.name != "" && slices.Equal(values[c.name], []string{c.value})
	})
}

// fill sets the controls of one name. A hidden field beside boxes of the same
// name, there to be sent when no box is ticked, stays as it is.
func fill(controls []control, name string, values []string) error {
	left, found := slices.Clone(values), false
	boxes := slices.ContainsFunc(controls, func(c control) bool { return c.name == name && c.box() })
	for i := range controls {
		c := &controls[i]
		if c.name != name || c.kind == "submit" || c.kind == "file" || boxes && !c.box() {
			continue
		}
		found = true
		left = c.set(left)
	}
	switch {
	case !found:
		return fmt.Errorf("there is no field %q to fill in", name)
	case len(left) > 0:
		return fmt.Errorf("the field %q does not take %q", name, left)
	}
	return nil
}

func (c *control) box() bool { return c.kind == "checkbox" || c.kind == "radio" }

// set takes the values that the control can have, and returns the rest.
func (c *control) set(values []string) (left []string) {
	take := func(value string) bool {
		i := slices.Index(values, value)
		if i >= 0 {
			values = slices.Delete(values, i, i+1)
		}
		return i >= 0
	}
	switch {
	case c.box():
		c.on = take(c.value)
	case c.kind == "select":
		c.options = slices.Clone(c.options)
		for i := range c.options {
			c.options[i].on = (c.multiple || len(values) == 1) && take(c.options[i].value)
		}
	default:
		c.value = ""
		if len(values) > 0 {
			c.value, values = values[0], values[1:]
		}
	}
	return values
}

// pairs is what a browser would send for the controls, in their order.
func pairs(controls []control, files map[string][]File) []pair {
	var list []pair
	for _, c := range controls {
		switch {
		case c.name == "":
		case c.box(), c.kind == "submit":
			if c.on {
				list = append(list, pair{name: c.name, value: c.value})
			}
		case c.kind == "select":
			for _, o := range c.options {
				if o.on {
					list = append(list, pair{name: c.name, value: o.value})
				}
			}
		case c.kind == "file":
			chosen := files[c.name]
			if len(chosen) == 0 {
				chosen = []File{{Type: "application/octet-stream"}}
			}
			for i := range chosen {
				list = append(list, pair{name: c.name, value: chosen[i].Name, file: &chosen[i]})
			}
		default:
			list = append(list, pair{name: c.name, value: crlf(c.value)})
		}
	}
	return list
}

// crlf writes line breaks as forms send them.
func crlf(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

func (s submission) urlencoded() string {
	var parts []string
	for _, p := range s.pairs {
		parts = append(parts, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
	}
	return strings.Join(parts, "&")
}

// body is the request's body and its type.
func (s submission) body() (contentType string, body []byte, err error) {
	if s.kind != "multipart/form-data" {
		return s.kind, []byte(s.urlencoded()), nil
	}
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for _, p := range s.pairs {
		head := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name="%s"`, quoted(p.name))
		data := []byte(p.value)
		if p.file != nil {
			disposition += fmt.Sprintf(`; filename="%s"`, quoted(p.file.Name))
			head.Set("Content-Type", p.file.Type)
			data = p.file.Data
		}
		head.Set("Content-Disposition", disposition)
		part, err := w.CreatePart(head)
		if err != nil {
			return "", nil, err
		}
		if _, err := part.Write(data); err != nil {
			return "", nil, err
		}
	}
	if err := w.Close(); err != nil {
		return "", nil, err
	}
	return w.FormDataContentType(), buffer.Bytes(), nil
}

// quoted escapes a name as HTML, "multipart/form-data encoding algorithm", says.
func quoted(name string) string {
	return strings.NewReplacer("\n", "%0A", "\r", "%0D", `"`, "%22").Replace(name)
}
