package member_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/member"
)

// town has an owner olga, a moderator mo, members ada and ben, guests gil (in
// the secret space, as ada is) and gus (in none), pia who waits and lea who
// leaves.
type town struct {
	*testing.T
	accesstest.World
	*member.Operations
	ctx context.Context
	ids map[string]string
}

func both(t *testing.T, face string, test func(d town)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		keys, err := keyring.Open(t.Context(), db, make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		d := town{t, accesstest.World{T: t, DB: db}, &member.Operations{DB: db, Keys: keys}, t.Context(), map[string]string{}}
		d.Community(face)
		for _, s := range []string{"open", "closed", "secret"} {
			d.Space(s, s)
		}
		for _, who := range []struct {
			handle string
			role   access.Role
			state  string
		}{
			{"olga", access.Owner, "active"},
			{"mo", access.Moderator, "active"},
			{"ada", access.FullRole, "active"},
			{"ben", access.FullRole, "active"},
			{"gil", access.Guest, "active"},
			{"gus", access.Guest, "active"},
			{"pia", access.FullRole, "pending"},
			{"lea", access.FullRole, "active"},
		} {
			d.admit(who.handle, who.handle, who.role, who.state)
		}
		d.Do("UPDATE members SET state = 'leaving' WHERE id = $1", d.ids["lea"])
		for _, who := range []string{"ada", "gil"} {
			d.Put("secret", d.ids[who], "member")
		}
		test(d)
	})
}

func (d town) admit(handle, name string, role access.Role, state string) {
	d.T.Helper()
	id, err := d.World.DB.Write(d.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		return member.Admit(tx, d.Keys, member.Admission{Name: name, Handle: handle, Role: role, State: state})
	})
	if err != nil {
		d.T.Fatal(err)
	}
	d.ids[handle] = id
}

func (d town) actor(who string) access.Actor {
	if who == "" {
		return access.Stranger()
	}
	return access.Member(d.ids[who])
}

func (d town) must(_ string, err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}

var everybody = []string{"", "olga", "mo", "ada", "ben", "gil", "gus", "pia", "lea"}

// TestEveryFieldIsReadByItsAudienceInEveryChannel is P102: each audience, each
// reader, and each way in which a field comes to somebody.
func TestEveryFieldIsReadByItsAudienceInEveryChannel(t *testing.T) {
	both(t, "public", func(d town) {
		list, err := d.MakeList(d.ctx, d.actor("ada"), "", "Friends")
		d.must(list, err)
		for _, who := range []string{"ben", "gil", "lea"} {
			d.Do("INSERT INTO list_members (list_id, member_id) VALUES ($1, $2)", list, d.ids[who])
		}
		d.Put("open", d.ids["ada"], "member")
		d.Put("closed", d.ids["ada"], "member")
		d.Put("closed", d.ids["mo"], "member")
		for _, test := range []struct{ audience, readers string }{
			{"me", "ada"},
			{"list:" + list, "ada ben gil"},
			{"space:secret", "ada gil"},
			{"space:closed", "ada mo"},
			{"space:open", "ada olga mo ben"},
			{"members", "ada olga mo ben"},
			{"public", " ada olga mo ben gil gus pia lea"},
		} {
			audience, ok := member.ParseAudience(test.audience)
			if !ok {
				t.Fatalf("%s is no audience", test.audience)
			}
			d.must(d.Describe(d.ctx, d.actor("ada"), "", []member.Entry{{Field: member.Skills, Value: "Trombone repair", Audience: audience}}))
			readers := strings.Split(test.readers, " ")
			for _, who := range everybody {
				want := slices.Contains(readers, who)
				for channel, sees := range d.channels(who, "trombone") {
					if channel == "directory" || channel == "search" {
						// Neither is open to who is not in the community now.
						if who == "" || who == "pia" || who == "lea" {
							want = false
						}
					}
					if sees != want {
						t.Errorf("a field for %s: %q reads it in the %s: %v, want %v", test.audience, who, channel, sees, want)
					}
					want = slices.Contains(readers, who)
				}
			}
		}
	})
}

