package space_test

import (
	"errors"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

// TestWhoIsRaisedArrives: a guest whom an owner makes a member comes into the
// spaces for arrivals. Nobody is put back into a space that she left.
func TestWhoIsRaisedArrives(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		w.Space("news", "open")
		w.Space("hall", "open")
		w.Space("secret", "secret")
		w.Do("UPDATE spaces SET arrivals = $1 WHERE id IN ('news', 'hall')", true)
		w.Put("hall", "gus", "member")
		if _, err := w.Leave(t.Context(), is("gus"), "", "hall"); err != nil {
			t.Fatal(err)
		}
		members := &member.Operations{DB: w.World.DB, Keys: w.Keys}
		change := func(who string, role access.Role) {
			t.Helper()
			var head int64
			err := w.World.DB.Read(t.Context(), func(tx *database.Tx) (err error) {
				head, err = fact.Head(tx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := members.ChangeRole(t.Context(), is("olga"), "", who, role); err != nil {
				t.Fatal(err)
			}
			_, err = w.World.DB.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
				happened, err := fact.After(tx, head, 100)
				for _, f := range happened {
					err = errors.Join(err, space.ArriveLate(tx, f))
				}
				return "", err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		change("gil", access.FullRole)
		if w.role("news", "gil") != "member" || w.role("hall", "gil") != "member" || w.role("secret", "gil") != "" {
			t.Errorf("a guest who was made a member is %q and %q where newcomers arrive, %q elsewhere", w.role("news", "gil"), w.role("hall", "gil"), w.role("secret", "gil"))
		}
		change("gus", access.Moderator)
		if w.role("news", "gus") != "member" || w.role("hall", "gus") != "" {
			t.Errorf("a guest who had left a space is %q in it, %q in the other", w.role("hall", "gus"), w.role("news", "gus"))
		}
		change("ben", access.Moderator)
		if w.role("news", "ben") != "" {
			t.Error("a member who moderates now is put where she was not")
		}
		change("ben", access.Guest)
		w.Do("INSERT INTO audit (id, at, kind, actor_id, subject_kind, subject_id) VALUES ('x', $1, 'member.role_changed', 'olga', 'member', 'ben')", database.Micros(time.Unix(0, 0)))
		change("ben", access.FullRole)
		if w.role("news", "ben") != "" {
			t.Error("somebody who was a member before is put back where she is not any more")
		}
	})
}
