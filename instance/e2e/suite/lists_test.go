package suite_test

import (
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/numbers"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// crowd is a community with more of everything than a page shows. What belongs
// to one list is numbered, so that each can be told.
type crowd struct {
	*place
	owner                        *person
	people                       []string // ids, the owner aside
	thread, edited, list, cellar string
	liked                        string // a post to which everybody else reacted
	wiki                         string // a page with many versions
	voted                        string // a poll in which everybody else voted
	session                      string // the owner's own
}

// many is more than a page of any list but a thread's, which crowded is.
const (
	many    = 62
	crowded = 230
	asking  = 31 // of many, every second one
)

func gatherCrowd(t *testing.T, p *place) *crowd {
	t.Helper()
	w := &crowd{place: p, owner: p.found("Lime Street")}
	w.session = p.one("SELECT id FROM sessions")
	w.arrive()
	w.talk()
	w.lookUp()
	w.keep()
	return w
}

// write changes the tables where the pages would take a hash a person.
func (w *crowd) write(do func(tx *database.Tx, n int) error) {
	w.t.Helper()
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		for n := range many {
			if err := do(tx, n); err != nil {
				return "", err
			}
		}
		return "", nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// arrive lets people in and lets others ask.
func (w *crowd) arrive() {
	w.t.Helper()
	w.write(func(tx *database.Tx, n int) error {
		id, err := member.Admit(tx, w.program.Keys, member.Admission{Name: fmt.Sprintf("Qzmember %03d", n), Role: access.FullRole, State: "active", Language: "en"})
		w.people = append(w.people, id)
		return err
	})
	w.write(func(tx *database.Tx, n int) error {
		id, err := member.Admit(tx, w.program.Keys, member.Admission{Name: fmt.Sprintf("Qzasker %03d", n), Role: access.FullRole, State: "pending", Language: "en"})
		if err != nil {
			return err
		}
		_, err = tx.Exec("INSERT INTO requests (member_id, answer, asked_at) VALUES ($1, '', $2)", id, database.Micros(tx.Now())+int64(n))
		return err
	})
	w.cellar = w.space(w.owner, "Cellar", space.Closed)
	square := w.space(w.owner, "Square", space.Public)
	for some := range slices.Chunk(w.people, 20) {
		w.must(w.program.Spaces.Add(w.t.Context(), w.owner.actor(), "", square, some))
	}
	for n, id := range w.people {
		w.must(w.program.Spaces.Ask(w.t.Context(), access.Member(id), "", w.cellar))
		w.space(w.owner, fmt.Sprintf("Qzspace%03d", n), space.Open)
	}
}

// talk says a lot in the square.
func (w *crowd) talk() {
	w.t.Helper()
	ctx, o, by := w.t.Context(), w.program.Posts, w.owner.actor()
	square := w.one("SELECT id FROM spaces WHERE handle = 'square'")
	for n := range many {
		kind := []post.Kind{post.Question, post.Offer, post.Question, post.Talk}[n%4]
		w.thread = w.must(o.Publish(ctx, by, "", post.Draft{Space: square, Title: fmt.Sprintf("Qzpost %03d", n), Body: "harvest", Kind: kind}))
	}
	for n := range post.MaxPins {
		w.must(o.Pin(ctx, by, "", w.must(o.Publish(ctx, by, "", post.Draft{Space: square, Title: fmt.Sprintf("Qzpin %03d", n), Body: "on top"})), true))
	}
	for n := range crowded {
		w.must(o.Reply(ctx, by, "", post.Draft{Parent: w.thread, Body: fmt.Sprintf("Qzreply %03d", n)}))
	}
	w.liked = w.must(o.Publish(ctx, by, "", post.Draft{Space: square, Body: "thank you all"}))
	vote := &poll.Draft{Method: poll.Single, Length: poll.Usual, Options: []string{"bread", "roses"}}
	w.voted = w.must(o.Publish(ctx, by, "", post.Draft{Space: square, Body: "what is needed?", Poll: vote}))
	for n, id := range w.people {
		w.must(w.program.Polls.Choose(ctx, access.Member(id), "", w.voted, poll.Vote{n % 2}, ""))
	}
	for n, id := range w.people {
		w.must(o.React(ctx, access.Member(id), w.liked, post.Signs[n%2], true))
	}
	w.edited = w.must(o.Publish(ctx, by, "", post.Draft{Space: w.cellar, Body: "Qzversion 000"}))
	for n := range many {
		w.must(o.Edit(ctx, by, "", w.edited, int64(n+1), post.Draft{Body: fmt.Sprintf("Qzversion %03d", n+1)}))
	}
}

// lookUp begins more pages than a list shows, and one with as many versions.
func (w *crowd) lookUp() {
	w.t.Helper()
	ctx, o, by := w.t.Context(), w.program.Pages, w.owner.actor()
	square := w.one("SELECT id FROM spaces WHERE handle = 'square'")
	for n := range many {
		w.must(o.Create(ctx, by, "", page.Draft{Space: square, Title: fmt.Sprintf("Qzpage %03d", n), Body: "looked up"}))
	}
	w.wiki = w.must(o.Create(ctx, by, "", page.Draft{Space: w.cellar, Title: "Changed", Body: "at first"}))
	for n := range many {
		w.must(o.Edit(ctx, by, "", w.wiki, int64(n+1), page.Draft{Title: "Changed", Body: fmt.Sprint(n), Note: fmt.Sprintf("Qznoted %03d", n)}))
	}
}

// keep makes what the owner has of her own.
func (w *crowd) keep() {
	w.t.Helper()
	ctx, by := w.t.Context(), w.owner.actor()
	w.list = w.must(w.program.Members.MakeList(ctx, by, "", "Neighbours"))
	for n, id := range w.people {
		w.must(w.program.Members.Choose(ctx, by, "", w.list, id))
		_, err := w.program.Joining.Invite(ctx, by, "", joining.Draft{Role: access.FullRole, MaxUses: 1, Lasts: 48 * time.Hour, Note: fmt.Sprintf("Qznote %03d", n)})
		w.must("", err)
	}
	w.write(func(tx *database.Tx, n int) error {
		in := fmt.Sprintf("Qzpost %03d", n)
		_, err := tx.Exec("INSERT INTO media (id, author_id, post_id, place, type, alt, width, height, blob, bytes, made, cut, created_at) VALUES ($1, $2, (SELECT id FROM posts WHERE title = $3), 0, 'image/jpeg', $4, 1, 1, '', 1, 1, $5, $6)",
			fmt.Sprintf("qzphoto%03d", n), w.owner.id, in, fmt.Sprintf("Qzphoto %03d", n), []byte{}, database.Micros(tx.Now()))
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE posts SET media = 1 WHERE title = $1", in)
		return err
	})
	w.write(func(tx *database.Tx, n int) error {
		_, err := tx.Exec("INSERT INTO saved (member_id, post_id, saved_at) SELECT $1, id, $2 FROM posts WHERE title = $3", w.owner.id, database.Micros(tx.Now()), fmt.Sprintf("Qzpost %03d", n))
		return err
	})
	for n := range many {
		begun := post.Unsent{At: post.Aim{Space: w.one("SELECT id FROM spaces WHERE handle = 'square'")}, Body: fmt.Sprintf("Qzdraft %03d", n)}
		if _, err := w.program.Posts.KeepDraft(w.t.Context(), w.owner.actor(), fmt.Sprint(n), begun); err != nil {
			w.t.Fatal(err)
		}
	}
	w.write(func(tx *database.Tx, n int) error {
		return numbers.Add(tx, numbers.Said, tx.Now().Add(-time.Duration(n+1)*aDay), int64(900+n))
	})
	w.write(func(tx *database.Tx, n int) error {
		if _, err := signin.Begin(tx, w.owner.id, signin.Device("")); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE sessions SET name = $1 WHERE name = '' AND id <> $2", fmt.Sprintf("Qzsession %03d", n), w.session)
		return err
	})
}

// listing is a list that grows with what people do: where it is, how its
// entries are told from each other, and how many there are.
type listing struct {
	route, path, entry string
	count              int
}

func (w *crowd) listings() []listing {
	return []listing{
		{"/home", "/home?sort=newest", `Qzpost (\d+)`, many},
		{"/home", "/home?sort=active", `Qzpost (\d+)`, many},
		{"/s/:space", "/s/square?sort=newest", `Qzpost (\d+)`, many},
		{"/s/:space", "/s/square?sort=active", `Qzpost (\d+)`, many},
		{"/home", "/home?sort=newest&only=question", `Qzpost (\d+)`, asking},
		{"/s/:space", "/s/square?sort=newest&only=question", `Qzpost (\d+)`, asking},
		{"/search", "/search?q=qzpost", `<mark>Qzpost</mark> (\d+)`, many},
		{"/search", "/search?q=qzpost&sort=newest", `<mark>Qzpost</mark> (\d+)`, many},
		{"/saved", "/saved", `Qzpost (\d+)`, many},
		{"/drafts", "/drafts", `>Qzdraft (\d+)`, many},
		{"/months/:month", "/months/2026-03", `Qzpost (\d+)`, many},
		{"/s/:space/months/:month", "/s/square/months/2026-03", `Qzpost (\d+)`, many},
		{"/p/:id", "/p/" + w.thread, `Qzreply (\d+)`, crowded},
		{"/pages", "/pages", `>Qzpage (\d+)`, many},
		{"/s/:space/pages", "/s/square/pages", `>Qzpage (\d+)`, many},
		{"/w/:id/history", "/w/" + w.wiki + "/history", `Qznoted (\d+)`, many},
		{"/p/:id/history", "/p/" + w.edited + "/history", `>Qzversion (\d+)`, many},
		{"/p/:id/reactions", "/p/" + w.liked + "/reactions", `Qzmember (\d+)`, many},
		{"/p/:id/poll/voters", "/p/" + w.voted + "/poll/voters", `Qzmember (\d+)`, many},
		{"/people", "/people", `Qzmember (\d+)`, many},
		{"/people", "/people?q=qzmember", `>Qzmember (\d+)`, many},
		{"/spaces", "/spaces", `quiet-link" dir="auto" href="/s/qzspace(\d+)`, many},
		{"/s/:space/members", "/s/square/members", `Qzmember (\d+)`, many},
		{"/s/:space/members", "/s/cellar/members", `Qzmember (\d+)`, many},
		{"/invitations", "/invitations", `Qznote (\d+)`, many},
		{"/requests", "/requests", `Qzasker (\d+)`, many},
		{"/settings/lists/:id", "/settings/lists/" + w.list, `Qzmember (\d+)`, many},
		{"/settings/security", "/settings/security", `Qzsession (\d+)`, many},
		{"/s/:space/photos", "/s/square/photos", `alt="Qzphoto (\d+)`, many},
		{"/settings/data/photos", "/settings/data/photos", `>Qzphoto (\d+)`, many},
		{"/about/numbers", "/about/numbers", `>\s*(9\d\d)\s*<`, many},
	}
}

// short are the other pages. Each of their lists has an end by itself; the test
// counts that it does.
var short = []string{
	"/", "/.well-known/change-password", "/@:handle", "/about", "/about/imprint", "/about/licences", "/about/rules", "/community", "/community/door", "/community/features",
	"/community/preview", "/community/texts", "/compose", "/compose/people", "/home/new", "/invitations/new", "/invite/:token", "/join", "/leaving", "/live", "/login", "/login/code", "/m/:id", "/m/:id/remove", "/m/:id/:size", "/m/:id/original", "/m/:id/download", "/m/:id/video", "/previews/:id", "/months", "/s/:space/months", "/s/:space/photos/:month/download",
	"/sitemap.xml", "/robots.txt", "/feed.atom", "/feed.json", "/s/:space/feed.atom", "/s/:space/feed.json", "/feed/:token/atom", "/feed/:token/json", "/settings/feeds",
	"/pages/new", "/w/:id", "/w/:id/edit", "/w/:id/diff", "/w/:id/revert", "/w/:id/review", "/w/:id/delete",
	"/p/:id/delete", "/p/:id/edit", "/p/:id/hide", "/p/:id/move", "/p/:id/parts", "/p/:id/react", "/p/:id/poll/result.csv", "/p/:id/poll/result.json", "/p/:id/remove", "/p/:id/split", "/people/:handle/remove", "/people/:handle/role", "/picture", "/privacy", "/privacy/data",
	"/s/:space/leave", "/s/:space/members/add", "/s/:space/settings", "/settings", "/settings/account", "/settings/appearance", "/settings/data",
	"/settings/data/leave", "/settings/data/photos/:id", "/settings/data/posts", "/settings/lists", "/settings/profile", "/settings/security/confirm", "/settings/security/passkeys/:id/name",
	"/settings/security/sessions/:id/name", "/setup", "/setup/door", "/setup/kind", "/setup/look", "/setup/people", "/spaces/new", "/waiting", "/welcome", "/you",
}

// TestListsHaveAnEnd follows every list from its first page to its last, where
// there is more of everything than a page shows (P156): each entry stands there
// once, the last page says that it is the last, and nothing loads by itself.
func TestListsHaveAnEnd(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := gatherCrowd(t, p)
		for _, l := range w.listings() {
			w.follow(l)
		}
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range routes {
			if r.Method != http.MethodGet {
				continue
			}
			listed := slices.ContainsFunc(w.listings(), func(l listing) bool { return l.route == r.Path })
			if listed == slices.Contains(short, r.Path) {
				t.Errorf("%s: nobody has said whether this page has a list that grows", r.Path)
			}
			for _, path := range addresses(r.Path, w.parameters()) {
				w.holdShort(r.Path, path)
			}
		}
	})
}

