package markup

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Link is one that leads to the web.
type Link struct {
	Href string
	// Alone says that nothing else stands on its line.
	Alone bool
}

// Links gives the links of a Result's HTML that lead to the web, in their order.
func Links(safe string) (all []Link) {
	var l line
	tokens := html.NewTokenizer(strings.NewReader(safe))
	for {
		switch tokens.Next() {
		case html.ErrorToken: // the end: a string cannot fail to be read
			return l.end(all)
		case html.TextToken:
			l.words = l.words || !l.inLink && strings.TrimSpace(tokens.Token().Data) != ""
		case html.StartTagToken, html.SelfClosingTagToken:
			t := tokens.Token()
			switch {
			case t.Data == "a":
				l.inLink = true
				l.add(t.Attr)
			case t.Data == "br" || block[t.Data]:
				all = l.end(all)
			}
		case html.EndTagToken:
			t := tokens.Token()
			switch {
			case t.Data == "a":
				l.inLink = false
			case block[t.Data]:
				all = l.end(all)
			}
		}
	}
}

// line is what stands on a line so far.
type line struct {
	links  []Link
	words  bool // besides those of links
	inLink bool
}

// add takes a link that leads to the web. Any other is words like others.
func (l *line) add(attributes []html.Attribute) {
	for _, a := range attributes {
		if a.Key != "href" {
			continue
		}
		if u, err := url.Parse(a.Val); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			l.links = append(l.links, Link{Href: a.Val})
			return
		}
	}
	l.words = true
}

func (l *line) end(all []Link) []Link {
	if len(l.links) == 1 && !l.words {
		l.links[0].Alone = true
	}
	all = append(all, l.links...)
	*l = line{inLink: l.inLink}
	return all
}
