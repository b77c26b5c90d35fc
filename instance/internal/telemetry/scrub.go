package telemetry

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest is how many bytes of a text are kept. What is longer is rarely the
// reason of an error and often somebody's input.
const longest = 300

// Scrub removes from a text what may be about people: quoted strings, anything
// with an @, network addresses, URLs and queries. It is the net under texts
// that others wrote; it does not make prose about people fit for a log.
func Scrub(text string) string {
	if strings.ContainsAny(text, openers) {
		text = unquoted(text)
	}
	if strings.ContainsAny(text, ":@.?") {
		text = aURL.ReplaceAllString(text, "[url]")
		text = withAt.ReplaceAllString(text, "[mail]")
		text = aQuery.ReplaceAllString(text, "[query]")
		text = likeIPv4.ReplaceAllString(text, "[address]")
		text = likeIPv6.ReplaceAllStringFunc(text, func(s string) string {
			trimmed := strings.TrimRight(s, ".:")
			if _, err := netip.ParseAddr(trimmed); err != nil {
				if _, err := netip.ParseAddr(s); err != nil {
					return s
				}
				trimmed = s
			}
			return "[address]" + s[len(trimmed):]
		})
	}
	if len(text) > longest {
		cut := longest
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text = text[:cut] + "…"
	}
	return text
}

var (
	aURL     = regexp.MustCompile(`[a-zA-Z][a-zA-Z0-9+.-]*://\S*`)
	withAt   = regexp.MustCompile(`\S*@\S*`)
	aQuery   = regexp.MustCompile(`\?\S+`)
	likeIPv4 = regexp.MustCompile(`\d{1,3}(\.\d{1,3}){3}`)
	likeIPv6 = regexp.MustCompile(`[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%[\w.-]+)?`)
)

// closers are the ends of quotations, by what opens them.
var closers = map[rune]string{'"': `"`, '\'': "'", '`': "`", '“': "”", '„': "“”", '«': "»", '‘': "’", '‚': "‘’"}

const openers = "\"'`“„«‘‚"

// unquoted replaces quotations, which may hold backslash escapes. A quotation
// without an end reaches to the end of the text. The apostrophe in "can't" and
// "members'" opens none.
func unquoted(text string) string {
	var b strings.Builder
	before := ' '
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		ends, opens := closers[r]
		if !opens || r == '\'' && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
			b.WriteString(text[i : i+size])
			before, i = r, i+size
			continue
		}
		b.WriteString("[quoted]")
		i += size
		i += quotationLength(text[i:], ends)
		before = ' '
	}
	return b.String()
}

// quotationLength is the length of a quotation with its closing mark.
func quotationLength(text, ends string) int {
	escaped := false
	for i, r := range text {
		switch {
		case escaped:
			escaped = false
		case r == '\\':
			escaped = true
		case strings.ContainsRune(ends, r):
			return i + utf8.RuneLen(r)
		}
	}
	return len(text)
}