// parameters stand for what there is a lot of.
func (w *crowd) parameters() map[string][]string {
	return map[string][]string{
		":id": {w.thread, w.edited, w.liked, w.voted, w.list, w.session, w.wiki}, ":space": {"square", "cellar"}, ":handle": {w.owner.handle}, ":member": {w.people[0]},
		":token": {strings.Repeat("x", 43)}, ":month": {"2026-03"},
	}
}

// follow walks through a list and demands every entry of it once.
func (w *crowd) follow(l listing) {
	w.t.Helper()
	seen := map[string]int{}
	for _, n := range w.walk(l.path, l.entry) {
		seen[n]++
	}
	for n, times := range seen {
		if times != 1 {
			w.t.Errorf("%s shows %s on %d pages", l.path, n, times)
		}
	}
	if len(seen) != l.count {
		w.t.Errorf("%s shows %d of %d", l.path, len(seen), l.count)
	}
}

// walk follows a list to its end and gives what a pattern finds, once a page.
func (w *crowd) walk(path, pattern string) (found []string) {
	w.t.Helper()
	entry, first, pages := regexp.MustCompile(pattern), path, 0
	for path != "" {
		if pages++; pages > 20 {
			w.t.Fatalf("%s has no end", first)
		}
		a := w.ask(w.owner, http.MethodGet, path, nil)
		here := map[string]bool{}
		for _, m := range entry.FindAllStringSubmatch(a.body, -1) {
			if !here[m[1]] {
				found = append(found, m[1])
			}
			here[m[1]] = true
		}
		if len(here) == 0 {
			w.t.Errorf("%s (%d) is an empty page", path, a.status)
		}
		next := linked(w.t, a, "next")
		if says := strings.Contains(a.body, "That is everything."); says != (next == "") {
			w.t.Errorf("%s says that it is the last page: %v, and leads to %q", path, says, next)
		}
		if back := linked(w.t, a, "prev"); (back == "") != (pages == 1) {
			w.t.Errorf("page %d, %s, leads back to %q", pages, path, back)
		}
		path = next
	}
	if pages < 2 {
		w.t.Errorf("%s is one page", first)
	}
	return found
}

