package markup

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// mention is an @ with a handle. Whether somebody has it is not known yet.
type mention struct {
	ast.BaseInline
	typed string
}

var kindMention = ast.NewNodeKind("Mention")

// Kind implements ast.Node.
func (m *mention) Kind() ast.NodeKind { return kindMention }

// Dump implements ast.Node.
func (m *mention) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"Typed": m.typed}, nil)
}

func (m *mention) handle() string { return strings.ToLower(m.typed[1:]) }

// mentionParser takes a handle as a whole, so that its underscores are no marks.
// It never sees code and addresses, which are taken as a whole as well.
type mentionParser struct{}

func (mentionParser) Trigger() []byte { return []byte{'@'} }

// Capitals are taken too: telephones put them at the beginning of a sentence.
var mentioned = regexp.MustCompile(`^@[A-Za-z0-9_]+`)

func (mentionParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	typed := string(mentioned.Find(line))
	if n := len(typed) - 1; n < 2 || n > 30 || !Apart(block.PrecendingCharacter(), line[len(typed):]) {
		return nil
	}
	block.Advance(len(typed))
	return &mention{typed: typed}
}

// Apart reports whether a handle between these two stands for itself, and is no
// part of a word, of a mail address or of the address of a page.
func Apart(before rune, after []byte) bool {
	return !partOfWord(before) && before != '/' && before != '@' && !continued(after)
}

func partOfWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

// continued reports whether a word goes on with what no handle contains, as in
// @andré, or is the address of somebody in another community, as in @ana@host.
// Only letters of the same script count: Japanese and Thai put no space after
// a name.
func continued(rest []byte) bool {
	r, _ := utf8.DecodeRune(rest)
	return r == '@' || unicode.IsMark(r) || unicode.Is(unicode.Latin, r)
}

// person is what Options.Mention said of a handle.
type person struct {
	href, name string
	ok         bool
}

func (w *writer) mention(m *mention) {
	if w.inLink || w.bare {
		w.text(m.typed)
		return
	}
	p := w.person(m.handle())
	if !p.ok {
		w.text(m.typed)
		return
	}
	w.plain.WriteString(m.typed)
	w.link(p.href, ` class="`+classMention+`" dir="auto"`, func() {
		w.markup(html.EscapeString(p.name))
	})
}

func (w *writer) person(handle string) person {
	if p, known := w.people[handle]; known {
		return p
	}
	if len(w.mentions) == MaxMentions {
		return person{}
	}
	w.mentions = append(w.mentions, handle)
	var p person
	if w.opts.Mention != nil {
		href, name, ok := w.opts.Mention(handle)
		p.name = clean(name)
		p.href, p.ok = address(href)
		p.ok = p.ok && ok && strings.TrimSpace(p.name) != ""
	}
	w.people[handle] = p
	return p
}

// MentionMark is in every HTML that mentions somebody.
const MentionMark = ` class="` + classMention + `"`

// mentionLink is what writer.mention writes, after the policy.
var mentionLink = regexp.MustCompile(`<a href="/@([a-z0-9_]+)"( rel="[^"]*"` + MentionMark + ` dir="auto">)[^<]*</a>`)

// Relink shows the mentions in a rendered text as they are now: with the handle
// and the name that now gives for the handle in it, or as plain words if it
// gives nobody.
func Relink(text string, now func(handle string) (its, name string, ok bool)) string {
	return mentionLink.ReplaceAllStringFunc(text, func(link string) string {
		m := mentionLink.FindStringSubmatch(link)
		its, name, ok := now(m[1])
		if !ok {
			return "@" + m[1]
		}
		return `<a href="/@` + its + `"` + m[2] + html.EscapeString(clean(name)) + "</a>"
	})
}
