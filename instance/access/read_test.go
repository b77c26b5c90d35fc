package access_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"pgregory.net/rapid"
)

// bySQL asks the fragment about a row of the labels table, which has a label_id
// like every labelled row. Its two forms say the same, and for people so does
// the one that asks for many at once.
func bySQL(t testing.TB, db *database.DB, a access.Actor, label string) (ok bool) {
	t.Helper()
	var row, first, second, many bool
	err := db.Read(context.Background(), func(tx *database.Tx) (err error) {
		const labelled = "SELECT 1 FROM (SELECT id AS label_id FROM labels) x WHERE x.label_id = $3 AND "
		if ok, err = tx.Has(labelled+access.Readable("x"), a.Args(label)...); err == nil {
			row, err = tx.Has(labelled+access.ReadableRow("x"), a.Args(label)...)
		}
		if err == nil {
			const beside = "SELECT 1 FROM (SELECT id AS label_id FROM labels) x, (SELECT 'public' AS label_id) y WHERE x.label_id = $3 AND "
			if first, err = tx.Has(beside+access.ReadableRow("x", "y"), a.Args(label)...); err == nil {
				second, err = tx.Has(beside+access.ReadableRow("y", "x"), a.Args(label)...)
			}
		}
		if err == nil {
			many, err = among(tx, a, label)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if person := a.Kind() == access.KindMember || a.Kind() == access.KindStranger; row != ok || first != ok || second != ok || person && many != ok {
		t.Errorf("%v reads %q by one form: %t, by the other: %t, beside what is public: %t and %t, among many: %t", a, label, ok, row, first, second, many)
	}
	return ok
}

// among asks for somebody in the midst of others who ask for the same, and for
// other labels of hers, over more than one query.
func among(tx *database.Tx, a access.Actor, label string) (bool, error) {
	asked := []access.Ask{{Member: "", Label: label}, {Member: a.ID(), Label: "none"}, {Member: a.ID(), Label: label}}
	for _, m := range []string{"owner", "mod", "ada", "bob", "gil", "pia", "lea", "m0", "m1", "m2", "m3", "nobody"} {
		asked = append(asked, access.Ask{Member: m, Label: label}, access.Ask{Member: m, Label: "public"})
	}
	reads, err := access.Reads(tx, asked)
	return reads[access.Ask{Member: a.ID(), Label: label}], err
}

func byGo(t testing.TB, db *database.DB, a access.Actor, l access.Label) (ok bool) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *database.Tx) (err error) {
		ok, err = access.CanRead(tx, a, l)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// TestReadRule spells the rule out for every kind of atom, by name.
func TestReadRule(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("public")
		people := map[string]access.Role{"owner": access.Owner, "mod": access.Moderator, "ada": access.FullRole, "bob": access.FullRole, "gil": access.Guest}
		for id, role := range people {
			w.Member(id, "active", role)
		}
		w.Member("pia", "pending", access.FullRole)
		w.Member("lea", "leaving", access.FullRole)
		for _, v := range []string{"public", "open", "closed", "secret"} {
			w.Space(v, v)
			w.Put(v, "gil", "member")
			w.Put(v, "lea", "member")
			w.Put(v, "ada", "moderator")
		}
		w.Do("INSERT INTO lists (id, owner_id, name) VALUES ('friends', 'bob', 'Friends')")
		w.Do("INSERT INTO list_members (list_id, member_id) VALUES ('friends', 'gil')")
		for _, s := range []string{"open", "secret"} {
			w.Do("INSERT INTO reviews (object_id, author_id, space_id, opened_at) VALUES ($1, 'gil', $2, 0)", "held-"+s, s)
		}
		everyone := []string{"", "owner", "mod", "ada", "bob", "gil", "pia", "lea"}
		tests := []struct {
			label   access.Label
			readers string
		}{
			{access.Public(), " owner mod ada bob gil pia lea"},
			{access.ForMembers(), "owner mod ada bob"},
			{access.InSpace("public"), " owner mod ada bob gil pia lea"},
			{access.InSpace("open"), "owner mod ada bob gil"},
			{access.InSpace("closed"), "ada gil"},
			{access.InSpace("secret"), "ada gil"},
			{access.InSpace("none"), ""},
			{access.AtDoor("open"), "owner mod ada bob gil"},
			{access.AtDoor("closed"), "owner mod ada bob gil"},
			{access.AtDoor("secret"), "ada gil"},
			{access.UnderReview("held-open"), "owner mod ada gil"},
			{access.UnderReview("held-secret"), "ada gil"},
			{access.UnderReview("none"), ""},
			{access.ForList("friends"), "bob gil"},
			{access.ForSelf("bob"), "bob"},
			{access.InSpace("secret").With(access.ForMembers()), "ada"},
			{access.InSpace("open").With(access.ForSelf("gil")), "gil"},
		}
		for _, test := range tests {
			id := w.Label(test.label)
			want := map[string]bool{}
			for _, who := range everyone {
				for _, r := range split(test.readers) {
					want[who] = want[who] || who == r
				}
				a := access.Member(who)
				if who == "" {
					a = access.Stranger()
				}
				if got := bySQL(t, db, a, id); got != want[who] {
					t.Errorf("SQL: %q reads %s: %v, want %v", who, id, got, want[who])
				}
				if got := byGo(t, db, a, test.label); got != want[who] {
					t.Errorf("Go: %q reads %s: %v, want %v", who, id, got, want[who])
				}
			}
			if !bySQL(t, db, access.System("test"), id) || !byGo(t, db, access.System("test"), test.label) {
				t.Errorf("the system does not read %s", id)
			}
		}
	})
}

// split keeps an empty first name, which is the stranger.
func split(names string) (all []string) {
	if names == "" {
		return nil
	}
	word := ""
	for _, r := range names + " " {
		if r == ' ' {
			all = append(all, word)
			word = ""
			continue
		}
		word += string(r)
	}
	return all
}

func TestAgentReadsWhatItsClearanceCoversAndNothingElse(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("public")
		w.Space("a", "public")
		w.Space("b", "secret")
		both := access.InSpace("a").With(access.InSpace("b"))
		for _, test := range []struct {
			clearance, label access.Label
			want             bool
		}{
			{access.Public(), access.Public(), true},
			// A public space may close tomorrow: the run's words would stay open.
			{access.Public(), access.InSpace("a"), false},
			{access.InSpace("a"), access.InSpace("a"), true},
			{access.InSpace("a"), access.Public(), true},
			{access.InSpace("a"), both, false},
			{both, access.InSpace("b"), true},
			{both, both, true},
			{both, access.ForMembers(), false},
		} {
			a := access.Agent("bot", test.clearance)
			w.Label(test.clearance)
			if got := bySQL(t, db, a, w.Label(test.label)); got != test.want {
				t.Errorf("SQL: clearance %s reads %s: %v", test.clearance.ID(), test.label.ID(), got)
			}
			if got := byGo(t, db, a, test.label); got != test.want {
				t.Errorf("Go: clearance %s reads %s: %v", test.clearance.ID(), test.label.ID(), got)
			}
		}
	})
}

