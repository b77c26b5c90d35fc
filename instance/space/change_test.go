package space_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

func TestRenameKeepsLinks(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(space.Draft{Name: "Garden", Handle: "garden", Visibility: space.Open, Posting: space.Everyone})
		for _, h := range []string{"allotment", "green", "garden", "yard"} {
			if err := w.revise(id, func(d *space.Draft) { d.Handle = h }); err != nil {
				t.Fatal(err)
			}
		}
		for _, address := range []string{"garden", "allotment", "green", "yard", id} {
			if v := w.seen("cem", address); v.ID != id || v.Path() != "/s/yard" {
				t.Errorf("%s leads to %s", address, v.Path())
			}
		}
		for _, h := range []string{"garden", "allotment", "green", "yard"} {
			_, err := w.Create(t.Context(), is("cem"), "", space.Draft{Name: "Another", Handle: h, Visibility: space.Open, Posting: space.Everyone})
			if got := refusal(err); got != "invalid member.handle_unavailable" {
				t.Errorf("another space takes %s: %s", h, got)
			}
		}
	})
}

// TestHandlesAreNotCollected: former handles stay taken, so a space has few.
func TestHandlesAreNotCollected(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(space.Draft{Name: "Garden", Handle: "garden_1", Visibility: space.Open, Posting: space.Everyone})
		for i := 2; i <= 6; i++ {
			if err := w.revise(id, func(d *space.Draft) { d.Handle = fmt.Sprintf("garden_%d", i) }); err != nil {
				t.Fatal(err)
			}
		}
		for _, wish := range []string{"garden_7", ""} {
			if got := refusal(w.revise(id, func(d *space.Draft) { d.Handle = wish })); got != "invalid member.handle_often" {
				t.Errorf("the seventh handle, %q: %s", wish, got)
			}
		}
		if err := w.revise(id, func(d *space.Draft) { d.Handle = "garden_2" }); err != nil {
			t.Errorf("back to a former one: %v", err)
		}
	})
}

// TestSecretSpaceGivesUpItsHandle: what a space was called before it became
// secret leads nowhere, not for those in it either, and nobody can tell it from
// any other name that is not available.
func TestSecretSpaceGivesUpItsHandle(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		garden := space.Draft{Name: "Garden", Handle: "garden", Visibility: space.Open, Posting: space.Everyone}
		id := w.begin(garden)
		if err := w.revise(id, func(d *space.Draft) { d.Handle = "allotment" }); err != nil {
			t.Fatal(err)
		}
		w.beginBy("cem", space.Draft{Name: "Street", Handle: "street", Visibility: space.Open, Posting: space.Everyone})
		if err := w.revise(id, func(d *space.Draft) { d.Visibility = space.Secret }); err != nil {
			t.Fatal(err)
		}
		if v := w.seen("ben", id); v.Path() != "/s/"+id {
			t.Errorf("the secret space is at %s", v.Path())
		}
		for _, former := range []string{"garden", "allotment"} {
			for _, who := range []string{"", "olga", "cem", "ada", "ben", "gil"} {
				if _, err := w.Find(t.Context(), is(who), former); !fault.Is(err, fault.NotFound) {
					t.Errorf("%q finds something at %s: %v", who, former, err)
				}
			}
			err := w.World.DB.Read(t.Context(), func(tx *database.Tx) error {
				_, err := member.Resolve(tx, former)
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s resolves: %v", former, err)
			}
			if secret, plain := takings(w, former), takings(w, "street"); !slices.Equal(secret, plain) || secret[0] == "done" {
				t.Errorf("taking %s is answered %q, taking a name in use %q", former, secret, plain)
			}
		}
		// No name is made of a secret space's own.
		made := w.begin(draft("Garden", space.Open))
		if v := w.seen("cem", made); !strings.HasPrefix(v.Handle, "garden_") {
			t.Errorf("the next garden is at %s", v.Path())
		}
		// It may come back to what it was called.
		if err := w.revise(id, func(d *space.Draft) { d.Visibility, d.Handle = space.Closed, "garden" }); err != nil {
			t.Fatal(err)
		}
		if v := w.seen("cem", "garden"); v.ID != id {
			t.Errorf("it is at %s again", v.Path())
		}
	})
}

// takings are the answers to somebody who wants a handle, for a space, for a
// space that is renamed, and for herself.
func takings(w town, handle string) (all []string) {
	_, err := w.Create(w.T.Context(), is("cem"), "", space.Draft{Name: "Mine", Handle: handle, Visibility: space.Closed, Posting: space.Everyone})
	all = append(all, refusal(err))
	mine, err := w.Create(w.T.Context(), is("cem"), "", draft("Mine", space.Closed))
	if err != nil {
		w.T.Fatal(err)
	}
	_, err = w.Change(w.T.Context(), is("cem"), "", mine, space.Revision{Version: 1, Draft: space.Draft{Name: "Mine", Handle: handle, Visibility: space.Closed, Posting: space.Everyone}})
	all = append(all, refusal(err))
	_, err = w.World.DB.Write(w.T.Context(), database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) {
		return "", member.TakeHandle(tx, w.Keys, handle, "member", "cem")
	})
	return append(all, refusal(err))
}

