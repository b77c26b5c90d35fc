package suite_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"golang.org/x/net/html"
)

// written is what people and the operator wrote, in whatever language, and
// what is the same in all: names of languages and places, addresses, keys.
var written = regexp.MustCompile(`(?i)(\w+ )?qz\w*\??|harvest|\body\w+|for\b|seven|Ada Lind|Mo Warden|Lime Street|@\w+|https?:\S+|127\.0\.0\.1:\d+|1\.2\.3|English|Deutsch|qps(-plocm)?|[A-Z]\w+/\w+|UTC|OpenGather|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

var letters = regexp.MustCompile(`[A-Za-z]{3,}`)

// heard are the attributes that people read or hear, or that a script says.
var heard = []string{"title", "alt", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "label", "data-kept", "data-done", "data-column", "data-gone", "data-out", "data-lost", "data-suggested"}

// silent are attributes for scripts and styles that no person reads. Any other
// one that begins with data- belongs here or into heard.
var silent = []string{"data-begin", "data-copy", "data-draft", "data-emoji", "data-format", "data-here", "data-live", "data-member", "data-n", "data-news", "data-parts", "data-passkey", "data-people", "data-quote", "data-rank", "data-state", "data-stream", "data-theme"}

// spoken are the texts of a page that a person reads or hears.
func spoken(body string) (all []string) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode && !slices.Contains([]string{"script", "style", "code", "textarea", "kbd", "bdi", "samp", "pre"}, n.Parent.Data) && !theirs(n):
			all = append(all, n.Data)
		case n.Type == html.ElementNode:
			for _, a := range n.Attr {
				unknown := strings.HasPrefix(a.Key, "data-") && !slices.Contains(silent, a.Key)
				if slices.Contains(heard, a.Key) || unknown || a.Key == "value" && onButton(n) || a.Key == "content" && forSearch(n) {
					all = append(all, a.Val)
				}
			}
		}
	}
	return all
}

// onButton reports whether the value of an element is what stands on it.
func onButton(n *html.Node) bool {
	return n.Data == "input" && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "type" && slices.Contains([]string{"submit", "button", "reset"}, a.Val)
	})
}

// forSearch reports whether an element describes the page for search engines.
func forSearch(n *html.Node) bool {
	return n.Data == "meta" && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Val == "description" || strings.HasPrefix(a.Val, "og:")
	})
}

// theirs reports whether a text is what somebody wrote, which is marked as
// having a direction of its own, or says of itself that it is in English.
func theirs(n *html.Node) bool {
	for a := range n.Ancestors() {
		for _, attr := range a.Attr {
			if attr.Key == "dir" && attr.Val == "auto" || attr.Key == "class" && strings.Contains(attr.Val, "avatar") || attr.Key == "lang" && attr.Val == "en" {
				return true
			}
		}
	}
	return false
}

// ear listens to pages in the pseudo-locale, in which each message is accented,
// for plain words that nobody wrote: those are in the code.
type ear struct {
	// given are the words of the kinds of communities, which they begin with.
	given []string
	found map[string]string
	pages int
}

func newEar() *ear {
	e := &ear{found: map[string]string{}}
	for _, p := range community.Presets {
		w := p.In("en")
		e.given = append(e.given, w.Question)
		for _, s := range w.Spaces {
			e.given = append(e.given, s.Purpose, s.Name)
		}
	}
	e.given = slices.DeleteFunc(e.given, func(text string) bool { return text == "" })
	slices.SortFunc(e.given, func(a, b string) int { return len(b) - len(a) })
	return e
}

func (e *ear) hear(at, body string) {
	e.pages++
	for _, text := range spoken(body) {
		plain := text
		for _, own := range e.given {
			plain = strings.ReplaceAll(plain, own, "")
		}
		if plain = written.ReplaceAllString(plain, ""); letters.MatchString(plain) {
			e.found[strings.Join(strings.Fields(text), " ")] = at
		}
	}
}

func (e *ear) report(t *testing.T, atLeast int) {
	t.Helper()
	for text, at := range e.found {
		t.Errorf("%.120q at %s is in no message", text, at)
	}
	if e.pages < atLeast {
		t.Errorf("only %d pages", e.pages)
	}
}

// foreign has everybody read the pseudo-locale.
func (w *town) foreign() {
	w.t.Helper()
	owner := w.people["owner"]
	w.want(owner.Submit(w.form(owner.Get("/community"), "/community"), url.Values{"also_qps": {"yes"}}), "/community", http.StatusOK)
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test.language"}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE members SET language = 'qps' -- unfiltered: test")
		return "", err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.people["stranger"].Header.Set("Accept-Language", "qps")
}

// TestNoTextIsHardCoded reads every page of every role in the pseudo-locale,
// the pages after each form that is filled in wrongly, and what says no (P162).
func TestNoTextIsHardCoded(t *testing.T) {
	p := open(t, newConfig())
	w := settle(t, p)
	w.foreign()
	routes, err := p.program.Routes()
	if err != nil {
		t.Fatal(err)
	}
	e, read := newEar(), map[string]bool{}
	for _, role := range []string{"owner", "founder", "insider", "member", "guest", "pending", "leaving", "stranger"} {
		paths := map[string]string{}
		for _, c := range w.channels() {
			for _, path := range c.paths {
				paths[path] = ""
			}
		}
		for _, r := range routes {
			for _, path := range addresses(r.Path, w.parameters(r.Path)) {
				if r.Method == http.MethodGet {
					paths[path] = r.Path
				}
			}
		}
		paths[w.sessionName()] = "/settings/security/sessions/:id/name"
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			if a := p.ask(w.people[role], http.MethodGet, path, nil); a.html() {
				e.hear(role+" "+path, a.body)
				read[paths[path]] = read[paths[path]] || a.status == http.StatusOK
			}
		}
		for _, r := range routes {
			if r.Method == http.MethodPost {
				path := addresses(r.Path, w.parameters(r.Path))[0]
				e.hear(role+" POST "+path, p.ask(w.people[role], r.Method, path, strings.NewReader("body=x")).body)
			}
		}
	}
	for _, r := range routes {
		if pageless := slices.Contains([]string{"/home/new", "/compose/people", "/p/:id/parts", "/live", "/picture", "/.well-known/change-password", "/m/:id/:size", "/m/:id/original", "/m/:id/download", "/m/:id/video", "/previews/:id", "/s/:space/photos/:month/download", "/settings/data/photos/:id", "/p/:id/poll/result.csv", "/p/:id/poll/result.json", "/sitemap.xml", "/robots.txt", "/feed.atom", "/feed.json", "/s/:space/feed.atom", "/s/:space/feed.json"}, r.Path); r.Method == http.MethodGet && !read[r.Path] && !pageless && !slices.Contains(elsewhere, r.Path) {
			t.Errorf("nobody read %s", r.Path)
		}
	}
	for _, x := range w.wrongs() {
		e.hear(x.who+" refused at "+x.form, string(w.people[x.who].Submit(p.form(w.people[x.who].Get(x.page), x.form), x.all()).Body))
	}
	e.report(t, 1500)
}

// TestNoTextOfSettingUpIsHardCoded sets a community up in the pseudo-locale,
// with a mistake on each page that one can be made on.
func TestNoTextOfSettingUpIsHardCoded(t *testing.T) {
	p, e := open(t, newConfig()), newEar()
	link, err := p.program.SetupLink(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	who := p.browser()
	who.Header.Set("Accept-Language", "qps")
	e.hear("/setup without the link", string(who.Get("/setup").Body))
	e.hear("/setup with a wrong link", string(who.Get("/setup?token=wrong").Body))
	page := who.Get(link[strings.Index(link, "/setup"):])
	send := func(form string, values url.Values) {
		e.hear(page.URL.Path, string(page.Body))
		page = who.Submit(p.form(page, form), values)
	}
	send("/setup", nil)
	send("/setup", url.Values{"community": {"Lime Street"}, "name": {"Ada Lind"}, "handle": {"ada"}, "password": {password}})
	send("/setup/kind", url.Values{"kind": {"club"}})
	send("/setup/look", url.Values{"zone": {"Nowhere/Never"}})
	send("/setup/look", url.Values{"zone": {"Europe/Berlin"}, "language": {"qps"}})
	send("/setup/door", nil)
	send("/setup/people", nil)
	if len(codesOf(page)) == 0 {
		t.Errorf("the community is not open: %d\n%s", page.Status, page.Text())
	}
	e.hear("/setup/people at the end", string(page.Body))
	e.report(t, 10)
}