// TestBothReadRulesAgree draws worlds and labels: the Go function and the SQL
// fragment must give the same answer for everybody.
func TestBothReadRulesAgree(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("public")
		spaces := []string{"s0", "s1", "s2"}
		people := []string{"m0", "m1", "m2", "m3"}
		for _, s := range spaces {
			w.Space(s, "open")
		}
		for _, m := range people {
			w.Member(m, "active", access.FullRole)
		}
		w.Do("INSERT INTO lists (id, owner_id, name) VALUES ('l0', 'm0', '')")
		w.Do("INSERT INTO list_members (list_id, member_id) VALUES ('l0', 'm1')")
		w.Do("INSERT INTO reviews (object_id, author_id, space_id, opened_at) VALUES ('p0', 'm2', 's0', 0)")
		atoms := []access.Atom{{Kind: access.Members}, {Kind: access.List, Ref: "l0"}, {Kind: access.Review, Ref: "p0"}, {Kind: access.Self, Ref: "m3"}}
		for _, s := range spaces {
			atoms = append(atoms, access.Atom{Kind: access.Space, Ref: s}, access.Atom{Kind: access.Door, Ref: s})
		}
		rapid.Check(t, func(r *rapid.T) {
			w.Do("UPDATE community SET face = $1", rapid.SampledFrom([]string{"hidden", "named", "public"}).Draw(r, "face"))
			for _, s := range spaces {
				w.Do("UPDATE spaces SET visibility = $1 WHERE id = $2", rapid.SampledFrom([]string{"public", "open", "closed", "secret"}).Draw(r, "visibility"), s)
				m := rapid.SampledFrom(people).Draw(r, "who")
				w.Put(s, m, rapid.SampledFrom([]string{"", "member", "moderator"}).Draw(r, "place"))
			}
			for _, m := range people {
				w.Do("UPDATE members SET state = $1, role = $2 WHERE id = $3",
					rapid.SampledFrom([]string{"active", "active", "pending", "leaving", "gone"}).Draw(r, "state"),
					rapid.SampledFrom([]string{"owner", "moderator", "member", "guest"}).Draw(r, "role"), m)
			}
			label := access.Of(rapid.SliceOfN(rapid.SampledFrom(atoms), 0, 3).Draw(r, "label")...)
			clearance := access.Of(rapid.SliceOfN(rapid.SampledFrom(atoms), 0, 3).Draw(r, "clearance")...)
			w.Label(clearance)
			id := w.Label(label)
			actors := []access.Actor{access.Stranger(), access.System("test"), access.Agent("bot", clearance), access.Member("nobody")}
			for _, m := range people {
				actors = append(actors, access.Member(m))
			}
			for _, a := range actors {
				if g, s := byGo(t, db, a, label), bySQL(t, db, a, id); g != s {
					r.Fatalf("%s (kind %d) reads %s: Go says %v, SQL says %v", a.ID(), a.Kind(), id, g, s)
				}
			}
		})
	})
}