// TestSecretSpaceTakesNoHandle: whoever makes a secret space learns nothing of
// names, and nobody learns of it by trying.
func TestSecretSpaceTakesNoHandle(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		w.begin(space.Draft{Name: "Surprise", Handle: "surprise", Visibility: space.Secret, Posting: space.Everyone})
		if id := w.begin(space.Draft{Name: "Surprise", Handle: "surprise", Visibility: space.Open, Posting: space.Everyone}); w.seen("cem", "surprise").ID != id {
			t.Error("the open space did not get the handle")
		}
	})
}

func TestVisibilityHasToBeAgreedTo(t *testing.T) {
	both(t, "public", func(t *testing.T, w town) {
		all := []space.Visibility{space.Public, space.Open, space.Closed, space.Secret}
		for _, from := range all {
			for _, to := range all {
				id := w.begin(draft("Garden", from))
				for _, agreed := range append(all, "") {
					d := draft("Gardens", to)
					_, err := w.Change(t.Context(), is("ada"), "", id, space.Revision{Version: w.seen("ada", id).Version, Draft: d, Agreed: agreed})
					if refused := errors.Is(err, space.ErrUnconfirmed); err != nil && !refused || refused == (from == to || agreed == to) {
						t.Errorf("%s becomes %s, agreed to %q: %v", from, to, agreed, err)
					}
					if err == nil {
						break
					}
					if v := w.seen("ada", id); v.Name != "Garden" || v.Space.Visibility != from {
						t.Errorf("a refused change made it %s, %s", v.Name, v.Space.Visibility)
					}
				}
			}
		}
	})
}

// TestWiderSpaceHidesWhatPeopleShowedToIt: who shows something of herself to
// the people in a space has not chosen those who read it from now on.
func TestWiderSpaceHidesWhatPeopleShowedToIt(t *testing.T) {
	both(t, "public", func(t *testing.T, w town) {
		for _, c := range []struct {
			from, to space.Visibility
			hidden   bool
		}{
			{space.Secret, space.Open, true},
			{space.Closed, space.Public, true},
			{space.Open, space.Public, true},
			{space.Secret, space.Closed, false},
			{space.Open, space.Closed, false},
			{space.Open, space.Open, false},
		} {
			id := w.begin(draft("Garden", c.from))
			field := "field-" + id
			w.Do("DELETE FROM profile_fields")
			w.Do("INSERT INTO profile_fields (id, member_id, name, value, label_id, version) VALUES ($1, 'ben', 'contact', 'x', $2, 1)", field, access.InSpace(id).ID())
			w.Do("INSERT INTO profile_fields (id, member_id, name, value, label_id, version) VALUES ($1, 'ben', 'about', 'x', 'members', 1)", field+"2")
			if err := w.revise(id, func(d *space.Draft) { d.Visibility = c.to }); err != nil {
				t.Fatal(err)
			}
			want := access.InSpace(id).ID()
			if c.hidden {
				want = access.ForSelf("ben").ID()
			}
			if got := w.one("SELECT label_id FROM profile_fields WHERE id = $1", field); got != want {
				t.Errorf("%s becomes %s: the field is for %s", c.from, c.to, got)
			}
			if got := w.one("SELECT label_id FROM profile_fields WHERE id = $1", field+"2"); got != "members" {
				t.Errorf("%s becomes %s: another field is for %s", c.from, c.to, got)
			}
		}
	})
}

