package searchtext

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold makes different ways to write a letter the same: compatibility forms
// (NFKC), case (ß and ẞ are ss, İ and ı are i), accents and vowel points, letters
// that some keyboards lack, and the digits of all scripts. It keeps the marks
// without which a word is another word: vowel signs, tones, the voicing of kana.
func fold(s string) string {
	s = cases.Fold().String(norm.NFKC.String(s))
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case r < unicode.MaxASCII:
			b.WriteRune(r)
		case ignored(r):
		case unicode.IsDigit(r):
			b.WriteByte(digit(r))
		case sameAs[r] != "":
			b.WriteString(sameAs[r])
		case apostrophe(r):
			b.WriteByte(' ')
		default:
			// Cherokee folds to capitals, which the databases make small.
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return norm.NFC.String(b.String())
}

// sameAs are letters that Unicode does not take apart, but people do. Nothing
// that is folded contains ł or ø, which Make therefore has for itself.
var sameAs = map[rune]string{
	'ı': "i", 'ł': "l", 'ø': "o", 'đ': "d", 'ð': "d", 'ħ': "h", 'ŧ': "t", 'æ': "ae", 'œ': "oe", 'þ': "th",
	// Arabic and Persian keyboards have different letters for yeh and kaf, and
	// many people write yeh for alef maksura and heh for teh marbuta.
	'ى': "ي", 'ی': "ي", 'ک': "ك", 'ة': "ه",
}

const (
	tatweel        = '\u0640' // lengthens Arabic words for looks
	zeroWidthSpace = '\u200b' // stands between words in Thai and Khmer
	voiced         = '\u3099'
	semiVoiced     = '\u309a'
)

// ignored says whether r leaves no trace: what has no shape, such as a soft
// hyphen or a joiner, and marks on letters that are as good without.
func ignored(r rune) bool {
	switch r {
	case tatweel:
		return true
	case zeroWidthSpace, voiced, semiVoiced:
		return false
	}
	return unicode.Is(unicode.Cf, r) || unicode.IsMark(r) &&
		unicode.In(r, unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic, unicode.Syriac)
}

// apostrophe says whether r is one of the many apostrophes that Unicode calls
// letters. The usual ones end a word, and so do these.
func apostrophe(r rune) bool { return r >= 0x02b9 && r <= 0x02ff }

// digit gives the ASCII digit for a decimal digit of any script. They come in
// rows from zero to nine (Unicode, section 4.6).
func digit(r rune) byte {
	for _, row := range unicode.Nd.R16 {
		if uint32(r) <= uint32(row.Hi) {
			return '0' + byte((uint32(r)-uint32(row.Lo))%10)
		}
	}
	for _, row := range unicode.Nd.R32 {
		if uint32(r) <= row.Hi {
			return '0' + byte((uint32(r)-row.Lo)%10)
		}
	}
	return '0'
}

// spell writes a letter or mark so that both databases take it for part of a
// word: a code stands for what one of them takes for a gap. FTS5 does so with
// all marks, and with some letters that were marks when its tables were made;
// PostgreSQL with letters that are younger than the C library it runs on, which
// are all beyond U+FFFF. TestDatabasesAgreeAboutEveryLetter asks both.
func spell(r rune) string {
	if unicode.IsMark(r) || r > 0xffff || unicode.Is(unicode.New_Tai_Lue, r) || r == 0x1cf2 || r == 0x1cf3 {
		return fmt.Sprintf("x%05x", r)
	}
	return string(r)
}
