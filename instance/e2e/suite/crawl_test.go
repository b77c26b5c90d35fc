package suite_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"golang.org/x/net/html"
)

// always is what every answer carries, whatever it is about (P85).
var always = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
		"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; worker-src 'self'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"X-DNS-Prefetch-Control":       "off",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
}

// answer is one answer, with no redirect followed.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) html() bool { return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") }

// ask sends one request as somebody.
func (p *place) ask(who *person, method, path string, body io.Reader) answer {
	p.t.Helper()
	return p.askAs(who, http.Header{"Sec-Fetch-Site": {"same-origin"}}, method, path, body)
}

// askWith sends a form with headers of one's own.
func (p *place) askWith(who *person, header http.Header, path string, form url.Values) answer {
	p.t.Helper()
	return p.askAs(who, header, http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (p *place) askAs(who *person, header http.Header, method, path string, body io.Reader) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	for name, values := range who.Header {
		r.Header[name] = values
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, values := range header {
			if values[0] != "" {
				r.Header[name] = values
			}
		}
	}
	for _, c := range who.Cookies() {
		r.AddCookie(c)
	}
	client := &http.Client{Transport: p.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	who.Keep(resp)
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{resp.StatusCode, resp.Header, string(raw)}
}

// trace is what a page of a broken program shows.
var trace = regexp.MustCompile(`goroutine \d|runtime error|\.go:\d+|panic:|sql:|SQLSTATE|⟦|%!`)

// traceMarks are words of which each trace has one: looking for these words alone
// takes a fraction of the time on the many pages that have none.
var traceMarks = []string{"goroutine ", "runtime error", ".go:", "panic:", "sql:", "SQLSTATE", "⟦", "%!"}

// traces are the words of ours that no page may show.
func traces(body string) []string {
	if !slices.ContainsFunc(traceMarks, func(mark string) bool { return strings.Contains(body, mark) }) {
		return nil
	}
	return trace.FindAllString(body, -1)
}

// findings is what is wrong with an answer by itself, whoever got it.
func (p *place) findings(who string, a answer) (found []string) {
	for name, want := range always {
		if got := a.header.Values(name); !slices.Equal(got, []string{want}) {
			found = append(found, name+" is "+strings.Join(got, " | "))
		}
	}
	if !strings.Contains(a.header.Get("Permissions-Policy"), "geolocation=()") || a.header.Get("Cache-Control") == "" {
		found = append(found, "Permissions-Policy or Cache-Control is missing")
	}
	if who == "stranger" && a.header.Get("Set-Cookie") != "" {
		found = append(found, "a stranger gets a cookie")
	}
	if a.status >= 500 {
		found = append(found, "status "+http.StatusText(a.status))
	}
	if to := a.header.Get("Location"); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
		found = append(found, "redirects to "+to)
	}
	switch kind := a.header.Get("Content-Type"); {
	case strings.HasPrefix(kind, "text/html"):
		found = append(found, markuptest.ForeignRequests(p.url, a.body)...)
		found = append(found, traces(a.body)...)
	case strings.HasPrefix(kind, "text/css"):
		found = append(found, markuptest.ForeignRequestsInCSS(p.url, a.body)...)
	}
	return found
}

// links are the addresses of a page that lead to us: what a person can follow
// and what a browser loads.
func links(a answer) (all []string) {
	if to := a.header.Get("Location"); to != "" {
		return []string{to}
	}
	if !a.html() {
		return nil
	}
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		for _, attr := range n.Attr {
			switch attr.Key {
			case "href", "src", "hx-get":
				path, _, _ := strings.Cut(attr.Val, "#")
				if strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
					all = append(all, path)
				}
			}
		}
	}
	return all
}

// parameters are what the names in a route may stand for: things of every kind
// that somebody can see and somebody else cannot, and what is not there.
func (w *town) parameters(route string) map[string][]string {
	const nothing = "0198a0b0-0000-7000-8000-000000000000"
	all := map[string][]string{":token": {strings.TrimPrefix(w.invite, "/invite/"), strings.Repeat("x", 43)}}
	switch {
	case strings.HasPrefix(route, "/p/"):
		all[":id"] = []string{nothing, w.posts["thread public"], w.posts["edited open"], w.posts["hidden open"], w.posts["reply closed"], w.posts["deleted closed"], w.posts["thread secret"]}
	case strings.HasPrefix(route, "/w/"):
		all[":id"] = []string{nothing, w.posts["page public"], w.posts["page open"], w.posts["deleted page open"], w.posts["page closed"], w.posts["page secret"]}
	case strings.HasPrefix(route, "/m/"):
		all[":id"] = []string{nothing, w.photos["thread public"], w.photos["hidden open"], w.photos["reply closed"], w.photos["deleted closed"], w.photos["thread secret"], w.photos["loose"], w.photos["video in nested open"], w.photos["video in hidden reply closed"]}
		all[":size"] = []string{"s.jpg", "m.jpg", "l.jpg", "o"}
	case strings.HasPrefix(route, "/previews/"):
		all[":id"] = []string{nothing, w.links["thread public"], w.links["hidden open"], w.links["reply closed"], w.links["thread secret"]}
	case strings.HasPrefix(route, "/settings/lists"):
		all[":id"] = []string{nothing, w.list}
	default:
		all[":id"] = []string{nothing, w.people["pending"].id}
	}
	all[":space"] = []string{"nowhere", w.spaces["secret"].ID, w.spaces["closed"].ID}
	for _, s := range w.spaces {
		all[":space"] = append(all[":space"], strings.TrimPrefix(s.Path(), "/s/"))
	}
	for _, who := range []string{"owner", "insider", "guest", "pending"} {
		all[":handle"] = append(all[":handle"], w.people[who].handle)
		all[":member"] = append(all[":member"], w.people[who].id)
	}
	all[":handle"] = append(all[":handle"], "nobody_here")
	all[":month"] = []string{"2026-03", "2026-13", "1999-01", "all"}
	return all
}

