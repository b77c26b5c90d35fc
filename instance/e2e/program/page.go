package program

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Page is an answer after all redirects.
type Page struct {
	Status int
	Header http.Header
	URL    *url.URL // of the page itself, at the end of the redirects
	Body   []byte

	t    testing.TB
	root *html.Node // an empty document, if the answer isn't HTML
}

// Text is what a person reads on the page: one line for each block, single
// spaces within. Alternative texts and values of fields are not in it.
func (p *Page) Text() string {
	var text strings.Builder
	writeText(&text, p.root)
	var lines []string
	for line := range strings.SplitSeq(text.String(), "\n") {
		if words := strings.Fields(line); len(words) > 0 {
			lines = append(lines, strings.Join(words, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// Title is the page's title.
func (p *Page) Title() string {
	for n := range p.elements(atom.Title) {
		return textOf(n)
	}
	return ""
}

// Forms are all forms of the page, in their order.
func (p *Page) Forms() []*Form {
	var forms []*Form
	for n := range p.elements(atom.Form) {
		forms = append(forms, p.form(n))
	}
	return forms
}

// Form is the only form of the page that is sent to that path.
func (p *Page) Form(action string) *Form {
	p.t.Helper()
	var found []*Form
	var have []string
	for _, f := range p.Forms() {
		have = append(have, f.Method+" "+f.Action.Path)
		if f.Action.Path == action {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		p.t.Fatalf("%s (%d) has %d forms for %s; its forms are %q\n%s", p.URL, p.Status, len(found), action, have, p.Text())
	}
	return found[0]
}

// link is where the links with that text lead, which has to be one place.
func (p *Page) link(text string) *url.URL {
	p.t.Helper()
	var places, have []string
	for n := range p.elements(atom.A) {
		says := textOf(n)
		have = append(have, says)
		if href, ok := attribute(n, "href"); ok && says == text && !slices.Contains(places, href) {
			places = append(places, href)
		}
	}
	if len(places) != 1 {
		p.t.Fatalf("%s (%d) has links %q to %d places; its links are %q", p.URL, p.Status, text, len(places), have)
	}
	to, err := p.URL.Parse(places[0])
	if err != nil {
		p.t.Fatal(err)
	}
	return to
}

// elements yields the elements of that kind, in document order.
func (p *Page) elements(kind atom.Atom) iter.Seq[*html.Node] {
	return func(yield func(*html.Node) bool) {
		for n := range p.root.Descendants() {
			if n.Type == html.ElementNode && n.DataAtom == kind && !yield(n) {
				return
			}
		}
	}
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// textOf is the text of one element on one line.
func textOf(n *html.Node) string {
	var text strings.Builder
	for c := range n.ChildNodes() {
		writeText(&text, c)
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func writeText(text *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		// A line break in the source is a space; "\n" stands for a new block.
		text.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		return
	}
	if _, hidden := attribute(n, "hidden"); hidden || unread[n.DataAtom] {
		return
	}
	inline := n.Type != html.ElementNode || inlined[n.DataAtom]
	if !inline {
		text.WriteString("\n")
	}
	for c := range n.ChildNodes() {
		writeText(text, c)
	}
	if !inline {
		text.WriteString("\n")
	}
}

var (
	unread = map[atom.Atom]bool{
		atom.Head: true, atom.Script: true, atom.Style: true, atom.Template: true, atom.Textarea: true, atom.Select: true,
		atom.Datalist: true, atom.Svg: true,
	}
	inlined = map[atom.Atom]bool{
		atom.A: true, atom.Abbr: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Cite: true, atom.Code: true,
		atom.Data: true, atom.Del: true, atom.Dfn: true, atom.Em: true, atom.I: true, atom.Img: true, atom.Input: true,
		atom.Ins: true, atom.Kbd: true, atom.Mark: true, atom.Noscript: true, atom.Q: true, atom.S: true, atom.Samp: true,
		atom.Small: true, atom.Span: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true,
		atom.U: true, atom.Var: true, atom.Wbr: true,
	}
)
