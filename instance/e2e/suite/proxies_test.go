package suite_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/server"
)

// answerTo gives the answer of a program to a request from an address, past
// every socket: what it believes of its peers is what is asked here.
func answerTo(t *testing.T, program *server.Program, method, target, peer string, header http.Header, body string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := program.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.RemoteAddr, r.Host = peer, "here.example"
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// The peers: the proxy that the operator named, somebody in the same house, and
// somebody in the internet.
const (
	proxy    = "127.0.0.1:4000"
	neighbor = "192.168.7.9:4000"
	far      = "203.0.113.9:4000"
)

// forwardedBy are all headers by which proxies say who asks and how.
func forwardedBy(address, proto, host string) http.Header {
	return http.Header{
		"X-Forwarded-For": {address}, "X-Forwarded-Proto": {proto}, "X-Forwarded-Host": {host}, "X-Forwarded-Port": {"443"}, "X-Forwarded-Ssl": {"on"},
		"X-Real-Ip": {address}, "Forwarded": {"for=" + address + ";proto=" + proto + ";host=" + host}, "Front-End-Https": {"on"}, "Cf-Connecting-Ip": {address},
		"X-Forwarded-Scheme": {proto}, "X-Url-Scheme": {proto}, "True-Client-Ip": {address}, "X-Original-Host": {host},
	}
}

// TestForwardedHeadersOfStrangersChangeNothing asks with every forwarded header
// from the proxy that was named, from a neighbor and from the internet (P97).
func TestForwardedHeadersOfStrangersChangeNothing(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		owner := p.found("Lime Street")
		token := p.settled(owner)
		said := func(method, path, peer string, h http.Header) (string, *httptest.ResponseRecorder) {
			all := http.Header{"Cookie": {"session=" + token + "; __Host-session=" + token}}
			for name, values := range h {
				all[name] = values
			}
			w := answerTo(t, p.program, method, path, peer, all, "")
			return same(answer{w.Code, w.Header(), w.Body.String()}), w
		}
		lies := forwardedBy("10.66.1.1", "https", "evil.example")
		for _, path := range []string{"/", "/login", "/spaces", "/you", "/invitations/new", "/about", "/settings/security", "/nothing", "/join"} {
			for _, peer := range []string{neighbor, far} {
				plain, _ := said(http.MethodGet, path, peer, nil)
				if lied, _ := said(http.MethodGet, path, peer, lies); lied != plain {
					t.Errorf("%s believes %s: %s", path, peer, differ(lied, plain))
				}
			}
			if _, w := said(http.MethodGet, path, far, forwardedBy("127.0.0.1", "https", "localhost")); w.Code != http.StatusForbidden {
				t.Errorf("somebody in the internet is taken for a neighbor at %s: %d", path, w.Code)
			}
			_, w := said(http.MethodGet, path, proxy, lies)
			if w.Header().Get("Strict-Transport-Security") == "" || strings.Contains(w.Body.String(), "evil.example") {
				t.Errorf("%s does not believe the proxy, or believes it the host", path)
			}
			if _, w := said(http.MethodGet, path, proxy, forwardedBy("203.0.113.9", "http", "")); w.Code != http.StatusForbidden {
				t.Errorf("what came to the proxy openly from the internet is answered at %s: %d", path, w.Code)
			}
		}
		p.holdCookies(owner)
		p.holdLimits()
		if text := p.log.String(); strings.Contains(text, "10.66.1.1") || strings.Contains(text, "evil.example") {
			t.Error("the log has what was forwarded")
		}
	})
}

// signs signs in from a peer and gives the answer.
func (p *place) signs(who *person, pass, peer string, h http.Header) *httptest.ResponseRecorder {
	p.t.Helper()
	page := answerTo(p.t, p.program, http.MethodGet, "/login", peer, h, "")
	key := keyValue.FindStringSubmatch(page.Body.String())
	if key == nil {
		p.t.Fatalf("no form for %s: %d\n%s", peer, page.Code, page.Body)
	}
	all := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
	for name, values := range h {
		all[name] = values
	}
	form := url.Values{"form_key": {key[1]}, "handle": {who.handle}, "password": {pass}}
	return answerTo(p.t, p.program, http.MethodPost, "/login", peer, all, form.Encode())
}

