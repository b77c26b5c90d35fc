package portability_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/post"
)

// TestErasureDoneTwiceIsErasureDoneOnce holds that a process may die during the
// job, which is then done again.
func TestErasureDoneTwiceIsErasureDoneOnce(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
		if again, err := l.o.EraseDue(l.ctx, l.her.ID()); err != nil || !again.After(db.Now()) {
			t.Errorf("before her time is up: %v, %v", again, err)
		}
		clock.Add(member.Grace + time.Hour)
		for range 2 {
			if again, err := l.o.EraseDue(l.ctx, l.her.ID()); err != nil || !again.IsZero() {
				t.Errorf("the job wants to run again at %v, %v", again, err)
			}
		}
		if again, err := l.o.EraseDue(l.ctx, l.other.ID()); err != nil || !again.IsZero() || l.Count("members WHERE id = $1 AND state = 'active'", l.other.ID()) != 1 {
			t.Errorf("a job about somebody who stays: %v, %v", again, err)
		}
	})
}

// TestWhoIsHalfErasedCannotStay ends the job in the middle, where the key of a
// secret poll cannot be read: her words are gone, so she cannot change her mind.
func TestWhoIsHalfErasedCannotStay(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		urns, err := blob.OpenDirectory(t.TempDir())
		l.must("", err)
		l.o.Polls.Urns = urns
		folder := strings.Repeat("ab", 16)
		l.must("", urns.Put(l.ctx, folder+"/k", 6, strings.NewReader("broken")))
		asked, err := l.posts.Publish(l.ctx, l.other, "", post.Draft{Space: l.space, Body: "shall we?"})
		l.must("", err)
		l.must(db.Write(l.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec(`INSERT INTO polls (post_id, method, secret, most, quorum, closes_at, state, begun, reworded, folder, result)
				VALUES ($1, 'single', TRUE, 1, 0, $2, 'open', FALSE, FALSE, $3, '')`, asked, database.Micros(clock.Now().Add(90*24*time.Hour)), folder)
			return "", err
		}))
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
		clock.Add(member.Grace + time.Hour)
		if _, err := l.o.EraseDue(l.ctx, l.her.ID()); err == nil {
			t.Fatal("the job does not end in the middle")
		}
		if err := l.o.Stay(l.ctx, l.her, ""); err == nil {
			t.Error("she is told that she stays when her words are gone")
		}
		l.must("", urns.Drop(l.ctx, folder))
		_, err = l.o.EraseDue(l.ctx, l.her.ID())
		l.must("", err)
		if l.Count("members WHERE id = $1 AND state = 'gone' AND erase_at IS NULL", l.her.ID()) != 1 {
			t.Error("she is not erased when the job is done again")
		}
	})
}

// TestWhoIsToldThatSheStaysIsNotErased changes her mind while the job is at
// work: she is refused, or she stays with everything.
func TestWhoIsToldThatSheStaysIsNotErased(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		l := live(t, db, clock)
		for range 60 {
			_, err := l.posts.Publish(l.ctx, l.her, "", post.Draft{Space: l.space, Body: "one of many"})
			l.must("", err)
		}
		l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), true))
		whole, err := l.o.CountPosts(l.ctx, l.her, portability.Chosen{})
		l.must("", err)
		clock.Add(member.Grace + time.Hour)
		ended := make(chan error, 1)
		go func() {
			_, err := l.o.EraseDue(l.ctx, l.her.ID())
			ended <- err
		}()
		for left := whole; left == whole; {
			left, err = l.o.CountPosts(l.ctx, l.her, portability.Chosen{})
			l.must("", err)
		}
		if err := l.o.Stay(l.ctx, l.her, ""); err == nil {
			t.Error("she is told that she stays when her words are going already")
		}
		l.must("", <-ended)
		if l.Count("members WHERE id = $1 AND state = 'gone' AND erase_at IS NULL", l.her.ID()) != 1 {
			t.Error("she is not erased")
		}
	})
}
