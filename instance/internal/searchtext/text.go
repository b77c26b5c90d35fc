package searchtext

import (
	"slices"
	"strings"
)

// Made says by which version of the rules Make makes a text. It counts up
// whenever Make makes something else of the same words, so that texts made
// before can be told, and made anew.
const Made = 1

// The signs before a word that is stored once more. Both databases take them for
// letters. fold turns both into others (see sameAs), so that nothing that is
// written or typed contains one.
const (
	inTitle = "ø"
	within  = "ł"
)

// Text is what a database stores of a text to find it by. Only Make makes one,
// so that nothing is ever stored that is not normalised.
type Text struct{ words string }

// pageMark is a word of every page, which finds pages alone. The two signs have no
// word between them, so that nothing that is written or typed is it or begins it.
const pageMark = inTitle + within + "page"

// OfPage is the text of a page.
func (t Text) OfPage() Text { return Text{strings.TrimSpace(t.words + " " + pageMark)} }

// Words are separated by single spaces.
func (t Text) Words() string { return t.words }

// Make gives what is stored of a text with a title, which may be empty: the
// words of both, the title's words behind the sign for that, and what else long
// words are found by (see insides) behind the other. Of what is longer than
// MaxBytes the end is not stored.
func Make(title, rest string) Text {
	m := maker{}
	all := slices.AppendSeq(slices.Collect(pieces(title)), pieces(rest))
	for _, p := range all {
		for word := range p.words() {
			if !m.add(word) {
				return m.text()
			}
		}
	}
	m.seen = map[string]bool{}
	for p := range pieces(title) {
		for word := range p.words() {
			if !m.once(inTitle + word) {
				return m.text()
			}
		}
	}
	for _, p := range all {
		for _, word := range p.insides() {
			if !m.once(within + word) {
				return m.text()
			}
		}
	}
	return m.text()
}

// maker gathers words until there is no more room.
type maker struct {
	b    strings.Builder
	seen map[string]bool
}

func (m *maker) add(word string) bool {
	if m.b.Len()+1+len(word) > MaxBytes {
		return false
	}
	if m.b.Len() > 0 {
		m.b.WriteByte(' ')
	}
	m.b.WriteString(word)
	return true
}

// once adds a word that was not added by it before: how often it is there does
// not count.
func (m *maker) once(word string) bool {
	if m.seen[word] {
		return true
	}
	m.seen[word] = true
	return m.add(word)
}

func (m *maker) text() Text { return Text{m.b.String()} }
