package markup

import (
	"bufio"
	"bytes"
	"html"
	"strings"

	mdhtml "github.com/yuin/goldmark/renderer/html"
)

// writer writes a parsed text as HTML and as plain text at once.
type writer struct {
	source []byte
	opts   Options

	html, plain strings.Builder
	mentions    []string
	people      map[string]person

	depth  int  // of emphases and the like
	inLink bool // no link begins within a link
	bare   bool // within the description of a picture: words only

	addressBytes int // left for addresses

	decoded bytes.Buffer
	decoder *bufio.Writer
}

func newWriter(source []byte, opts Options) *writer {
	w := &writer{
		source:       source,
		opts:         opts,
		people:       map[string]person{},
		addressBytes: max(minAddressBytes, len(source)),
	}
	w.decoder = bufio.NewWriterSize(&w.decoded, 256)
	return w
}

// markup writes to the HTML only. What it is given must be HTML already.
func (w *writer) markup(parts ...string) {
	for _, part := range parts {
		w.html.WriteString(part)
	}
}

// text writes words, escaped in the HTML.
func (w *writer) text(s string) {
	w.html.WriteString(html.EscapeString(s))
	w.plain.WriteString(s)
}

// decode resolves the entities and backslashes of Markdown.
func (w *writer) decode(raw []byte) string {
	w.decoded.Reset()
	mdhtml.DefaultWriter.Write(w.decoder, raw)
	_ = w.decoder.Flush() // a bytes.Buffer takes everything
	// Cleaned again: an entity may stand for any character.
	return clean(html.UnescapeString(w.decoded.String()))
}
