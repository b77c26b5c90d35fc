package suite_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// onMap are the addresses on the map that somebody gets, by path. It holds the map
// against the structure that sitemaps.org demands.
func (p *place) onMap(who *person) map[string]time.Time {
	p.t.Helper()
	a := p.ask(who, http.MethodGet, "/sitemap.xml", nil)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/xml; charset=utf-8" {
		p.t.Fatalf("the map: %d %q", a.status, a.header.Get("Content-Type"))
	}
	all := map[string]time.Time{}
	decoder := xml.NewDecoder(strings.NewReader(a.body))
	decoder.Strict = true
	var within []string
	path := ""
	for token, err := decoder.Token(); token != nil; token, err = decoder.Token() {
		if err != nil {
			p.t.Fatal(err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			within = append(within, x.Name.Local)
			if x.Name.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" || !slices.Contains([]string{"urlset", "urlset url", "urlset url loc", "urlset url lastmod"}, strings.Join(within, " ")) {
				p.t.Fatalf("on the map there is %v in %v", x.Name, within)
			}
		case xml.EndElement:
			within = within[:len(within)-1]
		case xml.CharData:
			switch strings.Join(within, " ") {
			case "urlset url loc":
				path = strings.TrimPrefix(string(x), p.url)
				if _, twice := all[path]; twice || !strings.HasPrefix(path, "/") {
					p.t.Errorf("on the map there is %q, twice: %v", x, twice)
				}
				all[path] = time.Time{}
			case "urlset url lastmod":
				if all[path], err = time.Parse(time.RFC3339, string(x)); err != nil {
					p.t.Error(err)
				}
			}
		}
	}
	return all
}

// TestMapOfTheSite holds the map for search engines: it has what strangers read and
// nothing else, each address on it is a page of theirs, and it moves with what they
// read alone.
func TestMapOfTheSite(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		stranger := &person{Client: p.browser(), key: "stranger"}
		all := p.onMap(stranger)
		in := w.spaces["public"].Path()
		want := []string{"/", in, "/months/2026-03", in + "/months/2026-03", "/p/" + w.posts["thread public"], "/p/" + w.posts["edited public"]}
		for _, path := range want {
			if all[path].IsZero() {
				t.Errorf("%s is not on the map, or without a time", path)
			}
		}
		for path := range all {
			if a := p.ask(stranger, http.MethodGet, path, nil); a.status != http.StatusOK || a.header.Get("X-Robots-Tag") == "noindex" {
				t.Errorf("%s is on the map, and a stranger gets %d", path, a.status)
			}
		}
		known := regexp.MustCompile(`^/$|^/p/|^/s/news$|^/s/programme$|^` + regexp.QuoteMeta(in) + `$|^(` + regexp.QuoteMeta(in) + `)?/months/\d{4}-\d{2}$`)
		for path := range all {
			if !known.MatchString(path) {
				t.Errorf("%s is on the map", path)
			}
		}
		body := p.ask(stranger, http.MethodGet, "/sitemap.xml", nil).body
		for what, id := range w.posts {
			if on := strings.Contains(body, id); on && !strings.HasSuffix(what, " public") || on && (strings.HasPrefix(what, "hidden") || strings.HasPrefix(what, "deleted")) {
				t.Errorf("%s is on the map", what)
			}
		}
		for where, s := range w.spaces {
			if where != "public" && (strings.Contains(body, s.ID) || strings.Contains(body, s.Path())) {
				t.Errorf("the space %s is on the map", where)
			}
		}
		w.mapMoves(stranger, all)
		if a := p.ask(stranger, http.MethodGet, "/robots.txt", nil); a.status != http.StatusOK || !strings.Contains(a.body, "\nSitemap: "+p.url+"/sitemap.xml\n") || strings.Contains(a.body, "Disallow: /") {
			t.Errorf("robots.txt: %d\n%s", a.status, a.body)
		}
	})
}

