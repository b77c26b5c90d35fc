package look

import "github.com/a-h/templ"

// Kind is how much an Action asks for attention.
type Kind string

const (
	// Secondary is the ordinary button: an edge, no fill.
	Secondary Kind = ""
	// Primary is the one thing this page or form is for. At most one in sight.
	Primary Kind = "primary"
	// Quiet is a button that looks like text until it is touched.
	Quiet Kind = "quiet"
	// Danger destroys something.
	Danger Kind = "danger"
)

// Action is something a person can do: a button, a link, an entry of a menu.
//
// Without URL it is the submit button of the form around it. With URL it is a
// link. With URL and Post it is a small form of its own that carries Key.
type Action struct {
	Label string
	URL   string
	Post  bool
	// Key is the one-time key of the form that Post makes.
	Key  string
	Kind Kind
	// Icon is a name in icons/, drawn before the label.
	Icon string
	// IconOnly shows the icon alone; Label is then read out and shown as a tip.
	IconOnly bool
	// Name and Value are sent when this button submits the form.
	Name, Value string
	// Confirm is the id of a Dialog that opens instead where scripts run. URL
	// must then lead to a page that asks the same question.
	Confirm string
	// Attrs are further attributes, such as hx-get.
	Attrs templ.Attributes
}

func (a Action) class() string {
	class := "button"
	if a.Kind != Secondary {
		class += " button-" + string(a.Kind)
	}
	if a.IconOnly {
		class += " button-icon"
	}
	return class
}

func (a Action) extra() templ.Attributes {
	attrs := templ.Attributes{}
	for name, value := range a.Attrs {
		attrs[name] = value
	}
	if a.IconOnly {
		attrs["aria-label"] = a.Label
		attrs["title"] = a.Label
	}
	return attrs
}

func (a Action) link() templ.Attributes {
	attrs := a.extra()
	if a.Confirm != "" {
		attrs["data-dialog"] = a.Confirm
	}
	return attrs
}

func (a Action) submit() templ.Attributes {
	attrs := a.extra()
	if a.Name != "" {
		attrs["name"] = a.Name
		attrs["value"] = a.Value
	}
	return attrs
}
