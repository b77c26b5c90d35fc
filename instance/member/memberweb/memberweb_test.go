package memberweb_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"github.com/opengather/opengather/instance/joining/joiningweb"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/member/memberweb"
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
		[]fs.FS{signinweb.Messages, joiningweb.Messages, postweb.Messages, memberweb.Messages, communityweb.Messages},
		&signinweb.Handler{SignIn: p.SignIn},
		&postweb.Handler{Posts: &post.Operations{DB: db, Keys: p.Keys}, Spaces: p.Spaces, Joining: p.Joining},
		&memberweb.Handler{Members: c.members, Spaces: p.Spaces, Joining: p.Joining, Communities: p.Communities},
	)
	return c
}

// form is the only form of a page that posts to that path.
func form(p *program.Page, path string) *program.Form {
	var found []*program.Form
	for _, f := range p.Forms() {
		if f.Method == http.MethodPost && f.Action.Path == path {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return p.Form(path) // ends the test, and says what the page has
	}
	return found[0]
}

// as is the browser of somebody who has signed in, or of a stranger.
func (c *club) as(who string) *program.Client {
	b := program.NewClient(c.t, c.url)
	if who != "" {
		b.Hold(c.Cookie(c.people[who]))
	}
	return b
}

// expect holds a page to its status and to texts that it has; those after a
// "!" it must not have.
func expect(t *testing.T, p *program.Page, status int, texts ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("%s: status %d, want %d", p.URL, p.Status, status)
	}
	body := p.Title() + "\n" + p.Text()
	for _, want := range texts {
		absent, no := strings.CutPrefix(want, "!")
		if strings.Contains(body, absent) == no {
			t.Errorf("%s: %q in the page: %v\n%s", p.URL, absent, !no, body)
		}
	}
	if strings.Contains(string(p.Body), "⟦") {
		t.Errorf("%s: a text is missing\n%s", p.URL, body)
	}
}

func TestDescribingOneself(t *testing.T) {
	both(t, "club", func(t *testing.T, c *club) {
		ben := c.as("ben")
		expect(t, ben.Get("/@ben"), 200, "Nothing about you yet")
		profile := form(ben.Get("/settings/profile"), "/settings/profile")
		for field, want := range map[string]string{"about_audience": "members", "contact_audience": "me"} {
			if got := profile.Value(field); got != want {
				t.Errorf("%s is %q from the beginning", field, got)
			}
		}
		saved := ben.Submit(profile, url.Values{"about": {"I live above the bakery."}, "about_audience": {"public"}, "skills": {"Bicycles"}, "contact": {"555 1234"}})
		expect(t, saved, 200, "I live above the bakery.", "Bicycles", "555 1234")
		expect(t, c.as("cem").Get("/@ben"), 200, "I live above the bakery.", "Bicycles", "!555 1234", "Here since")
		expect(t, c.as("").Get("/@ben"), 200, "I live above the bakery.", "!Bicycles", "!555 1234", "!Here since")
		expect(t, c.as("gil").Get("/@ben"), 200, "I live above the bakery.", "!Bicycles")
		expect(t, c.as("").Get("/@cem"), 404)
		expect(t, c.as("gil").Get("/@cem"), 404)
		expect(t, c.as("cem").Get("/people?q=bicycle"), 200, "in what people say of themselves", "ben")
		expect(t, c.as("cem").Get("/people?q=555"), 200, "Nobody found")
		bad := ben.Submit(profile, url.Values{"about": {strings.Repeat("x", 1501)}, "skills": {"Kept"}})
		expect(t, bad, 422, "at most 1,500 characters")
		if got := form(bad, "/settings/profile").Value("skills"); got != "Kept" {
			t.Errorf("what else was typed is %q now", got)
		}
	})
}

func TestShowingSomethingToAList(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ben := c.as("ben")
		made := ben.Submit(form(ben.Get("/settings/lists"), "/settings/lists"), url.Values{"name": {"With a key"}})
		expect(t, made, 200, "With a key", "Nobody is on it yet")
		list := made.URL.Path
		found := ben.Get(list + "?q=CEM")
		expect(t, found, 200, "cem")
		on := ben.Submit(form(found, list+"/choose"), nil)
		expect(t, on, 200, "cem", "!Nobody is on it yet")
		profile := form(ben.Get("/settings/profile"), "/settings/profile")
		audience := "list:" + strings.TrimPrefix(list, "/settings/lists/")
		ben.Submit(profile, url.Values{"contact": {"555 1234"}, "contact_audience": {audience}})
		expect(t, c.as("cem").Get("/@ben"), 200, "555 1234")
		expect(t, c.as("ada").Get("/@ben"), 200, "!555 1234")
		expect(t, c.as("cem").Get(list), 404)
		ben.Submit(form(ben.Get(list), list+"/unchoose"), nil)
		expect(t, c.as("cem").Get("/@ben"), 200, "!555 1234")
		expect(t, ben.Submit(form(ben.Get(list), list+"/drop"), nil), 200, "is ended", "No lists yet")
	})
}

