package look

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"github.com/opengather/opengather/instance/internal/locale"
)

var testNow = time.Date(2026, 5, 7, 18, 5, 0, 0, time.UTC)

func printer(t *testing.T, language string) *locale.Printer {
	t.Helper()
	words, err := locale.Load(locale.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	return words.Printer(language, time.UTC)
}

func membersPage(t *testing.T) Page {
	t.Helper()
	return Page{
		Title: "Garden", Text: printer(t, "en"), Now: testNow, Nav: "/s/garden", FormKey: "key", Host: "garden.example.org",
		Community: Community{Name: "Lindenstraße", AccentVersion: "0a1b2c"},
		Viewer:    Viewer{SignedIn: true, Name: "Amira Haddad", Handle: "amira"},
		Spaces:    []NavSpace{{Name: "Garden", URL: "/s/garden", Unread: 3, Kind: "open"}, {Name: "Board", URL: "/s/board", Kind: "secret"}},
		Flash:     []Notice{{Tone: Success, Text: "Done."}},
		Foot:      []Link{{"Rules", "/about/rules"}},
		Aside:     Words("beside"),
	}
}

func strangersPage(t *testing.T) Page {
	t.Helper()
	p := membersPage(t)
	p.Viewer, p.Spaces = Viewer{}, nil
	return p
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func parsed(t *testing.T, c templ.Component) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(render(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// elements gives the elements below a node that have one of the names, all
// without a name.
func elements(n *html.Node, names ...string) []*html.Node {
	var found []*html.Node
	for d := range n.Descendants() {
		if d.Type != html.ElementNode {
			continue
		}
		if len(names) == 0 {
			found = append(found, d)
		}
		for _, name := range names {
			if d.Data == name {
				found = append(found, d)
			}
		}
	}
	return found
}

// spoken is what a screen reader says for the content of a node.
func spoken(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if hidden, _ := attr(n, "aria-hidden"); hidden == "true" {
		return ""
	}
	if label, ok := attr(n, "aria-label"); ok {
		return label
	}
	if alt, ok := attr(n, "alt"); ok {
		return alt
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(spoken(c))
	}
	return strings.TrimSpace(b.String())
}

// everyPage are the pages on which everything stands, in both languages.
func everyPage(t *testing.T) map[string]templ.Component {
	t.Helper()
	german := membersPage(t)
	german.Text, german.Theme, german.Wide = printer(t, "de"), "dark", true
	quiet := membersPage(t)
	quiet.Viewer.NoShortcuts = true
	return map[string]templ.Component{
		"components":            ComponentsPage(membersPage(t)),
		"components in German":  ComponentsPage(german),
		"components, stranger":  ComponentsPage(strangersPage(t)),
		"without shortcuts":     Layout(quiet),
		"bare":                  Bare(strangersPage(t)),
		"bare before a setup":   Bare(Page{Text: printer(t, "en"), Now: testNow}),
		"layout before a setup": Layout(Page{Text: printer(t, "de"), Now: testNow}),
	}
}

// TestPagesObeyThePolicy holds what the content security policy would refuse in
// the browser: inline styles and scripts, and any other host.
func TestPagesObeyThePolicy(t *testing.T) {
	for name, page := range everyPage(t) {
		for _, n := range elements(parsed(t, page)) {
			src, hasSrc := attr(n, "src")
			switch {
			case n.Data == "style", n.Data == "iframe", n.Data == "base":
				t.Errorf("%s: has <%s>", name, n.Data)
			case n.Data == "script" && (!hasSrc || n.FirstChild != nil):
				t.Errorf("%s: has an inline script", name)
			case hasSrc && !ownAddress(src):
				t.Errorf("%s: <%s> loads %s", name, n.Data, src)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
					t.Errorf("%s: <%s> has %s", name, n.Data, a.Key)
				}
				if (a.Key == "href" || a.Key == "action") && !ownAddress(a.Val) && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: <%s> leads to %q", name, n.Data, a.Val)
				}
			}
		}
	}
}

func ownAddress(url string) bool {
	return strings.HasPrefix(url, "/") && !strings.HasPrefix(url, "//")
}

// TestPagesCanBeUsedByEverybody holds what a machine can see of WCAG 2.2.
func TestPagesCanBeUsedByEverybody(t *testing.T) {
	for name, page := range everyPage(t) {
		root := parsed(t, page)
		ids := idsOf(t, name, root)
		for _, n := range elements(root, "button", "a", "summary", "nav", "dialog") {
			labelled, _ := attr(n, "aria-labelledby")
			if spoken(n) == "" && ids[labelled] == nil {
				t.Errorf("%s: <%s %v> has no name", name, n.Data, n.Attr)
			}
		}
		checkLabels(t, name, root)
		checkHeadings(t, name, root)
		checkReferences(t, name, root, ids)
		for _, n := range elements(root, "img") {
			if _, ok := attr(n, "alt"); !ok {
				t.Errorf("%s: an image has no alt", name)
			}
		}
		for _, n := range elements(root, "a") {
			if _, ok := attr(n, "href"); !ok {
				t.Errorf("%s: a link leads nowhere: %q", name, spoken(n))
			}
		}
	}
}

func idsOf(t *testing.T, name string, root *html.Node) map[string]*html.Node {
	t.Helper()
	ids := map[string]*html.Node{}
	for _, n := range elements(root) {
		if id, ok := attr(n, "id"); ok {
			if ids[id] != nil {
				t.Errorf("%s: two elements have the id %q", name, id)
			}
			ids[id] = n
		}
	}
	return ids
}

func checkLabels(t *testing.T, name string, root *html.Node) {
	t.Helper()
	labelled := map[string]bool{}
	inside := map[*html.Node]bool{}
	for _, label := range elements(root, "label") {
		if id, ok := attr(label, "for"); ok {
			labelled[id] = spoken(label) != ""
		}
		for _, control := range elements(label, "input") {
			inside[control] = spoken(label) != ""
		}
	}
	for _, control := range elements(root, "input", "select", "textarea", "progress") {
		id, _ := attr(control, "id")
		kind, _ := attr(control, "type")
		aria, _ := attr(control, "aria-label")
		if kind != "hidden" && !labelled[id] && !inside[control] && aria == "" {
			t.Errorf("%s: <%s id=%q> has no label", name, control.Data, id)
		}
	}
	for _, n := range elements(root, "svg") {
		role, _ := attr(n, "role")
		hidden, _ := attr(n, "aria-hidden")
		if hidden != "true" && (role == "" || spoken(n) == "") {
			t.Errorf("%s: a drawing is neither hidden nor named", name)
		}
	}
	for _, n := range elements(root, "fieldset") {
		if first := elements(n, "legend"); len(first) != 1 || spoken(first[0]) == "" {
			t.Errorf("%s: a fieldset has no legend", name)
		}
	}
}

// checkHeadings holds that there is one h1 at most and that no level is left
// out. A dialog begins its own outline.
func checkHeadings(t *testing.T, name string, root *html.Node) {
	t.Helper()
	before, tops := 1, 0
	for _, n := range elements(root, "h1", "h2", "h3", "h4") {
		level := int(n.Data[1] - '0')
		if level == 1 {
			tops++
		}
		if level > before+1 {
			t.Errorf("%s: <%s> %q follows level %d", name, n.Data, spoken(n), before)
		}
		before = level
	}
	if tops > 1 {
		t.Errorf("%s: has %d h1", name, tops)
	}
}

func checkReferences(t *testing.T, name string, root *html.Node, ids map[string]*html.Node) {
	t.Helper()
	for _, n := range elements(root) {
		for _, key := range []string{"aria-describedby", "aria-labelledby", "for", "data-copy", "data-dialog"} {
			value, _ := attr(n, key)
			for id := range strings.FieldsSeq(value) {
				if ids[id] == nil {
					t.Errorf("%s: <%s> names %q by %s, which is not there", name, n.Data, id, key)
				}
			}
		}
	}
}

// TestFormsThatWriteCarryTheirKey holds that a second press cannot do it twice.
func TestFormsThatWriteCarryTheirKey(t *testing.T) {
	seen := 0
	for _, form := range elements(parsed(t, ComponentsPage(membersPage(t))), "form") {
		if method, _ := attr(form, "method"); method != "post" {
			continue
		}
		seen++
		keyed := false
		for _, input := range elements(form, "input") {
			field, _ := attr(input, "name")
			value, _ := attr(input, "value")
			keyed = keyed || field == KeyField && value != ""
		}
		if !keyed {
			action, _ := attr(form, "action")
			t.Errorf("the form to %q has no key", action)
		}
	}
	if seen < 5 {
		t.Errorf("only %d forms were looked at", seen)
	}
}

// TestEveryWordIsTranslated holds that each text asked for is there.
func TestEveryWordIsTranslated(t *testing.T) {
	for name, page := range everyPage(t) {
		if text := render(t, page); strings.Contains(text, "⟦") {
			_, rest, _ := strings.Cut(text, "⟦")
			key, _, _ := strings.Cut(rest, "⟧")
			t.Errorf("%s: %s is missing", name, key)
		}
	}
}
