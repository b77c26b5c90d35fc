package pageweb_test

import (
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/poll/pollweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/space/spaceweb"
)

// club is a community that is served: Ada Lind owns it, ben and cem are members. All
// are in an open space, the garden.
type club struct {
	*setuptest.Place
	url, garden string
	pages       *page.Operations
	people      map[string]access.Actor
}

func both(t *testing.T, test func(t *testing.T, c *club)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := setuptest.New(t, db)
		c := &club{Place: p, pages: &page.Operations{DB: db}, people: map[string]access.Actor{"ada": p.Founded("club")}}
		pages := &pageweb.Handler{Pages: c.pages, Spaces: p.Spaces}
		posts := &postweb.Handler{Posts: &post.Operations{DB: db, Keys: p.Keys, Polls: &poll.Operations{DB: db, Keys: p.Keys}}, Pages: pages, Spaces: p.Spaces, Members: &member.Operations{DB: db, Keys: p.Keys}, Joining: p.Joining}
		c.url, _ = p.Serve(
			[]fs.FS{signinweb.Messages, postweb.Messages, pollweb.Messages, pageweb.Messages, spaceweb.Messages}, pages, posts, &spaceweb.Handler{Spaces: p.Spaces, Posts: posts, Pages: pages},
		)
		c.garden = c.must(p.Spaces.Create(p.Ctx, c.people["ada"], "", space.Draft{Name: "Garden", Handle: "garden", Visibility: space.Open, Posting: space.Everyone}))
		for _, who := range []string{"ben", "cem"} {
			c.people[who] = p.Person(who, access.FullRole)
			c.must(p.Spaces.Join(p.Ctx, c.people[who], "", c.garden))
		}
		test(t, c)
	})
}

func (c *club) must(id string, err error) string {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
	return id
}

// as is the browser of somebody who has signed in.
func (c *club) as(who string) *program.Client {
	b := program.NewClient(c.T, c.url)
	b.Hold(c.Cookie(c.people[who]))
	return b
}

func (c *club) begin(who, title, body string) string {
	c.T.Helper()
	return c.must(c.pages.Create(c.Ctx, c.people[who], "", page.Draft{Space: c.garden, Title: title, Body: body}))
}

// A page is begun, looked at first, changed, and its versions compared and brought
// back, all by forms.
func TestAPageIsWrittenByForms(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ada, ben := c.as("ada"), c.as("ben")
		ada.Get("/s/garden/pages").Says("Pages in Garden", "No pages yet", "New page")
		form := ada.Get("/pages/new?space=" + c.garden).PostForm("/pages/new")
		looked := ada.Submit(form, url.Values{"title": {"The shed"}, "body": {"The key is **below** the pot."}, "do": {"look"}})
		looked.Says("This is how it will look", "The key is below the pot.")
		made := ada.Submit(looked.PostForm("/pages/new"), nil)
		made.Says("The page is saved.", "The shed", "The key is below the pot.", "Looks after it", "Nobody yet")
		at := made.URL.Path
		edit := ben.Get(at + "/edit").PostForm(at + "/edit")
		ben.Submit(edit, url.Values{"body": {"The key is **behind** the mat."}, "note": {"moved the key"}}).Says("behind the mat")
		ada.Get(at+"/history").Says("Version 2", "ben", "moved the key", "Now", "Version 1", "What was changed")
		diff := ada.Get(at + "/diff?to=2")
		diff.Says("Taken out: below", "Put in: behind", "Taken out: pot", "Put in: mat")
		if body := string(diff.Body); !strings.Contains(body, "<del>") || !strings.Contains(body, "<ins>") {
			t.Errorf("what was changed is not marked: %s", body)
		}
		ada.Get(at+"/diff?to=1").Says("First: Version 1", "Put in: The key is")
		ada.Get(at+"/diff?from=1&to=9").At(at+"/diff", 404)
		ada.Get(at+"/diff?to=x").At(at+"/diff", 404)
		back := ada.Get(at + "/revert?to=1")
		back.Says("Bring this version back?", "Put in: below")
		ada.Submit(back.PostForm(at+"/revert"), nil).Says("The version is back.", "The key is below the pot.")
		ben.Get("/s/garden/pages").Says("The shed", "Changed by Ada Lind")
		ben.Get("/pages").Says("The shed", "Garden")
		ben.Get("/home").Says("Pages")
		ben.Get("/s/garden").Says("Pages")
	})
}

