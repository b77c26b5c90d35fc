package suite_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/preview"
	"github.com/opengather/opengather/instance/signin"
	"golang.org/x/net/html"
)

// part is what a feature has: what there must be nothing of while it is off.
type part struct {
	feature community.Feature
	// routes are all of them: method and pattern.
	routes []string
	// links are the beginnings of addresses that lead to it or send to it.
	links []string
	// done asks for what its work in the background has left so far, where it
	// has any.
	done string
}

// background is what the program does by itself, and which feature it is for:
// its jobs, and who reacts to what happened. Most are for none, and go on.
var background = map[string]community.Feature{
	"retention": "", portability.EraseJob: "", joining.Forget: "", signin.TidyJob: "", job.WipeJob: "", fact.RetryJob: "", media.DropJob: "", media.BareJob: "", "search.remake": "", poll.CloseJob: "", poll.BurnJob: "", preview.Job: community.Previews,
	"audit": "", "succession": "", "arrival": "", "numbers": community.Numbers,
}

// parts are the features there are. TestFeaturesSwitchedOff fails on one that is
// not here, and on a route of one that is not listed.
var parts = []part{
	{feature: community.Directory, routes: []string{"GET /people"}, links: []string{"/people"}},
	{feature: community.Search, routes: []string{"GET /search"}, links: []string{"/search"}},
	{feature: community.Reactions, routes: []string{"GET /p/:id/react", "POST /p/:id/react", "GET /p/:id/reactions"}, links: []string{"/p/:id/react", "/p/:id/reactions"}},
	{
		feature: community.Polls, links: []string{"/p/:id/vote", "/p/:id/poll/end", "/p/:id/poll/voters", "/p/:id/poll/result.csv", "/p/:id/poll/result.json"},
		routes: []string{"GET /p/:id/poll/voters", "POST /p/:id/vote", "POST /p/:id/poll/end", "GET /p/:id/poll/result.csv", "GET /p/:id/poll/result.json"},
	},
	{
		feature: community.Pages, links: []string{"/pages", "/pages/new", "/w/", "/s/:space/pages"},
		routes: []string{
			"GET /pages", "GET /pages/new", "POST /pages/new", "GET /w/:id", "GET /w/:id/edit", "POST /w/:id/edit", "GET /w/:id/history", "GET /w/:id/diff", "GET /w/:id/revert", "POST /w/:id/revert",
			"POST /w/:id/pin", "POST /w/:id/own", "GET /w/:id/review", "POST /w/:id/review", "GET /w/:id/delete", "POST /w/:id/delete", "POST /w/:id/restore", "GET /s/:space/pages",
		},
	},
	{feature: community.Media, routes: []string{"GET /m/:id", "GET /m/:id/:size", "GET /m/:id/download", "GET /m/:id/video", "POST /community/room", "POST /media", "GET /s/:space/photos", "GET /s/:space/photos/:month/download"}, links: []string{"/m/", "/community/room"}},
	{
		feature: community.Feeds,
		routes: []string{
			"GET /settings/feeds", "POST /settings/feeds", "POST /settings/feeds/:id/revoke", "GET /feed.atom", "GET /feed.json",
			"GET /s/:space/feed.atom", "GET /s/:space/feed.json", "GET /feed/:token/atom", "GET /feed/:token/json",
		},
		links: []string{"/settings/feeds", "/settings/feeds/:id/revoke", "/feed.atom", "/feed.json", "/s/:space/feed.atom", "/s/:space/feed.json", "/feed/:token/atom", "/feed/:token/json"},
	},
	{
		feature: community.Previews, routes: []string{"GET /previews/:id", "POST /p/:id/preview/remove"}, links: []string{"/previews/:id", "/p/:id/preview/remove"},
		done: "SELECT count(*) FROM egress WHERE purpose = 'preview'",
	},
	{feature: community.Live, routes: []string{"GET /live"}, links: []string{"/live"}},
	{
		feature: community.Numbers, routes: []string{"GET /about/numbers"}, links: []string{"/about/numbers"},
		done: "SELECT coalesce(max(day), 0) || ' ' || coalesce(sum(n), 0) FROM numbers",
	},
	{
		feature: community.Invitations, links: []string{"/invitations", "/invite/"},
		routes: []string{"GET /invite/:token", "POST /invite/:token", "GET /invitations", "GET /invitations/new", "POST /invitations", "POST /invitations/:id/revoke"},
	},
}

