package browse_test

import (
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/server"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
)

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	program.RemoveBuilds()
	os.Exit(code)
}

// place is the program behind a socket, with nobody in it yet.
type place struct {
	t       *testing.T
	program *server.Program
	routes  []web.Route
	origin  string
	link    string // for setting it up
}

// open starts the program, with the pseudo-locales. Its name is localhost, since
// passkeys exist for names only.
func open(t *testing.T) *place {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, origin: "http://localhost:" + port}
	p.program, err = server.Open(t.Context(), server.Options{
		Config: &config.Config{Data: t.TempDir(), Listen: listener.Addr().String(), PublicURL: p.origin},
		Log:    telemetry.Logger(io.Discard, false, slog.LevelError), Version: "1.2.3", Pseudo: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.program.Close(); err != nil {
			t.Error(err)
		}
	})
	p.program.SignIn.Cost = signin.Cost{Memory: 8, Passes: 1, Threads: 1}
	handler, err := p.program.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	s.Start()
	t.Cleanup(s.Close)
	if p.routes, err = p.program.Routes(); err != nil {
		t.Fatal(err)
	}
	if p.link, err = p.program.SetupLink(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return p
}

// world is a community with somebody of every role.
type world struct {
	*place
	village *village.Village
	people  map[string]*village.Villager
	spaces  map[string]string // paths, by visibility
	invite  string            // path of an invitation that nobody has used
	thread  string            // path of what the member said in public
	page    string            // that of lookUp, which says something else than at first
	seen    map[string]bool   // routes of which somebody saw a page
}

var roles = []string{"owner", "moderator", "member", "guest", "pending", "leaving", "stranger"}

// settle lets them come and speak. The member is in every space and is called as
// somebody wants.
func settle(t *testing.T, community, member string) *world {
	t.Helper()
	p := open(t)
	v := village.At(t, p.origin, p.link, community, "Ada Lind", "ada", "en")
	w := &world{place: p, village: v, people: map[string]*village.Villager{"owner": v.Owner}, spaces: map[string]string{}, seen: map[string]bool{}}
	many := v.Owner.Invitation(nil)
	w.invite = v.Owner.Invitation(url.Values{"approval": {"yes"}, "question": {"Which house?"}})
	w.people["member"] = v.Arrives(many, member, "en")
	w.people["moderator"] = v.Arrives(v.Owner.Invitation(url.Values{"role": {"moderator"}, "uses": {"1"}}), "Mo Warden", "en")
	w.people["leaving"] = v.Arrives(many, "Lea Gone", "en")
	w.people["pending"] = v.Arrives("/join", "Pip Door", "en")
	w.people["stranger"] = &village.Villager{Client: program.NewClient(t, p.origin)}
	for _, kind := range []string{"public", "open", "closed", "secret"} {
		w.spaces[kind] = v.Owner.Makes("The "+kind+" one", "For "+kind+" things.", kind)
	}
	for _, kind := range []string{"public", "open"} {
		w.people["member"].Joins(w.spaces[kind])
	}
	for _, kind := range []string{"closed", "secret"} {
		v.Owner.Adds(w.spaces[kind], w.people["member"])
	}
	w.people["guest"] = v.Arrives(v.Owner.Invitation(url.Values{"role": {"guest"}, "space": {w.idOf(w.spaces["closed"])}}), "Gus Visitor", "en")
	w.thread = w.people["member"].Asks(w.spaces["public"], "Words", "Nothing yet.", []string{"Bread", "Roses"}, village.Photo(800, 600))
	w.send(w.people["member"], w.thread, w.thread+"/vote", url.Values{"choice": {"1"}})
	v.Owner.Answers(w.thread, 0, "Then something.")
	w.lookUp("Words", "Nothing yet.", "Then something.")
	return w
}

// lookUp has the member begin a page in public, and change it.
func (w *world) lookUp(title, body, later string) {
	w.t.Helper()
	who := w.people["member"]
	at := w.send(who, "/pages/new?space="+w.idOf(w.spaces["public"]), "/pages/new", url.Values{"title": {title}, "body": {body}}).URL.Path
	w.send(who, at+"/edit", at+"/edit", url.Values{"body": {later}, "note": {title}})
	w.page = at
}

var composeLink = regexp.MustCompile(`/compose\?space=([^"&]+)`)

// idOf is the id of a space, as the owner's way to write there says it.
func (w *world) idOf(space string) string {
	w.t.Helper()
	id := composeLink.FindSubmatch(w.people["owner"].Get(space).Body)
	if id == nil {
		w.t.Fatalf("the owner cannot write in %s", space)
	}
	return string(id[1])
}

