package markup

import (
	"strconv"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/text/unicode/bidi"
)

// The writing direction of a block of text is found by the browser (dir=auto).
// It takes no notice of text in elements that have a direction of their own, so
// that a list of such blocks would always be left to right, with its bullets at
// the wrong edge: what holds blocks is given the direction of its first word.

func (w *writer) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n)
	}
}

func (w *writer) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Paragraph:
		w.leaf("p", "", n)
	case *ast.TextBlock:
		w.inlines(n)
		w.endBlock()
	case *ast.Heading:
		w.leaf("h"+strconv.Itoa(min(n.Level+2, 6)), "", n)
	case *ast.Blockquote:
		w.container("blockquote", "", n)
	case *ast.List:
		w.list(n)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		w.codeBlock(n)
	case *ast.ThematicBreak:
		w.markup("<hr>\n")
	case *tables.Table:
		w.table(n)
	}
}

// endBlock keeps the words of neighbouring blocks apart.
func (w *writer) endBlock() {
	w.markup("\n")
	w.plain.WriteString("\n")
}

// leaf writes a block of text.
func (w *writer) leaf(element, attributes string, n ast.Node) {
	w.markup("<", element, attributes, ` dir="auto">`)
	w.inlines(n)
	w.markup("</", element, ">")
	w.endBlock()
}

// container writes a block of blocks.
func (w *writer) container(element, attributes string, n ast.Node) {
	w.markup("<", element, attributes, w.direction(n), ">\n")
	w.blocks(n)
	w.markup("</", element, ">\n")
}

func (w *writer) list(n *ast.List) {
	element, start := "ul", ""
	if n.IsOrdered() {
		element = "ol"
		if n.Start != 1 {
			start = ` start="` + strconv.Itoa(n.Start) + `"`
		}
	}
	w.markup("<", element, start, w.direction(n), ">\n")
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		class := ""
		if isTask(item) {
			class = ` class="` + classTask + `"`
		}
		w.container("li", class, item)
	}
	w.markup("</", element, ">\n")
}

func isTask(item ast.Node) bool {
	first := item.FirstChild()
	if first == nil {
		return false
	}
	_, ok := first.FirstChild().(*tables.TaskCheckBox)
	return ok
}

func (w *writer) codeBlock(n ast.Node) {
	w.markup(`<pre dir="auto"><code>`)
	for _, line := range n.Lines().Sliced(0, n.Lines().Len()) {
		w.text(string(line.Value(w.source)))
	}
	w.markup("</code></pre>")
	w.endBlock()
}

func (w *writer) table(n *tables.Table) {
	w.markup("<table", w.direction(n), ">\n<thead>\n")
	w.row("th", n.FirstChild())
	w.markup("</thead>\n<tbody>\n")
	for row := n.FirstChild().NextSibling(); row != nil; row = row.NextSibling() {
		w.row("td", row)
	}
	w.markup("</tbody>\n</table>\n")
}

func (w *writer) row(element string, row ast.Node) {
	w.markup("<tr>\n")
	for c := row.FirstChild(); c != nil; c = c.NextSibling() {
		w.leaf(element, alignment(c), c)
	}
	w.markup("</tr>\n")
}

func alignment(cell ast.Node) string {
	c, ok := cell.(*tables.TableCell)
	switch {
	case ok && c.Alignment == tables.AlignCenter:
		return ` class="` + classCenter + `"`
	case ok && c.Alignment == tables.AlignRight:
		return ` class="` + classRight + `"`
	}
	return ""
}

// direction gives the dir attribute for what holds blocks, after the first
// letter in it that has a direction (UAX #9, rules P2 and P3).
func (w *writer) direction(n ast.Node) string {
	dir := ""
	// The callback returns no error.
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		t, ok := n.(*ast.Text)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		if dir = firstStrong(t.Segment.Value(w.source)); dir != "" {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return dir
}

func firstStrong(s []byte) string {
	for len(s) > 0 {
		p, size := bidi.Lookup(s)
		switch p.Class() {
		case bidi.L:
			return ` dir="ltr"`
		case bidi.R, bidi.AL:
			return ` dir="rtl"`
		}
		s = s[max(size, 1):]
	}
	return ""
}