func TestChangeRefusals(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Garden", space.Open))
		change := func(who string, edit func(*space.Revision)) string {
			v := w.seen(who, id)
			r := space.Revision{Version: v.Version, Draft: space.Draft{Name: v.Name, Handle: v.Handle, Visibility: v.Space.Visibility, Posting: v.Space.Posting, Arrivals: v.Arrivals}}
			edit(&r)
			_, err := w.Change(t.Context(), is(who), "", id, r)
			return refusal(err)
		}
		for _, c := range []struct {
			who  string
			edit func(*space.Revision)
			want string
		}{
			{"ada", func(r *space.Revision) { r.Version-- }, "conflict space.changed_meanwhile"},
			{"ada", func(r *space.Revision) { r.Name = " \n\u202e " }, "invalid space.name_empty"},
			{"ada", func(r *space.Revision) { r.Name = strings.Repeat("ä", space.MaxName+1) }, "invalid space.name_long"},
			{"ada", func(r *space.Revision) { r.Purpose = strings.Repeat("ä", space.MaxPurpose+1) }, "invalid space.purpose_long"},
			{"ada", func(r *space.Revision) { r.Visibility = "hidden" }, "invalid space.visibility_unknown"},
			{"ada", func(r *space.Revision) { r.Posting = "nobody" }, "invalid space.posting_unknown"},
			{"ada", func(r *space.Revision) { r.Handle = "Not a handle" }, "invalid member.handle_form"},
			{"ada", func(r *space.Revision) { r.Arrivals = true }, "invalid space.arrivals_forbidden"},
			{"ada", func(r *space.Revision) { r.Visibility, r.Agreed = space.Public, space.Public }, "invalid space.public_forbidden"},
			{"olga", func(r *space.Revision) { r.Visibility, r.Agreed = space.Closed, space.Closed }, "invalid space.join_first"},
			{"mo", func(r *space.Revision) { r.Visibility, r.Agreed = space.Secret, space.Secret }, "invalid space.join_first"},
			{"mo", func(r *space.Revision) { r.Arrivals = true }, "done"},
			{"ada", func(r *space.Revision) { r.Name = strings.Repeat("ä", space.MaxName) }, "done"},
			{"ada", func(r *space.Revision) { r.Arrivals = false }, "invalid space.arrivals_forbidden"},
		} {
			if got := change(c.who, c.edit); got != c.want {
				t.Errorf("%s: %s, want %s", c.who, got, c.want)
			}
		}
		// The community may have become less public since; that is no reason to
		// refuse another name.
		w.Do("UPDATE spaces SET visibility = 'public' WHERE id = $1", id)
		if got := change("ada", func(r *space.Revision) { r.Name = "Yard" }); got != "done" {
			t.Errorf("renaming a public space: %s", got)
		}
	})
}

func TestClosedNoMoreEndsRequests(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		for _, to := range []space.Visibility{space.Open, space.Secret} {
			id := w.begin(draft("Garden", space.Closed))
			if _, err := w.Ask(t.Context(), is("cem"), "", id); err != nil {
				t.Fatal(err)
			}
			if err := w.revise(id, func(d *space.Draft) { d.Name = "Yard" }); err != nil || !w.seen("cem", id).Asking {
				t.Errorf("another name ends a request: %v", err)
			}
			if err := w.revise(id, func(d *space.Draft) { d.Visibility = to }); err != nil {
				t.Fatal(err)
			}
			if n := w.one("SELECT count(*) FROM space_requests"); n != "0" {
				t.Errorf("%s requests wait for a space that is %s", n, to)
			}
		}
	})
}

// TestAnotherNameEndsNoRequest: an invitation asks for people also where they
// could not ask by themselves.
func TestAnotherNameEndsNoRequest(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		id := w.begin(draft("Surprise", space.Secret))
		w.Do("INSERT INTO space_requests (space_id, member_id, asked_at) VALUES ($1, 'cem', $2)", id, database.Micros(time.Now()))
		if err := w.revise(id, func(d *space.Draft) { d.Name = "Party" }); err != nil {
			t.Fatal(err)
		}
		if n := w.one("SELECT count(*) FROM space_requests"); n != "1" {
			t.Errorf("%s requests wait after another name", n)
		}
	})
}

func TestHandlesAreMadeOfNames(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		for name, want := range map[string]string{
			"Street news":                           "street_news",
			"Gespräch & Café":                       "gespraech_cafe",
			"Straße":                                "strasse",
			"حديقة":                                 "space",
			"Donaudampfschifffahrtsgesellschaft AG": "donaudampfschifffahrtsg",
		} {
			id := w.begin(draft(name, space.Open))
			if v := w.seen("cem", id); v.Handle != want {
				t.Errorf("%s is at %s, want %s", name, v.Handle, want)
			}
			again := w.begin(draft(name, space.Open))
			if v := w.seen("cem", again); !strings.HasPrefix(v.Handle, want+"_") || len(v.Handle) > member.MaxHandle {
				t.Errorf("another %s is at %s", name, v.Handle)
			}
		}
	})
}

func TestFormSentTwice(t *testing.T) {
	both(t, "named", func(t *testing.T, w town) {
		d := draft("Garden", space.Open)
		first, err := w.Create(t.Context(), is("ada"), "key", d)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := w.Create(t.Context(), is("ada"), "key", d); !errors.Is(err, database.ErrRepeated) || again != first {
			t.Errorf("the same form made %s and %s, %v", first, again, err)
		}
		d.Purpose = "Something else"
		if other, err := w.Create(t.Context(), is("ada"), "key", d); err != nil || other == first {
			t.Errorf("another text with the same key: %s, %v", other, err)
		}
	})
}