// channels says in which ways somebody comes to see ada's field.
func (d town) channels(who, query string) map[string]bool {
	d.T.Helper()
	a := d.actor(who)
	sees := map[string]bool{}
	p, err := d.Profile(d.ctx, a, "ada")
	if err != nil && !fault.Is(err, fault.NotFound) {
		d.T.Fatal(err)
	}
	sees["profile"] = err == nil && shows(p.Entries)
	page, err := d.Directory(d.ctx, a, "ada", 1)
	if err != nil {
		d.T.Fatal(err)
	}
	found, err := d.Search(d.ctx, a, query, 20)
	if err != nil {
		d.T.Fatal(err)
	}
	for channel, people := range map[string][]member.Person{"directory": page.People, "search": found} {
		sees[channel] = slices.ContainsFunc(people, func(p member.Person) bool { return p.Handle == "ada" && shows(p.Entries) })
		// To be found by words that one may not read would tell them.
		if channel == "search" && sees[channel] != slices.ContainsFunc(people, func(p member.Person) bool { return p.Handle == "ada" }) {
			d.T.Errorf("%q finds her by what is not for her", who)
		}
	}
	return sees
}

func shows(entries []member.Entry) bool {
	return slices.ContainsFunc(entries, func(e member.Entry) bool { return e.Value == "Trombone repair" })
}

func TestAudiencesThatAreNotHersAreRefused(t *testing.T) {
	both(t, "named", func(d town) {
		list, err := d.MakeList(d.ctx, d.actor("ben"), "", "Bens")
		d.must(list, err)
		for _, audience := range []member.Audience{
			{Kind: member.Chosen, Ref: list},
			{Kind: member.Chosen, Ref: "nothing"},
			{Kind: member.Within, Ref: "closed"},
			{Kind: member.Within, Ref: "nothing"},
			{Kind: member.ToPublic},
			{Kind: "staff"},
			{},
		} {
			_, err := d.Describe(d.ctx, d.actor("ada"), "", []member.Entry{{Field: member.About, Value: "x", Audience: audience}})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", audience, err)
			}
		}
		for _, s := range []string{"", "me:x", "members:x", "list:", "space", "nobody"} {
			if a, ok := member.ParseAudience(s); ok {
				t.Errorf("%q was read as %v", s, a)
			}
		}
	})
}

func TestAPublicFieldIsSeenNoFurtherThanTheCommunity(t *testing.T) {
	both(t, "public", func(d town) {
		d.must(d.Describe(d.ctx, d.actor("ada"), "", []member.Entry{{Field: member.About, Value: "Hello", Audience: member.Audience{Kind: member.ToPublic}}}))
		p, err := d.Profile(d.ctx, access.Stranger(), "ada")
		if err != nil || len(p.Entries) != 1 || !p.JoinedAt.IsZero() {
			t.Errorf("a stranger sees %+v, %v", p, err)
		}
		if _, err := d.Profile(d.ctx, access.Stranger(), "ben"); !fault.Is(err, fault.NotFound) {
			t.Errorf("a stranger looks for somebody who shows nothing: %v", err)
		}
		d.Do("UPDATE community SET face = 'named'")
		for _, who := range []access.Actor{access.Stranger(), d.actor("pia"), d.actor("lea")} {
			if _, err := d.Profile(d.ctx, who, "ada"); !fault.Is(err, fault.NotFound) {
				t.Errorf("when the community is not public any more, %q sees her: %v", who.ID(), err)
			}
		}
		if _, err := d.Profile(d.ctx, d.actor("gus"), "ada"); err != nil {
			t.Errorf("a guest, who is here, does not: %v", err)
		}
	})
}

func TestDefaultsShowContactToNobody(t *testing.T) {
	for _, f := range member.Fields {
		want := member.ToMembers
		if f == member.Contact {
			want = member.Me
		}
		if got := f.Audience(); got.Kind != want {
			t.Errorf("%s is for %s from the beginning", f, got)
		}
	}
}

func TestWhoMayKnowOfWhom(t *testing.T) {
	both(t, "public", func(d town) {
		for viewer, known := range map[string]string{
			"": "", "olga": "olga mo ada ben gil gus", "ben": "olga mo ada ben gil gus",
			"gil": "ada gil", "gus": "gus", "pia": "", "lea": "",
		} {
			for _, who := range everybody[1:] {
				_, err := d.Profile(d.ctx, d.actor(viewer), who)
				if err != nil && !fault.Is(err, fault.NotFound) {
					t.Fatal(err)
				}
				if got, want := err == nil, slices.Contains(strings.Fields(known), who); got != want {
					t.Errorf("%q sees the page of %s: %v, want %v", viewer, who, got, want)
				}
			}
			page, err := d.Directory(d.ctx, d.actor(viewer), "", 1)
			if err != nil {
				t.Fatal(err)
			}
			if page.Total != len(strings.Fields(known)) {
				t.Errorf("the directory of %q counts %d, want %q", viewer, page.Total, known)
			}
		}
	})
}

