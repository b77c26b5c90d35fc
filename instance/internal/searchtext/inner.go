package searchtext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// endLetters is how much of the inside of a word counts, in a text and in a
// query alike.
const endLetters = 12

// inner says how the words of a script hide others within them.
type inner struct {
	// word is how many letters a word has that may hide one, end how many the
	// hidden one has at least.
	word, end int
	// first and last are where it may begin; last 0 is anywhere.
	first, last int
}

// In German, Dutch, Finnish and others words are put together; in Hebrew and
// Arabic "the", "and", "in" are letters at the beginning of the word.
var (
	together = inner{word: 9, end: 4, first: 3}
	before   = inner{word: 4, end: 3, first: 1, last: 3}
)

// innerOf gives the rules for a word that begins so.
func innerOf(letters []string) (in inner, ok bool) {
	if len(letters) == 0 {
		return in, false
	}
	switch r, _ := utf8.DecodeRuneInString(letters[0]); {
	case unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic):
		return together, true
	case unicode.In(r, unicode.Hebrew, unicode.Arabic):
		return before, true
	}
	return in, false
}

// insides gives what a word of a text is found by besides its own beginning: its
// ends, each cut to endLetters, and how it is written without the e of ae, oe
// and ue.
func (p piece) insides() (all []string) {
	in, ok := innerOf(p.letters)
	if p.kind != word || !ok {
		return nil
	}
	if plain, ok := plainOf(p.letters); ok {
		all = append(all, start(plain))
	}
	if len(p.letters) < in.word {
		return all
	}
	last := len(p.letters) - in.end
	if in.last > 0 {
		last = min(last, in.last)
	}
	for i := in.first; i <= last; i++ {
		all = append(all, start(p.letters[i:]))
	}
	return all
}

// start is the part of the inside of a word that counts.
func start(letters []string) string {
	return strings.Join(letters[:min(len(letters), endLetters)], "")
}

// plainOf takes the e away that stands for two dots: Mueller is Müller, which is
// found by muller. It is no word if it becomes too short.
func plainOf(letters []string) (plain []string, ok bool) {
	for i, l := range letters {
		if l == "e" && i > 0 && (letters[i-1] == "a" || letters[i-1] == "o" || letters[i-1] == "u") {
			continue
		}
		plain = append(plain, l)
	}
	return plain, len(plain) < len(letters) && len(plain) >= 3
}
