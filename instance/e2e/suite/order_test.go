package suite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/post"
)

// orders are the lists whose order nobody's reactions may change.
func (w *crowd) orders() map[string][]string {
	w.t.Helper()
	all := map[string][]string{}
	for _, l := range w.listings() {
		if slices.Contains([]string{"/home", "/s/:space", "/search", "/months/:month", "/people", "/spaces", "/s/:space/members", "/p/:id"}, l.route) {
			all[l.path] = w.walk(l.path, l.entry)
		}
	}
	return all
}

// TestReactionsAndEditsMoveNothing lets many people react to, and mention each
// other in, what was said, at random, and looks whether anything has moved
// (P108). Then something is said, and moves as it should.
func TestReactionsAndEditsMoveNothing(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := gatherCrowd(t, p)
		was := w.orders()
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		dice := rand.New(rand.NewPCG(seed, 0))
		said := w.ids("SELECT id FROM posts WHERE body LIKE 'harvest%' OR root_id = $1 ORDER BY id", w.thread)
		for step := range 160 {
			w.stir(dice, said[dice.IntN(len(said))])
			if step%80 != 79 {
				continue
			}
			for path, now := range w.orders() {
				if !slices.Equal(now, was[path]) {
					t.Errorf("after %d steps %s has another order:\n%q\n%q", step+1, path, was[path], now)
				}
			}
		}
		old := w.ids("SELECT id FROM posts WHERE title = 'Qzpost 007'")[0]
		w.must(p.program.Posts.Reply(t.Context(), w.owner.actor(), "", post.Draft{Parent: old, Body: "still here"}))
		for path, now := range w.orders() {
			want := was[path]
			if strings.Contains(path, "active") {
				want = append([]string{"007"}, slices.DeleteFunc(slices.Clone(want), func(n string) bool { return n == "007" })...)
			}
			if !slices.Equal(now, want) {
				t.Errorf("after a reply %s has another order:\n%q\n%q", path, want, now)
			}
		}
	})
}

// stir does something to a post that must move nothing.
func (w *crowd) stir(dice *rand.Rand, id string) {
	w.t.Helper()
	ctx, o := w.t.Context(), w.program.Posts
	if dice.IntN(4) > 0 {
		by := access.Member(w.people[dice.IntN(len(w.people))])
		w.must(o.React(ctx, by, id, post.Signs[dice.IntN(len(post.Signs))], dice.IntN(3) > 0))
		return
	}
	if dice.IntN(2) == 0 {
		w.settle(id)
		return
	}
	was, err := o.Words(ctx, w.owner.actor(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	first, _, _ := strings.Cut(was.Body, " for @")
	body := fmt.Sprintf("%s for @qzmember_%03d, %d", first, dice.IntN(many), dice.IntN(1000))
	w.must(o.Edit(ctx, w.owner.actor(), "", id, was.Version, post.Draft{Title: was.Title, Body: body, Kind: was.Kind}))
}

// settle says how a thread ended, or that it did not, and closes the others or
// opens them.
func (w *crowd) settle(id string) {
	w.t.Helper()
	ctx, o, by := w.t.Context(), w.program.Posts, w.owner.actor()
	p, err := o.One(ctx, by, id)
	switch {
	case err != nil || p.IsReply():
	case p.Kind == post.Offer:
		_, err = o.Settle(ctx, by, "", id, !p.Settled)
	default:
		_, err = o.Lock(ctx, by, "", id, !p.Locked)
	}
	w.must("", err)
}

func (w *crowd) ids(query string, args ...any) (all []string) {
	w.t.Helper()
	err := w.program.DB.Read(w.t.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (id string, err error) {
			err = r.Scan(&id)
			return id, err
		}, query, args...)
		return err
	})
	if err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return all
}

// ranked is a row of docs/ranking.md, with the pages that must keep to it: what
// stands on them is found by the pattern, and has to stand as the query says.
type ranked struct {
	row, query, pattern string
	paths               []string
}

