package page_test

import (
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page"
)

// meet lets two operations meet, every time: the first has done all its work and is
// about to commit when the second one comes and can do no more.
func (h house) meet(first, second func() error) (errs [2]error) {
	h.T.Helper()
	var both sync.WaitGroup
	_, err := h.DB.Write(h.Context(), database.Op{}, func(tx *database.Tx) (string, error) {
		// The place of facts is taken last, before a commit.
		if _, err := tx.Exec("UPDATE fact_head SET position = position"); err != nil {
			return "", err
		}
		for i, do := range []func() error{first, second} {
			both.Go(func() { errs[i] = do() })
			for h.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") <= i {
				if h.Context().Err() != nil {
					return "", h.Context().Err()
				}
			}
		}
		return "", nil
	})
	both.Wait()
	h.must("", err)
	return errs
}

// Two who meet over a page come one after the other: the second is told, and nothing
// is half done.
func TestTwoMeetOverAPage(t *testing.T) {
	clock := &databasetest.Clock{}
	h := houseIn(t, databasetest.Postgres(t, clock))
	ctx := h.Context()
	edit := func(id, by, body string) func() error {
		return func() error {
			_, err := h.pages.Edit(ctx, h.actor(by), "", id, 1, page.Draft{Title: "Soup", Body: body})
			return err
		}
	}
	withdraw := func(id string) func() error {
		return func() error { _, err := h.pages.Withdraw(ctx, ada, "", id); return err }
	}
	id := h.begin(ada, "garden", "Soup", "Carrots.")
	errs := h.meet(edit(id, "ada", "Leek."), edit(id, "ben", "Salt."))
	h.must("", errs[0])
	h.refused("the second edit", errs[1], fault.Conflict)
	h.equal("the page", h.says(ada, id), []string{"Leek.", "Carrots."})

	id = h.begin(ada, "garden", "Soup", "Carrots.")
	errs = h.meet(withdraw(id), edit(id, "ben", "Salt."))
	h.must("", errs[0])
	h.refused("an edit of what is gone", errs[1], fault.NotFound)
	if h.count("pages WHERE id = $1", id)+h.count("page_versions WHERE page_id = $1", id)+h.count("search_docs WHERE subject_id = $1", id) != 0 {
		t.Error("something of it is left")
	}

	id = h.begin(ada, "garden", "Soup", "Carrots.")
	errs = h.meet(edit(id, "ben", "Salt."), withdraw(id))
	h.must("", errs[0])
	h.refused("taking back what somebody has changed", errs[1], fault.Conflict)

	id = h.begin(ada, "garden", "Soup", "Carrots.")
	h.must(h.pages.Remove(ctx, mod, "", id))
	clock.Add(page.Undelete + time.Hour)
	errs = h.meet(func() error { _, err := h.pages.Restore(ctx, mod, "", id); return err }, func() error { h.forget(0); return nil })
	h.must("", errs[0])
	h.equal("what was brought back", h.says(ada, id), []string{"Carrots."})
}
