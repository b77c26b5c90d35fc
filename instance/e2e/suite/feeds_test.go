package suite_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"github.com/opengather/opengather/instance/post"
	"golang.org/x/net/html"
)

// subscribe makes addresses for feed readers: for everybody inside one of all her
// spaces, and one of each space that she reads, with the words. The insider calls
// one of hers by a name. One has ended.
func (w *town) subscribe() {
	w.t.Helper()
	address := func(role string, d feed.Draft) feed.Made {
		d.Whole = true
		made, err := w.program.Feeds.Make(w.t.Context(), w.people[role].actor(), "", d)
		if err != nil {
			w.t.Fatalf("%s makes an address: %v", role, err)
		}
		return made
	}
	for _, role := range append(slices.Clone(inside), "leaving") {
		w.feeds[role+" home"] = address(role, feed.Draft{}).Token
		for _, where := range wheres {
			reads := said[where]
			if w.hidden && where == "public" {
				reads = said["open"]
			}
			if slices.Contains(reads, role) && role != "leaving" {
				w.feeds[role+" "+where] = address(role, feed.Draft{Space: w.spaces[where].ID}).Token
			}
		}
	}
	address("insider", feed.Draft{Name: "qzfeedname"})
	ended := address("insider", feed.Draft{})
	w.must(w.program.Feeds.Revoke(w.t.Context(), w.people["insider"].actor(), "", ended.ID))
	w.feeds["ended"] = ended.Token
}

// feedsOf are the addresses of everybody's own feed of something.
func (w *town) feedsOf(what string) map[string][]string {
	own := map[string][]string{}
	for key, token := range w.feeds {
		if role, of, _ := strings.Cut(key, " "); of == what {
			own[role] = []string{"/feed/" + token + "/atom", "/feed/" + token + "/json"}
		}
	}
	return own
}

// feedsIn are the feeds that carry what is said somewhere.
func (w *town) feedsIn(where string) []channel {
	lists, here := []string{"qztitle", "qzbody", "qzedited", "qznow", "qzhidden", "qzhiddenbody", "qzalt", "qzhiddenalt"}, []string{where}
	s := w.spaces[where]
	all := []channel{
		{name: "her own feed of all, " + where, own: w.feedsOf("home"), who: home[where], in: here, carries: lists},
		{name: "her own feed of " + where, own: w.feedsOf(where), who: slices.DeleteFunc(slices.Clone(inside), func(role string) bool { return !slices.Contains(said[where], role) }), in: here, carries: lists},
		{name: "public feed of " + where, paths: []string{s.Path() + "/feed.atom", "/s/" + s.ID + "/feed.json"}},
	}
	if where == "public" {
		all[2].in, all[2].carries = here, []string{"qztitle", "qzbody", "qzedited", "qznow", "qzalt", "qzspace"}
	}
	return all
}

// holdFeedEnds holds that an address opens nothing any more, also to who says that
// she has what was there before.
func (w *town) holdFeedEnds(whose string) {
	w.t.Helper()
	who := &person{Client: w.browser(), key: "stranger"}
	for _, format := range []string{"/atom", "/json"} {
		path := "/feed/" + w.feeds[whose] + format
		who.Header.Set("If-None-Match", "*")
		a, none := w.ask(who, http.MethodGet, path, nil), w.ask(who, http.MethodGet, "/feed/"+strings.Repeat("x", 43)+format, nil)
		if a.status != http.StatusNotFound || same(a) != same(none) {
			w.t.Errorf("%s of %s: %d, %s", format, whose, a.status, differ(same(a), same(none)))
		}
	}
}

var feedLink = regexp.MustCompile(`/feed/([\w-]+)/atom`)

// addressOf makes an address through the page and gives its secret.
func (p *place) addressOf(who *person) string {
	p.t.Helper()
	page := p.press(who, "/settings/feeds", "/settings/feeds", nil)
	m := feedLink.FindSubmatch(page.Body)
	if m == nil || page.Header.Get("Cache-Control") != "no-store" {
		p.t.Fatalf("no address is shown, or browsers keep it (%s):\n%s", page.Header.Get("Cache-Control"), page.Text())
	}
	return string(m[1])
}

// read is a feed, whatever the format.
type read struct {
	id, title, self string
	entries         []readEntry
}

type readEntry struct{ id, title, url, author, html, updated string }