func (w *crowd) ranking() []ranked {
	const (
		anID, aPost, aPerson = `[0-9a-f-]{36}`, `href="/p/([0-9a-f-]{36})"`, `href="/@(\w+)"`
		posts, hers          = "SELECT p.id FROM posts p WHERE p.title LIKE 'Qzpost%' ", "SELECT handle FROM members WHERE handle LIKE 'qzmember%' "
	)
	return []ranked{
		{"Home and a space, *Newest* | latest first | when the post was published | by id", posts + "ORDER BY p.created_at DESC, p.id DESC", aPost, []string{"/home?sort=newest", "/s/square?sort=newest"}},
		{
			"Home and a space, *Latest activity* | latest first | when the post or its newest reply was published | by id",
			posts + "ORDER BY (SELECT max(x.created_at) FROM posts x WHERE x.root_id = p.id) DESC, p.id DESC", aPost,
			[]string{"/home?sort=active", "/s/square?sort=active"},
		},
		{"A month | oldest first | when the post was published | by id", posts + "ORDER BY p.created_at, p.id", aPost, []string{"/months/2026-03", "/s/square/months/2026-03"}},
		{
			"On top of a space | latest first | when it was put there | by id", "SELECT p.id FROM posts p WHERE p.pinned_at IS NOT NULL ORDER BY p.pinned_at DESC, p.id DESC", aPost,
			[]string{"/s/square?sort=newest", "/s/square?sort=active"},
		},
		{
			"Only questions, offers or requests | as the list that they are in | when the post was published | by id", posts + "AND p.kind = 'question' ORDER BY p.created_at DESC, p.id DESC", aPost,
			[]string{"/home?sort=newest&only=question", "/s/square?sort=newest&only=question"},
		},
		{"Replies under a post | oldest first | when the reply was published | by id", "SELECT id FROM posts WHERE parent_id IS NOT NULL ORDER BY created_at, id", `id="(` + anID + `)"`, []string{"/p/" + w.thread}},
		{"What you saved | latest first | when you saved it | by id", "SELECT post_id FROM saved ORDER BY saved_at DESC, post_id DESC", aPost, []string{"/saved"}},
		{"Your drafts | latest first | when it was kept | by id", "SELECT id FROM drafts ORDER BY updated_at DESC, id DESC", `id="draft-(` + anID + `)"`, []string{"/drafts"}},
		{"People | A to Z | the display name | by id", hers + "ORDER BY name, id", aPerson, []string{"/people"}},
		{
			"People in a space | who looks after it, then the others, each A to Z | the display name | by id",
			hers + "ORDER BY CASE WHEN handle = 'qzmember_040' THEN 0 ELSE 1 END, name, id", aPerson,
			[]string{"/s/square/members"},
		},
		{"People on a list of yours | A to Z | the display name | by id", hers + "ORDER BY name, id", aPerson, []string{"/settings/lists/" + w.list}},
		{
			"Spaces | those you are in, then the others, each A to Z | the space's name | by id",
			"SELECT handle FROM spaces WHERE handle LIKE 'qzspace%' ORDER BY CASE WHEN handle = 'qzspace003' THEN 1 ELSE 0 END, name, id", `quiet-link" dir="auto" href="/s/(\w+)"`,
			[]string{"/spaces"},
		},
		{
			"Search for posts | those with all words in the title, then those with all words, then those with what resembles them, each latest first | when the post or reply was published | by chance, once for all",
			posts + "ORDER BY p.created_at DESC", aPost,
			[]string{"/search?q=qzpost"},
		},
		{"Search for posts, *Newest first* | latest first | when the post or reply was published | by chance, once for all", posts + "ORDER BY p.created_at DESC", aPost, []string{"/search?q=qzpost&sort=newest"}},
		{
			"Who reacted to a post | by what they chose, in the order in which it is offered, each A to Z | the display name | by id",
			"SELECT m.handle FROM reactions x JOIN members m ON m.id = x.actor_id WHERE x.post_id = '" + w.liked + "' ORDER BY CASE WHEN x.kind = 'thanks' THEN 0 ELSE 1 END, m.name, m.id", aPerson,
			[]string{"/p/" + w.liked + "/reactions"},
		},
		{
			"Who chose what in a poll | by option, as they were written, each A to Z | the display name | by id",
			"SELECT m.handle FROM poll_votes v JOIN members m ON m.id = v.actor_id WHERE v.post_id = '" + w.voted + "' ORDER BY v.place, m.name, m.id", aPerson,
			[]string{"/p/" + w.voted + "/poll/voters"},
		},
		{
			"Pages | those on top of their space, then the others, each A to Z | the title | by id", "SELECT id FROM pages WHERE title LIKE 'Qzpage%' ORDER BY CASE WHEN pinned_at IS NULL THEN 1 ELSE 0 END, title, id", `href="/w/([0-9a-f-]{36})"`,
			[]string{"/pages", "/s/square/pages"},
		},
		{"Versions of a page | latest first | when the version was saved | by number", "SELECT note FROM page_versions WHERE note <> '' ORDER BY version DESC", `>(Qznoted \d+)`, []string{"/w/" + w.wiki + "/history"}},
		{"Pages that a search finds | in the groups of the search for posts, each latest first | when the page was begun | by chance, once for all", "SELECT id FROM pages WHERE title LIKE 'Qzpage%' ORDER BY created_at DESC", `href="/w/([0-9a-f-]{36})"`, []string{"/pages?q=qzpage"}},
		{"Earlier versions of a post | latest first | when the version was replaced | by number", "SELECT body FROM post_versions ORDER BY edited_at DESC, version DESC", `>(Qzversion \d+)`, []string{"/p/" + w.edited + "/history"}},
		{"Requests to join | oldest first | when somebody asked | by id", "SELECT member_id FROM requests ORDER BY asked_at, member_id", `action="/requests/(` + anID + `)"`, []string{"/requests"}},
		{"Requests to be let into a space | oldest first | when somebody asked | by id", "SELECT member_id FROM space_requests ORDER BY asked_at, member_id", `/requests/(` + anID + `)"`, []string{"/s/cellar/members"}},
		{"Invitations | latest first | when it was made | by id", "SELECT id FROM invitations ORDER BY created_at DESC, id", `/invitations/(` + anID + `)/revoke`, []string{"/invitations"}},
		{"Days on *What is counted* | latest first | the day | each day stands once", "SELECT n FROM numbers WHERE n BETWEEN 900 AND 999 ORDER BY day DESC", `>\s*(9\d\d)\s*<`, []string{"/about/numbers"}},
		{"Photos and videos of a space | by month, latest first | when the post was published | by their place in the post", "SELECT m.alt FROM media m JOIN posts p ON p.id = m.post_id WHERE m.alt LIKE 'Qzphoto%' ORDER BY p.created_at DESC, p.id DESC, m.place", `alt="(Qzphoto \d+)"`, []string{"/s/square/photos"}},
		{"Your photos and videos | latest first | when you added it | by id", "SELECT alt FROM media WHERE alt LIKE 'Qzphoto%' ORDER BY created_at DESC, id DESC", `>(Qzphoto \d+)`, []string{"/settings/data/photos"}},
		{
			"Your sessions | the one you are in, then the latest first | the day when it was used last | by id",
			"SELECT id FROM sessions ORDER BY CASE WHEN name = '' THEN 0 ELSE 1 END, last_used_day DESC, id", `/sessions/(` + anID + `)/name`,
			[]string{"/settings/security"},
		},
	}
}

