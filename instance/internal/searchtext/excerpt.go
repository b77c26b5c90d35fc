package searchtext

import (
	"strings"
	"unicode/utf8"
)

// Part is a part of an excerpt.
type Part struct {
	Text   string
	Marked bool
}

// Excerpt gives as much of a text around its first mark, in characters, and an
// ellipsis where something is left out.
func Excerpt(text string, marks []Span, most int) (parts []Part) {
	from, to := window(text, marks, most)
	if from > 0 {
		parts = append(parts, Part{Text: "…"})
	}
	at := from
	for _, m := range marks {
		m.From, m.To = max(m.From, from), min(m.To, to)
		if m.From >= m.To {
			continue
		}
		parts = appendPart(parts, text[at:m.From], false)
		parts = appendPart(parts, text[m.From:m.To], true)
		at = m.To
	}
	parts = appendPart(parts, text[at:to], false)
	if to < len(text) {
		parts = appendPart(parts, "…", false)
	}
	return parts
}

// appendPart adds to the last part what is as it is.
func appendPart(parts []Part, text string, marked bool) []Part {
	if last := len(parts) - 1; last >= 0 && !marked && !parts[last].Marked {
		parts[last].Text += text
		return parts
	}
	if text == "" {
		return parts
	}
	return append(parts, Part{Text: text, Marked: marked})
}

// window says which part of a text is shown: a third of it stands before the
// first mark.
func window(text string, marks []Span, most int) (from, to int) {
	near := most / 8 // how far away a space may be for a cut to be made there
	if utf8.RuneCountInString(text) <= most {
		return 0, len(text)
	}
	if len(marks) > 0 {
		from = back(text, marks[0].From, most/3)
	}
	if left := utf8.RuneCountInString(text[from:]); left < most {
		from = back(text, from, most-left)
	}
	if from > 0 {
		if i := strings.IndexByte(text[from:], ' '); i >= 0 && i < near && (len(marks) == 0 || from+i+1 <= marks[0].From) {
			from += i + 1
		}
	}
	from = whole(text, from)
	to = from
	for range most {
		_, n := utf8.DecodeRuneInString(text[to:])
		to += n
	}
	if to < len(text) {
		if i := strings.LastIndexByte(text[from:to], ' '); i > 0 && to-from-i < near {
			to = from + i
		}
	}
	return from, whole(text, to)
}

// back goes back by characters.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

// whole goes back to where a letter begins that carries marks.
func whole(text string, at int) int {
	for at > 0 && at < len(text) {
		if r, _ := utf8.DecodeRuneInString(text[at:]); !continues(r) {
			break
		}
		at = back(text, at, 1)
	}
	return at
}
