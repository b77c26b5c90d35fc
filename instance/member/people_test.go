package member_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/member"
)

func TestRenaming(t *testing.T) {
	both(t, "named", func(d town) {
		ada := d.actor("ada")
		d.must(d.Rename(d.ctx, ada, "", "Ada Lind", "ada_l"))
		for _, handle := range []string{"ada", "ada_l"} {
			if p, err := d.Profile(d.ctx, d.actor("ben"), handle); err != nil || p.Handle != "ada_l" || p.Name != "Ada Lind" {
				t.Errorf("@%s leads to %+v, %v", handle, p, err)
			}
		}
		d.Do("INSERT INTO spent_handles (hash) VALUES ($1)", d.Keys.MAC(keyring.Handles, []byte("former")))
		var said []string
		for _, handle := range []string{"ben", "ada_", "admin", "former"} {
			_, err := d.Rename(d.ctx, d.actor("mo"), "", "Mo", handle)
			if handle == "ada_" { // well-formed and free
				d.must("", err)
				continue
			}
			said = append(said, fmt.Sprint(err))
		}
		_, err := d.Rename(d.ctx, d.actor("mo"), "", "Mo", "ada") // somebody's former one
		if said = append(said, fmt.Sprint(err)); len(slices.Compact(said)) != 1 || said[0] != "member.handle_unavailable" {
			t.Errorf("refusals differ: %q", said)
		}
		for _, bad := range []string{"", "x", "Ada", "a da", "ada-l", strings.Repeat("x", 31)} {
			if _, err := d.Rename(d.ctx, ada, "", "Ada", bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("the handle %q: %v", bad, err)
			}
		}
		if found, err := d.Search(d.ctx, d.actor("ben"), "lind", 20); err != nil || len(found) != 1 {
			t.Errorf("she is found by her new name: %v, %v", found, err)
		}
		d.must(d.Rename(d.ctx, ada, "", "Ada", "ada")) // back to a handle of her own
		for i := range 4 {
			d.must(d.Rename(d.ctx, ada, "", "Ada", fmt.Sprintf("ada_%d", i)))
		}
		if _, err := d.Rename(d.ctx, ada, "", "Ada", "ada_9"); !fault.Is(err, fault.Invalid) {
			t.Errorf("a seventh handle: %v", err)
		}
		d.must(d.Rename(d.ctx, ada, "", "Ada", "ada_l"))
	})
}