// parse reads a feed strictly.
func parse(t *testing.T, path string, a answer) (f read) {
	t.Helper()
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, a.status, a.body)
	}
	if strings.HasSuffix(path, "json") {
		return parseJSON(t, path, a)
	}
	var x struct {
		XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string    `xml:"id"`
		Title   string    `xml:"title"`
		Updated time.Time `xml:"updated"`
		Link    []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entry []struct {
			ID        string    `xml:"id"`
			Title     string    `xml:"title"`
			Published time.Time `xml:"published"`
			Updated   time.Time `xml:"updated"`
			Author    string    `xml:"author>name"`
			Link      struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Content string `xml:"content"`
		} `xml:"entry"`
	}
	d := xml.NewDecoder(strings.NewReader(a.body))
	if err := d.Decode(&x); err != nil {
		t.Fatalf("%s: %v\n%s", path, err, a.body)
	}
	if _, err := d.Token(); err != io.EOF {
		t.Errorf("%s: there is something behind the feed: %v", path, err)
	}
	if a.header.Get("Content-Type") != "application/atom+xml; charset=utf-8" || x.ID == "" || x.Title == "" || x.Updated.IsZero() {
		t.Errorf("%s is %s, of %q called %q at %v", path, a.header.Get("Content-Type"), x.ID, x.Title, x.Updated)
	}
	f = read{id: x.ID, title: x.Title}
	for _, l := range x.Link {
		if l.Rel == "self" {
			f.self = l.Href
		}
	}
	for _, e := range x.Entry {
		if e.Published.IsZero() || e.Updated.Before(e.Published) || e.Updated.After(x.Updated) {
			t.Errorf("%s: an entry of %v, changed %v, in a feed of %v", path, e.Published, e.Updated, x.Updated)
		}
		f.entries = append(f.entries, readEntry{e.ID, e.Title, e.Link.Href, e.Author, e.Content, e.Updated.String()})
	}
	return f
}

// inXML replaces what XML cannot hold, as it is replaced there (XML 1.0, 2.2).
func inXML(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0xfffe || r == 0xffff {
			return '\ufffd'
		}
		return r
	}, text)
}

func parseJSON(t *testing.T, path string, a answer) (f read) {
	t.Helper()
	var x struct {
		Version  string `json:"version"`
		Title    string `json:"title"`
		Home     string `json:"home_page_url"`
		Self     string `json:"feed_url"`
		Language string `json:"language"`
		Items    []struct {
			ID        string    `json:"id"`
			URL       string    `json:"url"`
			Title     string    `json:"title"`
			HTML      string    `json:"content_html"`
			Text      string    `json:"content_text"`
			Published time.Time `json:"date_published"`
			Modified  time.Time `json:"date_modified"`
			Authors   []struct {
				Name string `json:"name"`
			} `json:"authors"`
		} `json:"items"`
	}
	d := json.NewDecoder(strings.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&x); err != nil || d.More() {
		t.Fatalf("%s: %v\n%s", path, err, a.body)
	}
	if a.header.Get("Content-Type") != "application/feed+json; charset=utf-8" || x.Version != "https://jsonfeed.org/version/1.1" || x.Title == "" || x.Home == "" || x.Language == "" {
		t.Errorf("%s is %s, %q called %q", path, a.header.Get("Content-Type"), x.Version, x.Title)
	}
	f = read{title: x.Title, self: x.Self}
	for _, i := range x.Items {
		if (i.HTML == "") == (i.Text == "") || i.Published.IsZero() || len(i.Authors) != 1 {
			t.Errorf("%s: an item without words, or with two kinds, or without a time or an author: %+v", path, i)
		}
		f.entries = append(f.entries, readEntry{i.ID, inXML(i.Title), i.URL, inXML(i.Authors[0].Name), inXML(i.HTML), i.Modified.String()})
	}
	return f
}

// TestFeedsParse writes every payload and reads it in feeds (P24, P152): they are
// well-formed, say the same in both formats, and stay the same feeds after the
// space has got another name.
func TestFeedsParse(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		at := w.spaces["public"].Path()
		paths := []string{at + "/feed", "/feed", "/feed/" + w.feeds["member public"], "/feed/" + w.feeds["member home"]}
		seen := 0
		for i, payload := range markuptest.Payloads {
			if i%5 != 0 && p.program.DB.Engine() == database.PostgreSQL {
				continue
			}
			title := []rune(strings.ReplaceAll(payload.Text, "\x00", ""))
			p.clock.Add(10 * time.Minute) // readers are slowed
			_, err := p.program.Posts.Publish(t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces["public"].ID, Title: string(title[:min(150, len(title))]), Body: payload.Text + "\x01\x0b\ufffe\uffff"})
			if err != nil {
				t.Fatal(err)
			}
			if i%10 != 0 {
				continue
			}
			for _, path := range paths {
				f := w.inBoth(t, path)
				seen += len(f.entries)
				for _, e := range f.entries {
					holdContent(t, p.url, path, e)
				}
			}
		}
		if seen < 100 {
			t.Errorf("only %d entries were read", seen)
		}
		before := w.inBoth(t, at+"/feed")
		p.set("UPDATE spaces SET name = 'Another name' WHERE id = $1", w.spaces["public"].ID)
		after := w.inBoth(t, at+"/feed")
		if after.id != before.id || after.title == before.title || after.entries[0] != before.entries[0] {
			t.Errorf("another name makes another feed: %q and %q", before.id, after.id)
		}
	})
}