// TestFeaturesSwitchedOff switches each part of the community off through its
// page and looks for it as everybody: no address answers, no page leads to one,
// and no job of it is planned and no work of it done (P7).
func TestFeaturesSwitchedOff(t *testing.T) {
	var known []community.Feature
	for _, x := range parts {
		known = append(known, x.feature)
	}
	if slices.Sort(known); !slices.Equal(known, slices.Sorted(slices.Values(community.Features))) {
		t.Fatalf("the features are %q, this test knows %q", community.Features, known)
	}
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		p.serve()
		w.holdBackground()
		for _, x := range parts {
			w.holdRoutes(x)
			w.turn(x.feature, "off")
			w.holdOff(x)
			for _, role := range p.some([]string{"owner", "member", "guest"}) {
				w.holdUnlinked(w.people[role], x)
			}
			w.turn(x.feature, "on")
			if x.done != "" && w.leaves(x) == "" {
				t.Errorf("%s is on and does nothing: that it does nothing while it is off says nothing", x.feature)
			}
			path := addresses(x.routes[0][4:], w.parameters(x.routes[0][4:]))
			if a := w.ask(w.people["insider"], http.MethodGet, path[min(1, len(path)-1)], nil); a.status == http.StatusNotFound && x.feature != community.Invitations {
				t.Errorf("%s switched on again answers %d", x.feature, a.status)
			}
		}
		for _, x := range parts {
			w.turn(x.feature, "off")
		}
		for _, role := range p.some(roles) {
			w.holdUnlinked(w.people[role], parts...)
		}
		// A community that hides from strangers hides what it has switched off.
		w.press(w.people["owner"], "/community/door", "/community/door", url.Values{"face": {"hidden"}, "door": {"invite"}})
		for _, x := range parts {
			w.holdOff(x)
		}
	})
}

// targets are the addresses that a page leads, sends or asks to.
func targets(body string) (all []string) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	for n := range root.Descendants() {
		for _, attr := range n.Attr {
			if slices.Contains([]string{"href", "src", "action", "formaction", "hx-get", "hx-post", "data-stream"}, attr.Key) && strings.HasPrefix(attr.Val, "/") {
				all = append(all, attr.Val)
			}
		}
	}
	return all
}

// turn presses the switch of a feature.
func (w *town) turn(f community.Feature, to string) {
	w.t.Helper()
	owner := w.people["owner"]
	page := owner.Get("/community/features")
	for _, form := range page.Forms() {
		if form.Value("feature") == string(f) {
			w.want(owner.Submit(form, url.Values{"to": {to}}), "/community/features", http.StatusOK)
			return
		}
	}
	w.t.Fatalf("%s cannot be switched:\n%s", f, page.Text())
}

// holdRoutes holds the list of a feature's routes to those that are mounted.
func (w *town) holdRoutes(x part) {
	w.t.Helper()
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	var mounted []string
	for _, r := range routes {
		if r.Feature == x.feature || x.leads(r.Path) {
			mounted = append(mounted, r.Method+" "+r.Path)
		}
	}
	slices.Sort(mounted)
	if want := slices.Sorted(slices.Values(x.routes)); !slices.Equal(mounted, want) {
		w.t.Errorf("the routes of %s are %q, want %q", x.feature, mounted, want)
	}
}

