package memberweb_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"github.com/opengather/opengather/instance/joining/joiningweb"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/member/memberweb"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin/signinweb"
)

// club is a community that is served: Ada Lind owns it, mo moderates, ben and
// cem are members, gil is a guest.
type club struct {
	*setuptest.Place
	t       *testing.T
	url     string
	members *member.Operations
	people  map[string]access.Actor
}

func both(t *testing.T, kind string, test func(t *testing.T, c *club)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) { test(t, serve(t, db, kind)) })
}

func serve(t *testing.T, db *database.DB, kind string) *club {
	t.Helper()
	p := setuptest.New(t, db)
	c := &club{Place: p, t: t, members: &member.Operations{DB: db, Keys: p.Keys}}
	c.people = map[string]access.Actor{"ada": p.Founded(kind), "": access.Stranger()}
	for handle, role := range map[string]access.Role{"mo": access.Moderator, "ben": access.FullRole, "cem": access.FullRole, "gil": access.Guest} {
		c.people[handle] = p.Person(handle, role)
	}
	c.url, _ = p.Serve(
		[]fs.FS{signinweb.Messages, joiningweb.Messages, postweb.Messages, pageweb.Messages, memberweb.Messages, communityweb.Messages},
		&signinweb.Handler{SignIn: p.SignIn},
		&postweb.Handler{Pages: &pageweb.Handler{Pages: &page.Operations{DB: db}, Spaces: p.Spaces}, Posts: &post.Operations{DB: db, Keys: p.Keys, Polls: &poll.Operations{DB: db, Keys: p.Keys}}, Spaces: p.Spaces, Members: c.members, Joining: p.Joining},
		&memberweb.Handler{Members: c.members, Spaces: p.Spaces, Joining: p.Joining, Communities: p.Communities},
	)
	return c
}

// as is the browser of somebody who has signed in, or of a stranger.
func (c *club) as(who string) *program.Client {
	b := program.NewClient(c.t, c.url)
	if who != "" {
		b.Hold(c.Cookie(c.people[who]))
	}
	return b
}

func TestDescribingOneself(t *testing.T) {
	both(t, "club", func(t *testing.T, c *club) {
		ben := c.as("ben")
		ben.Get("/@ben").Expect(200, "Nothing about you yet")
		profile := ben.Get("/settings/profile").PostForm("/settings/profile")
		for field, want := range map[string]string{"about_audience": "members", "contact_audience": "me"} {
			if got := profile.Value(field); got != want {
				t.Errorf("%s is %q from the beginning", field, got)
			}
		}
		saved := ben.Submit(profile, url.Values{"about": {"I live above the bakery."}, "about_audience": {"public"}, "skills": {"Bicycles"}, "contact": {"555 1234"}})
		saved.Expect(200, "I live above the bakery.", "Bicycles", "555 1234")
		c.as("cem").Get("/@ben").Expect(200, "I live above the bakery.", "Bicycles", "!555 1234", "Here since")
		c.as("").Get("/@ben").Expect(200, "I live above the bakery.", "!Bicycles", "!555 1234", "!Here since")
		c.as("gil").Get("/@ben").Expect(200, "I live above the bakery.", "!Bicycles")
		c.as("").Get("/@cem").Expect(404)
		c.as("gil").Get("/@cem").Expect(404)
		c.as("cem").Get("/people?q=bicycle").Expect(200, "in what people say of themselves", "ben")
		c.as("cem").Get("/people?q=555").Expect(200, "Nobody found")
		bad := ben.Submit(profile, url.Values{"about": {strings.Repeat("x", 1501)}, "skills": {"Kept"}})
		bad.Expect(422, "at most 1,500 characters")
		if got := bad.PostForm("/settings/profile").Value("skills"); got != "Kept" {
			t.Errorf("what else was typed is %q now", got)
		}
	})
}