// inBoth reads a feed as a stranger and holds its formats against each other.
func (w *town) inBoth(t *testing.T, path string) read {
	t.Helper()
	stranger := &person{Client: w.browser(), key: "stranger"}
	w.nets %= 200
	mark := "."
	if strings.HasPrefix(path, "/feed/") {
		mark = "/"
	}
	one := parse(t, path+mark+"atom", w.ask(stranger, http.MethodGet, path+mark+"atom", nil))
	two := parse(t, path+mark+"json", w.ask(stranger, http.MethodGet, path+mark+"json", nil))
	if personal := mark == "/"; personal == (one.self != "") || personal == (two.self != "") {
		t.Errorf("%s names itself: %q, %q", path, one.self, two.self)
	}
	if len(one.entries) == 0 || !slices.Equal(one.entries, two.entries) {
		t.Errorf("%s: the formats differ:\n%+v\n%+v", path, one.entries, two.entries)
	}
	return one
}

// holdContent holds that an entry makes no reader load anything, and that its
// addresses are whole.
func holdContent(t *testing.T, origin, path string, e readEntry) {
	t.Helper()
	if !strings.HasPrefix(e.id, "urn:uuid:") || !strings.HasPrefix(e.url, origin+"/p/") || e.author == "" || e.title == "" {
		t.Errorf("%s has an entry %+v", path, e)
	}
	root, err := html.Parse(strings.NewReader(e.html))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if slices.Contains([]string{"img", "script", "style", "iframe", "object", "embed", "video", "audio", "source", "link", "form", "svg"}, n.Data) && n.Type == html.ElementNode {
			t.Errorf("%s: <%s> in %q", path, n.Data, e.html)
		}
		for _, a := range n.Attr {
			to, err := url.Parse(a.Val)
			switch {
			case slices.Contains([]string{"src", "srcset", "style", "background", "poster", "action"}, a.Key):
				t.Errorf("%s: %s=%q", path, a.Key, a.Val)
			case a.Key == "href" && (err != nil || !to.IsAbs()):
				t.Errorf("%s: an address without a host: %q", path, a.Val)
			}
		}
	}
}

// TestFeedsNameNoOtherHost reads feeds of posts with photos and with everything
// that could make a reader ask elsewhere (P84).
func TestFeedsNameNoOtherHost(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for _, path := range []string{"/feed", w.spaces["public"].Path() + "/feed", "/feed/" + w.feeds["insider secret"]} {
			words := ""
			for _, e := range w.inBoth(t, path).entries {
				holdContent(t, p.url, path, e)
				words += e.html
				for _, found := range markuptest.ForeignRequests(p.url, e.html) {
					t.Errorf("%s: %s", path, found)
				}
			}
			if !strings.Contains(words, "1 photo") || !strings.Contains(words, "qzalt") || strings.Contains(words, "/m/") {
				t.Errorf("%s does not tell of photos, or leads to them: %s", path, words)
			}
		}
		w.turn("media", "off")
		for _, e := range w.inBoth(t, "/feed").entries {
			if strings.Contains(e.html, "photo") {
				t.Errorf("photos are off, and a feed tells of them: %s", e.html)
			}
		}
	})
}

// TestHeadersOfFeeds holds what is sent with feeds: nobody else keeps them, search
// engines no personal one, and who has one already is sent nothing.
func TestHeadersOfFeeds(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for _, path := range []string{"/feed.atom", "/feed.json", w.spaces["public"].Path() + "/feed.atom", "/feed/" + w.feeds["insider secret"] + "/atom", "/feed/" + w.feeds["insider home"] + "/json"} {
			who := &person{Client: p.browser(), key: "stranger"}
			a := p.ask(who, http.MethodGet, path, nil)
			for _, f := range p.findings("stranger", a) {
				t.Errorf("%s: %s", path, f)
			}
			personal := strings.HasPrefix(path, "/feed/")
			if got := a.header.Get("Cache-Control"); got != "private, no-cache" {
				t.Errorf("%s: Cache-Control is %q", path, got)
			}
			if got := a.header.Get("X-Robots-Tag"); (got == "noindex") != personal {
				t.Errorf("%s: X-Robots-Tag is %q", path, got)
			}
			tag := a.header.Get("ETag")
			if again := p.ask(who, http.MethodGet, path, nil); again.body != a.body || again.header.Get("ETag") != tag || !strings.HasPrefix(tag, `W/"`) || again.header.Get("Last-Modified") != "" {
				t.Errorf("%s is another one at once: %q, %q", path, tag, again.header.Get("ETag"))
			}
			for has, status := range map[string]int{tag: http.StatusNotModified, `"x", ` + tag: http.StatusNotModified, `"x"`: http.StatusOK} {
				who.Header.Set("If-None-Match", has)
				if b := p.ask(who, http.MethodGet, path, nil); b.status != status || (b.body == "") != (status == http.StatusNotModified) || b.header.Get("ETag") != tag {
					t.Errorf("%s, which she has as %s: %d", path, has, b.status)
				}
			}
			who.Header.Del("If-None-Match")
			if head := p.ask(who, http.MethodHead, path, nil); head.status != http.StatusOK || head.body != "" {
				t.Errorf("HEAD %s: %d", path, head.status)
			}
		}
	})
}

