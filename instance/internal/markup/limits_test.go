package markup

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"github.com/opengather/opengather/instance/internal/markup/markuptest"
)

func parsed(source []byte) ast.Node { return markdown.Parse(text.NewReader(source)) }

func fill(s string, size int) string { return strings.Repeat(s, size/len(s)) }

// repeated are texts that are hard for parsers of Markdown when there is much of them.
var repeated = []string{
	">", "> ", "> - ", "- ", "* + - ", "1. ", "# ", "[", "[ ", "![", "![[]()", "![a](b", "[a](b", "[a](<b", "[a](b \"x", "[a](b '", "[a](b (",
	"[a][b", "[a]", "]", "*", "**a ", "*a_ ", "*a __b ~~c ", "a**b c* ", "~a ", "_a", "`", "`a``b", "<a", "<https://a", "<!--", "<?", "</",
	" http://a.b/", "_http://a_", "(http://a.b/", "http://a.b/)", "&a;", "&amp;", "&", "&#", "&#x1", " a@b.c", "_a@", " www.a", "@ab ", "@",
	"\\", "a\\\n", " ", "\t", "\n", "a\n", "a\n\n", "-\n", "- [ ] a\n", "- a\n\n  b\n", "> 1\n", "a\n=\n", "* * *\n", "```\n", "~~~\n``\n",
	"[a]:b\n", "[a]: b \"\n", "[a]:b\n\n[a]", "|-|-\n", "|a|b|\n|-|-|\n|c|\n", "|`\\|`|\n", "e\u0301", "\u202e", "\xff", "שa",
}

// built are texts with a beginning and an end.
var built = map[string]func(size int) string{
	"nested brackets":       func(n int) string { return fill("[", n/2) + "a" + fill("]", n/2) },
	"nested spaced":         func(n int) string { return fill("[ ", n/2) + "a" + fill(" ]", n/2) },
	"nested references":     func(n int) string { return "[a]: /x\n\n" + fill("[", n/3) + "a" + fill("][a]", n/2) },
	"nested pictures":       func(n int) string { return fill("![a", n/2) + fill("](b)", n/2) },
	"nested emphasis":       func(n int) string { return fill("*a **b ", n/2) + fill("c** d* ", n/2) },
	"long runs":             func(n int) string { return fill("*", n/2) + "a" + fill("*", n/2) },
	"runs":                  func(n int) string { return fill("****a ", n/2) + fill("a**** ", n/2) },
	"closers":               func(n int) string { return fill("a**b ", n/2) + fill("c* ", n/2) },
	"lists and blank lines": func(n int) string { return fill("- ", n/2) + "x" + fill("\n", n/2) },
	"quotes and lazy lines": func(n int) string { return fill("> ", n/2) + "x\n" + fill("a\n", n/2) },
	"one long address":      func(n int) string { return "[a]: /" + fill("y", n/2) + "\n\n" + fill("[a] ", n/2) },
	"one long picture":      func(n int) string { return "[a]: /" + fill("y", n/2) + "\n\n" + fill("![a] ", n/2) },
	"one wide table":        func(n int) string { return fill("|a", n/3) + "\n" + fill("|-", n/3) + "\n" + fill("|\n", n/3) },
	"one long table":        func(n int) string { return "a\n-:\n" + fill("x\n", n) },
	"stairs":                func(n int) string { return stairs(n, " ") },
	"stairs of tabs":        func(n int) string { return stairs(n, "\t") },
	"backticks of every length": func(n int) string {
		var b strings.Builder
		for i := 1; b.Len() < n; i++ {
			b.WriteString(strings.Repeat("`", i) + "a")
		}
		return b.String()
	},
}

func stairs(size int, step string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(strings.Repeat(step, 2*i) + "- a\n")
	}
	return b.String()
}

func TestHardTextsGiveBoundedPages(t *testing.T) {
	for _, s := range repeated {
		checkResult(t, fill(s, 100), Options{})
		checkResult(t, fill(s, 6000), Options{})
	}
	for name, build := range built {
		t.Run(name, func(t *testing.T) {
			checkResult(t, build(100), Options{})
			checkResult(t, build(6000), Options{})
		})
	}
}

func TestRandomTextsGiveBoundedPages(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 500 {
		var b strings.Builder
		for range 1 + r.IntN(60) {
			if r.IntN(10) == 0 {
				b.WriteString(markuptest.Payloads[r.IntN(len(markuptest.Payloads))].Text)
			} else {
				b.WriteString(strings.Repeat(repeated[r.IntN(len(repeated))], 1+r.IntN(4)))
			}
		}
		checkResult(t, b.String(), Options{})
	}
}

