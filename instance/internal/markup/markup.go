package markup

import (
	"strings"
	"unicode"

	"github.com/yuin/goldmark/text"
)

// Options are what a text needs to know about the community it is shown in.
type Options struct {
	// Mention gives the address and the name of the actor with a handle, ok
	// only if there is one whom every reader of the text may know of. It is
	// called at most once for a handle and MaxMentions times for a text. When
	// it is nil, mentions are found but not linked.
	Mention func(handle string) (href, name string, ok bool)
}

// Result is a text made ready to be shown, searched and acted upon.
type Result struct {
	// HTML is a sequence of blocks for the inside of an article or a div. It
	// contains neither scripts nor styles nor forms, its headings start at h3,
	// and its only addresses are those of links.
	HTML string
	// Mentions are the handles in the text in order of appearance, each once
	// and in lower case, whether or not somebody has that handle.
	Mentions []string
	// Plain is the text without its marks, one block a line.
	Plain string
}

// MaxMentions is how many different handles are looked up in one text. Further
// ones stay plain words.
const MaxMentions = 50

// Render reads a text that a member wrote. It accepts every string and never
// refuses: what is not understood is shown as it was typed.
func Render(written string, opts Options) Result {
	source := []byte(clean(newlines.Replace(written)))
	w := newWriter(source, opts)
	w.blocks(markdown.Parse(text.NewReader(source)))
	return Result{
		HTML:     policy.Sanitize(w.html.String()),
		Mentions: w.mentions,
		Plain:    strings.TrimSpace(w.plain.String()),
	}
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// clean removes the characters that nobody types and that mislead readers or
// parsers: control characters, byte order marks and those that reorder text
// across its borders (UAX #9, explicit directional formatting), with which a
// link can be made to look like another. Bytes that are not UTF-8 become U+FFFD.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == '\ufeff',
			r >= '\u202a' && r <= '\u202e',
			r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}
