package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// Absolute makes of a Result's HTML what can stand elsewhere: addresses of ours
// begin with the origin, such as https://street.example. It gives about most bytes
// of it: where there is more it ends between two words or tags, closes what is
// open, and says so by cut.
func Absolute(safe, origin string, most int) (out string, cut bool) {
	var b strings.Builder
	var open []string
	tokens := html.NewTokenizer(strings.NewReader(safe))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken { // the end: a string cannot fail to be read
			return b.String(), false
		}
		token := tokens.Token()
		switch kind {
		case html.StartTagToken:
			absolute(token.Attr, origin)
			if !void[token.Data] {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			open = open[:max(0, len(open)-1)]
		case html.TextToken:
			if room := max(0, most-b.Len()); len(token.Data) > room {
				token.Data, cut = words(token.Data, room), true
			}
		}
		b.WriteString(token.String())
		if cut || b.Len() > most {
			for i := len(open) - 1; i >= 0; i-- {
				b.WriteString("</" + open[i] + ">")
			}
			return b.String(), true
		}
	}
}

// void are the elements of the policy that have no end.
var void = map[string]bool{"br": true, "hr": true}

func absolute(attributes []html.Attribute, origin string) {
	for i, a := range attributes {
		if a.Key == "href" && strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "//") {
			attributes[i].Val = origin + a.Val
		}
	}
}

// words is the beginning of a text, at most so many bytes of it, up to the end of
// a word if there is one.
func words(text string, most int) string {
	text = strings.ToValidUTF8(text[:most], "")
	if at := strings.LastIndexByte(text, ' '); at > 0 {
		text = text[:at]
	}
	return text + "…"
}
