package space_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/space"
)

// town is a community with people of every kind: olga owns it, mo moderates
// it, ada, ben and cem are members, gil and gus guests, pia waits to be let in,
// liv is leaving.
type town struct {
	accesstest.World
	*space.Operations
}

func both(t *testing.T, face string, test func(t *testing.T, w town)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		keys, err := keyring.Open(t.Context(), db, make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		w := town{accesstest.World{T: t, DB: db}, &space.Operations{DB: db, Keys: keys}}
		w.Community(face)
		for id, role := range map[string]access.Role{
			"olga": access.Owner, "mo": access.Moderator, "ada": access.FullRole, "ben": access.FullRole, "cem": access.FullRole, "gil": access.Guest, "gus": access.Guest,
		} {
			w.Member(id, "active", role)
		}
		w.Member("pia", "pending", access.FullRole)
		w.Member("liv", "leaving", access.FullRole)
		test(t, w)
	})
}

// is gives the actor of that name, a stranger for "".
func is(who string) access.Actor {
	if who == "" {
		return access.Stranger()
	}
	return access.Member(who)
}

func draft(name string, v space.Visibility) space.Draft {
	return space.Draft{Name: name, Visibility: v, Posting: space.Everyone}
}

// begin makes a space with ada as its moderator, ben a member and gil a guest
// in it.
func (w town) begin(d space.Draft) string {
	w.T.Helper()
	return w.beginBy("ada", d)
}

func (w town) beginBy(who string, d space.Draft) string {
	w.T.Helper()
	id, err := w.Create(w.T.Context(), is(who), "", d)
	if err != nil {
		w.T.Fatalf("%s makes %s: %v", who, d.Name, err)
	}
	w.Put(id, "ben", "member")
	w.Put(id, "gil", "member")
	return id
}

// one scans a single value.
func (w town) one(query string, args ...any) (s string) {
	w.T.Helper()
	err := w.World.DB.Read(w.T.Context(), func(tx *database.Tx) error { return tx.One([]any{&s}, query, args...) })
	if err != nil && !errors.Is(err, database.ErrNone) {
		w.T.Fatal(err)
	}
	return s
}

func (w town) role(id, who string) string {
	w.T.Helper()
	return w.one("SELECT role FROM space_members WHERE space_id = $1 AND member_id = $2", id, who)
}

// seen is the space as olga, an owner who is not in it, or whoever else sees it.
func (w town) seen(who, id string) space.View {
	w.T.Helper()
	v, err := w.Find(w.T.Context(), is(who), id)
	if err != nil {
		w.T.Fatalf("%s looks for %s: %v", who, id, err)
	}
	return v
}

// revise changes a space as its moderator ada, having agreed to what changes.
func (w town) revise(id string, change func(*space.Draft)) error {
	w.T.Helper()
	v := w.seen("ada", id)
	r := space.Revision{Version: v.Version, Draft: space.Draft{
		Name: v.Name, Handle: v.Handle, Purpose: v.Purpose, Visibility: v.Space.Visibility, Posting: v.Space.Posting, Arrivals: v.Arrivals,
	}}
	change(&r.Draft)
	r.Agreed = r.Visibility
	_, err := w.Change(w.T.Context(), is("ada"), "", id, r)
	return err
}

// facts are what was recorded since a position: kind, actor, subject.
func (w town) facts(after int64) (all []string, head int64) {
	w.T.Helper()
	err := w.World.DB.Read(w.T.Context(), func(tx *database.Tx) error {
		facts, err := fact.After(tx, after, 100)
		for _, f := range facts {
			all = append(all, fmt.Sprintf("%s %s %s %s", f.Kind, f.Actor, f.Subject, strings.SplitN(f.Label, ":", 2)[0]))
			if f.Place == "" {
				w.T.Errorf("%s has no place", f.Kind)
			}
		}
		head, _ = fact.Head(tx)
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return all, head
}

func (w town) expectFacts(t *testing.T, after int64, want ...string) int64 {
	t.Helper()
	got, head := w.facts(after)
	if !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	return head
}

// names are the ids of people in their order.
func names(people []space.Person) string {
	var all []string
	for _, p := range people {
		all = append(all, p.ID)
	}
	return strings.Join(all, " ")
}

// refusal is a fault as a test writes it: "conflict space.last_moderator".
func refusal(err error) string {
	if err == nil {
		return "done"
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err.Error()
	}
	kinds := map[fault.Kind]string{
		fault.NotFound: "missing", fault.Invalid: "invalid", fault.Forbidden: "forbidden", fault.Conflict: "conflict",
		fault.TooLarge: "too large", fault.Unauthenticated: "sign in",
	}
	switch f.Kind {
	case fault.NotFound, fault.Forbidden, fault.Unauthenticated:
		return kinds[f.Kind]
	}
	return kinds[f.Kind] + " " + f.Key
}
