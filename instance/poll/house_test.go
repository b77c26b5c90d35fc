package poll_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
)

// house is a community with a secret space: mod moderates it, ada, ben, dan and eva
// are in it, cem is not. olga owns the community and is not in it either.
type house struct {
	accesstest.World
	t     *testing.T
	ctx   context.Context
	clock *databasetest.Clock
	dir   string
	polls *poll.Operations
	posts *post.Operations
}

func both(t *testing.T, test func(h house)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) { test(houseIn(t, db, clock)) })
}

func houseIn(t *testing.T, db *database.DB, clock *databasetest.Clock) house {
	t.Helper()
	keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	h := house{World: accesstest.World{T: t, DB: db}, t: t, ctx: t.Context(), clock: clock, dir: t.TempDir()}
	store, err := blob.OpenDirectory(h.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	h.polls = &poll.Operations{DB: db, Keys: keys, Urns: store}
	h.posts = &post.Operations{DB: db, Keys: keys, Polls: h.polls}
	h.Community("hidden")
	h.Member("olga", "active", access.Owner)
	h.Space("garden", "secret")
	for _, who := range []string{"mod", "ada", "ben", "dan", "eva", "cem"} {
		h.Member(who, "active", access.FullRole)
		if who != "cem" {
			h.Put("garden", who, map[bool]string{true: "moderator", false: "member"}[who == "mod"])
		}
	}
	h.Agent("bot")
	return h
}

// options are those of every poll here.
var options = []string{"Monday", "Tuesday", "Wednesday"}

func named(method poll.Method) poll.Draft {
	return poll.Draft{Method: method, Length: poll.Usual, Options: options}
}

func secret(method poll.Method) poll.Draft {
	d := named(method)
	d.Secret = true
	return d
}

// put puts a poll of ada's in the garden.
func (h house) put(d poll.Draft) string {
	h.t.Helper()
	id, err := h.posts.Publish(h.ctx, access.Member("ada"), "", post.Draft{Space: "garden", Body: "when?", Poll: &d})
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h house) choose(who, id, was string, v ...int) error {
	_, err := h.polls.Choose(h.ctx, access.Member(who), "", id, v, was)
	return err
}

func (h house) cast(who, id string, v ...int) string {
	h.t.Helper()
	r, err := h.polls.Cast(h.ctx, access.Member(who), "form of "+who, id, v)
	if err != nil {
		h.t.Fatal(err)
	}
	return r.Code
}

func (h house) view(who, id string) poll.Poll {
	h.t.Helper()
	p, err := h.polls.View(h.ctx, access.Member(who), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// work does all jobs that are due.
func (h house) work() {
	h.t.Helper()
	w := &job.Worker{DB: h.DB, Handlers: map[string]job.Handler{
		poll.CloseJob: h.polls.Close, poll.BurnJob: h.polls.Burn,
		job.WipeJob: func(context.Context, string) (time.Time, error) { return time.Time{}, nil },
	}}
	if _, err := w.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
}

// over lets the time of a poll pass, and the job close it.
func (h house) over() {
	h.t.Helper()
	h.clock.Add(poll.Usual + time.Second)
	h.work()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused demands a fault with this key.
func refused(t *testing.T, err error, key string) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Key != key {
		t.Fatalf("got %v, want %s", err, key)
	}
	return f
}

func (h house) count(query string, args ...any) (n int) {
	h.t.Helper()
	must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error { return tx.One([]any{&n}, query, args...) }))
	return n
}

func (h house) facts(kind any) int {
	h.t.Helper()
	return h.count("SELECT count(*) FROM facts WHERE kind = $1", kind)
}

// folders is how many keys there are.
func (h house) folders() (n int) {
	h.t.Helper()
	must(h.t, h.polls.Urns.Each(h.ctx, func(string, time.Time) error { n++; return nil }))
	return n
}
