package page_test

import (
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page"
)

// house is a small place: in the garden, which is secret, are mod, who moderates it,
// ada, ben and gil, a guest; in the attic are mod and ada. cem is in neither.
type house struct {
	*testing.T
	accesstest.World
	pages *page.Operations
}

func houses(t *testing.T, test func(h house, clock *databasetest.Clock)) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) { test(houseIn(t, db), clock) })
}

func houseIn(t *testing.T, db *database.DB) house {
	t.Helper()
	h := house{t, accesstest.World{T: t, DB: db}, &page.Operations{DB: db}}
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

var (
	mod, ada, ben, cem = access.Member("mod"), access.Member("ada"), access.Member("ben"), access.Member("cem")
	// Runs of the agent: one that may read both spaces, one that may read the garden.
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

func (h house) refused(what string, err error, want fault.Kind) {
	h.T.Helper()
	if fault.KindOf(err) != want {
		h.T.Errorf("%s: got %v, want kind %d", what, err, want)
	}
}

func (h house) begin(a access.Actor, in, title, body string) string {
	h.T.Helper()
	return h.must(h.pages.Create(h.Context(), a, "", page.Draft{Space: in, Title: title, Body: body}))
}

// edit changes a page on top of what it says now.
func (h house) edit(a access.Actor, id, title, body string) {
	h.T.Helper()
	w, err := h.pages.Words(h.Context(), a, id)
	h.must("", err)
	h.must(h.pages.Edit(h.Context(), a, "", id, w.Version, page.Draft{Title: title, Body: body}))
}

func (h house) one(a access.Actor, id string) page.View {
	h.T.Helper()
	v, err := h.pages.One(h.Context(), a, id)
	h.must("", err)
	return v
}

// says are the bodies of all versions, newest first.
func (h house) says(a access.Actor, id string) (all []string) {
	h.T.Helper()
	versions, err := h.pages.History(h.Context(), a, id)
	h.must("", err)
	for _, v := range versions {
		all = append(all, v.Body)
	}
	return all
}

// facts are the kinds of what was recorded, in order.
func (h house) facts() (all []string) {
	h.T.Helper()
	err := h.DB.Read(h.Context(), func(tx *database.Tx) error {
		some, err := fact.After(tx, 0, 1000)
		for _, f := range some {
			all = append(all, string(f.Kind))
		}
		return err
	})
	h.must("", err)
	return all
}

func titles(pages []page.Page) (all []string) {
	for _, p := range pages {
		all = append(all, p.Title)
	}
	return all
}

func (h house) equal(what string, got, want []string) {
	h.T.Helper()
	if !slices.Equal(got, want) {
		h.T.Errorf("%s: got %q, want %q", what, got, want)
	}
}
