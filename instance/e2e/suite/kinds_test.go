package suite_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ways are what strangers of a family get besides the files of the program: the
// way in, and whether there is a program.
var ways = []string{"/invite/:token", "/login", "/login/code", "/up"}

// private are names that no stranger of a family may read.
var private = regexp.MustCompile(`(?i)lime street|\bada\b|warden|` + marks.String())

// loaded is what a stylesheet has the browser load.
var loaded = regexp.MustCompile(`url\(["']?(/[^"')]+)`)

// TestStrangersOfAHiddenCommunity visits everything as nobody where a family
// lives, and what it is led to and loads from there: it is the way in, and
// nothing else (P5).
func TestStrangersOfAHiddenCommunity(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settleAs(t, p, "family")
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		queue := []string{"/up", "/no/such/page", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/manifest.webmanifest", "/.well-known/nodeinfo", "/.well-known/webfinger?resource=acct:ada@lime.example"}
		for _, r := range routes {
			if r.Method == http.MethodGet {
				queue = append(queue, addresses(r.Path, w.parameters(r.Path))...)
			}
		}
		seen, shown, assets := map[string]bool{}, map[string]bool{}, 0
		for len(queue) > 0 {
			path := queue[0]
			queue = queue[1:]
			if seen[path] {
				continue
			}
			seen[path] = true
			a := p.ask(w.people["stranger"], http.MethodGet, path, nil)
			if a.status == http.StatusOK && strings.HasPrefix(path, "/static/") {
				assets++
			} else if a.status == http.StatusOK {
				shown[w.way(path)] = true
			}
			w.holdHidden(path, a)
			for _, to := range append(links(a), imports(a)...) {
				// What was asked for comes again in this address, and is no news.
				to, _, _ = strings.Cut(to, "?next=")
				queue = append(queue, to)
			}
		}
		if got := slices.Sorted(maps.Keys(shown)); !slices.Equal(got, ways) || assets < 3 {
			t.Errorf("%q were shown, want %q, and %d assets", got, ways, assets)
		}
	})
}

// imports are the addresses that a stylesheet names.
func imports(a answer) (all []string) {
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
		for _, m := range loaded.FindAllStringSubmatch(a.body, -1) {
			all = append(all, m[1])
		}
	}
	return all
}

// way is the pattern of the way in that an address belongs to, or the address.
func (w *town) way(path string) string {
	for _, pattern := range ways {
		if matches(pattern, path) {
			return pattern
		}
	}
	return path
}

// holdHidden holds one answer that a stranger of a family gets.
func (w *town) holdHidden(path string, a answer) {
	w.t.Helper()
	invited := w.way(path) == "/invite/:token" // whoever has the link may know from whom
	asset := path == "/up" || strings.HasPrefix(path, "/static/")
	body := keyValue.ReplaceAllString(a.body, "") // drawn letters spell anything
	if found := private.FindString(body); found != "" && !invited {
		w.t.Errorf("%s tells a stranger of %q:\n%s", path, found, body)
	}
	if to := a.header.Get("Location"); strings.Contains(to, "said") {
		w.t.Errorf("%s leads a stranger to %s", path, to)
	}
	if robots := a.header.Get("X-Robots-Tag"); robots != "noindex" && !asset {
		w.t.Errorf("%s (%d) may be indexed: %q", path, a.status, robots)
	}
}

// TestStrangersReadAMovement goes from the front page of a movement to a post,
// with no account and a browser that runs no scripts (P6).
func TestStrangersReadAMovement(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		owner := p.foundAs("movement", "Lime Street")
		space := p.one("SELECT id FROM spaces WHERE visibility = 'public'")
		at := p.press(owner, "/compose?space="+space, "/compose", url.Values{"title": {"We meet at the bridge"}, "body": {"Bring *lanterns* at eight."}}).URL.Path
		stranger := &person{Client: p.browser(), key: "stranger"}
		path := "/"
		for _, next := range []string{p.one("SELECT '/s/' || handle FROM spaces WHERE visibility = 'public'"), at} {
			a := p.ask(stranger, http.MethodGet, path, nil)
			if found := p.findings("stranger", a); a.status != http.StatusOK || len(found) > 0 {
				t.Fatalf("a stranger at %s: %d %q", path, a.status, found)
			}
			if !slices.Contains(links(a), next) {
				t.Fatalf("a stranger is not led from %s to %s, but to %q", path, next, links(a))
			}
			path = next
		}
		a := p.ask(stranger, http.MethodGet, at, nil)
		for _, words := range []string{"We meet at the bridge", "Bring <em>lanterns</em> at eight."} {
			if a.status != http.StatusOK || !strings.Contains(a.body, words) {
				t.Errorf("a stranger does not read %q: %d\n%s", words, a.status, a.body)
			}
		}
		if found := p.findings("stranger", a); len(found) > 0 {
			t.Error(found)
		}
	})
}