const reactionsRow = "Reactions under a post | most used first | how many people chose it, of those you may know of | by name"

// TestRankingSaysWhatTheProgramDoes reads docs/ranking.md and holds every row of
// it against the pages: a row that no page keeps to fails, as does a list of
// which no row speaks (P108).
func TestRankingSaysWhatTheProgramDoes(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := gatherCrowd(t, p)
		written := rows(t)
		checked, paths := []string{reactionsRow}, map[string]bool{}
		for _, r := range w.ranking() {
			checked = append(checked, r.row)
			for _, path := range r.paths {
				paths[path] = true
			}
		}
		for _, l := range w.listings() {
			if !paths[l.path] && !strings.Contains(l.path, "q=qzmember") { // the same list, with less on it
				t.Errorf("no row says in what order %s is", l.path)
			}
		}
		slices.Sort(checked)
		if !slices.Equal(written, checked) {
			t.Fatalf("docs/ranking.md says\n%s\nand this test looks for\n%s", strings.Join(written, "\n"), strings.Join(checked, "\n"))
		}
		for _, r := range w.ranking() {
			if strings.Contains(strings.ToLower(r.row), "search") { // its order is fixed when something is said
				w.holdRanking(r)
			}
		}
		w.shuffle()
		for _, r := range w.ranking() {
			if !strings.Contains(strings.ToLower(r.row), "search") {
				w.holdRanking(r)
			}
		}
		w.holdReactions()
	})
}

