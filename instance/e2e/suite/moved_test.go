package suite_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// TestAFormerAddressLeadsToTheNewOne asks at addresses that the community has,
// had and never had. A poster with the former one still works (P55).
func TestAFormerAddressLeadsToTheNewOne(t *testing.T) {
	for engine, c := range map[string]*config.Config{
		"SQLite": {}, "PostgreSQL": {Database: config.Secret(databasetest.DSN(t)), MasterKey: config.Secret(strings.Repeat("5c", 32))},
	} {
		t.Run(engine, func(t *testing.T) {
			c.PublicURL = "https://new.example"
			p := open(t, c)
			p.found("Lime Street")
			for _, origin := range []string{"http://old.example:8080", "https://older.example", "https://new.example"} {
				if _, err := p.program.Communities.ChangeOrigin(t.Context(), access.System("a test moves the community"), "", origin); err != nil {
					t.Fatal(err)
				}
			}
			for host, moved := range map[string]bool{
				"old.example:8080": true, "Older.Example": true, "new.example": false, "NEW.example": false,
				"old.example": false, "never.example": false, "older.example.never.example": false,
			} {
				for _, path := range []string{"/login?next=%2Fs%2Fgarden", "/invite/abc", "/s/garden/months/2026-03", "/nothing/at/all", "//never.example/", "/"} {
					there := ""
					if moved {
						there = "https://new.example" + path
					}
					w := p.at(host, http.MethodGet, path, nil)
					if got := ledTo(w); got != there {
						t.Errorf("%s at %s leads to %q, want %q", path, host, got, there)
					}
					if moved && w.Header().Get("Cache-Control") != "private, no-cache" {
						t.Errorf("browsers keep that %s has moved: %q", host, w.Header().Get("Cache-Control"))
					}
				}
				if w := p.at(host, http.MethodPost, "/login", url.Values{"handle": {"ada"}}); ledTo(w) != "" {
					t.Errorf("a form sent to %s leads to %s", host, ledTo(w))
				}
			}
		})
	}
}

// ledTo is where an answer leads that leads away from its host.
func ledTo(w *httptest.ResponseRecorder) string {
	if to := w.Header().Get("Location"); strings.Contains(to, "://") {
		return to
	}
	return ""
}

// at asks for a page at a host, past every socket.
func (p *place) at(host, method, path string, form url.Values) *httptest.ResponseRecorder {
	p.t.Helper()
	handler, err := p.program.Handler()
	if err != nil {
		p.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(p.t.Context(), method, "http://x.example"+path, strings.NewReader(form.Encode()))
	r.RemoteAddr, r.Host = proxy, host
	r.Header.Set("X-Forwarded-Proto", "https")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// TestHeadSaysWhatGetSays asks for headers alone (RFC 9110, section 9.3.2).
func TestHeadSaysWhatGetSays(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		owner := p.found("Lime Street")
		for _, path := range []string{"/up", "/", "/login", "/about", "/people", "/nothing", "/settings/security"} {
			get, head := p.ask(owner, http.MethodGet, path, nil), p.ask(owner, http.MethodHead, path, nil)
			if head.status != get.status || head.header.Get("Content-Type") != get.header.Get("Content-Type") || head.body != "" {
				t.Errorf("%s: GET says %d, HEAD %d with %d bytes", path, get.status, head.status, len(head.body))
			}
		}
	})
}