func TestDirectoryIsSortedPagedAndSearched(t *testing.T) {
	both(t, "named", func(d town) {
		for i := range 70 {
			d.admit(fmt.Sprintf("person_%02d", i), fmt.Sprintf("Person %02d", i), access.FullRole, "active")
		}
		d.admit("oezguer", "Özgür Demir", access.FullRole, "active")
		var names []string
		for page := 1; page <= 3; page++ {
			p, err := d.Directory(d.ctx, d.actor("ada"), "", page)
			if err != nil {
				t.Fatal(err)
			}
			if p.Total != 77 || p.Pages != 2 || page < 3 && p.Page != page {
				t.Errorf("page %d is %d of %d with %d in all", page, p.Page, p.Pages, p.Total)
			}
			if page < 3 {
				for _, x := range p.People {
					names = append(names, x.Name)
				}
			}
		}
		if len(names) != 77 || names[0] != "ada" || slices.Index(names, "Özgür Demir") != slices.Index(names, "olga")+1 {
			t.Errorf("the order is %v", names)
		}
		for query, want := range map[string]int{"OZGUR": 1, "demir öz": 1, "person 07": 1, "person_07": 1, "person": 70, "oez": 1, "nobody": 0, "%": 77} {
			p, err := d.Directory(d.ctx, d.actor("ada"), query, 1)
			if err != nil || p.Total != want {
				t.Errorf("%q finds %d, want %d: %v", query, p.Total, want, err)
			}
		}
		if n := databasetest.Statements(d.World.DB, func() {
			if _, err := d.Directory(d.ctx, d.actor("ada"), "", 1); err != nil {
				t.Error(err)
			}
		}); n.Count() != 2 {
			t.Errorf("a page makes %d queries, want 2:\n%s", n.Count(), n)
		}
	})
}

func TestListsAreTheirOwnersAlone(t *testing.T) {
	both(t, "named", func(d town) {
		ada, ben := d.actor("ada"), d.actor("ben")
		list, err := d.MakeList(d.ctx, ada, "", "  Neighbours   with a key ")
		d.must(list, err)
		d.must(d.Choose(d.ctx, ada, "", list, d.ids["ben"]))
		d.must(d.Choose(d.ctx, ada, "", list, d.ids["ben"]))
		for _, who := range []string{"pia", "lea", "nobody"} {
			if _, err := d.Choose(d.ctx, ada, "", list, d.ids[who]); !fault.Is(err, fault.NotFound) {
				t.Errorf("choosing %s, whom she does not know of: %v", who, err)
			}
		}
		for name, do := range map[string]func() (string, error){
			"rename":   func() (string, error) { return d.RenameList(d.ctx, ben, "", list, "x") },
			"choose":   func() (string, error) { return d.Choose(d.ctx, ben, "", list, d.ids["ben"]) },
			"unchoose": func() (string, error) { return d.Unchoose(d.ctx, ben, "", list, d.ids["ben"]) },
			"drop":     func() (string, error) { return d.DropList(d.ctx, ben, "", list) },
		} {
			if _, err := do(); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s somebody else's list: %v", name, err)
			}
		}
		if all, err := d.Lists(d.ctx, ben); err != nil || len(all) != 0 {
			t.Errorf("somebody else sees %v, %v", all, err)
		}
		all, err := d.Lists(d.ctx, ada)
		if err != nil || len(all) != 1 || all[0].Name != "Neighbours with a key" || len(all[0].People) != 1 || all[0].People[0].Handle != "ben" {
			t.Errorf("she sees %+v, %v", all, err)
		}
		d.must(d.Describe(d.ctx, ada, "", []member.Entry{{Field: member.Contact, Value: "555", Audience: member.Audience{Kind: member.Chosen, Ref: list}}}))
		if p, err := d.Profile(d.ctx, ben, "ada"); err != nil || len(p.Entries) != 1 {
			t.Errorf("who is on the list sees %+v, %v", p, err)
		}
		d.must(d.DropList(d.ctx, ada, "", list))
		if p, err := d.Profile(d.ctx, ben, "ada"); err != nil || len(p.Entries) != 0 {
			t.Errorf("when the list is gone he sees %+v, %v", p, err)
		}
		if own, err := d.Own(d.ctx, ada); err != nil || own[5].Audience.Kind != member.Me || own[5].Value != "555" {
			t.Errorf("she has %+v, %v", own, err)
		}
	})
}