func TestNestingStopsAtItsLimit(t *testing.T) {
	for _, c := range []struct {
		mark, element string
		levels        int
	}{
		{"> ", "<blockquote", maxNesting},
		{"- ", "<li", maxNesting / 2},
		{"1. ", "<li", maxNesting / 2},
	} {
		page := Render(strings.Repeat(c.mark, 100)+"x", Options{}).HTML
		if n := strings.Count(page, c.element); n != c.levels {
			t.Errorf("%q a hundred times: %d levels, want %d", c.mark, n, c.levels)
		}
		rest := strings.TrimSpace(strings.Repeat(c.mark, 100-c.levels)) + " x"
		if plain := Render(strings.Repeat(c.mark, 100)+"x", Options{}).Plain; plain != rest {
			t.Errorf("%q a hundred times leaves %q, want what is too deep as it was typed", c.mark, plain)
		}
	}
	emphasis := strings.Repeat("*a **b ", 50) + strings.Repeat("c** d* ", 50)
	page := Render(emphasis, Options{}).HTML
	if n := strings.Count(page, "<em>") + strings.Count(page, "<strong>"); n != maxInline {
		t.Errorf("emphasis %d levels deep, want %d", n, maxInline)
	}
}

// After an unclosed quote or list of the deepest kind the next lines still
// belong where they would without the limit.
func TestTextGoesOnAfterTheLimit(t *testing.T) {
	page := Render(strings.Repeat("> ", 100)+"x\n\ny\n\n- z", Options{}).HTML
	if !strings.HasSuffix(page, "<p dir=\"auto\">y</p>\n<ul dir=\"ltr\">\n<li dir=\"ltr\">\nz\n</li>\n</ul>\n") {
		t.Errorf("got %s", page)
	}
}

func TestMarksAreRationedInEachBlock(t *testing.T) {
	for _, c := range []struct {
		text, element string
		marks         int // for one element
	}{
		{"*a* ", "<em>", 2}, {"~~a~~ ", "<del>", 2}, {"`a` ", "<code>", 1}, {"[a](/b) ", "<a ", 2}, {"![a](/b) ", "<a ", 2},
	} {
		block := strings.Repeat(c.text, 3*maxMarks) + "\n\n"
		if n, want := strings.Count(Render(block, Options{}).HTML, c.element), maxMarks/c.marks; n != want {
			t.Errorf("%q: %d elements in a block, want %d", c.text, n, want)
		}
		if n, want := strings.Count(Render(block+block, Options{}).HTML, c.element), 2*maxMarks/c.marks; n != want {
			t.Errorf("%q: %d elements in two blocks, want %d", c.text, n, want)
		}
	}
}

func TestLongRunsOfAMarkAreWords(t *testing.T) {
	for _, mark := range []string{"*", "_", "`"} {
		short, long := strings.Repeat(mark, maxRun), strings.Repeat(mark, maxRun+1)
		if page := Render("x "+short+"a"+short, Options{}).HTML; strings.Contains(page, mark) {
			t.Errorf("%q is not read as marks: %s", short, page)
		}
		if plain := Render("x "+long+"a"+long, Options{}).Plain; plain != "x "+long+"a"+long {
			t.Errorf("%q is not left alone: %s", long, plain)
		}
	}
}

func TestAddressesOfATextAreBounded(t *testing.T) {
	const uses = 1000
	for _, use := range []string{"[a]\n\n", "![a]\n\n"} {
		definition := "[a]: /" + strings.Repeat("y", 999) + "\n\n"
		page := Render(definition+strings.Repeat(use, uses), Options{}).HTML
		if n := strings.Count(page, "<a "); n != minAddressBytes/1000 {
			t.Errorf("%d links of 1000 bytes, want %d", n, minAddressBytes/1000)
		}
		if n := strings.Count(page, ">a<"); n != uses {
			t.Errorf("%d of %d words are left", n, uses)
		}
	}
}

func TestDefinitionsInHugeParagraphsAreWords(t *testing.T) {
	within := strings.Repeat("[a]:/b\n", maxDefinitionLines)
	if page := Render(within+"\n[a]", Options{}).HTML; page != "<p dir=\"auto\"><a href=\"/b\" rel=\""+linkRel+"\">a</a></p>\n" {
		t.Errorf("got %.200s, want a link", page)
	}
	if page := Render(within+"[a]:/b\n\n[a]", Options{}).HTML; strings.Contains(page, "<a ") {
		t.Errorf("got %.200s, want words", page)
	}
}

func TestTablesOfEmptyCellsAreWords(t *testing.T) {
	head := strings.Repeat("| a ", 50) + "\n" + strings.Repeat("| - ", 50) + "\n"
	if page := Render(head+strings.Repeat("|\n", 3), Options{}).HTML; strings.Count(page, "<td") != 150 {
		t.Errorf("got %.200s, want a table", page)
	}
	if page := Render(head+strings.Repeat("|\n", 100), Options{}).HTML; strings.Contains(page, "<td") {
		t.Errorf("got %.200s, want words", page)
	}
}

func FuzzRender(f *testing.F) {
	for _, p := range markuptest.Payloads {
		f.Add(p.Text)
	}
	for _, s := range repeated {
		f.Add(fill(s, 3*len(s)))
	}
	for _, build := range built {
		f.Add(build(60))
	}
	f.Fuzz(func(t *testing.T, s string) { checkResult(t, s, Options{}) })
}
