package feedweb

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"time"
)

// format is a way to write a feed down.
type format struct {
	// name ends its address, kind is its media type.
	name, kind string
	write      func(document) ([]byte, error)
}

const atomType = "application/atom+xml"

var (
	atom     = format{"atom", atomType, writeAtom}
	jsonFeed = format{"json", "application/feed+json", writeJSON}
)

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string        `xml:"id"`
	Title     string        `xml:"title"`
	Published string        `xml:"published"`
	Updated   string        `xml:"updated"`
	Author    string        `xml:"author>name"`
	Category  *atomCategory `xml:"category"`
	Link      atomLink      `xml:"link"`
	Content   *atomContent  `xml:"content"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

// tagAgent marks what no person wrote.
const tagAgent = "agent"

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// writeAtom writes RFC 4287. Characters that XML cannot hold become U+FFFD.
func writeAtom(d document) ([]byte, error) {
	f := atomFeed{Lang: d.language, ID: d.id, Title: d.title, Updated: stamp(d.updated), Links: []atomLink{{"alternate", "text/html", d.home}}}
	if d.self != "" {
		f.Links = append(f.Links, atomLink{"self", atomType, d.self})
	}
	for _, e := range d.entries {
		x := atomEntry{
			ID: e.id, Title: e.title, Published: stamp(e.published), Updated: stamp(e.updated), Author: e.author,
			Link: atomLink{"alternate", "text/html", e.url},
		}
		if e.agent {
			x.Category = &atomCategory{tagAgent}
		}
		if e.html != "" {
			x.Content = &atomContent{"html", e.html}
		}
		f.Entries = append(f.Entries, x)
	}
	body, err := xml.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return append([]byte(xml.Header), body...), nil
}

type feedJSON struct {
	Version  string     `json:"version"`
	Title    string     `json:"title"`
	Home     string     `json:"home_page_url"`
	Self     string     `json:"feed_url,omitempty"`
	Language string     `json:"language"`
	Items    []itemJSON `json:"items"`
}

type itemJSON struct {
	ID        string       `json:"id"`
	URL       string       `json:"url"`
	Title     string       `json:"title"`
	HTML      string       `json:"content_html,omitempty"`
	Text      string       `json:"content_text,omitempty"`
	Published string       `json:"date_published"`
	Modified  string       `json:"date_modified"`
	Authors   []authorJSON `json:"authors"`
	Tags      []string     `json:"tags,omitempty"`
}

type authorJSON struct {
	Name string `json:"name"`
}

// writeJSON writes JSON Feed 1.1, which demands words of each item: where there
// are none, those are its title.
func writeJSON(d document) ([]byte, error) {
	f := feedJSON{Version: "https://jsonfeed.org/version/1.1", Title: d.title, Home: d.home, Self: d.self, Language: d.language, Items: []itemJSON{}}
	for _, e := range d.entries {
		x := itemJSON{ID: e.id, URL: e.url, Title: e.title, HTML: e.html, Published: stamp(e.published), Modified: stamp(e.updated), Authors: []authorJSON{{e.author}}}
		if e.html == "" {
			x.Text = e.title
		}
		if e.agent {
			x.Tags = []string{tagAgent}
		}
		f.Items = append(f.Items, x)
	}
	body, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("write the feed: %w", err)
	}
	return body, nil
}