var parameter = regexp.MustCompile(`:[a-z]+`)

// addresses are all that a route's pattern can stand for.
func addresses(pattern string, with map[string][]string) []string {
	name := parameter.FindString(pattern)
	if name == "" {
		return []string{pattern}
	}
	var all []string
	for _, v := range with[name] {
		all = append(all, addresses(strings.Replace(pattern, name, v, 1), with)...)
	}
	return all
}

// elsewhere are the routes that only a new community or a device with passkeys
// has, which the tests of setupweb and signinweb visit, and those that open only
// with a secret, which are in the matrix.
var elsewhere = []string{"/setup", "/setup/kind", "/setup/look", "/setup/door", "/setup/people", "/settings/security/passkeys/:id/name", "/feed/:token/atom", "/feed/:token/json"}

// TestCrawl visits every route as everybody, follows every link, sends every
// form without a key, and finds nothing wrong with any answer.
func TestCrawl(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		visited, answered := 0, map[string]bool{}
		for _, role := range p.some(roles) {
			who := w.people[role]
			start := []string{"/", "/up", "/static/none.css", "/no/such/page", "/p/%ff", "/home?before=nonsense", "/home/new?cursor=nonsense", "/search?q=harvest", "/?said=nonsense", "/login?next=//evil.example/", "/live?page=nonsense", "/live?once=1&page=/home", "/live?once=1&state=x&page=/p/" + w.posts["thread public"]}
			for _, r := range routes {
				all := addresses(r.Path, w.parameters(r.Path))
				if r.Method == http.MethodGet {
					start = append(start, all...)
					continue
				}
				a := p.ask(who, r.Method, all[0], strings.NewReader("body=x"))
				for _, f := range p.findings(role, a) {
					t.Errorf("%s POST %s: %s", role, r.Path, f)
				}
				if a.status != http.StatusForbidden && a.status != http.StatusNotFound && a.status != http.StatusSeeOther {
					t.Errorf("%s POST %s without a key: %d", role, r.Path, a.status)
				}
			}
			visited += w.crawl(who, start, answered)
		}
		for _, r := range routes {
			if r.Method == http.MethodGet && !answered[r.Path] && !slices.Contains(elsewhere, r.Path) && p.program.DB.Engine() == database.SQLite {
				t.Errorf("nobody ever got a page of %s", r.Path)
			}
		}
		t.Logf("%d answers", visited)
	})
}

// crawl visits addresses and whatever they link to. A page must not lead its
// reader to one that she does not get.
func (w *town) crawl(who *person, queue []string, answered map[string]bool) int {
	w.t.Helper()
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	from := map[string]string{}
	seen := map[string]bool{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		a := w.ask(who, http.MethodGet, path, nil)
		for _, f := range w.findings(who.key, a) {
			w.t.Errorf("%s GET %s: %s", who.key, path, f)
		}
		if parent, linked := from[path]; linked && a.status >= 400 {
			w.t.Errorf("%s is led from %s to %s: %d", who.key, parent, path, a.status)
		}
		if a.status < 400 {
			for _, r := range routes {
				answered[r.Path] = answered[r.Path] || matches(r.Path, path)
			}
		}
		for _, l := range links(a) {
			if _, known := from[l]; !known && a.status == http.StatusOK {
				from[l] = path
			}
			queue = append(queue, l)
		}
	}
	return len(seen)
}

func matches(pattern, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	a, b := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if plain := parameter.ReplaceAllString(a[i], ""); a[i] != b[i] && (plain == a[i] || !strings.HasPrefix(b[i], plain)) {
			return false
		}
	}
	return true
}

// TestHeadersOnWhatIsNoPage holds the headers where no handler answers: other
// methods, a body that is too large, a place that nobody has claimed.
func TestHeadersOnWhatIsNoPage(t *testing.T) {
	p := open(t, newConfig())
	stranger := &person{Client: p.browser(), key: "stranger"}
	for _, path := range []string{"/", "/setup", "/login", "/home", "/nothing", "/up", "/static/x"} {
		for _, f := range p.findings("stranger", p.ask(stranger, http.MethodGet, path, nil)) {
			t.Errorf("unclaimed %s: %s", path, f)
		}
	}
	w := settle(t, p)
	for _, role := range []string{"stranger", "owner"} {
		for _, method := range []string{http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, "PROPFIND"} {
			for _, path := range []string{"/home", "/login", "/up", "/live?page=/home", "/p/" + w.posts["thread secret"]} {
				for _, f := range p.findings(role, p.ask(w.people[role], method, path, nil)) {
					t.Errorf("%s %s %s: %s", role, method, path, f)
				}
			}
		}
		a := p.ask(w.people[role], http.MethodPost, "/compose", bytes.NewReader(bytes.Repeat([]byte("a=b&"), 2<<20)))
		if found := p.findings(role, a); len(found) > 0 || a.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: a body too large: %d %q", role, a.status, found)
		}
	}
	h := http.Header{}
	for name, values := range stranger.Header {
		h[name] = values
	}
	h.Set("X-Forwarded-For", "203.0.113.9")
	stranger.Header = h
	if a := p.ask(stranger, http.MethodGet, "/", nil); a.status != http.StatusForbidden || len(p.findings("stranger", a)) > 0 {
		t.Errorf("plain http from the internet: %d %q", a.status, p.findings("stranger", a))
	}
}
