package searchtext

import (
	"slices"
	"strings"
	"unicode"
)

// MaxTerms is how many terms of a query count. The rest is ignored, so that a
// longer query finds more and never fails.
const MaxTerms = 24

// anyEnd at the end of a term says that any word that begins so will do.
const anyEnd = "*"

// Query gives the terms of what somebody typed into a search field, ok only if
// there are any. A text is found if it has all of them, in any order. The last
// word is taken for the beginning of a word, unless a space follows it; so is a
// single letter of a script without spaces. Such a term ends with a star.
//
// Nothing that is typed is an operator, and nothing is refused.
func Query(typed string) (terms []string, ok bool) {
	var last kind
	for p := range pieces(typed) {
		for _, term := range p.terms() {
			if len(terms) == MaxTerms {
				return terms, true
			}
			terms = append(terms, term)
		}
		last = p.kind
	}
	if len(terms) == 0 {
		return nil, false
	}
	open := strings.TrimRightFunc(typed, unicode.IsSpace) == typed
	if final := len(terms) - 1; open && last != run {
		terms[final] += anyEnd
	}
	return terms, true
}

// terms gives what a text must have to contain a piece.
func (p piece) terms() []string {
	words := slices.Collect(p.words())
	switch {
	case p.kind != run:
		return words
	case len(words) == 1:
		return []string{words[0] + anyEnd}
	default:
		return words[:len(words)-1] // the last letter is in the last pair
	}
}

// FTS5 gives the right side of MATCH for terms of Query. Without terms it finds
// nothing.
func FTS5(terms []string) string {
	return join(terms, ` AND `, `"`, `"*`, `""`)
}

// TSQuery gives the text for to_tsquery('simple', …) for terms of Query, which
// finds what FTS5 finds.
func TSQuery(terms []string) string {
	return join(terms, ` & `, `'`, `':*`, ``)
}

// join quotes terms. It leaves letters and digits of them and nothing else, so
// that no term, wherever it is from, can end its quotation.
func join(terms []string, and, quote, quoteAnyEnd, none string) string {
	var quoted []string
	for _, term := range terms {
		word := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, term)
		switch {
		case word == "":
		case strings.HasSuffix(term, anyEnd):
			quoted = append(quoted, quote+word+quoteAnyEnd)
		default:
			quoted = append(quoted, quote+word+quote)
		}
	}
	if len(quoted) == 0 {
		return none
	}
	return strings.Join(quoted, and)
}
