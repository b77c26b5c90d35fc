package suite_test

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/server"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// place is the program behind a socket, with nobody in it yet.
type place struct {
	t       *testing.T
	program *server.Program
	clock   *databasetest.Clock
	log     *writtenLog
	dir     string
	url     string
	nets    int
	// transport holds the connections of ask.
	transport *http.Transport
}

// writtenLog is a log that a test reads while requests write it.
type writtenLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *writtenLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *writtenLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// both runs a test on a place over SQLite and one over PostgreSQL.
func both(t *testing.T, test func(t *testing.T, p *place)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, open(t, newConfig())) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, onPostgres(t)) })
}

func newConfig() *config.Config { return &config.Config{} }

func onPostgres(t *testing.T) *place {
	t.Helper()
	return open(t, &config.Config{Database: config.Secret(databasetest.DSN(t)), MasterKey: config.Secret(strings.Repeat("5c", 32))})
}

// open starts the program. Requests come through a proxy it believes, so that
// everybody has an address of her own, as in life.
func open(t *testing.T, c *config.Config) *place {
	t.Helper()
	p := &place{t: t, clock: &databasetest.Clock{}, log: &writtenLog{}, dir: t.TempDir(), transport: &http.Transport{}}
	t.Cleanup(p.transport.CloseIdleConnections)
	c.Data, c.Listen, c.SourceURL = p.dir, "127.0.0.1:0", "https://source.example/"
	c.TrustedProxies = config.Networks{netip.MustParsePrefix("127.0.0.1/32")}
	var err error
	p.program, err = server.Open(t.Context(), server.Options{
		Config: c, Log: telemetry.Logger(p.log, false, slog.LevelDebug), Version: "1.2.3", Now: p.clock.Now, Pseudo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.program.Close(); err != nil {
			t.Error(err)
		}
	})
	if p.program.Polls.Urns == nil { // on PostgreSQL keys are in a bucket
		if p.program.Polls.Urns, err = blob.OpenDirectory(filepath.Join(p.dir, "urns")); err != nil {
			t.Fatal(err)
		}
	}
	p.program.SignIn.Cost = signin.Cost{Memory: 8, Passes: 1, Threads: 1}
	handler, err := p.program.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	p.url = s.URL
	return p
}

// some are all of them on SQLite. On PostgreSQL, which answers the same queries
// many times slower over its socket, the first and the last stand for all.
func (p *place) some(all []string) []string {
	if len(all) < 3 || p.program.DB.Engine() == database.SQLite {
		return all
	}
	return []string{all[0], all[len(all)-1]}
}

// browser is a browser without cookies, in a network of its own.
func (p *place) browser() *program.Client {
	p.t.Helper()
	p.nets++
	c := program.NewClient(p.t, p.url)
	c.Header.Set("Accept-Language", "en")
	c.Header.Set("X-Forwarded-For", net.IPv4(10, 66, byte(p.nets), 7).String())
	return c
}

// person is somebody with a browser in which she is signed in.
type person struct {
	*program.Client
	key, id, handle, password string
	codes                     []string
}

func (p *person) actor() access.Actor {
	if p.id == "" {
		return access.Stranger()
	}
	return access.Member(p.id)
}

const password = "seven green wheelbarrows"

var (
	codeText = regexp.MustCompile(`<code>([0-9a-z-]{19})</code>`)
	linkText = regexp.MustCompile(`/invite/[\w-]{43}`)
)

func codesOf(p *program.Page) (codes []string) {
	for _, m := range codeText.FindAllSubmatch(p.Body, -1) {
		codes = append(codes, string(m[1]))
	}
	return codes
}

// want ends the test if a page is not where it should be.
func (p *place) want(page *program.Page, path string, status int) *program.Page {
	p.t.Helper()
	if page.URL.Path != path || page.Status != status {
		p.t.Fatalf("at %s with %d, want %s with %d:\n%s", page.URL.Path, page.Status, path, status, page.Text())
	}
	return page
}