// mapMoves has things said that strangers read, and that they do not.
func (w *town) mapMoves(stranger *person, before map[string]time.Time) {
	w.t.Helper()
	thread := "/p/" + w.posts["thread public"]
	insider := w.people["insider"]
	tag := w.ask(stranger, http.MethodGet, "/sitemap.xml", nil).header.Get("ETag")
	w.clock.Add(time.Hour)
	open := "/p/" + w.posts["thread open"]
	w.press(insider, open, open+"/reply?to="+w.posts["thread open"], url.Values{"body": {"among us"}})
	if again := w.ask(stranger, http.MethodGet, "/sitemap.xml", nil); again.header.Get("ETag") != tag {
		w.t.Error("the map moves with what strangers do not read")
	}
	w.press(insider, thread, thread+"/reply?to="+w.posts["thread public"], url.Values{"body": {"for everybody"}})
	after := w.onMap(stranger)
	reply := w.one("SELECT id FROM posts WHERE body = 'for everybody'")
	for _, path := range []string{thread, w.spaces["public"].Path(), "/"} {
		if !after[path].After(before[path]) {
			w.t.Errorf("a reply for strangers, and %s is of %s, before it %s", path, after[path], before[path])
		}
	}
	w.must(w.program.Posts.Hide(w.t.Context(), w.keeper("public").actor(), "", reply, ""))
	if hidden := w.onMap(stranger); !hidden[thread].Equal(before[thread]) || len(hidden) != len(before) {
		w.t.Errorf("the reply is hidden, and %s is of %s, before it %s", thread, hidden[thread], before[thread])
	}
}

// TestNobodyElseHasAMap asks for the map of a community that shows itself less: it
// is as if there were none, for whoever asks. Nor is it another map for members.
func TestNobodyElseHasAMap(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner := w.people["owner"]
		stranger := &person{Client: p.browser(), key: "stranger"}
		open := p.ask(stranger, http.MethodGet, "/sitemap.xml", nil)
		for _, role := range []string{"owner", "insider", "pending"} {
			if a := p.ask(w.people[role], http.MethodGet, "/sitemap.xml", nil); a.body != open.body || a.status != http.StatusOK {
				t.Errorf("%s gets another map: %d", role, a.status)
			}
		}
		for _, face := range []string{"named", "hidden"} {
			p.press(owner, "/community/door", "/community/door", url.Values{"face": {face}, "door": {"invite"}})
			for _, who := range []*person{stranger, owner, w.people["insider"]} {
				for _, path := range []string{"/sitemap.xml", "/sitemap.xml?part=1", "/robots.txt"} {
					a := p.ask(who, http.MethodGet, path, nil)
					none := p.ask(who, http.MethodGet, "/sitemap.yml", nil)
					if a.status == http.StatusOK || a.status != none.status || strings.ReplaceAll(a.header.Get("Location"), url.QueryEscape(path), "") != strings.ReplaceAll(none.header.Get("Location"), url.QueryEscape("/sitemap.yml"), "") || keyValue.ReplaceAllString(a.body, "") != keyValue.ReplaceAllString(none.body, "") {
						t.Errorf("%s: %s gets %d for %s, and %d for nothing", face, who.key, a.status, path, none.status)
					}
				}
			}
		}
	})
}

// TestHeadersOfTheMap holds that who has the map already is sent nothing.
func TestHeadersOfTheMap(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		settle(t, p)
		who := &person{Client: p.browser(), key: "stranger"}
		a := p.ask(who, http.MethodGet, "/sitemap.xml", nil)
		tag := a.header.Get("ETag")
		for _, f := range p.findings("stranger", a) {
			t.Error(f)
		}
		if a.header.Get("Cache-Control") != "private, no-cache" || a.header.Get("X-Robots-Tag") != "" || !strings.HasPrefix(tag, `W/"`) {
			t.Errorf("the map comes with %v", a.header)
		}
		for has, status := range map[string]int{tag: http.StatusNotModified, `"x", ` + tag: http.StatusNotModified, `"x"`: http.StatusOK} {
			who.Header.Set("If-None-Match", has)
			if b := p.ask(who, http.MethodGet, "/sitemap.xml", nil); b.status != status || (b.body == "") != (status == http.StatusNotModified) || b.header.Get("ETag") != tag {
				t.Errorf("who has it as %s gets %d", has, b.status)
			}
		}
		who.Header.Del("If-None-Match")
		if head := p.ask(who, http.MethodHead, "/sitemap.xml", nil); head.status != http.StatusOK || head.body != "" {
			t.Errorf("HEAD: %d", head.status)
		}
		for i := range 130 {
			if a = p.ask(who, http.MethodGet, "/sitemap.xml", nil); a.status == http.StatusTooManyRequests {
				break
			} else if i == 129 {
				t.Error("it is given without an end")
			}
		}
	})
}
