package searchtext

import (
	"iter"
	"strings"
	"unicode"
)

const (
	// MaxBytes is the longest text that Normalise returns. What comes later in
	// a text is not found. PostgreSQL refuses a tsvector of 1 MiB; the words of
	// a text of this length take less than that, whatever they are.
	MaxBytes = 256 << 10
	// maxLetters is how much of a word counts. It is the same for a text and
	// for a query, so that the longest words are still found by themselves.
	maxLetters = 40
	// maxMarks is how many vowel signs a letter may carry.
	maxMarks = 4
)

// Normalise gives the words of a text as they are stored for search, separated
// by single spaces. Case, accents, width and other ways to write the same
// letter do not count (see fold).
//
// Text in scripts without spaces between words, and in Hangul, becomes pairs of
// neighbouring letters, and the last letter alone, so that a letter anywhere is
// the beginning of a word: 東京都 becomes 東京 京都 都.
func Normalise(text string) string {
	var b strings.Builder
	for p := range pieces(text) {
		for word := range p.words() {
			if b.Len()+1+len(word) > MaxBytes {
				return b.String()
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
	}
	return b.String()
}

// kind is what a piece of text consists of.
type kind int

const (
	nothing kind = iota
	number
	word // letters, and digits after them
	run  // letters of a script without spaces
)

// piece is a part of a text without any gap. Each letter is a string, as it
// brings along its marks.
type piece struct {
	kind    kind
	letters []string
	marks   int // on the last letter
}

// pieces cuts a text up. A number ends where letters begin, since PostgreSQL
// takes 3e8x for the number 3e8 and the word x.
func pieces(text string) iter.Seq[piece] {
	return func(yield func(piece) bool) {
		var p piece
		for _, r := range fold(text) {
			if unicode.IsMark(r) {
				p.mark(r)
				continue
			}
			k := kindOf(r)
			if k != p.kind && (p.kind != word || k != number) {
				if len(p.letters) > 0 && !yield(p) {
					return
				}
				p = piece{kind: k}
			}
			p.letter(r)
		}
		if len(p.letters) > 0 {
			yield(p)
		}
	}
}

func kindOf(r rune) kind {
	switch {
	case r >= '0' && r <= '9':
		return number
	case !unicode.IsLetter(r) && !unicode.Is(unicode.Nl, r): // 〇 is an Nl
		return nothing
	case unspaced(r):
		return run
	}
	return word
}

// unspaced says whether words in the script of r follow each other without a
// space, or, in Korean, carry endings that hide them. The mark that makes a
// vowel of kana long belongs to no script.
func unspaced(r rune) bool {
	return r >= 0x0e00 && (r == 'ー' || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
		unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar))
}

func (p *piece) letter(r rune) {
	if p.kind == nothing || p.kind != run && len(p.letters) == maxLetters {
		return
	}
	p.letters = append(p.letters, spell(r))
	p.marks = 0
}

func (p *piece) mark(r rune) {
	if len(p.letters) == 0 || p.marks == maxMarks {
		return
	}
	p.letters[len(p.letters)-1] += spell(r)
	p.marks++
}

// words gives what is stored for a piece.
func (p piece) words() iter.Seq[string] {
	return func(yield func(string) bool) {
		if p.kind != run {
			yield(strings.Join(p.letters, ""))
			return
		}
		for i := range p.letters {
			if !yield(strings.Join(p.letters[i:min(i+2, len(p.letters))], "")) {
				return
			}
		}
	}
}