// TestFeedsAreSlowed asks for feeds without a pause.
func TestFeedsAreSlowed(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for path, most := range map[string]int{"/feed.atom": 120, w.spaces["public"].Path() + "/feed.json": 120, "/feed/" + w.feeds["insider home"] + "/atom": 60} {
			who := &person{Client: p.browser(), key: "stranger"}
			for i := range most + 5 {
				a := p.ask(who, http.MethodGet, path, nil)
				if slow := i >= most; (a.status == http.StatusTooManyRequests) != slow || slow && a.header.Get("Retry-After") == "" {
					t.Fatalf("%s, asked %d times: %d, wait %q", path, i+1, a.status, a.header.Get("Retry-After"))
				}
			}
		}
	})
}

// publicFeedsAreForStrangers: whatever somebody may read, and in whatever language,
// what is public is the same for everybody.
func (w *town) publicFeedsAreForStrangers() {
	for _, path := range []string{"/feed.atom", "/feed.json", w.spaces["public"].Path() + "/feed.atom"} {
		stranger := &person{Client: w.browser(), key: "stranger"}
		want := w.ask(stranger, http.MethodGet, path, nil)
		for _, role := range roles {
			who := w.people[role]
			before := who.Header.Get("Accept-Language")
			who.Header.Set("Accept-Language", "de")
			if a := w.ask(who, http.MethodGet, path, nil); a.body != want.body || a.header.Get("ETag") != want.header.Get("ETag") || a.status != http.StatusOK {
				w.t.Errorf("%s gets another %s: %d\n%s", role, path, a.status, differ(a.body, want.body))
			}
			who.Header.Set("Accept-Language", before)
		}
	}
}

// feedsCloseWithTheFace closes the place to strangers and opens it again.
func (w *town) feedsCloseWithTheFace() {
	owner := w.people["owner"]
	for face, status := range map[string]int{"named": http.StatusNotFound, "hidden": http.StatusNotFound} {
		w.press(owner, "/community/door", "/community/door", url.Values{"face": {face}, "door": {"invite"}})
		for _, role := range []string{"owner", "member", "insider"} {
			for _, path := range []string{"/feed.atom", "/feed.json", w.spaces["public"].Path() + "/feed.atom"} {
				if a := w.ask(w.people[role], http.MethodGet, path, nil); a.status != status {
					w.t.Errorf("%s, and %s gets %s: %d", face, role, path, a.status)
				}
			}
		}
		if a := w.ask(&person{Client: w.browser(), key: "stranger"}, http.MethodGet, "/feed.atom", nil); a.status == http.StatusOK {
			w.t.Errorf("%s, and a stranger gets the feed", face)
		}
	}
	w.press(owner, "/community/door", "/community/door", url.Values{"face": {"public"}, "door": {"ask"}})
}

// addressesEnd makes an address, ends it through the page, and asks once more.
func (w *town) addressesEnd() {
	who := w.people["quiet"]
	token := w.addressOf(who)
	path := "/feed/" + token + "/atom"
	if a := w.ask(w.people["stranger"], http.MethodGet, path, nil); a.status != http.StatusOK || strings.Contains(a.body, token) {
		w.t.Errorf("a new address: %d, and what it opens names it", a.status)
	}
	id := w.one("SELECT id FROM feeds WHERE member_id = $1 AND last_used_day IS NOT NULL", who.id)
	w.press(who, "/settings/feeds", "/settings/feeds/"+id+"/revoke", nil)
	if a := w.ask(w.people["stranger"], http.MethodGet, path, nil); a.status != http.StatusNotFound {
		w.t.Errorf("an address that has ended: %d", a.status)
	}
}