// linked is where a page leads by the only link with a relation, if it has one.
func linked(t *testing.T, a answer, rel string) (to string) {
	t.Helper()
	for n := range nodes(t, a) {
		if n.DataAtom == atom.A && attribute(n, "rel") == rel {
			if to != "" {
				t.Errorf("two links lead to %s: %s and %s", rel, to, attribute(n, "href"))
			}
			to = attribute(n, "href")
		}
	}
	return to
}

// holdShort counts the entries side by side on a page: none has more than a
// page of a list, and none fetches more when it is scrolled. Menus are no
// lists; what is stored, and what others made, is as much as the program has.
func (w *crowd) holdShort(route, path string) {
	w.t.Helper()
	most := 50
	if route == "/p/:id" {
		most = post.ThreadSize
	}
	a := w.ask(w.owner, http.MethodGet, path, nil)
	if !a.html() {
		return
	}
	for n := range nodes(w.t, a) {
		if t := attribute(n, "hx-trigger"); strings.Contains(t, "revealed") || strings.Contains(t, "intersect") || strings.Contains(t, "scroll") {
			w.t.Errorf("%s fetches by %q", path, t)
		}
		if route == "/privacy/data" || route == "/about/licences" || within(n, atom.Nav) {
			continue
		}
		entries := 0
		for c := range n.ChildNodes() {
			switch c.DataAtom {
			case atom.Li, atom.Tr, atom.Article, atom.Section, atom.Dt, atom.Label, atom.Details:
				entries++
			}
		}
		if entries > most {
			w.t.Errorf("%s shows %d entries of one list", path, entries)
		}
	}
}

func nodes(t *testing.T, a answer) iter.Seq[*html.Node] {
	t.Helper()
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return root.Descendants()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func within(n *html.Node, what atom.Atom) bool {
	for a := range n.Ancestors() {
		if a.DataAtom == what {
			return true
		}
	}
	return false
}