func TestShowingSomethingToAList(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ben := c.as("ben")
		made := ben.Submit(ben.Get("/settings/lists").PostForm("/settings/lists"), url.Values{"name": {"With a key"}})
		made.Expect(200, "With a key", "Nobody is on it yet")
		list := made.URL.Path
		found := ben.Get(list + "?q=CEM")
		found.Expect(200, "cem")
		on := ben.Submit(found.PostForm(list+"/choose"), nil)
		on.Expect(200, "cem", "!Nobody is on it yet")
		profile := ben.Get("/settings/profile").PostForm("/settings/profile")
		audience := "list:" + strings.TrimPrefix(list, "/settings/lists/")
		ben.Submit(profile, url.Values{"contact": {"555 1234"}, "contact_audience": {audience}})
		c.as("cem").Get("/@ben").Expect(200, "555 1234")
		c.as("ada").Get("/@ben").Expect(200, "!555 1234")
		c.as("cem").Get(list).Expect(404)
		ben.Submit(ben.Get(list).PostForm(list+"/unchoose"), nil)
		c.as("cem").Get("/@ben").Expect(200, "!555 1234")
		ben.Submit(ben.Get(list).PostForm(list+"/drop"), nil).Expect(200, "is ended", "No lists yet")
	})
}

// TestListsWithoutDirectory: where the community keeps no list of everybody, a
// list of one's own finds nobody by a part of a name (P7).
func TestListsWithoutDirectory(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ben := c.as("ben")
		list := ben.Submit(ben.Get("/settings/lists").PostForm("/settings/lists"), url.Values{"name": {"With a key"}}).URL.Path
		ben.Get(list+"?q=ce").Expect(200, "@cem", "!whole handle")
		if _, err := c.Communities.SwitchFeature(c.Ctx, c.people["ada"], "", community.Directory, false); err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"ce", "c", "em", "ada lind", "m"} {
			ben.Get(list+"?q="+url.QueryEscape(part)).Expect(200, "Nobody found", "whole handle", "!@cem", "!Ada")
		}
		for _, whole := range []string{"cem", "@CEM"} {
			found := ben.Get(list + "?q=" + url.QueryEscape(whole))
			found.Expect(200, "@cem", "!Nobody found")
		}
		found := ben.Get(list + "?q=@cem")
		ben.Submit(found.PostForm(list+"/choose"), nil).Expect(200, "@cem", "!Nobody is on it yet")
	})
}

func TestRenamingKeepsLinks(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ben := c.as("ben")
		profile := ben.Get("/settings/account").PostForm("/settings/account")
		ben.Submit(profile, url.Values{"name": {"Ben Berg"}, "handle": {"cem"}}).Expect(422, "not available")
		ben.Submit(profile, url.Values{"name": {"Ben Berg"}, "handle": {"ben_berg"}}).Expect(200, "is saved")
		page := c.as("cem").Get("/@ben")
		page.Expect(200, "Ben Berg")
		if page.URL.Path != "/@ben_berg" {
			t.Errorf("the former link leads to %s", page.URL.Path)
		}
		ben.Submit(ben.Get("/settings/account").PostForm("/settings/account/language"), url.Values{"language": {"de"}, "zone": {"Europe/Berlin"}}).Expect(200, "Gespeichert.")
		ben.Submit(ben.Get("/settings/account").PostForm("/settings/account/language"), url.Values{"zone": {"Somewhere"}}).Expect(422, "Zeitzone")
		ben.Submit(ben.Get("/settings/appearance").PostForm("/settings/appearance"), url.Values{"theme": {"dark"}, "order": {"active"}, "shortcuts": {}}).Expect(200, "Gespeichert.")
		if body := string(ben.Get("/you").Body); !strings.Contains(body, `data-theme="dark"`) || strings.Contains(body, `id="shortcuts"`) {
			t.Error("the theme or the keys are as before")
		}
	})
}

