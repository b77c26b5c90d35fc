package program

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Form is a form of a page, with what the page put in.
type Form struct {
	Action *url.URL
	Method string // GET or POST

	page     *Page
	kind     string // the enctype
	controls []control
	files    map[string][]File
}

// A File is one that a person chose for a field.
type File struct {
	Name string
	Type string // the media type, such as image/png
	Data []byte
}

// A control is a field or a submit button that a browser would look at.
type control struct {
	name, kind string // kind: the type of an input or button, "textarea" or "select"
	value      string
	on         bool // ticked
	options    []option
	multiple   bool
	action     string // formaction of a button
}

type option struct {
	value string
	on    bool
}

// Fields are the names of the fields and named buttons, each once.
func (f *Form) Fields() []string {
	var names []string
	for _, c := range f.controls {
		if c.name != "" && !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}

// Typed are the names of the fields that a person writes into or gives a file,
// as opposed to those with a choice that the page offers.
func (f *Form) Typed() []string {
	var names []string
	for _, c := range f.controls {
		if c.name != "" && !c.box() && !slices.Contains([]string{"submit", "select", "hidden"}, c.kind) && !slices.Contains(names, c.name) {
			names = append(names, c.name)
		}
	}
	return names
}

// Value is what would be sent for the field if nobody touched it, the first of
// several, and empty if nothing would be sent.
func (f *Form) Value(field string) string {
	for _, p := range pairs(f.controls, nil) {
		if p.name == field {
			return p.value
		}
	}
	return ""
}

// Attach chooses files for a field, in place of those chosen before.
func (f *Form) Attach(field string, files ...File) {
	f.page.t.Helper()
	if !slices.ContainsFunc(f.controls, func(c control) bool { return c.name == field && c.kind == "file" }) {
		f.page.t.Fatalf("the form for %s has no field for files %q, but %q", f.Action, field, f.Fields())
	}
	f.files[field] = files
}

// form reads the form at n, whose controls may also stand elsewhere on the
// page (HTML, "form owner").
func (p *Page) form(n *html.Node) *Form {
	p.t.Helper()
	f := &Form{Method: http.MethodGet, page: p, kind: "application/x-www-form-urlencoded", files: map[string][]File{}}
	if method, _ := attribute(n, "method"); strings.EqualFold(method, "post") {
		f.Method = http.MethodPost
	}
	if kind, ok := attribute(n, "enctype"); ok {
		f.kind = kind
	}
	action, _ := attribute(n, "action")
	to, err := p.URL.Parse(action)
	if err != nil {
		p.t.Fatal(err)
	}
	f.Action = to
	for c := range p.root.Descendants() {
		if owner(c, p) == n && !disabled(c) {
			if made, ok := read(c); ok {
				f.controls = append(f.controls, made)
			}
		}
	}
	return f
}

// owner is the form that an element belongs to, or nil.
func owner(n *html.Node, p *Page) *html.Node {
	if id, ok := attribute(n, "form"); ok {
		for form := range p.elements(atom.Form) {
			if has, _ := attribute(form, "id"); has == id {
				return form
			}
		}
		return nil
	}
	return ancestor(n, atom.Form)
}

func ancestor(n *html.Node, kind atom.Atom) *html.Node {
	for a := range n.Ancestors() {
		if a.DataAtom == kind {
			return a
		}
	}
	return nil
}

// disabled reports whether a control takes no part: by itself, by a fieldset
// around it, or as a suggestion inside a datalist.
func disabled(n *html.Node) bool {
	if _, off := attribute(n, "disabled"); off || ancestor(n, atom.Datalist) != nil {
		return true
	}
	for a := range n.Ancestors() {
		if _, off := attribute(a, "disabled"); off && a.DataAtom == atom.Fieldset {
			return true
		}
	}
	return false
}

// read makes a control of an element, if it is one.
func read(n *html.Node) (control, bool) {
	name, _ := attribute(n, "name")
	value, hasValue := attribute(n, "value")
	kind, _ := attribute(n, "type")
	c := control{name: name, kind: strings.ToLower(kind), value: value}
	c.action, _ = attribute(n, "formaction")
	switch n.DataAtom {
	case atom.Input:
		_, c.on = attribute(n, "checked")
		if (c.kind == "checkbox" || c.kind == "radio") && !hasValue {
			c.value = "on"
		}
	case atom.Button:
		if c.kind == "" {
			c.kind = "submit"
		}
	case atom.Textarea:
		c.kind, c.value = "textarea", rawText(n)
	case atom.Select:
		c.kind = "select"
		_, c.multiple = attribute(n, "multiple")
		c.options = options(n, c.multiple)
	default:
		return c, false
	}
	return c, c.kind != "reset" && c.kind != "button" && c.kind != "image"
}

// options are those that can be chosen. Of a list that isn't multiple one is
// always chosen: the first, if the page says nothing (HTML, "ask for a reset").
func options(list *html.Node, multiple bool) []option {
	var all []option
	chosen := -1
	for n := range list.Descendants() {
		if n.DataAtom != atom.Option {
			continue
		}
		if _, off := attribute(n, "disabled"); off {
			continue
		}
		value, ok := attribute(n, "value")
		if !ok {
			value = textOf(n)
		}
		_, on := attribute(n, "selected")
		if on {
			chosen = len(all)
		}
		all = append(all, option{value: value, on: on && multiple})
	}
	if !multiple && len(all) > 0 {
		all[max(chosen, 0)].on = true
	}
	return all
}

func rawText(n *html.Node) string {
	var text strings.Builder
	for c := range n.ChildNodes() {
		text.WriteString(c.Data)
	}
	return text.String()
}
