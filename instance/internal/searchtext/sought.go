package searchtext

import (
	"slices"
	"strings"
	"unicode"
)

// MaxTerms is how many terms of a query count. The rest is ignored, so that a
// longer query finds more and never fails.
const MaxTerms = 24

// Tier is how well a text fits what is sought.
type Tier int

// The tiers, the best first. They have no text in common; Any is all of them.
const (
	// Titled has all the words in its title.
	Titled Tier = iota + 1
	// Said has all the words.
	Said
	// Resembling has all the words, or what begins with them, has them inside or
	// is written with ae for ä.
	Resembling
	Any
)

// Sought is what somebody looks for.
type Sought struct {
	terms []term
	// pages wants pages alone.
	pages bool
}

// InPages looks for the same in pages alone.
func (s Sought) InPages() Sought {
	s.pages = true
	return s
}

// term is what a text must have one way or another.
type term struct {
	word wanted
	// titled is the same word of a title.
	titled wanted
	// alike are the ways to resemble it, itself among them. With one it is
	// that itself.
	alike []wanted
}

// wanted is a word as it is stored, or the beginning of one.
type wanted struct {
	text string
	open bool
}

// Parse gives what somebody typed into a search field, ok only if there are any
// words in it. The last word is taken for the beginning of a word of two letters
// or more, unless a space follows it; so is a single letter of a script without
// spaces.
//
// Nothing that is typed is an operator, and nothing is refused.
func Parse(typed string) (s Sought, ok bool) {
	all := slices.Collect(pieces(typed))
	open := strings.TrimRightFunc(typed, unicode.IsSpace) == typed
	for i, p := range all {
		for _, t := range p.terms(open && i == len(all)-1) {
			if len(s.terms) == MaxTerms {
				return s, true
			}
			s.terms = append(s.terms, t)
		}
	}
	return s, len(s.terms) > 0
}

// terms gives what a text must have to contain a piece, the last of a query if
// it is open.
func (p piece) terms(open bool) (all []term) {
	words := slices.Collect(p.words())
	switch {
	case p.kind != run:
		return []term{p.term(words[0], open && len(p.letters) > 1)}
	case len(words) == 1:
		return []term{exactly(words[0], true)}
	}
	for _, w := range words[:len(words)-1] { // the last letter is in the last pair
		all = append(all, exactly(w, false))
	}
	return all
}

// exactly is a term that nothing resembles but itself.
func exactly(w string, open bool) term {
	return term{word: wanted{w, open}, titled: wanted{inTitle + w, open}, alike: []wanted{{w, open}}}
}

// term gives the term for a word or number.
func (p piece) term(w string, open bool) term {
	t := exactly(w, open)
	if p.kind != word || len(p.letters) < 3 {
		return t
	}
	t.alike = p.beginnings(nil, p.letters)
	if plain, ok := plainOf(p.letters); ok {
		t.alike = p.beginnings(t.alike, plain)
	}
	return t
}

// beginnings adds what begins with the letters, in front or inside.
func (p piece) beginnings(all []wanted, letters []string) []wanted {
	all = append(all, wanted{strings.Join(letters, ""), true})
	if in, ok := innerOf(letters); ok && len(letters) >= in.end {
		all = append(all, wanted{within + start(letters), true})
	}
	return all
}

// Resembles reports whether anything can resemble what is sought that does not
// have its words.
func (s Sought) Resembles() bool {
	return slices.ContainsFunc(s.terms, func(t term) bool { return len(t.alike) > 1 || t.alike[0] != t.word })
}

// In gives the tier of a text, 0 if it is not found. It is what both databases
// do with Make of the same text.
func (s Sought) In(title, rest string) Tier {
	if len(s.terms) == 0 {
		return 0
	}
	words := strings.Fields(Make(title, rest).words)
	slices.Sort(words)
	for _, tier := range []Tier{Titled, Said, Resembling} {
		if !slices.ContainsFunc(s.terms, func(t term) bool { return !slices.ContainsFunc(t.at(tier), inWords(words)) }) {
			return tier
		}
	}
	return 0
}

// at gives the ways in which a text of that tier, or of a better one, has a term.
func (t term) at(tier Tier) []wanted {
	switch tier {
	case Titled:
		return []wanted{t.titled}
	case Said:
		return []wanted{t.word}
	}
	return t.alike
}

// inWords says whether one of the words, which are sorted, is what is wanted.
func inWords(words []string) func(wanted) bool {
	return func(w wanted) bool {
		i, found := slices.BinarySearch(words, w.text)
		return found || w.open && i < len(words) && strings.HasPrefix(words[i], w.text)
	}
}