func TestRenamingKeepsLinks(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ben := c.as("ben")
		profile := form(ben.Get("/settings/account"), "/settings/account")
		expect(t, ben.Submit(profile, url.Values{"name": {"Ben Berg"}, "handle": {"cem"}}), 422, "not available")
		expect(t, ben.Submit(profile, url.Values{"name": {"Ben Berg"}, "handle": {"ben_berg"}}), 200, "is saved")
		page := c.as("cem").Get("/@ben")
		expect(t, page, 200, "Ben Berg")
		if page.URL.Path != "/@ben_berg" {
			t.Errorf("the former link leads to %s", page.URL.Path)
		}
		expect(t, ben.Submit(form(ben.Get("/settings/account"), "/settings/account/language"), url.Values{"language": {"de"}, "zone": {"Europe/Berlin"}}), 200, "Gespeichert.")
		expect(t, ben.Submit(form(ben.Get("/settings/account"), "/settings/account/language"), url.Values{"zone": {"Somewhere"}}), 422, "Zeitzone")
		expect(t, ben.Submit(form(ben.Get("/settings/appearance"), "/settings/appearance"), url.Values{"theme": {"dark"}, "order": {"active"}, "shortcuts": {}}), 200, "Gespeichert.")
		if body := string(ben.Get("/you").Body); !strings.Contains(body, `data-theme="dark"`) || strings.Contains(body, `id="shortcuts"`) {
			t.Error("the theme or the keys are as before")
		}
	})
}

func TestOwnersDecideAboutRoles(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		ada, ben := c.as("ada"), c.as("ben")
		expect(t, ben.Get("/people/cem/role"), 403)
		expect(t, c.as("mo").Get("/people/cem/role"), 403)
		expect(t, ada.Submit(form(ada.Get("/people/cem/role"), "/people/cem/role"), url.Values{"role": {"moderator"}}), 200, "The role is changed", "Moderator")
		last := ada.Submit(form(ada.Get("/people/ada/role"), "/people/ada/role"), url.Values{"role": {"member"}})
		expect(t, last, 409, "You are the only owner")

		expect(t, ada.Submit(form(ada.Get("/people/ben/role"), "/people/ben/owner"), nil), 200, "has not answered yet")
		offer := ben.Get("/you")
		expect(t, offer, 200, "Ada Lind asks you to be an owner too")
		expect(t, ben.Submit(form(offer, "/you/ownership"), url.Values{"answer": {"no"}}), 200, "You have declined", "!asks you to be an owner")
		expect(t, ada.Submit(form(ada.Get("/people/ben/role"), "/people/ben/owner"), nil), 200)
		expect(t, ben.Submit(form(ben.Get("/you"), "/you/ownership"), url.Values{"answer": {"yes"}}), 200, "You are an owner now", "The community")
		expect(t, ada.Submit(form(ada.Get("/people/ada/role"), "/people/ada/role"), url.Values{"role": {"member"}}), 200, "The role is changed")
	})
}

func TestRemovingSomebody(t *testing.T) {
	both(t, "friends", func(t *testing.T, c *club) {
		mo, cem := c.as("mo"), c.as("cem")
		expect(t, c.as("ben").Get("/people/cem/remove"), 403)
		expect(t, mo.Get("/people/ada/remove"), 403)
		page := mo.Get("/people/cem/remove")
		expect(t, page, 200, "Remove cem from the community?", "60 days")
		expect(t, cem.Get("/people"), 200)
		expect(t, mo.Submit(form(page, "/people/cem/remove"), nil), 200, "Removed.")
		expect(t, mo.Get("/@cem"), 404)
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
		expect(t, first, 200, "65 people", "person_aa", "!person_ch")
		second := c.as("ben").Follow(first, "Next page")
		expect(t, second, 200, "person_ch", "!person_aa")
		expect(t, c.as("ben").Get("/people?page=99&q=person"), 200, "person_ch")
		expect(t, c.as("ben").Get("/people?q=nobody"), 200, "Nobody found for “nobody”")
		expect(t, c.as("gil").Get("/people"), 200, "1 person", "gil", "!person_aa")
	})
}

// TestHostileFieldsStayWords sends every payload through every field and looks
// at each page on which it comes out (P86).
func TestHostileFieldsStayWords(t *testing.T) {
	c := serve(t, databasetest.SQLite(t, &databasetest.Clock{}), "friends")
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
}
