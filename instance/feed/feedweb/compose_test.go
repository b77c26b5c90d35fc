package feedweb

import (
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
)

var (
	began  = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	posted = began.Add(time.Hour)
)

func printer(t *testing.T) *locale.Printer {
	t.Helper()
	c, err := locale.Load(locale.Messages, postweb.Messages, Messages)
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer("en", time.UTC)
}

// said is a post of Ada's.
func said(html string) post.Post {
	return post.Post{ID: "0198A0B0", SpaceName: "Garden", Author: member.Byline{Name: "Ada Lind", Handle: "ada"}, Title: "Seeds", HTML: html, CreatedAt: posted}
}

func written(t *testing.T, s source, posts ...post.Post) (d document, text string) {
	t.Helper()
	s.text, s.since = printer(t), began
	d = compose(s, "https://street.example", posts)
	for _, f := range []format{atom, jsonFeed} {
		body, err := f.write(d)
		if err != nil {
			t.Fatal(err)
		}
		text += string(body)
	}
	return d, text
}

func TestHeadsTellNoWords(t *testing.T) {
	p := said("<p>secret words</p>")
	p.Media = []media.Item{{Alt: "a secret sight"}}
	d, text := written(t, source{photos: true}, p)
	if strings.Contains(text, "secret") || strings.Contains(text, "Seeds") || d.entries[0].title != "Ada Lind in Garden" {
		t.Errorf("heads tell %s", text)
	}
	if _, text = written(t, source{whole: true, photos: true}, p); !strings.Contains(text, "secret words") || !strings.Contains(text, "Seeds") || !strings.Contains(text, "a secret sight") {
		t.Errorf("the words are not in %s", text)
	}
}

func TestFeedsHaveASize(t *testing.T) {
	long := said("<p>" + strings.Repeat("word ", maxWords) + "</p>")
	posts := make([]post.Post, 20)
	for i := range posts {
		posts[i] = long
	}
	d, text := written(t, source{whole: true}, posts...)
	words := 0
	for _, e := range d.entries {
		words += len(e.html)
		if e.html != "" && !strings.HasSuffix(e.html, `<p><a href="https://street.example/p/0198A0B0">Read on</a></p>`) {
			t.Errorf("an entry ends with %q", e.html[len(e.html)-80:])
		}
	}
	if words > maxFeed || words < maxFeed/2 || len(d.entries) != 20 || d.entries[19].title != "Ada Lind in Garden" || d.entries[0].title != "Seeds" {
		t.Errorf("%d bytes of words, %d entries, the last is %q", words, len(d.entries), d.entries[19].title)
	}
	if len(text) > 3*maxFeed {
		t.Errorf("%d bytes in both formats", len(text))
	}
}

// A feed changed when something in it did, and an empty one when it began.
func TestFeedsChangeWithWhatIsInThem(t *testing.T) {
	if d, _ := written(t, source{}); !d.updated.Equal(began) {
		t.Errorf("an empty feed is of %v", d.updated)
	}
	old, edited := said("<p>x</p>"), said("<p>y</p>")
	edited.EditedAt = posted.Add(time.Hour)
	if d, _ := written(t, source{whole: true}, old, edited); !d.updated.Equal(edited.EditedAt) || !d.entries[0].updated.Equal(posted) || !d.entries[1].updated.Equal(edited.EditedAt) {
		t.Errorf("the feed is of %v", d.updated)
	}
}

func TestAgentsAndFormerMembersAreLabelled(t *testing.T) {
	agent, former := said("<p>x</p>"), said("<p>y</p>")
	agent.Author, former.Author = member.Byline{ID: "bot", Agent: true}, member.Byline{Name: "Ada Lind", Gone: true}
	d, text := written(t, source{whole: true}, agent, former)
	if d.entries[0].author != "An agent" || d.entries[1].author != "Former member" {
		t.Errorf("the authors are %q and %q", d.entries[0].author, d.entries[1].author)
	}
	if strings.Count(text, `<category term="agent">`) != 1 || strings.Count(text, `"tags":["agent"]`) != 1 || strings.Contains(text, "Ada") {
		t.Errorf("labelled as %s", text)
	}
}