// rows are the rows of the table, without its head.
func rows(t *testing.T) (all []string) {
	t.Helper()
	text, err := os.ReadFile("../../../docs/ranking.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if row, ok := strings.CutPrefix(line, "| "); ok && !strings.HasPrefix(row, "List |") {
			all = append(all, strings.TrimSuffix(strings.TrimSpace(row), " |"))
		}
	}
	slices.Sort(all)
	return all
}

// shuffle gives things other times and names than those in whose order they
// came, some of them the same, so that nothing is in its order by accident.
func (w *crowd) shuffle() {
	w.t.Helper()
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		for _, column := range []string{"posts.created_at", "posts.pinned_at", "saved.saved_at", "requests.asked_at", "space_requests.asked_at", "invitations.created_at", "sessions.last_used_day"} {
			table, at, _ := strings.Cut(column, ".")
			// Later, so that no reply is older than its thread.
			later := strings.ReplaceAll("AT = AT + (AT % 7) * 1000000000 + (1000 - AT % 1000)", "AT", at)
			if table == "posts" {
				later += " WHERE id <> '" + w.thread + "'"
			}
			if _, err := tx.Exec("UPDATE " + table + " SET " + later); err != nil {
				return "", err
			}
		}
		for n, id := range w.people {
			if _, err := tx.Exec("UPDATE members SET name = $1 WHERE id = $2", fmt.Sprintf("Qzmember %03d", n*n%19), id); err != nil {
				return "", err
			}
		}
		for n := range many {
			_, err := tx.Exec("UPDATE pages SET title = $1, pinned_at = $2 WHERE title = $3", fmt.Sprintf("Qzpage %03d", 100+n*n%19), map[bool]any{true: n, false: nil}[n%7 == 0], fmt.Sprintf("Qzpage %03d", n))
			if err != nil {
				return "", err
			}
			if _, err := tx.Exec("UPDATE spaces SET name = $1 WHERE handle = $2", fmt.Sprintf("Qzspace %03d", n*n%19), fmt.Sprintf("qzspace%03d", n)); err != nil {
				return "", err
			}
		}
		if _, err := tx.Exec("DELETE FROM space_members WHERE space_id = (SELECT id FROM spaces WHERE handle = 'qzspace003')"); err != nil {
			return "", err
		}
		_, err := tx.Exec("UPDATE space_members SET role = 'moderator' WHERE member_id = $1", w.people[40])
		return "", err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *crowd) holdRanking(r ranked) {
	w.t.Helper()
	want := w.ids(r.query)
	for _, path := range r.paths {
		found := slices.DeleteFunc(w.walk(path, r.pattern), func(id string) bool { return !slices.Contains(want, id) })
		if !slices.Equal(found, want) {
			w.t.Errorf("%s\n%s shows\n%q, want\n%q", r.row, path, found, want)
		}
	}
}

// holdReactions has some signs chosen by more people than others, and two by as many.
func (w *crowd) holdReactions() {
	w.t.Helper()
	for n, signs := range [][]post.Sign{{"yes", "laugh", "thanks", "heart"}, {"yes", "laugh", "sorry", "thanks"}, {"laugh"}} {
		for _, s := range signs {
			w.must(w.program.Posts.React(w.t.Context(), access.Member(w.people[n]), w.thread, s, true))
		}
	}
	p, err := w.program.Posts.One(w.t.Context(), w.owner.actor(), w.thread)
	w.must("", err)
	var found []post.Sign
	for _, x := range p.Reactions {
		found = append(found, x.Kind)
	}
	if want := []post.Sign{"laugh", "thanks", "yes", "heart", "sorry"}; !slices.Equal(found, want) {
		w.t.Errorf("%s\nshows %q, want %q", reactionsRow, found, want)
	}
}
