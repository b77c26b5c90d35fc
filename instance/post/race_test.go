package post_test

import (
	"context"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// meet lets two operations meet, every time: the first has done all its work and
// is about to commit when the second one comes and can do no more.
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
			for h.rows("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") <= i {
				if h.Context().Err() != nil {
					return "", h.Context().Err()
				}
			}
		}
		return "", nil
	})
	both.Wait()
	if err != nil {
		h.T.Fatal(err)
	}
	return errs
}

// Whoever changes a post while somebody else deletes it leaves nothing of it
// behind; and two moderators who hide it at once have both hidden it.
func TestWhatMeetsADeletionLeavesNothing(t *testing.T) {
	h := houseIn(t, databasetest.Postgres(t, &databasetest.Clock{}))
	h.Put("garden", "cem", "moderator")
	ctx := context.Background()
	ada, ben, mod, cem := access.Member("ada"), access.Member("ben"), access.Member("mod"), access.Member("cem")
	do := map[string]func(id string) error{
		"edit": func(id string) error {
			_, err := h.posts.Edit(ctx, ada, "", id, 1, post.Draft{Body: "second words"})
			return err
		},
		"react":    func(id string) error { _, err := h.posts.React(ctx, ben, id, "heart", true); return err },
		"hide":     func(id string) error { _, err := h.posts.Hide(ctx, mod, "", id, "because"); return err },
		"hide too": func(id string) error { _, err := h.posts.Hide(ctx, cem, "", id, "because"); return err },
		"withdraw": func(id string) error { _, err := h.posts.Withdraw(ctx, ada, "", id); return err },
		"remove":   func(id string) error { _, err := h.posts.Remove(ctx, cem, "", id, "because"); return err },
	}
	for _, pair := range [][2]string{
		{"edit", "withdraw"},
		{"withdraw", "edit"},
		{"edit", "remove"},
		{"react", "withdraw"},
		{"withdraw", "react"},
		{"hide", "withdraw"},
		{"withdraw", "hide"},
		{"hide", "hide too"},
		{"withdraw", "remove"},
		{"remove", "withdraw"},
	} {
		id := h.publish(ada, "garden", "a whisper")
		for i, err := range h.meet(func() error { return do[pair[0]](id) }, func() error { return do[pair[1]](id) }) {
			if err != nil && fault.KindOf(err) == fault.Internal {
				t.Errorf("%s and %s at once: the %dth ends with %v", pair[0], pair[1], i+1, err)
			}
		}
		for _, left := range []string{
			"post_versions x WHERE x.post_id = $1", "reactions x WHERE x.post_id = $1", "search_docs x WHERE x.subject_id = $1",
			"post_marks x WHERE x.kind = 'hidden' AND x.post_id = $1", "posts x WHERE x.body <> '' AND x.id = $1",
		} {
			if n := h.rows("SELECT count(*) FROM "+left, id); n != 0 && pair[1] != "hide too" {
				t.Errorf("%s and %s at once leave %d of %s", pair[0], pair[1], n, left)
			}
		}
	}
}
