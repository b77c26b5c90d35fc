package searchtext

import (
	"slices"
	"strings"
	"unicode"
)

// Span is a part of a text, in bytes from its beginning.
type Span struct{ From, To int }

// Marks gives the parts of a text that have it found: whole words, and in scripts
// without spaces the letters that were typed. They are in order, do not touch
// each other and end where letters end.
func (s Sought) Marks(text string) []Span {
	var all []Span
	for from, to := range fields(text) {
		all = s.inField(all, text[from:to], from)
	}
	slices.SortFunc(all, func(a, b Span) int { return a.From - b.From })
	return merged(all)
}

// merged makes one of spans that touch or lie in each other.
func merged(all []Span) []Span {
	var out []Span
	for _, m := range all {
		if last := len(out) - 1; last >= 0 && m.From <= out[last].To {
			out[last].To = max(out[last].To, m.To)
			continue
		}
		out = append(out, m)
	}
	return out
}

// fields gives where the parts between spaces begin and end.
func fields(text string) func(func(int, int) bool) {
	return func(yield func(int, int) bool) {
		from := -1
		for i, r := range text {
			switch space := unicode.IsSpace(r); {
			case space && from >= 0:
				if !yield(from, i) {
					return
				}
				from = -1
			case !space && from < 0:
				from = i
			}
		}
		if from >= 0 {
			yield(from, len(text))
		}
	}
}

// inField adds the marks of a text without spaces, which begins at a place of a
// longer one. Letters are folded one by one, to know where each is from. Where
// that is not the same as folding them together the whole is marked.
func (s Sought) inField(all []Span, text string, at int) []Span {
	var joined strings.Builder
	var found []Span
	var p placed
	flush := func() {
		for _, m := range s.inPiece(p) {
			found = append(found, Span{at + m.From, at + m.To})
		}
		p = placed{}
	}
	for from, to := range clusters(text) {
		folded := fold(text[from:to])
		joined.WriteString(folded)
		for _, r := range folded {
			if !p.add(r, from, to) {
				flush()
				p.add(r, from, to)
			}
		}
	}
	flush()
	if joined.String() == fold(text) {
		return append(all, found...)
	}
	for p := range pieces(text) {
		for word := range p.words() {
			if s.fits(word, p.insides()) {
				return append(all, Span{at, at + len(text)})
			}
		}
	}
	return all
}

// clusters gives where each letter with its marks begins and ends. Half-width
// signs of voice and the single sounds of Hangul belong to the letter before.
func clusters(text string) func(func(int, int) bool) {
	return func(yield func(int, int) bool) {
		from := 0
		for i, r := range text {
			if i == 0 || continues(r) {
				continue
			}
			if !yield(from, i) {
				return
			}
			from = i
		}
		if text != "" {
			yield(from, len(text))
		}
	}
}

func continues(r rune) bool {
	return unicode.IsMark(r) || ignored(r) || r == 0xff9e || r == 0xff9f || r >= 0x1160 && r <= 0x11ff || r >= 0xd7b0 && r <= 0xd7ff
}

// placed is a piece that knows where its letters are from.
type placed struct {
	piece
	spans []Span
	// to is where the whole of it ends, with letters that do not count.
	to int
}

// add takes a folded letter or mark, and reports whether it belongs here: it
// does what pieces does.
func (p *placed) add(r rune, from, to int) bool {
	if unicode.IsMark(r) {
		p.mark(r)
	} else {
		k := kindOf(r)
		if k != p.kind && (p.kind != word || k != number) && len(p.letters) > 0 {
			return false
		}
		if k != p.kind && len(p.letters) == 0 {
			*p = placed{piece: piece{kind: k}}
		}
		n := len(p.letters)
		if p.letter(r); len(p.letters) > n {
			p.spans = append(p.spans, Span{from, to})
		}
	}
	if len(p.spans) > 0 {
		p.to = to
		if unicode.IsMark(r) {
			p.spans[len(p.spans)-1].To = to
		}
	}
	return true
}

// inPiece gives the marks of a piece.
func (s Sought) inPiece(p placed) (all []Span) {
	if len(p.letters) == 0 {
		return nil
	}
	if p.kind != run {
		if s.fits(strings.Join(p.letters, ""), p.insides()) {
			all = append(all, Span{p.spans[0].From, p.to})
		}
		return all
	}
	i := 0
	for word := range p.words() {
		for _, t := range s.terms {
			if t.fits(word, nil) {
				last := i
				if !t.word.open && i+1 < len(p.spans) {
					last++
				}
				all = append(all, Span{p.spans[i].From, p.spans[last].To})
			}
		}
		i++
	}
	return all
}

// fits says whether a word has one of the terms.
func (s Sought) fits(word string, insides []string) bool {
	return slices.ContainsFunc(s.terms, func(t term) bool { return t.fits(word, insides) })
}

func (t term) fits(word string, insides []string) bool {
	return t.word.is(word) || slices.ContainsFunc(t.alike, func(w wanted) bool {
		return w.is(word) || slices.ContainsFunc(insides, func(i string) bool { return w.is(within + i) })
	})
}

// is says whether a stored word is what is wanted.
func (w wanted) is(stored string) bool {
	return stored == w.text || w.open && strings.HasPrefix(stored, w.text)
}