// Who saves second is told and shown what is there now beside what she typed. Her
// words stay in the form, and saved again they replace it.
func TestTheSecondIsShownWhatTheFirstWrote(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		at := "/w/" + c.begin("ada", "Soup", "Carrots.\nLeek.\nSalt.")
		ada, ben := c.as("ada"), c.as("ben")
		first, second := ada.Get(at+"/edit").PostForm(at+"/edit"), ben.Get(at+"/edit").PostForm(at+"/edit")
		ada.Submit(first, url.Values{"body": {"Carrots.\nParsnips.\nSalt."}}).Says("The page is saved.")
		told := ben.Submit(second, url.Values{"title": {"Winter soup"}, "body": {"Carrots.\nLeek.\n<b>Pepper</b>."}, "note": {"spicier"}})
		told.At(at+"/edit", 409).Says("Somebody changed this page in the meantime", "Somebody was faster", "Ada Lind", "Only on the page now: Parsnips", "Only in your text: Leek", "<b>Pepper</b>", "Only in your text: Winter")
		again := told.PostForm(at + "/edit")
		if strings.ReplaceAll(again.Value("body"), "\r\n", "\n") != "Carrots.\nLeek.\n<b>Pepper</b>." || again.Value("title") != "Winter soup" || again.Value("note") != "spicier" {
			t.Errorf("what she typed is gone: %q %q %q", again.Value("title"), again.Value("body"), again.Value("note"))
		}
		ben.Submit(again, url.Values{"body": {"Carrots.\nParsnips.\nPepper."}}).Says("The page is saved.", "Parsnips.", "Pepper.")
		all, err := c.pages.History(c.Ctx, c.people["ben"], strings.TrimPrefix(at, "/w/"))
		c.must("", err)
		if len(all) != 3 || all[1].Body != "Carrots.\nParsnips.\nSalt." {
			t.Errorf("its versions are %+v", all)
		}
		// To look first, and a mistake, leave the version as it was.
		late := ben.Get(at + "/edit").PostForm(at + "/edit")
		looked := ben.Submit(late, url.Values{"body": {"x"}, "do": {"look"}})
		ada.Submit(ada.Get(at+"/edit").PostForm(at+"/edit"), url.Values{"body": {"y"}}).Says("The page is saved.")
		ben.Submit(looked.PostForm(at+"/edit"), nil).At(at+"/edit", 409)
	})
}

// A moderator puts a page on top and deletes it; others look after it and look it
// through.
func TestAPageIsLookedAfter(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		at := "/w/" + c.begin("ben", "The shed", "x")
		c.must(c.pages.Edit(c.Ctx, c.people["cem"], "", strings.TrimPrefix(at, "/w/"), 1, page.Draft{Title: "The shed", Body: "y"}))
		ada, ben, cem := c.as("ada"), c.as("ben"), c.as("cem")
		ben.Submit(ben.Get(at).PostForm(at+"/own"), nil).Says("You look after this page now.", "Give it up")
		cem.Get(at).Says("!I look after this page", "!Give it up", "!Put on top", "!Delete")
		ben.Submit(ben.Get(at+"/review").PostForm(at+"/review"), url.Values{"next": {"2026-03-12"}}).Says("Noted.", "Next on", "To be looked through since")
		ben.Get("/s/garden/pages").Says("To be looked through since", "ben looks after it")
		ada.Submit(ada.Get(at).PostForm(at+"/pin"), nil).Says("The page is on top.")
		open := cem.Get(at + "/review").PostForm(at + "/review")
		cem.Submit(open, url.Values{"next": {"soon"}}).At(at+"/review", 422).Says("Write a day like 2026-03-14.")
		again := ada.Get(at).PostForm(at + "/pin")
		c.must(c.pages.Pin(c.Ctx, c.people["ada"], "", strings.TrimPrefix(at, "/w/"), false))
		ada.Submit(again, nil).At(at+"/pin", 409).Says("Somebody else was faster.")
		cem.Get(at+"/delete").At(at+"/delete", 403)
		ada.Submit(ada.Get(at+"/delete").PostForm(at+"/delete"), nil).Says("The page is deleted.", "Deleted pages", "The shed")
		ben.Get(at).At(at, 404)
		ben.Get("/s/garden/pages").Says("!The shed", "!Deleted pages")
		ada.Submit(ada.Get(at).PostForm(at+"/restore"), nil).Says("The page is back.")
		mine := "/w/" + c.begin("ben", "Mine", "x")
		ben.Submit(ben.Get(mine+"/delete").PostForm(mine+"/delete"), nil).Says("The page is erased.")
		ada.Get(mine).At(mine, 404)
	})
}

// Pages stand beside posts in what a search finds, with marks.
func TestPagesStandInTheSearch(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		for range 7 {
			c.begin("ben", "Ladder", "The long ladder hangs in the shed.")
		}
		found := c.as("cem").Get("/search?q=ladder")
		found.Says("Pages", "All pages that “ladder” fits", "Page", "!Nothing found")
		if n := strings.Count(string(found.Body), "<mark>Ladder</mark>"); n != 5 {
			t.Errorf("%d pages are shown with marks", n)
		}
		if n := strings.Count(string(c.as("cem").Get("/pages?q=ladder").Body), "<mark>ladder</mark>"); n != 7 {
			t.Errorf("of all are shown %d", n)
		}
		c.as("cem").Get("/search?q=ladder&photos=1").Says("Nothing found")
		c.as("cem").Get("/search?q=ladder&in=garden").Says("!Nothing found", "Ladder")
		c.as("cem").Get("/pages?q=wheelbarrow").Says("Nothing found")
	})
}

// Switched off, pages have no trace.
func TestPagesSwitchedOff(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		at := "/w/" + c.begin("ben", "Ladder", "The long ladder.")
		c.must(c.Communities.SwitchFeature(c.Ctx, c.people["ada"], "", community.Pages, false))
		ben := c.as("ben")
		for _, path := range []string{at, at + "/history", "/pages", "/s/garden/pages", "/pages/new"} {
			ben.Get(path).At(path, 404)
		}
		ben.Get("/search?q=ladder").Says("Nothing found")
		for _, path := range []string{"/home", "/s/garden"} {
			if strings.Contains(string(ben.Get(path).Body), "/pages") {
				t.Errorf("%s leads to pages", path)
			}
		}
		c.must(c.Communities.SwitchFeature(c.Ctx, c.people["ada"], "", community.Pages, true))
		ben.Get(at).Says("The long ladder.")
	})
}