// part has one person ask to leave, last of all: it ends what she does here.
func (w *world) part() {
	w.t.Helper()
	who := w.people["leaving"]
	w.send(who, "/settings/data/leave", "/settings/data/leave", url.Values{"password": {village.Password}, "words": {"keep"}})
	w.send(who, "/login", "/login", url.Values{"handle": {who.Handle}, "password": {village.Password}})
}

// send opens a page and sends one of its forms.
func (w *world) send(who *village.Villager, page, path string, values url.Values) *program.Page {
	w.t.Helper()
	got := who.Get(page)
	for _, f := range got.Forms() {
		if f.Method == http.MethodPost && f.Action.RequestURI() == path {
			return who.Submit(f, values)
		}
	}
	w.t.Fatalf("%s (%d) has no form for %s:\n%s", page, got.Status, path, got.Text())
	return nil
}

// sit gives somebody a browser in which she is signed in.
func (w *world) sit(t *testing.T, role string, screen browser.Screen, theme browser.Theme) *browser.Person {
	t.Helper()
	p := browser.Start(t).Person(role, screen, theme, browser.WithScripts)
	p.Open(w.origin + "/login")
	if role == "stranger" {
		return p
	}
	p.Fill("Handle", w.people[role].Handle)
	p.Fill("Password", village.Password)
	p.Click("button", "Sign in")
	return p
}

// route is the pattern that an address belongs to, empty if there is none.
func (p *place) route(path string) string {
	path, _, _ = strings.Cut(path, "?")
	for _, r := range p.routes {
		if r.Method == http.MethodGet && fits(strings.Split(r.Path, "/"), strings.Split(path, "/")) {
			return r.Path
		}
	}
	return ""
}

// fits compares a pattern and a path piece by piece: ":id" is anything, "@:name"
// anything behind an @.
func fits(pattern, path []string) bool {
	if len(pattern) != len(path) {
		return false
	}
	for i, piece := range pattern {
		fixed, _, free := strings.Cut(piece, ":")
		if piece != path[i] && !(free && len(path[i]) > len(fixed) && strings.HasPrefix(path[i], fixed)) {
			return false
		}
	}
	return true
}

var href = regexp.MustCompile(`href="(/[^"#]*)`)

// addresses are the pages that somebody gets: those of every route, and those
// that they link to, of each route so many at most, and one that does not exist.
func (w *world) addresses(role string, each int) []string {
	w.t.Helper()
	who, queue := w.people[role], []string{w.invite, nowhere, w.thread}
	for _, r := range w.routes {
		if r.Method == http.MethodGet && !strings.Contains(r.Path, ":") {
			queue = append(queue, r.Path)
		}
	}
	known, got, of := map[string]bool{}, []string{}, map[string]int{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		route := w.route(path)
		if route == "" && path != nowhere || slices.Contains(pageless, route) || of[route] >= each {
			continue
		}
		page := who.Get(path)
		path = page.URL.RequestURI()
		if slices.Contains(got, path) || page.Status != http.StatusOK && path != nowhere {
			continue
		}
		got = append(got, path)
		of[w.route(path)]++
		for _, m := range href.FindAllSubmatch(page.Body, -1) {
			if link := html.UnescapeString(string(m[1])); !known[link] {
				queue, known[link] = append(queue, link), true
			}
		}
	}
	return got
}

// nowhere is an address without a page.
const nowhere = "/no/such/page"

// pageless are addresses that are no page.
var pageless = []string{"/home/new", "/compose/people", "/p/:id/parts", "/live", "/picture", "/m/:id/:size", "/m/:id/original", "/m/:id/download", "/m/:id/video", "/previews/:id", "/s/:space/photos/:month/download", "/settings/data/photos/:id", "/p/:id/poll/result.csv", "/p/:id/poll/result.json", "/sitemap.xml", "/robots.txt", "/feed.atom", "/feed.json", "/s/:space/feed.atom", "/s/:space/feed.json", "/feed/:token/atom", "/feed/:token/json", "/.well-known/change-password"}

// beginnings are pages that only a new community has, which TestSettingUp opens,
// and one that only somebody with a passkey has.
var beginnings = []string{"/setup", "/setup/kind", "/setup/look", "/setup/door", "/setup/people", "/settings/security/passkeys/:id/name"}

// everywhere holds that somebody was at each route.
func (w *world) everywhere() {
	w.t.Helper()
	for _, r := range w.routes {
		if r.Method == http.MethodGet && !w.seen[r.Path] && !slices.Contains(pageless, r.Path) && !slices.Contains(beginnings, r.Path) {
			w.t.Errorf("nobody was at %s", r.Path)
		}
	}
}
