package preview

import (
	"bytes"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// page is what a page says about itself.
type page struct {
	// title is that of the page, named is og:title.
	title, named, description, site, picture string
}

// read finds it. What is not HTML gives nothing; no byte is taken for more than text.
func read(body []byte) (p page) {
	body = body[:min(len(body), headBytes)]
	r, err := charset.NewReader(bytes.NewReader(body), "text/html")
	if err != nil {
		return p
	}
	tokens := html.NewTokenizer(io.LimitReader(r, 4*headBytes)) // letters of some scripts are longer in UTF-8
	tokens.SetMaxBuf(headBytes)
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return p
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := tokens.TagName()
			switch string(name) {
			case "body":
				return p
			case "title":
				if p.title == "" && tokens.Next() == html.TextToken {
					p.title = string(tokens.Text())
				}
			case "meta":
				p.meta(tokens, more)
			}
		}
	}
}

// meta takes one that is known. The first of each name counts.
func (p *page) meta(tokens *html.Tokenizer, more bool) {
	var name, content string
	for more {
		var key, value []byte
		key, value, more = tokens.TagAttr()
		switch string(key) {
		case "property", "name":
			name = strings.ToLower(string(value))
		case "content":
			content = string(value)
		}
	}
	known := map[string]*string{"og:title": &p.named, "og:description": &p.description, "og:site_name": &p.site, "og:image": &p.picture, "og:image:secure_url": &p.picture}
	if to := known[name]; to != nil && *to == "" {
		*to = strings.TrimSpace(content)
	}
}

// card is what is shown of it: text, and no more of it than there is room for.
func (p page) card() Card {
	title := words(p.named, MaxTitle)
	if title == "" {
		title = words(p.title, MaxTitle)
	}
	return Card{Title: title, Description: words(p.description, MaxDescription), Site: words(p.site, MaxSite)}
}

// words makes one line of what a stranger wrote, of at most so many characters,
// without those that nobody sees and that put others into another order.
func words(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most-1])) + "…"
}