func TestOwnersDecideAboutRoles(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ada, ben := c.as("ada"), c.as("ben")
		ben.Get("/people/cem/role").Expect(403)
		c.as("mo").Get("/people/cem/role").Expect(403)
		ada.Submit(ada.Get("/people/cem/role").PostForm("/people/cem/role"), url.Values{"role": {"moderator"}}).Expect(200, "The role is changed", "Moderator")
		last := ada.Submit(ada.Get("/people/ada/role").PostForm("/people/ada/role"), url.Values{"role": {"member"}})
		last.Expect(409, "You are the only owner")

		ada.Submit(ada.Get("/people/ben/role").PostForm("/people/ben/owner"), nil).Expect(200, "has not answered yet")
		offer := ben.Get("/you")
		offer.Expect(200, "Ada Lind asks you to be an owner too")
		ben.Submit(offer.PostForm("/you/ownership"), url.Values{"answer": {"no"}}).Expect(200, "You have declined", "!asks you to be an owner")
		ada.Submit(ada.Get("/people/ben/role").PostForm("/people/ben/owner"), nil).Expect(200)
		ben.Submit(ben.Get("/you").PostForm("/you/ownership"), url.Values{"answer": {"yes"}}).Expect(200, "You are an owner now", "The community")
		ben.Get("/@ada").Expect(200, "Change the role")
		c.as("cem").Get("/@cem").Expect(200, "!Change the role")
		own := ada.Follow(ada.Get("/@ada"), "Change the role")
		ada.Submit(own.PostForm("/people/ada/role"), url.Values{"role": {"member"}}).Expect(200, "The role is changed", "!Change the role")
	})
}

func TestRemovingSomebody(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		mo, cem := c.as("mo"), c.as("cem")
		c.as("ben").Get("/people/cem/remove").Expect(403)
		mo.Get("/people/ada/remove").Expect(403)
		page := mo.Get("/people/cem/remove")
		page.Expect(200, "Remove cem from the community?", "60 days")
		cem.Get("/people").Expect(200)
		form := page.PostForm("/people/cem/remove")
		for range 2 { // sent twice, it answers as it did
			if said := mo.Submit(form, nil); said.URL.Path != "/home" {
				t.Errorf("removing leads to %s", said.URL.Path)
			} else {
				said.Expect(200, "Removed.")
			}
		}
		if n := c.Count("facts WHERE kind = 'member.removed'"); n != 1 {
			t.Errorf("he is removed %d times", n)
		}
		mo.Get("/@cem").Expect(404)
		if p := cem.Get("/people"); p.URL.Path != "/leaving" {
			t.Errorf("removed, he is at %s", p.URL.Path)
		}
	})
}

func TestDirectoryPages(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		for i := range 60 {
			c.Person("person_"+string(rune('a'+i/26))+string(rune('a'+i%26)), access.FullRole)
		}
		first := c.as("ben").Get("/people")
		first.Expect(200, "65 people", "person_aa", "!person_ch")
		second := c.as("ben").Follow(first, "Next page")
		second.Expect(200, "person_ch", "!person_aa")
		c.as("ben").Get("/people?page=99&q=person").Expect(200, "person_ch")
		c.as("ben").Get("/people?q=nobody").Expect(200, "Nobody found for “nobody”")
		c.as("gil").Get("/people").Expect(200, "1 person", "gil", "!person_aa")
	})
}

// TestHostileFieldsStayWords sends every payload through every field and looks
// at each page on which it comes out (P86).
func TestHostileFieldsStayWords(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		cem := c.as("cem")
		for _, payload := range markuptest.Payloads {
			var entries []member.Entry
			for _, f := range member.Fields {
				text := payload.Text
				if f == member.Pronouns {
					continue // too short for them
				}
				entries = append(entries, member.Entry{Field: f, Value: text, Audience: member.Audience{Kind: member.ToMembers}})
			}
			if _, err := c.members.Describe(c.Ctx, c.people["ben"], "", entries); err != nil {
				t.Fatal(err)
			}
			for _, path := range []string{"/@ben", "/people?q=ben"} {
				page := cem.Get(path)
				if page.Status != http.StatusOK {
					t.Fatalf("%s: status %d", path, page.Status)
				}
				for _, foreign := range markuptest.ForeignRequests(c.url, string(page.Body)) {
					t.Errorf("%s with %q leads to %s", path, payload.Name, foreign)
				}
			}
		}
	})
}
