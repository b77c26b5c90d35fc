package access_test

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"pgregory.net/rapid"
)

// TestShiftIsTheRule draws worlds and holds what a move would do to the readers
// of something against the read rule itself, asked for every member and for a
// stranger, and likewise who would look after it.
func TestShiftIsTheRule(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("public")
		spaces, people := []string{"s0", "s1"}, []string{"m0", "m1", "m2", "m3"}
		for _, s := range spaces {
			w.Space(s, "open")
		}
		for _, m := range people {
			w.Member(m, "active", access.FullRole)
		}
		rapid.Check(t, func(r *rapid.T) {
			w.Do("UPDATE community SET face = $1", rapid.SampledFrom([]string{"hidden", "named", "public"}).Draw(r, "face"))
			for _, s := range spaces {
				w.Do("UPDATE spaces SET visibility = $1 WHERE id = $2", rapid.SampledFrom([]string{"public", "open", "closed", "secret"}).Draw(r, "visibility"), s)
				for _, m := range people {
					w.Put(s, m, rapid.SampledFrom([]string{"", "member", "moderator"}).Draw(r, "place"))
				}
			}
			for _, m := range people {
				w.Do("UPDATE members SET state = $1, role = $2 WHERE id = $3", rapid.SampledFrom([]string{"active", "active", "active", "pending", "leaving"}).Draw(r, "state"),
					rapid.SampledFrom([]string{"owner", "moderator", "member", "guest"}).Draw(r, "role"), m)
			}
			got, want := asked(t, db, people)
			if got != want {
				r.Fatalf("the shift is %+v, by the rule it is %+v", got, want)
			}
		})
	})
}

// asked gives the shift from s0 to s1, and what the rule says of each by name.
func asked(t *testing.T, db *database.DB, people []string) (got, want access.Shift) {
	t.Helper()
	_, err := db.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (_ string, err error) {
		got, want = access.Shift{}, access.Shift{}
		if got, err = access.Shifted(tx, "s0", "s1"); err != nil {
			return "", err
		}
		return "", expected(tx, people, &want)
	})
	if err != nil {
		t.Fatal(err)
	}
	return got, want
}

// expected is what the rule says of each by name.
func expected(tx *database.Tx, people []string, want *access.Shift) (err error) {
	for _, m := range append(people, "") {
		var reads, moderates [2]bool
		for i, s := range []string{"s0", "s1"} {
			if reads[i], err = access.CanRead(tx, access.Member(m), access.InSpace(s)); err != nil {
				return err
			}
			st, err := access.Stand(tx, access.Member(m), s)
			if err != nil {
				return err
			}
			moderates[i] = st.Moderates()
		}
		active, err := tx.Has("SELECT 1 FROM members WHERE id = $1 AND state = 'active'", m)
		if err != nil {
			return err
		}
		if !active { // a stranger, or as one
			want.Everybody = want.Everybody || reads[1] && !reads[0]
			if err := leaving(tx, m, want); err != nil {
				return err
			}
			continue
		}
		count := func(n *int, yes bool) {
			if yes {
				*n++
			}
		}
		count(&want.Before, reads[0])
		count(&want.After, reads[1])
		count(&want.Lost, reads[0] && !reads[1])
		count(&want.New, reads[1] && !reads[0])
		count(&want.NewModerators, moderates[1] && !moderates[0])
	}
	return nil
}

// leaving counts what somebody would read who stays after all.
func leaving(tx *database.Tx, m string, want *access.Shift) error {
	is, err := tx.Has("SELECT 1 FROM members WHERE id = $1 AND state = 'leaving'", m)
	if err != nil || !is {
		return err
	}
	if _, err := tx.Exec("UPDATE members SET state = 'active' WHERE id = $1", m); err != nil {
		return err
	}
	var reads, moderates [2]bool
	for i, s := range []string{"s0", "s1"} {
		if reads[i], err = access.CanRead(tx, access.Member(m), access.InSpace(s)); err != nil {
			return err
		}
		st, err := access.Stand(tx, access.Member(m), s)
		if err != nil {
			return err
		}
		moderates[i] = st.Moderates()
	}
	if reads[1] && !reads[0] {
		want.New++
	}
	if moderates[1] && !moderates[0] {
		want.NewModerators++
	}
	_, err = tx.Exec("UPDATE members SET state = 'leaving' WHERE id = $1", m)
	return err
}

// A space that is not there has no readers whom anybody could be compared with.
func TestShiftOfNothing(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("public")
		w.Space("s0", "secret")
		for _, pair := range [][2]string{{"s0", "none"}, {"none", "s0"}} {
			err := db.Read(context.Background(), func(tx *database.Tx) error {
				_, err := access.Shifted(tx, pair[0], pair[1])
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("from %s to %s: %v", pair[0], pair[1], err)
			}
		}
	})
}
