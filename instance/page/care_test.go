package page_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page"
)

func (h house) actor(who string) access.Actor { return access.Member(who) }

// One person at a time looks after a page; she gives it up herself, or a moderator
// frees it.
func TestSomebodyLooksAfterAPage(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id, ctx := h.begin(ada, "garden", "The shed", "x"), h.Context()
		h.must(h.pages.Own(ctx, ben, "", id, true))
		_, err := h.pages.Own(ctx, ada, "", id, true)
		h.refused("a second one", err, fault.Conflict)
		_, err = h.pages.Own(ctx, ada, "", id, false)
		h.refused("giving up for somebody else", err, fault.Forbidden)
		if who := h.one(ada, id).Owner.ID; who != "ben" {
			t.Errorf("%q looks after it", who)
		}
		h.must(h.pages.Own(ctx, ben, "", id, false))
		h.must(h.pages.Own(ctx, ada, "", id, true))
		h.must(h.pages.Own(ctx, mod, "", id, false))
		if who := h.one(ada, id).Owner.ID; who != "" {
			t.Errorf("%q looks after it", who)
		}
	})
}

// A page says on which day it is to be looked through, and when it was.
func TestAPageIsLookedThrough(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		id, ctx := h.begin(ada, "garden", "The shed", "x"), h.Context()
		today := clock.Now().Format(time.DateOnly)
		for _, day := range []string{"tomorrow", "2001-01-01", "2126-01-01", "2026-13-01", "20260512"} {
			_, err := h.pages.Review(ctx, ben, "", id, day)
			h.refused(day, err, fault.Invalid)
		}
		h.must(h.pages.Review(ctx, ben, "", id, "2026-09-01"))
		v := h.one(ada, id)
		if v.ReviewOn != "2026-09-01" || v.ReviewedAt.IsZero() || v.Due(today) || !v.Due("2026-09-01") || !v.Due("2026-10-11") || v.Version != 1 {
			t.Errorf("got %+v", v.Page)
		}
		h.must(h.pages.Review(ctx, ben, "", id, ""))
		if v := h.one(ada, id); v.ReviewOn != "" || v.Due("2126-01-01") {
			t.Errorf("without a day: %+v", v.Page)
		}
	})
}

// Who began a page takes it back for good while nobody else has changed it, also
// where she reads it no more.
func TestHerOwnPageIsTakenBack(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ctx := h.Context()
		id, other := h.begin(ben, "garden", "Mine", "x"), h.begin(ben, "garden", "Ours", "x")
		h.edit(ben, id, "Mine", "y")
		h.edit(ada, other, "Ours", "y")
		if !h.one(ada, id).Alone || h.one(ada, other).Alone {
			t.Error("nobody knows who has changed them")
		}
		_, err := h.pages.Withdraw(ctx, ada, "", id)
		h.refused("somebody else's", err, fault.Forbidden)
		_, err = h.pages.Withdraw(ctx, ben, "", other)
		h.refused("what somebody else has changed", err, fault.Conflict)
		h.Put("garden", "ben", "")
		h.must(h.pages.Withdraw(ctx, ben, "", id))
		_, err = h.pages.One(ctx, ada, id)
		h.refused("what was taken back", err, fault.NotFound)
		for _, table := range []string{"pages WHERE id = $1", "page_versions WHERE page_id = $1", "search_docs WHERE subject_id = $1"} {
			if h.count(table, id) != 0 {
				t.Errorf("there are rows of %s", table)
			}
		}
		if h.count("erasures WHERE kind = 'page' AND id = $1", id) != 1 {
			t.Error("nobody knows outside that it was erased")
		}
	})
}

func (h house) count(from string, args ...any) (n int) {
	h.T.Helper()
	h.must("", h.DB.Read(h.Context(), func(tx *database.Tx) error { return tx.One([]any{&n}, "SELECT count(*) FROM "+from, args...) }))
	return n
}

// What a moderator deletes is gone for all others, comes back for a time, and is
// erased then.
func TestAModeratorDeletesAPage(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		ctx := h.Context()
		id := h.begin(ada, "garden", "The shed", "x")
		h.must(h.pages.Pin(ctx, mod, "", id, true))
		h.must(h.pages.Remove(ctx, mod, "", id))
		for _, who := range []access.Actor{ada, ben, cem, access.Stranger()} {
			_, err := h.pages.One(ctx, who, id)
			h.refused("a deleted page", err, fault.NotFound)
			_, err = h.pages.History(ctx, who, id)
			h.refused("its versions", err, fault.NotFound)
		}
		shelf, err := h.pages.In(ctx, ada, "garden")
		h.must("", err)
		h.equal("the list", append(titles(shelf.Pages), titles(shelf.Deleted)...), nil)
		shelf, err = h.pages.In(ctx, mod, "garden")
		h.must("", err)
		h.equal("the list of a moderator", titles(shelf.Deleted), []string{"The shed"})
		_, err = h.pages.Edit(ctx, mod, "", id, 1, page.Draft{Title: "x", Body: "y"})
		h.refused("changing it", err, fault.NotFound)
		_, err = h.pages.Remove(ctx, mod, "", id)
		h.refused("deleting it again", err, fault.Conflict)
		h.must(h.pages.Restore(ctx, mod, "", id))
		_, err = h.pages.Restore(ctx, mod, "", id)
		h.refused("bringing it back again", err, fault.Conflict)
		if v := h.one(ada, id); v.Pinned {
			t.Error("it is on top again")
		}
		h.must(h.pages.Remove(ctx, mod, "", id))
		clock.Add(page.Undelete - time.Minute)
		h.forget(0)
		clock.Add(2 * time.Minute)
		h.forget(1)
		if h.count("pages")+h.count("page_versions")+h.count("search_docs") != 0 {
			t.Error("something is left")
		}
	})
}

func (h house) forget(want int64) {
	h.T.Helper()
	_, err := h.DB.Write(h.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		n, err := page.Forget(tx)
		if n != want {
			h.T.Errorf("forgot %d pages, want %d", n, want)
		}
		return "", err
	})
	h.must("", err)
}
