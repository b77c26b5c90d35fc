package markuptest

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// ForeignRequests lists everything in a page of an origin (such as
// "https://garden.example") with which a browser would send a request to
// another origin or run a script that is not a file of this origin: addresses
// in any attribute but the href of an HTML a element, styles, inline scripts,
// event handlers, refreshes, base elements, frames with a document inside, and
// pings to wherever. An a element may lead to http, https, mailto and tel.
//
// It errs on the side of reporting. A page is read as browsers with and
// without scripts read it, and tag by tag, as browsers differ in where tags
// count. So a tag in a title or a textarea counts as well: a page of ours has
// it escaped. A page that cannot be read is itself a finding.
func ForeignRequests(origin, page string) []string {
	f := newFinder(origin)
	f.page(page)
	return f.found
}

// ForeignRequestsInCSS does the same for a stylesheet.
func ForeignRequestsInCSS(origin, css string) []string {
	f := newFinder(origin)
	f.css("stylesheet", css)
	return f.found
}

type finder struct {
	origin origin
	found  []string
	frames int // documents within documents
}

func newFinder(own string) *finder { return &finder{origin: parseOrigin(own)} }

func (f *finder) report(where, what string) {
	finding := fmt.Sprintf("%s: %.200s", where, what)
	if !slices.Contains(f.found, finding) {
		f.found = append(f.found, finding)
	}
}

func (f *finder) page(page string) {
	f.tags(page)
	for _, scripts := range []bool{true, false} {
		root, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(scripts))
		if err != nil {
			f.report("page", "cannot be read: "+err.Error())
			return
		}
		f.node(root)
	}
}

// tags looks at every tag outside of comments, wherever it stands.
func (f *finder) tags(page string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return // the end: a string has no other error
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			f.element(&html.Node{Type: html.ElementNode, Data: token.Data, Attr: token.Attr})
			z.NextIsNotRawText()
		}
	}
}

func (f *finder) node(n *html.Node) {
	if n.Type == html.ElementNode {
		f.element(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		f.node(c)
	}
}

func (f *finder) element(n *html.Node) {
	switch strings.ToLower(n.Data) {
	case "base":
		f.report("base", "changes where every address leads")
	case "script":
		if code := content(n); strings.TrimSpace(code) != "" && !isData(n) {
			f.report("script", code)
		}
	case "style":
		f.css("style", content(n))
	case "meta":
		if strings.EqualFold(strings.TrimSpace(attribute(n, "http-equiv")), "refresh") {
			f.address("meta refresh", refreshTarget(attribute(n, "content")))
		}
	}
	for _, a := range n.Attr {
		f.attribute(n, a)
	}
}

// isData says whether a script element holds data, which no browser runs.
func isData(n *html.Node) bool {
	kind := strings.ToLower(strings.TrimSpace(attribute(n, "type")))
	return kind == "application/json" || kind == "application/ld+json"
}

// refreshTarget reads the address out of "5; url='…'" as browsers do (HTML,
// shared declarative refresh steps). No address means the page itself.
func refreshTarget(s string) string {
	s = strings.TrimLeft(s, "0123456789. \t\n\f\r")
	s = strings.TrimLeft(s, ";, \t\n\f\r")
	if len(s) >= 3 && strings.EqualFold(s[:3], "url") {
		if rest := strings.TrimLeft(s[3:], " \t\n\f\r"); strings.HasPrefix(rest, "=") {
			s = strings.TrimLeft(rest[1:], " \t\n\f\r")
		}
	}
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		s, _, _ = strings.Cut(s[1:], s[:1])
	}
	return s
}

func content(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if strings.EqualFold(a.Key, name) {
			return a.Val
		}
	}
	return ""
}
