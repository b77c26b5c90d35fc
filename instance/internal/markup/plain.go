package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// Plain gives the words of a Result's HTML, or of what Relink made of it, one
// block a line: those of Result.Plain, with the names that the HTML has.
func Plain(safe string) string {
	var b strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(safe))
	for {
		switch tokens.Next() {
		case html.ErrorToken: // the end: a string cannot fail to be read
			return strings.TrimSpace(b.String())
		case html.TextToken:
			b.WriteString(tokens.Token().Data)
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, _ := tokens.TagName(); string(name) == "br" {
				b.WriteByte('\n')
			}
		case html.EndTagToken:
			if name, _ := tokens.TagName(); block[string(name)] {
				b.WriteByte('\n')
			}
		}
	}
}

// block are the elements of the policy whose end parts words.
var block = map[string]bool{
	"p": true, "h3": true, "h4": true, "h5": true, "h6": true, "blockquote": true, "ul": true, "ol": true, "li": true, "pre": true,
	"table": true, "tr": true, "th": true, "td": true,
}
