package feedweb

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
)

// How much is in a feed, in bytes. Where an entry would be longer it leads to the
// rest; where the feed would be, the entries behind tell only who wrote and where.
const (
	maxWords = 16 << 10
	maxFeed  = 256 << 10
)

// document is a feed, whatever the format.
type document struct {
	id, title, language, home, self string
	updated                         time.Time
	entries                         []entry
}

// entry is a thread in a feed.
type entry struct {
	id, url, title, author string
	// agent says that no person wrote it.
	agent              bool
	published, updated time.Time
	// html are its words, empty where it tells only who wrote and where.
	html string
}

// compose makes a feed of posts. When it changed is when something in it did: a
// time of anything else would tell of what the reader may not read, and the time
// of the request would make it another one each time.
func compose(s source, origin string, posts []post.Post) document {
	d := document{id: uuid(s.id), title: s.title, language: s.text.Lang(), home: s.home, self: s.self}
	room := maxFeed
	for _, p := range posts {
		e := entry{
			id: uuid(p.ID), url: origin + p.Path(), title: postweb.Title(s.text, p), author: postweb.Author(s.text, p).Name,
			agent: p.Author.Agent, published: p.CreatedAt, updated: p.CreatedAt,
		}
		if !p.EditedAt.IsZero() {
			e.updated = p.EditedAt
		}
		if e.agent {
			e.author = s.text.Text("feed.agent")
		}
		words := ""
		if s.whole {
			words = content(s, origin, e.url, p)
		}
		if s.whole && len(words) <= room {
			e.html = words
			room -= len(words)
		} else {
			head := p
			head.Title = ""
			e.title = postweb.Title(s.text, head)
		}
		if e.updated.After(d.updated) {
			d.updated = e.updated
		}
		d.entries = append(d.entries, e)
	}
	if len(posts) == 0 {
		d.updated = s.since
	}
	return d
}

// content are the words of a post for a feed reader. Of its photos and videos it tells how
// many there are and what is on them; it makes no reader load anything.
func content(s source, origin, url string, p post.Post) string {
	t := s.text
	words, cut := markup.Absolute(p.HTML, origin, maxWords)
	if s.photos && len(p.Media) > 0 {
		words += "<p>" + html.EscapeString(counted(t, p.Media)) + "</p>" + descriptions(p.Media)
	}
	if cut {
		words += `<p><a href="` + html.EscapeString(url) + `">` + html.EscapeString(t.Text("feed.read_on")) + "</a></p>"
	}
	return words
}

func counted(t *locale.Printer, all []media.Item) string {
	videos := 0
	for _, m := range all {
		if m.Video {
			videos++
		}
	}
	var some []string
	if n := len(all) - videos; n > 0 {
		some = append(some, t.Text("feed.photos", locale.N("count", n)))
	}
	if videos > 0 {
		some = append(some, t.Text("feed.videos", locale.N("count", videos)))
	}
	return strings.Join(some, ", ")
}

func descriptions(all []media.Item) string {
	var items strings.Builder
	for _, m := range all {
		if m.Alt != "" {
			items.WriteString("<li>" + html.EscapeString(m.Alt) + "</li>")
		}
	}
	if items.Len() == 0 {
		return ""
	}
	return "<ul>" + items.String() + "</ul>"
}

// tagOf names a body: equal ones have equal names.
func tagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}
