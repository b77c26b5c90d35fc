package spaceweb_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/space/spaceweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// street is a community that is served: olga owns it, mo moderates it, ada, ben
// and cem are members, gil is a guest.
type street struct {
	accesstest.World
	t      *testing.T
	url    string
	routes []web.Route
	spaces *space.Operations
	posts  *post.Operations
}

func both(t *testing.T, face string, test func(t *testing.T, s street)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		keys, err := keyring.Open(t.Context(), db, make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		s := street{
			World: accesstest.World{T: t, DB: db}, t: t,
			spaces: &space.Operations{DB: db, Keys: keys}, posts: &post.Operations{DB: db, Keys: keys, Polls: &poll.Operations{DB: db, Keys: keys}},
		}
		s.Community(face)
		s.Do("UPDATE community SET founded_at = 1")
		for id, role := range map[string]access.Role{
			"olga": access.Owner, "mo": access.Moderator, "ada": access.FullRole, "ben": access.FullRole, "cem": access.FullRole, "gil": access.Guest,
		} {
			s.Member(id, "active", role)
		}
		s.serve(keys)
		test(t, s)
	})
}

// serve answers requests with the pages of posts and spaces.
func (s *street) serve(keys *keyring.Keyring) {
	s.t.Helper()
	catalog, err := locale.Load(locale.Messages, look.Messages, web.Messages, postweb.Messages, pageweb.Messages, spaceweb.Messages, elsewhere())
	if err != nil {
		s.t.Fatal(err)
	}
	shell := &web.Shell{
		Shown: new(atomic.Int64),
		DB:    s.DB, Keys: keys, Catalog: catalog, Communities: &community.Operations{DB: s.DB}, SignIn: &signin.Operations{DB: s.DB, Keys: keys},
		Spaces: s.spaces, Log: slog.New(slog.NewTextHandler(s.t.Output(), nil)),
	}
	e := echo.New()
	router := web.NewRouter(shell, e)
	e.HTTPErrorHandler = func(err error, c echo.Context) { shell.Broken(c, err) }
	e.RouteNotFound("/*", router.Nothing())
	e.Use(shell.Headers)
	e.GET(look.NavSignIn, func(c echo.Context) error { return c.NoContent(http.StatusNoContent) })
	posts := &postweb.Handler{Pages: &pageweb.Handler{Pages: &page.Operations{DB: s.DB}, Spaces: s.spaces}, Posts: s.posts, Spaces: s.spaces, Members: &member.Operations{DB: s.DB, Keys: keys}, Joining: &joining.Operations{DB: s.spaces.DB}}
	(&spaceweb.Handler{Spaces: s.spaces, Posts: posts, Pages: posts.Pages}).Mount(router)
	s.routes = router.Routes()
	posts.Mount(router)
	server := httptest.NewServer(e)
	s.t.Cleanup(server.Close)
	s.url = server.URL
}

// elsewhere are messages that package member's faults need and memberweb has.
func elsewhere() fstest.MapFS {
	f := fstest.MapFS{}
	for _, lang := range []string{"en", "de"} {
		f["messages/"+lang+".json"] = &fstest.MapFile{Data: []byte(`{"member.handle_unavailable": "It is not available.", "member.handle_form": "Small letters."}`)}
	}
	return f
}

// as is the browser of somebody who has signed in, or of a stranger.
func (s street) as(who string) *program.Client {
	s.t.Helper()
	c := program.NewClient(s.t, s.url)
	if who == "" {
		return c
	}
	_, err := s.DB.Write(s.t.Context(), database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) {
		token, err := signin.Begin(tx, who, signin.Computer)
		c.Hold("session=" + token)
		return "", err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// make makes a space by ada, with ben in it, and gives it as she sees it.
func (s street) make(d space.Draft) space.View {
	s.t.Helper()
	if d.Posting == "" {
		d.Posting = space.Everyone
	}
	id, err := s.spaces.Create(s.t.Context(), access.Member("ada"), "", d)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Put(id, "ben", "member")
	return s.find("ada", id)
}

func (s street) find(who, address string) space.View {
	s.t.Helper()
	v, err := s.spaces.Find(s.t.Context(), access.Member(who), address)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

func (s street) say(who, space, body string) {
	s.t.Helper()
	if _, err := s.posts.Publish(s.t.Context(), access.Member(who), "", post.Draft{Space: space, Body: body}); err != nil {
		s.t.Fatal(err)
	}
}

// secret makes a space secret that had a handle.
func (s street) secret(v space.View) {
	s.t.Helper()
	_, err := s.spaces.Change(s.t.Context(), access.Member("ada"), "", v.ID, space.Revision{
		Version: v.Version, Agreed: space.Secret, Draft: space.Draft{Name: v.Name, Purpose: v.Purpose, Visibility: space.Secret, Posting: v.Space.Posting},
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// raw asks without following redirects.
func raw(t *testing.T, c *program.Client, method, address string, form url.Values, header http.Header) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	for _, more := range []http.Header{c.Header, header} {
		for name, values := range more {
			req.Header[name] = slices.Clone(values)
		}
	}
	for _, cookie := range c.Cookies() {
		req.AddCookie(cookie)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	c.Keep(res)
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}
