package signinweb_test

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

const (
	origin = "https://street.example"
	right  = "zebra-kite"
	wrong  = "kite-zebra"
)

// site is a community with the pages of signing in behind a TLS proxy.
type site struct {
	t      *testing.T
	db     *database.DB
	signIn *signin.Operations
	world  accesstest.World
	pages  http.Handler
	shell  *web.Shell
	router *web.Router
	clock  *databasetest.Clock
}

func with(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) { test(t, newSite(t, db, clock)) })
}

// withSQLite is for tests of the browser, to which both databases are the same.
func withSQLite(t *testing.T, test func(t *testing.T, s *site)) {
	t.Helper()
	clock := &databasetest.Clock{}
	test(t, newSite(t, databasetest.SQLite(t, clock), clock))
}

func newSite(t *testing.T, db *database.DB, clock *databasetest.Clock) *site {
	t.Helper()
	catalog, err := locale.Load(locale.Messages, look.Messages, web.Messages, signinweb.Messages)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, db: db, signIn: signintest.Operations(t, db), world: accesstest.World{T: t, DB: db}, clock: clock}
	s.world.Community("named")
	s.world.Member("ada", "active", access.FullRole)
	s.shell = &web.Shell{
		Shown: new(atomic.Int64),
		DB:    db, Keys: s.signIn.Keys, Catalog: catalog, Communities: &community.Operations{DB: db}, SignIn: s.signIn,
		Spaces: &space.Operations{DB: db, Keys: s.signIn.Keys}, Log: slog.New(slog.DiscardHandler), Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
	}
	e := echo.New()
	e.Use(s.shell.Headers)
	s.router = web.NewRouter(s.shell, e)
	e.GET("/static/:name", s.shell.Static)
	(&signinweb.Handler{SignIn: s.signIn}).Mount(s.router)
	s.pages = e
	return s
}

// client is one person's browser: it keeps the session's cookie.
type client struct {
	*site
	session string
	agent   string
	// network is where it is, for the proxy to say.
	network string
}

func (s *site) client() *client { return &client{site: s, network: "10.0.0.7"} }

// signedIn is a browser with a session of a member.
func (s *site) signedIn(member string) *client {
	b := s.client()
	b.session = signintest.Session(s.t, s.db, member)
	return b
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (b *client) do(method, path string, form url.Values) answer {
	b.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	req.Host = "street.example"
	req.Header.Set("X-Forwarded-Proto", "https")
	req.Header.Set("X-Forwarded-For", b.network)
	req.Header.Set("User-Agent", b.agent)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if b.session != "" {
		req.AddCookie(&http.Cookie{Name: "__Host-session", Value: b.session})
	}
	w := httptest.NewRecorder()
	b.pages.ServeHTTP(w, req)
	res := w.Result()
	for _, c := range res.Cookies() {
		if c.Name == "__Host-session" {
			b.session = c.Value
			if c.MaxAge < 0 {
				b.session = ""
			}
		}
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body)}
}

func (b *client) get(path string) answer { return b.do(http.MethodGet, path, nil) }

var keyField = regexp.MustCompile(`name="form_key" value="([^"]+)"`)

// key takes the form key of a page.
func (b *client) key(page string) string {
	b.t.Helper()
	m := keyField.FindStringSubmatch(b.get(page).body)
	if m == nil {
		b.t.Fatalf("%s has no form", page)
	}
	return m[1]
}

// send opens a page and sends one of its forms.
func (b *client) send(page, action string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{"form_key": {b.key(page)}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, action, form)
}

// leads checks that an answer leads to a path.
func (a answer) leads(t *testing.T, path string) {
	t.Helper()
	if a.status != http.StatusSeeOther || a.header.Get("Location") != path {
		t.Errorf("got %d to %q, want it to lead to %q\n%s", a.status, a.header.Get("Location"), path, a.words())
	}
}

// says checks that a page shows words.
func (a answer) says(t *testing.T, status int, words string) {
	t.Helper()
	if a.status != status || !strings.Contains(a.words(), words) {
		t.Errorf("got %d, want %d with %q in it:\n%s", a.status, status, words, a.words())
	}
}

var tags = regexp.MustCompile(`(?s)<(script|style).*?</(script|style)>|<[^>]*>`)

// words is what somebody reads on the page.
func (a answer) words() string {
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(a.body, " "))), " ")
}
