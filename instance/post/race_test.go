package post_test

import (
	"context"
	"errors"
	"slices"
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
		// As an account is erased: it holds no thread, of which it may have many.
		"erase": func(id string) error {
			return second(h.DB.Write(ctx, database.Op{}, func(tx *database.Tx) (string, error) { return "", post.Erase(tx, ada, id) }))
		},
		"remake": func(id string) error {
			return second(h.DB.Write(ctx, database.Op{}, func(tx *database.Tx) (string, error) { return "", tx.Remake(id, post.Reindex) }))
		},
		"remove": func(id string) error { _, err := h.posts.Remove(ctx, cem, "", id, "because"); return err },
	}
	for _, pair := range [][2]string{
		{"edit", "withdraw"},
		{"withdraw", "edit"},
		{"edit", "remove"},
		{"edit", "erase"},
		{"erase", "edit"},
		{"react", "erase"},
		{"react", "withdraw"},
		{"withdraw", "react"},
		{"hide", "withdraw"},
		{"withdraw", "hide"},
		{"hide", "hide too"},
		{"withdraw", "remove"},
		{"withdraw", "remake"},
		{"remake", "withdraw"},
		{"remake", "erase"},
		{"erase", "remake"},
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

// Whoever answers while the thread is closed comes before or after that: nothing
// is said in a closed thread, and what was said first stays.
func TestWhatMeetsALockIsBeforeOrAfterIt(t *testing.T) {
	h := houseIn(t, databasetest.Postgres(t, &databasetest.Clock{}))
	ctx := context.Background()
	for _, lockFirst := range []bool{true, false} {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		below := h.reply(access.Member("ada"), root, "more")
		both := []func() error{
			func() error { return second(h.posts.Lock(ctx, access.Member("mod"), "", root, true)) },
			func() error {
				return second(h.posts.Reply(ctx, access.Member("ben"), "", post.Draft{Parent: below, Body: "and I"}))
			},
		}
		want := 2
		if !lockFirst {
			slices.Reverse(both)
			want = 3
		}
		errs := h.meet(both[0], both[1])
		if errs[0] != nil || fault.Is(errs[1], fault.Conflict) != lockFirst {
			t.Errorf("a lock first: %t, and they end with %v", lockFirst, errs)
		}
		if n := h.rows("SELECT count(*) FROM posts WHERE root_id = $1", root); n != want {
			t.Errorf("a lock first: %t, and %d things are said, want %d", lockFirst, n, want)
		}
	}
}

// TestTheSameFormTwiceAtOnce: whoever presses twice is not told that somebody
// else was first.
func TestTheSameFormTwiceAtOnce(t *testing.T) {
	h := houseIn(t, databasetest.Postgres(t, &databasetest.Clock{}))
	id := h.publish(access.Member("ada"), "garden", "a whisper")
	lock := func() error {
		_, err := h.posts.Lock(context.Background(), access.Member("mod"), "one form", id, true)
		return err
	}
	errs := h.meet(lock, lock)
	if errs[0] != nil || !errors.Is(errs[1], database.ErrRepeated) {
		t.Errorf("sent twice at once: %v", errs)
	}
}