// holdCookies signs in over both peers and looks at the cookies and at a link
// that is copied elsewhere.
func (p *place) holdCookies(owner *person) {
	p.t.Helper()
	for peer, want := range map[string]struct {
		name, scheme string
		secure       bool
	}{neighbor: {"session", "http://", false}, proxy: {"__Host-session", "https://", true}} {
		h := forwardedBy("10.66.1.1", "https", "evil.example")
		cookies := p.signs(owner, owner.password, peer, h).Result().Cookies()
		if len(cookies) != 1 || cookies[0].Name != want.name || cookies[0].Secure != want.secure {
			p.t.Errorf("through %s the cookies are %v", peer, cookies)
			continue
		}
		h["Cookie"] = []string{cookies[0].Name + "=" + cookies[0].Value}
		page := answerTo(p.t, p.program, http.MethodGet, "/invitations/new", peer, h, "")
		key := keyValue.FindStringSubmatch(page.Body.String())
		if key == nil {
			p.t.Errorf("through %s nobody is signed in: %d", peer, page.Code)
			continue
		}
		h["Content-Type"], h["Sec-Fetch-Site"] = []string{"application/x-www-form-urlencoded"}, []string{"same-origin"}
		form := url.Values{"form_key": {key[1]}, "role": {"member"}, "uses": {"1"}, "lasts": {"7"}}
		shown := answerTo(p.t, p.program, http.MethodPost, "/invitations", peer, h, form.Encode())
		if !strings.Contains(shown.Body.String(), want.scheme+"here.example/invite/") {
			p.t.Errorf("through %s no link begins with %s: %d", peer, want.scheme, shown.Code)
		}
	}
}

// holdLimits guesses passwords, each time as if from elsewhere. A neighbor is
// one network whatever she says, and may try sixty times at once; behind the
// proxy there are as many networks as it says.
func (p *place) holdLimits() {
	p.t.Helper()
	limited := func(peer string) (n int) {
		for i := range 70 {
			h := forwardedBy(fmt.Sprintf("10.66.%d.1", 100+i), "https", "evil.example")
			if p.signs(&person{handle: fmt.Sprint("nobody_", i)}, "not the password", peer, h).Code == http.StatusTooManyRequests {
				n++
			}
		}
		return n
	}
	// One try of hers was the sign-in above.
	if n := limited(neighbor); n < 10 || n > 11 {
		p.t.Errorf("a neighbor who says she is seventy was stopped %d times, want 10 or 11", n)
	}
	if n := limited(proxy); n != 0 {
		p.t.Errorf("seventy networks behind the proxy were stopped %d times", n)
	}
}

// watched are the addresses at which programs show what they do.
var watched = []string{
	"/metrics", "/metrics/", "/-/metrics", "/_metrics", "/metrics.json", "/prometheus", "/actuator", "/actuator/prometheus", "/stats", "/status", "/server-status",
	"/debug", "/debug/", "/debug/vars", "/debug/pprof", "/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/profile?seconds=1", "/debug/pprof/cmdline", "/debug/pprof/goroutine?debug=2",
	"/debug/requests", "/debug/events", "/pprof", "/varz", "/healthz", "/readyz", "/livez", "/health", "/trace", "/traces", "/v1/traces", "/admin", "/api", "/.env",
}

// TestMetricsAreNotPublic asks for them as everybody: there is nothing (P110).
func TestMetricsAreNotPublic(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for _, role := range p.some(roles) {
			none := same(p.ask(w.people[role], http.MethodGet, "/no/such/page", nil), "/no/such/page")
			for _, path := range watched {
				a := p.ask(w.people[role], http.MethodGet, path, nil)
				if got := same(a, path); a.status != http.StatusNotFound || got != none {
					t.Errorf("%s at %s: %d", role, path, a.status)
				}
			}
		}
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range routes {
			if shown.MatchString(r.Path) {
				t.Errorf("there is a route %s", r.Path)
			}
		}
	})
}

var shown = regexp.MustCompile(`metric|debug|pprof|prometheus|vars|stats|trace`)
