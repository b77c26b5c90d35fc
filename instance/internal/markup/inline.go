package markup

import (
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	tables "github.com/yuin/goldmark/extension/ast"
)

func (w *writer) inlines(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.inline(n)
	}
}

func (w *writer) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.words(n)
	case *ast.CodeSpan:
		w.code(n)
	case *ast.Emphasis:
		if n.Level == 2 {
			w.wrap("strong", n)
		} else {
			w.wrap("em", n)
		}
	case *tables.Strikethrough:
		w.wrap("del", n)
	case *ast.Link:
		w.writtenLink(n)
	case *ast.Image:
		w.picture(n)
	case *ast.AutoLink:
		label, to := string(n.Label(w.source)), string(n.URL(w.source))
		if n.AutoLinkType == ast.AutoLinkEmail {
			to = "mailto:" + to
		}
		href, ok := address(to)
		w.autoLink(label, href, ok)
	case *tables.TaskCheckBox:
		w.checkBox(n.IsChecked)
	case *mention:
		w.mention(n)
	}
}

// words writes text with the line break after it: as in a letter, every one counts.
func (w *writer) words(t *ast.Text) {
	w.text(w.decode(t.Segment.Value(w.source)))
	if !t.SoftLineBreak() && !t.HardLineBreak() {
		return
	}
	w.markup("<br>\n")
	w.plain.WriteString("\n")
}

// checkBox writes a sign, not a form control: nobody can tick it on the page,
// and it has to be there in mails and feeds. U+FE0E asks for the plain sign
// instead of a coloured picture.
func (w *writer) checkBox(checked bool) {
	if checked {
		w.text("☑\ufe0e ")
	} else {
		w.text("☐ ")
	}
}

// wrap writes an inline element, but only its content where elements are nested
// too deep or not wanted.
func (w *writer) wrap(element string, n ast.Node) {
	if w.bare || w.depth >= maxInline {
		w.inlines(n)
		return
	}
	w.depth++
	w.markup("<", element, ">")
	w.inlines(n)
	w.markup("</", element, ">")
	w.depth--
}

func (w *writer) code(n *ast.CodeSpan) {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(w.source))
		}
	}
	code := strings.ReplaceAll(b.String(), "\n", " ")
	if w.bare {
		w.text(code)
		return
	}
	w.markup("<code>")
	w.text(code)
	w.markup("</code>")
}

// link writes a link around what content writes, or only the content where no
// link can be.
func (w *writer) link(href, attributes string, content func()) {
	if w.inLink || w.bare {
		content()
		return
	}
	w.inLink = true
	w.markup(`<a href="`, html.EscapeString(href), `" rel="`, linkRel, `"`, attributes, `>`)
	content()
	w.markup(`</a>`)
	w.inLink = false
}

// destination decodes the address of a link or picture. It is empty once the
// text has used up its bytes for addresses.
func (w *writer) destination(raw []byte) string {
	if w.addressBytes -= len(raw); w.addressBytes < 0 {
		return ""
	}
	return w.decode(raw)
}

// writtenLink shows the address of a link that leads nowhere beside its words:
// what somebody wrote does not get lost.
func (w *writer) writtenLink(n *ast.Link) {
	to := w.destination(n.Destination)
	href, ok := address(to)
	switch {
	case !n.HasChildren():
		w.autoLink(to, href, ok)
	case ok:
		w.link(href, "", func() { w.inlines(n) })
	default:
		w.inlines(n)
		if to != "" && !w.bare {
			w.text(" (" + to + ")")
		}
	}
}

func (w *writer) autoLink(label, href string, ok bool) {
	if !ok {
		w.text(label)
		return
	}
	w.link(href, "", func() { w.text(label) })
}

// picture writes a picture as a link with its description.
func (w *writer) picture(n *ast.Image) {
	href, ok := address(w.destination(n.Destination))
	describe := func() {
		outer := w.bare
		w.bare = true
		w.inlines(n)
		w.bare = outer
	}
	switch {
	case !n.HasChildren():
		w.autoLink(href, href, ok)
	case ok:
		w.link(href, "", describe)
	default:
		describe()
	}
}
