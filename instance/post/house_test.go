package post_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// house is a small place in which each part of the rule is tried by itself: in
// the garden are mod, who moderates it, ada, ben and gil, a guest; in the attic
// are mod and ada. Both are secret. cem is in neither.
type house struct {
	*testing.T
	accesstest.World
	posts  *post.Operations
	spaces *space.Operations
}

// houses runs a test in a house on each engine.
func houses(t *testing.T, test func(h house, clock *databasetest.Clock)) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) { test(houseIn(t, db), clock) })
}

func houseIn(t *testing.T, db *database.DB) house {
	t.Helper()
	keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	h := house{t, accesstest.World{T: t, DB: db}, &post.Operations{DB: db, Keys: keys}, &space.Operations{DB: db, Keys: keys}}
	h.Community("hidden")
	for _, who := range []string{"mod", "ada", "ben", "cem"} {
		h.Member(who, "active", access.FullRole)
	}
	h.Member("gil", "active", access.Guest)
	h.Space("garden", "secret")
	h.Space("attic", "secret")
	for _, who := range []string{"ada", "ben", "gil"} {
		h.Put("garden", who, "member")
	}
	h.Put("garden", "mod", "moderator")
	h.Put("attic", "mod", "moderator")
	h.Put("attic", "ada", "member")
	h.Agent("bot")
	h.Label(wide.Clearance())
	return h
}

// Runs of the agent: one that may read both spaces, one that may read the garden.
var (
	wide   = access.Agent("bot", access.InSpace("garden").With(access.InSpace("attic")))
	narrow = access.Agent("bot", access.InSpace("garden"))
)

func (h house) must(id string, err error) string {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
	return id
}

func (h house) publish(a access.Actor, in, body string) string {
	h.T.Helper()
	return h.must(h.posts.Publish(h.Context(), a, "", post.Draft{Space: in, Body: body}))
}

func (h house) reply(a access.Actor, to, body string) string {
	h.T.Helper()
	return h.must(h.posts.Reply(h.Context(), a, "", post.Draft{Parent: to, Body: body}))
}

func (h house) hide(id string) {
	h.T.Helper()
	h.must(h.posts.Hide(h.Context(), access.Member("mod"), "", id, "because"))
}

// channels are all that somebody finds of a post, by the way she finds it.
func (h house) channels(who access.Actor, id string) (found []string) {
	h.T.Helper()
	add := func(channel string, posts []post.Post, err error) {
		if err != nil && !fault.Is(err, fault.NotFound) {
			h.T.Fatalf("%s: %v", channel, err)
		}
		if slices.ContainsFunc(posts, func(p post.Post) bool { return p.ID == id }) {
			found = append(found, channel)
		}
	}
	for _, o := range []post.Order{post.Newest, post.Active} {
		home, err := h.posts.Threads(h.Context(), who, post.Query{Order: o})
		add("home "+string(o), home.Posts, err)
		list, err := h.posts.Threads(h.Context(), who, post.Query{Space: "garden", Order: o})
		add("space "+string(o), list.Posts, err)
	}
	one, err := h.posts.One(h.Context(), who, id)
	add("one", []post.Post{one}, err)
	root := id
	if spot, err := h.posts.ThreadOf(h.Context(), who, id); err == nil {
		found = append(found, "thread of")
		root = spot.Root
	}
	if _, err := h.posts.Reactors(h.Context(), who, id, ""); err == nil {
		found = append(found, "reactors")
	}
	top, err := h.posts.Pinned(h.Context(), who, "garden")
	add("pinned", top, err)
	asked, err := h.posts.Threads(h.Context(), who, post.Query{Space: "garden", Kind: post.Question})
	add("questions", asked.Posts, err)
	t, err := h.posts.Thread(h.Context(), who, root, "")
	add("thread", append([]post.Post{t.Root}, t.Replies...), err)
	month, err := h.posts.Month(h.Context(), who, "", time.Unix(0, 0), h.DB.Now(), "")
	add("month", month.Posts, err)
	if l := h.look(who, root); l != nil && slices.ContainsFunc(l.Parts, func(p post.Part) bool { return p.ID == id }) {
		found = append(found, "live")
	}
	hits, err := h.posts.Search(h.Context(), who, post.Wanted{Words: "whisper"}, "")
	add("search", hits.Posts, err)
	hits, err = h.posts.Search(h.Context(), who, post.Wanted{In: "garden"}, "")
	add("search without words", hits.Posts, err)
	hits, err = h.posts.Search(h.Context(), who, post.Wanted{Words: "whispe ", Newest: true}, "") // resembles
	add("search of all tiers", hits.Posts, err)
	return found
}

// one is a post as somebody who may read it sees it.
func (h house) one(who, id string) post.Post {
	h.T.Helper()
	p, err := h.posts.One(h.Context(), access.Member(who), id)
	if err != nil {
		h.T.Fatal(err)
	}
	return p
}

// thread is the only thread that somebody finds in the garden.
func (h house) thread(who string, o post.Order) post.Post {
	h.T.Helper()
	page, err := h.posts.Threads(h.Context(), access.Member(who), post.Query{Space: "garden", Order: o})
	if err != nil || len(page.Posts) != 1 {
		h.T.Fatalf("%s finds %d threads, %v", who, len(page.Posts), err)
	}
	return page.Posts[0]
}