func TestLabelsAreTheirIDs(t *testing.T) {
	for _, l := range []access.Label{
		access.Public(), access.ForMembers(), access.InSpace("x"), access.InSpace("x").With(access.UnderReview("p")).With(access.ForMembers()),
	} {
		got, err := access.Parse(l.ID())
		if err != nil || got.ID() != l.ID() {
			t.Errorf("%q came back as %q, %v", l.ID(), got.ID(), err)
		}
	}
	a, b := access.InSpace("a"), access.InSpace("b")
	if a.With(b).ID() != b.With(a).ID() || a.With(a).ID() != a.ID() {
		t.Error("the same set of atoms has two ids")
	}
	if got := a.With(b).Without(access.Atom{Kind: access.Space, Ref: "b"}).ID(); got != a.ID() {
		t.Errorf("a and b without b is %s", got)
	}
	for _, bad := range []string{"", "space", "members:x", "space:b space:a", "staff:x", "space:a space:a", "public members"} {
		if _, err := access.Parse(bad); err == nil {
			t.Errorf("%q is no label", bad)
		}
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		w := accesstest.World{T: t, DB: db}
		w.Community("named")
		for _, v := range []string{"open", "closed", "secret"} {
			w.Space(v, v)
		}
		w.Space("news", "open")
		w.Do("UPDATE spaces SET posting = 'moderators' WHERE id = 'news'")
		for id, role := range map[string]access.Role{"owner": access.Owner, "mod": access.Moderator, "ada": access.FullRole, "gil": access.Guest} {
			w.Member(id, "active", role)
		}
		w.Member("pia", "pending", access.FullRole)
		for _, s := range []string{"open", "news", "closed"} {
			w.Put(s, "ada", "member")
			w.Put(s, "gil", "member")
			w.Put(s, "mod", "member")
		}
		tests := []struct {
			verb  access.Verb
			space string
			who   []string
		}{
			{access.ChangeCommunity, "", []string{"owner"}},
			{access.ChangeRoles, "", []string{"owner"}},
			{access.DecideRequests, "", []string{"owner", "mod"}},
			{access.Invite, "", []string{"owner", "mod", "ada"}},
			{access.InviteModerator, "", []string{"owner"}},
			{access.CreateSpace, "", []string{"owner", "mod", "ada"}},
			{access.JoinSpace, "open", []string{"owner", "mod", "ada"}},
			{access.JoinSpace, "closed", nil},
			{access.AskForSpace, "closed", []string{"owner"}},
			{access.JoinSpace, "secret", nil},
			{access.Publish, "open", []string{"ada", "gil", "mod"}},
			{access.Publish, "news", []string{"mod"}},
			{access.Reply, "news", []string{"ada", "gil", "mod"}},
			{access.Hide, "open", []string{"owner", "mod"}},
			{access.Hide, "closed", []string{"mod"}},
			{access.Hide, "secret", nil},
			{access.ChangeSpace, "secret", nil},
			{"no.such.verb", "open", nil},
		}
		for _, test := range tests {
			for _, who := range []string{"", "owner", "mod", "ada", "gil", "pia"} {
				want := false
				for _, x := range test.who {
					want = want || x == who
				}
				a := access.Member(who)
				if who == "" {
					a = access.Stranger()
				}
				err := db.Read(context.Background(), func(tx *database.Tx) error {
					_, err := access.Authorise(tx, a, test.verb, test.space)
					return err
				})
				if (err == nil) != want {
					t.Errorf("%s: %q in %q: %v, want allowed=%v", test.verb, who, test.space, err, want)
				}
			}
		}
		bot := access.Agent("bot", access.InSpace("open"))
		for verb, want := range map[access.Verb]bool{access.Publish: true, access.ChangeSpace: false, access.Remove: false} {
			for _, space := range []string{"open", "closed"} {
				err := db.Read(context.Background(), func(tx *database.Tx) error {
					_, err := access.Authorise(tx, bot, verb, space)
					return err
				})
				if (err == nil) != (want && space == "open") {
					t.Errorf("agent cleared for open: %s in %s: %v", verb, space, err)
				}
			}
		}
	})
}

func ExampleLabel() {
	fmt.Println(access.InSpace("garden").With(access.UnderReview("post")).ID())
	// Output: review:post space:garden
}