// found sets a club up through its pages and gives its owner.
func (p *place) found(name string) *person {
	p.t.Helper()
	return p.foundAs("club", name)
}

// foundAs sets up a community of a kind.
func (p *place) foundAs(kind, name string) *person {
	p.t.Helper()
	link, err := p.program.SetupLink(p.t.Context(), nil)
	if err != nil {
		p.t.Fatal(err)
	}
	path := link[strings.Index(link, "/setup"):]
	owner := &person{Client: p.browser(), key: "owner", handle: "ada", password: password}
	page := p.want(owner.Get(path), "/setup", http.StatusOK)
	page = p.want(owner.Submit(page.Form("/setup"), url.Values{
		"community": {name}, "name": {"Ada Lind"}, "handle": {"ada"}, "password": {password},
	}), "/setup/kind", http.StatusOK)
	page = p.want(owner.Submit(page.Form("/setup/kind"), url.Values{"kind": {kind}}), "/setup/look", http.StatusOK)
	page = p.want(owner.Submit(page.Form("/setup/look"), nil), "/setup/door", http.StatusOK)
	page = p.want(owner.Submit(page.Form("/setup/door"), nil), "/setup/people", http.StatusOK)
	page = p.want(owner.Submit(page.Form("/setup/people"), url.Values{"invite": nil}), "/setup/people", http.StatusOK)
	owner.codes = codesOf(page)
	owner.id = p.idOf("ada")
	return owner
}

func (p *place) idOf(handle string) (id string) {
	p.t.Helper()
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error {
		return tx.One([]any{&id}, "SELECT id FROM members WHERE handle = $1", handle)
	})
	if err != nil {
		p.t.Fatalf("find %s: %v", handle, err)
	}
	return id
}

// invite makes an invitation through the page and gives its path.
func (p *place) invite(by *person, values url.Values) string {
	p.t.Helper()
	page := by.Submit(p.want(by.Get("/invitations/new"), "/invitations/new", http.StatusOK).Form("/invitations"), values)
	link := linkText.Find(p.want(page, "/invitations", http.StatusOK).Body)
	if link == nil {
		p.t.Fatalf("no link is shown:\n%s", page.Text())
	}
	return string(link)
}

// accept lets somebody in through an invitation.
func (p *place) accept(key, invitation, name string, more url.Values) *person {
	p.t.Helper()
	who := &person{Client: p.browser(), key: key, password: "five quiet lamps of " + key}
	form := p.want(who.Get(invitation), invitation, http.StatusOK).Form(invitation)
	values := url.Values{"name": {name}, "password": {who.password}}
	for _, f := range form.Fields() {
		if f == "rules" {
			values["rules"] = []string{"yes"}
		}
	}
	for field, v := range more {
		values[field] = v
	}
	page := who.Submit(form, values)
	who.codes = codesOf(page)
	if len(who.codes) == 0 {
		p.t.Fatalf("%s did not come in: %d\n%s", name, page.Status, page.Text())
	}
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error {
		return tx.One([]any{&who.id, &who.handle}, "SELECT id, handle FROM members ORDER BY asked_at DESC LIMIT 1")
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return who
}

// must ends the test on an error of an operation that has to work.
func (p *place) must(made string, err error) string {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	return made
}

func (p *place) space(by *person, name string, v space.Visibility) string {
	p.t.Helper()
	d := space.Draft{Name: name, Purpose: "for " + name, Visibility: v, Posting: space.Everyone}
	if v != space.Secret {
		d.Handle = strings.ToLower(name)
	}
	return p.must(p.program.Spaces.Create(p.t.Context(), by.actor(), "", d))
}

// form is the form of a page that is sent to a path by POST. Where there are
// several, such as a button on a card and on its page, the first is taken.
func (p *place) form(page *program.Page, path string) *program.Form {
	p.t.Helper()
	for _, f := range page.Forms() {
		if f.Method == http.MethodPost && f.Action.RequestURI() == path {
			return f
		}
	}
	p.t.Fatalf("%s (%d) has no form for %s:\n%s", page.URL, page.Status, path, page.Text())
	return nil
}
