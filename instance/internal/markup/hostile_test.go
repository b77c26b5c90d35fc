package markup

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"github.com/opengather/opengather/instance/internal/markup/markuptest"
)

const ownOrigin = "https://garden.example"

// surroundings are the places in a text where a payload can stand.
var surroundings = map[string]string{
	"alone": "%", "in a sentence": "Hello % and goodbye", "in a quote": "> %", "in a list": "- %", "in a task": "- [ ] %",
	"in a heading": "# %", "in a cell": "|%|\n|-|\n|%|", "in code": "`%`", "in a fence": "```\n%\n```", "as a language": "```%\nx\n```",
	"indented": "    %", "in emphasis": "***%***", "in a link": "[%](https://x.example/)", "as an address": "[x](%)",
	"as a pointed address": "[x](<%>)", "as a title": "[x](https://x.example/ \"%\")", "in a description": "![%](https://x.example/)",
	"as a picture": "![x](%)", "as an autolink": "<%>", "as a definition": "[x]\n\n[x]: %", "as a label": "[%]\n\n[%]: https://x.example/",
	"after an address": "https://x.example/%", "after a mention": "@anna%", "in a tag": "<p %>", "in a comment": "<!-- % -->",
}

func TestNoPayloadMakesABrowserLeave(t *testing.T) {
	for _, p := range markuptest.Payloads {
		for place, around := range surroundings {
			t.Run(p.Name+"/"+place, func(t *testing.T) {
				checkResult(t, strings.ReplaceAll(around, "%", p.Text), Options{})
			})
		}
		t.Run(p.Name+"/as a member", func(t *testing.T) {
			checkResult(t, "@anna", Options{Mention: func(string) (string, string, bool) { return "/@anna", p.Text, true }})
			checkResult(t, "@anna", Options{Mention: func(string) (string, string, bool) { return p.Text, "Anna", true }})
		})
	}
}

// Should the writer ever let something through, the sanitiser holds it back.
func TestTheSanitiserIsEnoughAlone(t *testing.T) {
	known := strings.Fields("p h3 h4 h5 h6 blockquote ul ol li pre hr br table thead tbody tr th td code em strong del a")
	for _, p := range markuptest.Payloads {
		page := policy.Sanitize(p.Text)
		if found := markuptest.ForeignRequests(ownOrigin, page); len(found) > 0 {
			t.Errorf("%s: %q", p.Name, found)
		}
		tags := html.NewTokenizer(strings.NewReader(page))
		for tags.Next() != html.ErrorToken {
			if token := tags.Token(); token.Type == html.StartTagToken && !slices.Contains(known, token.Data) {
				t.Errorf("%s: %s is left", p.Name, token)
			}
		}
	}
}

// A payload that disappears would pass every other test.
func TestPayloadsStayReadable(t *testing.T) {
	for _, p := range markuptest.Payloads {
		if strings.HasPrefix(p.Name, "html/") && !strings.Contains(p.Name, "line breaks") {
			if plain := Render(p.Text, Options{}).Plain; !strings.Contains(strings.ToLower(plain), markuptest.Marker) {
				t.Errorf("%s: %q is left of it", p.Name, plain)
			}
		}
	}
}

// checkResult holds for every text.
func checkResult(t *testing.T, text string, opts Options) {
	t.Helper()
	got := Render(text, opts)
	if found := markuptest.ForeignRequests(ownOrigin, got.HTML); len(found) > 0 {
		t.Errorf("%.300q becomes %.300q, with %q", text, got.HTML, found)
	}
	if again := policy.Sanitize(got.HTML); again != got.HTML {
		t.Errorf("%.300q becomes %.300q, sanitised again %.300q", text, got.HTML, again)
	}
	source := []byte(clean(newlines.Replace(text)))
	w := newWriter(source, opts)
	if w.blocks(parsed(source)); w.html.String() != got.HTML {
		t.Errorf("%.300q: the writer wrote %.300q, which the sanitiser changed to %.300q", text, w.html.String(), got.HTML)
	}
	if s := got.HTML + got.Plain; !utf8.ValidString(s) || clean(s) != s {
		t.Errorf("%.300q becomes %.300q with characters that mislead", text, s)
	}
	if len(got.Mentions) > MaxMentions {
		t.Errorf("%.300q: %d mentions", text, len(got.Mentions))
	}
	if limit := maxBytes(len(text)); len(got.HTML) > limit {
		t.Errorf("%d bytes become %d, more than %d", len(text), len(got.HTML), limit)
	}
	checkTree(t, text, got.HTML)
}

// checkTree reads HTML as a browser does and finds the writer's own elements
// and nesting again: nothing was left open, closed early or moved.
func checkTree(t *testing.T, text, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("%.300q becomes HTML that cannot be read: %v", text, err)
	}
	opened, deepest := 0, 0
	var walk func(n *html.Node, depth, links int)
	walk = func(n *html.Node, depth, links int) {
		if n.Type == html.ElementNode {
			opened++
			if n.Data == "a" {
				links++
			}
		}
		if links > 1 {
			t.Errorf("%.300q becomes a link within a link: %.300q", text, page)
		}
		deepest = max(deepest, depth)
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, depth+1, links)
		}
	}
	body := root.FirstChild.LastChild
	walk(body, 0, 0)
	if written := strings.Count(page, "<") - strings.Count(page, "</"); opened-1 != written {
		t.Errorf("%.300q: %d elements written, %d read: %.300q", text, written, opened-1, page)
	}
	// A table adds four levels, a paragraph, a link and its words one each.
	if limit := maxNesting + maxInline + 8; deepest > limit {
		t.Errorf("%.100q becomes HTML %d deep, more than %d", text, deepest, limit)
	}
}

// maxBytes is the promise about the length of the result: linear, with room
// for what a table cell or a link needs around a single letter.
func maxBytes(size int) int { return 35*size + minAddressBytes + 200 }
