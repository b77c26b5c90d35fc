package markup

import (
	"strings"
	"unicode"
)

// Excerpt gives the beginning of a plain text on one line, in at most maxRunes
// characters including the ellipsis that says that something is missing. It
// ends between words where the text has spaces, and never between a letter and
// its accents or within a composed emoji.
func Excerpt(plain string, maxRunes int) string {
	runes := []rune(strings.Join(strings.Fields(plain), " "))
	if len(runes) <= maxRunes {
		return string(runes)
	}
	if maxRunes < 1 {
		return ""
	}
	end := maxRunes - 1
	for end > 0 && joined(runes[end-1], runes[end]) {
		end--
	}
	if space := lastSpace(runes[:end+1]); space > end/2 {
		end = space
	}
	return strings.TrimRightFunc(string(runes[:end]), unicode.IsSpace) + "…"
}

const zeroWidthJoiner = '\u200d'

func joined(before, after rune) bool {
	return unicode.IsMark(after) || before == zeroWidthJoiner || after == zeroWidthJoiner ||
		after >= 0x1f3fb && after <= 0x1f3ff || regional(before) && regional(after)
}

// regional says whether r is half of a flag.
func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func lastSpace(runes []rune) int {
	for i := len(runes) - 1; i > 0; i-- {
		if runes[i] == ' ' {
			return i
		}
	}
	return 0
}
