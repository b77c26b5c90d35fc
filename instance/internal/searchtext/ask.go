package searchtext

import (
	"strings"
	"unicode"
)

// dialect is how a database writes a query.
type dialect struct {
	and, or, quote, quoteOpen string
	// but stands before what must not be there.
	but string
	// none finds nothing.
	none string
}

var (
	fts5    = dialect{and: ` AND `, or: ` OR `, quote: `"`, quoteOpen: `"*`, but: ` NOT `, none: `""`}
	tsquery = dialect{and: ` & `, or: ` | `, quote: `'`, quoteOpen: `':*`, but: ` & !`, none: ``}
)

// FTS5 gives the right side of MATCH for the texts of a tier.
func (s Sought) FTS5(t Tier) string { return s.in(fts5, t) }

// TSQuery gives the text for to_tsquery('simple', …), which finds what FTS5
// finds.
func (s Sought) TSQuery(t Tier) string { return s.in(tsquery, t) }

// in writes the query for a tier: the texts that are as good, but for the ones
// that are better.
func (s Sought) in(d dialect, t Tier) string {
	if s.pages {
		s.pages = false
		if q := s.in(d, t); q != d.none {
			return "(" + q + ")" + d.and + d.quote + pageMark + d.quote
		}
		return d.none
	}
	switch {
	case len(s.terms) == 0 || t == Resembling && !s.Resembles():
		return d.none
	case t == Said || t == Resembling:
		return "(" + s.all(d, t) + ")" + d.but + "(" + s.all(d, t-1) + ")"
	}
	return s.all(d, t)
}

// all asks for every term.
func (s Sought) all(d dialect, tier Tier) string {
	var each []string
	for _, t := range s.terms {
		each = append(each, d.oneOf(t.at(tier)))
	}
	return strings.Join(each, d.and)
}

// oneOf asks for any of the ways.
func (d dialect) oneOf(ways []wanted) string {
	var quoted []string
	for _, w := range ways {
		q := d.quote
		if w.open {
			q = d.quoteOpen
		}
		quoted = append(quoted, d.quote+lettersOf(w.text)+q)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "(" + strings.Join(quoted, d.or) + ")"
}

// lettersOf leaves letters and digits and nothing else, so that no word, wherever
// it is from, can end its quotation.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}