// holdOff looks for a feature that is switched off.
func (w *town) holdOff(x part) {
	w.t.Helper()
	for _, role := range w.some(roles) {
		who := w.people[role]
		none := same(w.ask(who, http.MethodGet, "/no/such/page", nil), "/no/such/page")
		sent := same(w.send(who, "/no/such/page", nil), "/no/such/page")
		for _, r := range x.routes {
			method, pattern, _ := strings.Cut(r, " ")
			for _, path := range addresses(pattern, w.parameters(pattern)) {
				if method == http.MethodPost {
					if got := same(w.send(who, path, nil), path); got != sent {
						w.t.Errorf("%s off, %s sends to %s and does not get what is at an address of nothing: %s", x.feature, role, path, differ(got, sent))
					}
					continue
				}
				if got := same(w.ask(who, method, path, nil), path); got != none {
					w.t.Errorf("%s off, %s at %s does not get what is at an address of nothing: %s", x.feature, role, path, differ(got, none))
				}
			}
		}
	}
	if x.done == "" {
		return
	}
	if left := w.leaves(x); left != "" {
		w.t.Errorf("%s is off and has done something: %s", x.feature, left)
	}
	for kind, of := range background {
		if of == x.feature && slices.Contains(w.jobs(), kind) {
			w.t.Errorf("%s is off and %s is planned", x.feature, kind)
		}
	}
}

// holdBackground holds the list of what the program does by itself to what it
// does: whatever is new there has to say whose it is.
func (w *town) holdBackground() {
	w.t.Helper()
	if err := w.program.CatchUp(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	does := slices.Collect(maps.Keys(w.program.Worker().Handlers))
	does = append(does, w.all("SELECT name FROM fact_consumers")...)
	slices.Sort(does)
	if known := slices.Sorted(maps.Keys(background)); !slices.Equal(does, known) {
		w.t.Errorf("by itself the program does %q, this test knows %q", does, known)
	}
	for _, x := range parts {
		works := slices.Contains(slices.Collect(maps.Values(background)), x.feature)
		if works != (x.done != "") {
			w.t.Errorf("%s works in the background: %v, and what that leaves is %q", x.feature, works, x.done)
		}
	}
}

// leaves lets somebody sign in, read and write, and everything be done that the
// program does by itself. It gives what a feature has left of that, if anything.
func (w *town) leaves(x part) string {
	w.t.Helper()
	before := w.one(x.done)
	who := w.people["member"]
	again := &person{Client: w.browser(), key: "again", handle: who.handle, password: who.password}
	w.want(w.signIn(again), "/home", http.StatusOK)
	w.must(w.program.Posts.Publish(w.t.Context(), who.actor(), "", post.Draft{Space: w.spaces["open"].ID, Body: "something is said of https://127.0.0.1:1/"}))
	if err := w.program.CatchUp(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.drain()
	// Writes down what is counted in memory. Last, since it ends the jobs that it
	// has begun, and they would wait for their lease.
	w.serve()
	if after := w.one(x.done); after != before {
		return before + " became " + after
	}
	return ""
}

func (p *place) jobs() []string {
	p.t.Helper()
	kinds := p.all("SELECT kind FROM jobs")
	if len(kinds) == 0 {
		p.t.Fatal("no job is planned")
	}
	return kinds
}

// all are the texts that a query finds.
func (p *place) all(query string) (found []string) {
	p.t.Helper()
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) (err error) {
		found, err = database.Collect(tx, func(r *database.Rows) (text string, err error) {
			err = r.Scan(&text)
			return text, err
		}, query)
		return err
	})
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	return found
}

// holdUnlinked reads every page that somebody gets for an address of what is
// off: in links, in forms, and in what scripts are told.
func (w *town) holdUnlinked(who *person, off ...part) {
	w.t.Helper()
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	pages := 0
	for _, r := range routes {
		if r.Method != http.MethodGet {
			continue
		}
		for _, path := range addresses(r.Path, w.parameters(r.Path)) {
			a := w.ask(who, http.MethodGet, path, nil)
			if !a.html() {
				continue
			}
			pages++
			for _, to := range targets(a.body) {
				for _, x := range off {
					if x.leads(to) {
						w.t.Errorf("%s off, %s is led from %s to %s", x.feature, who.key, path, to)
					}
				}
			}
		}
	}
	if pages < 20 {
		w.t.Errorf("%s got %d pages", who.key, pages)
	}
}

// leads reports whether an address belongs to a feature. What can be done with
// one person is below /people too, and belongs to no feature.
func (x part) leads(to string) bool {
	path, _, _ := strings.Cut(to, "?")
	for _, l := range x.links {
		if matches(l, path) || strings.HasPrefix(l, "/invit") && strings.HasPrefix(path, l) {
			return true
		}
	}
	return false
}