func TestPreferences(t *testing.T) {
	both(t, "named", func(d town) {
		good := member.Preferences{Language: "de", Zone: "Europe/Berlin", Theme: "dark", Order: "active"}
		d.must(d.Prefer(d.ctx, d.actor("ada"), "", good))
		for field, spoil := range map[string]func(*member.Preferences){
			"language": func(p *member.Preferences) { p.Language = "../de" },
			"zone":     func(p *member.Preferences) { p.Zone = "Local" },
			"theme":    func(p *member.Preferences) { p.Theme = "pink" },
			"order":    func(p *member.Preferences) { p.Order = "best" },
		} {
			p := good
			spoil(&p)
			var f *fault.Fault
			if _, err := d.Prefer(d.ctx, d.actor("ada"), "", p); !errors.As(err, &f) || f.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

func TestWhoChangesRoles(t *testing.T) {
	both(t, "named", func(d town) {
		for _, who := range everybody {
			_, err := d.ChangeRole(d.ctx, d.actor(who), "", d.ids["ben"], access.Moderator)
			if (err == nil) != (who == "olga") {
				t.Errorf("%q makes a moderator: %v", who, err)
			}
			_, err = d.OfferOwnership(d.ctx, d.actor(who), "", d.ids["ada"])
			if (err == nil) != (who == "olga") {
				t.Errorf("%q offers ownership: %v", who, err)
			}
		}
		olga := d.actor("olga")
		if _, err := d.ChangeRole(d.ctx, olga, "", d.ids["ben"], access.Owner); !fault.Is(err, fault.Invalid) {
			t.Errorf("made an owner without being asked: %v", err)
		}
		if _, err := d.ChangeRole(d.ctx, olga, "", d.ids["pia"], access.Guest); !fault.Is(err, fault.NotFound) {
			t.Errorf("a role for somebody who waits: %v", err)
		}
		if _, err := d.ChangeRole(d.ctx, olga, "", d.ids["olga"], access.FullRole); !errors.Is(err, member.ErrLastOwner) {
			t.Errorf("the last owner steps down: %v", err)
		}
	})
}

func TestOwnershipIsAcceptedByWhoeverReceivesIt(t *testing.T) {
	both(t, "named", func(d town) {
		olga, ada, ben := d.actor("olga"), d.actor("ada"), d.actor("ben")
		d.must(d.OfferOwnership(d.ctx, olga, "", d.ids["ada"]))
		if p, err := d.Profile(d.ctx, olga, "ada"); err != nil || p.Role != access.FullRole {
			t.Errorf("before she has said yes she is %v, %v", p.Role, err)
		}
		if _, _, err := d.Offered(d.ctx, ben, d.ids["ada"]); !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody else is told of the offer: %v", err)
		}
		if _, err := d.DeclineOwnership(d.ctx, ben, "", d.ids["ada"]); !fault.Is(err, fault.Forbidden) {
			t.Errorf("somebody else declines: %v", err)
		}
		if offer, ok, err := d.Offered(d.ctx, ada, d.ids["ada"]); err != nil || !ok || offer.From.Handle != "olga" {
			t.Errorf("she is told %+v, %v, %v", offer, ok, err)
		}
		if _, err := d.AcceptOwnership(d.ctx, ben, ""); !fault.Is(err, fault.Gone) {
			t.Errorf("somebody accepts who was not asked: %v", err)
		}
		d.must(d.AcceptOwnership(d.ctx, ada, ""))
		d.must(d.ChangeRole(d.ctx, olga, "", d.ids["olga"], access.FullRole))
		if _, err := d.OfferOwnership(d.ctx, olga, "", d.ids["ben"]); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a former owner offers: %v", err)
		}
		// An offer is worth nothing once its maker is no owner.
		d.must(d.OfferOwnership(d.ctx, ada, "", d.ids["ben"]))
		d.must(d.OfferOwnership(d.ctx, ada, "", d.ids["olga"]))
		d.must(d.AcceptOwnership(d.ctx, olga, ""))
		d.must(d.ChangeRole(d.ctx, olga, "", d.ids["ada"], access.FullRole))
		if _, err := d.AcceptOwnership(d.ctx, ben, ""); !fault.Is(err, fault.Gone) {
			t.Errorf("an offer of a former owner: %v", err)
		}
	})
}

// TestOneOwnerStays lets two last owners go at the same time, in every pair of
// ways.
func TestOneOwnerStays(t *testing.T) {
	both(t, "named", func(d town) {
		stepDown := func(who string) error {
			_, err := d.ChangeRole(d.ctx, d.actor(who), "", d.ids[who], access.FullRole)
			return err
		}
		leave := func(who string) error {
			_, err := d.World.DB.Write(d.ctx, database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) {
				return "", member.Depart(tx, d.actor(who), d.ids[who], member.Departure{After: member.Grace})
			})
			return err
		}
		for _, ways := range [][2]func(string) error{{stepDown, stepDown}, {stepDown, leave}, {leave, leave}} {
			d.Do("UPDATE members SET role = 'owner', state = 'active' WHERE handle IN ('olga', 'ada')")
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for i, who := range []string{"olga", "ada"} {
				wg.Go(func() { errs[i] = ways[i](who) })
			}
			wg.Wait()
			var owners int
			err := d.World.DB.Read(d.ctx, func(tx *database.Tx) error {
				return tx.One([]any{&owners}, "SELECT count(*) FROM members WHERE role = 'owner' AND state = 'active'")
			})
			if err != nil || owners != 1 || (errs[0] == nil) == (errs[1] == nil) {
				t.Errorf("%d owners are left: %v, %v", owners, errs, err)
			}
			for _, err := range errs {
				if err != nil && !errors.Is(err, member.ErrLastOwner) {
					t.Error(err)
				}
			}
		}
	})
}

func TestWhoRemovesWhom(t *testing.T) {
	both(t, "named", func(d town) {
		d.admit("mia", "mia", access.Moderator, "active")
		d.admit("otto", "otto", access.Owner, "active")
		for _, test := range []struct {
			who, whom string
			want      fault.Kind
		}{
			{"ada", "ben", fault.Forbidden},
			{"gil", "ben", fault.NotFound},
			{"mo", "mia", fault.Forbidden},
			{"mo", "olga", fault.Forbidden},
			{"mo", "mo", fault.Forbidden},
			{"olga", "otto", fault.Forbidden},
			{"mo", "pia", fault.NotFound},
			{"mo", "ben", 0},
			{"mo", "gil", 0},
			{"olga", "mia", 0},
		} {
			_, err := d.Remove(d.ctx, d.actor(test.who), "", d.ids[test.whom])
			if (err == nil) != (test.want == 0) || err != nil && fault.KindOf(err) != test.want {
				t.Errorf("%s removes %s: %v", test.who, test.whom, err)
			}
		}
		for _, who := range []string{"ben", "gil", "mia"} {
			err := d.World.DB.Read(d.ctx, func(tx *database.Tx) error {
				for _, l := range []access.Label{access.ForMembers(), access.InSpace("open"), access.InSpace("secret")} {
					if ok, err := access.CanRead(tx, d.actor(who), l); err != nil || ok {
						t.Errorf("removed, %s still reads %s: %v", who, l.ID(), err)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Profile(d.ctx, d.actor("olga"), who); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s is still shown: %v", who, err)
			}
			_, err = d.World.DB.Write(d.ctx, database.Op{Class: database.Own}, func(tx *database.Tx) (string, error) { return "", member.Stay(tx, d.ids[who]) })
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s takes the removal back: %v", who, err)
			}
		}
	})
}

func TestFieldsAreChecked(t *testing.T) {
	both(t, "named", func(d town) {
		ada := d.actor("ada")
		for _, f := range member.Fields {
			var refused *fault.Fault
			_, err := d.Describe(d.ctx, ada, "", []member.Entry{{Field: f, Value: strings.Repeat("ä", f.Max()+1), Audience: f.Audience()}})
			if !errors.As(err, &refused) || refused.Field != string(f) {
				t.Errorf("too much in %s: %v", f, err)
			}
			d.must(d.Describe(d.ctx, ada, "", []member.Entry{{Field: f, Value: strings.Repeat("ä", f.Max()), Audience: f.Audience()}}))
		}
		if _, err := d.Describe(d.ctx, ada, "", []member.Entry{{Field: "birthday", Value: "x", Audience: member.Audience{Kind: member.Me}}}); err == nil {
			t.Error("a field that there is not was stored")
		}
		d.must(d.Describe(d.ctx, ada, "", []member.Entry{{Field: member.About, Value: " a\u202eb\x00c\r\nd ", Audience: member.About.Audience()}}))
		if own, err := d.Own(d.ctx, ada); err != nil || own[0].Value != "abc\nd" {
			t.Errorf("stored %q, %v", own[0].Value, err)
		}
		d.must(d.Describe(d.ctx, ada, "", []member.Entry{{Field: member.About, Value: " "}}))
		if own, err := d.Own(d.ctx, ada); err != nil || own[0].Value != "" || own[0].Audience.Kind != member.ToMembers {
			t.Errorf("emptied it is %+v, %v", own[0], err)
		}
		for _, who := range []string{"pia", "lea", ""} {
			if _, err := d.Describe(d.ctx, d.actor(who), "", nil); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q describes herself: %v", who, err)
			}
		}
	})
}

// TestNobodyIsFoundWithoutDirectory: where the community keeps no list of
// everybody, only a whole handle finds somebody, and still nobody hidden.
func TestNobodyIsFoundWithoutDirectory(t *testing.T) {
	both(t, "named", func(d town) {
		d.Do("INSERT INTO features (name, enabled) VALUES ('directory', $1)", false)
		for query, want := range map[string]int{"": 0, "a": 0, "ad": 0, "ada": 1, "@Ada": 1, "ada ben": 0, "gus": 1, "pia": 0, "lea": 0} {
			if p, err := d.Directory(d.ctx, d.actor("ben"), query, 1); err != nil || p.Total != want {
				t.Errorf("%q finds %d, want %d: %v", query, p.Total, want, err)
			}
		}
		if found, err := d.Search(d.ctx, d.actor("ben"), "ada", 20); err != nil || len(found) != 0 {
			t.Errorf("searching finds %v, %v", found, err)
		}
		d.Do("UPDATE features SET enabled = $1", true)
		if p, err := d.Directory(d.ctx, d.actor("ben"), "ad", 1); err != nil || p.Total != 1 {
			t.Errorf("with a directory a part of a name finds %d, %v", p.Total, err)
		}
	})
}
