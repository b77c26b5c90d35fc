package portabilityweb_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/joining/joiningweb"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/member/memberweb"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/portability/portabilityweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/space"
)

// club is a community that is served: Ada Lind owns it, nora came by invitation
// and has said two things in a space.
type club struct {
	*setuptest.Place
	t           *testing.T
	url         string
	members     *member.Operations
	owner, nora access.Actor
	space       string
}

func both(t *testing.T, test func(t *testing.T, c *club)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := setuptest.New(t, db)
		c := &club{Place: p, t: t, members: &member.Operations{DB: db, Keys: p.Keys}, owner: p.Founded("neighbourhood")}
		posts := &post.Operations{DB: db, Keys: p.Keys}
		c.url, _ = p.Serve(
			[]fs.FS{signinweb.Messages, joiningweb.Messages, postweb.Messages, pageweb.Messages, memberweb.Messages, communityweb.Messages, portabilityweb.Messages},
			&signinweb.Handler{SignIn: p.SignIn},
			&postweb.Handler{Pages: &pageweb.Handler{Pages: &page.Operations{DB: db}, Spaces: p.Spaces}, Posts: posts, Spaces: p.Spaces, Members: c.members, Joining: p.Joining},
			&memberweb.Handler{Members: c.members, Spaces: p.Spaces, Joining: p.Joining, Communities: p.Communities},
			&joiningweb.Handler{Joining: p.Joining, Spaces: p.Spaces},
			&portabilityweb.Handler{Portability: &portability.Operations{DB: db, Keys: p.Keys, SignIn: p.SignIn, Polls: &poll.Operations{DB: db, Keys: p.Keys}}, Spaces: p.Spaces},
		)
		made, err := p.Joining.Invite(p.Ctx, c.owner, "", joining.Draft{Role: access.FullRole})
		must(t, err)
		a, err := p.Joining.Accept(p.Ctx, "", made.Token, joining.Newcomer{
			Wish: signin.Wish{Name: "Nora", Handle: "nora", Password: setuptest.Password, Network: "n"}, Agreed: true, Device: signin.Phone,
		})
		must(t, err)
		c.nora = access.Member(a.Member)
		c.space, err = p.Spaces.Create(p.Ctx, c.nora, "", space.Draft{Name: "Shed", Handle: "shed", Visibility: space.Open, Posting: space.Everyone})
		must(t, err)
		for _, body := range []string{"First words", "Second words"} {
			_, err := posts.Publish(p.Ctx, c.nora, "", post.Draft{Space: c.space, Body: body})
			must(t, err)
		}
		test(t, c)
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is the browser of somebody who has signed in.
func (c *club) as(a access.Actor) *program.Client {
	b := program.NewClient(c.t, c.url)
	b.Hold(c.Cookie(a))
	return b
}

// TestLeavingIsTwoClicksFromSettings is P158: a link, a button, and no word that
// makes anybody stay.
func TestLeavingIsTwoClicksFromSettings(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		nora := c.as(c.nora)
		for _, settings := range []string{"/settings/data", "/settings/account"} {
			page := nora.Follow(nora.Get(settings), "Leave and delete my account")
			page.Expect(200, "14 days", "What becomes of the 2 things you said?", "Cancel", "!sorry", "!miss you", "!sure")
		}
		leave := nora.Get("/settings/data/leave").PostForm("/settings/data/leave")
		if leave.Value("words") != "keep" {
			t.Errorf("%q is chosen for her words", leave.Value("words"))
		}
		refused := nora.Submit(leave, url.Values{"words": {"erase"}, "password": {"not my password"}})
		refused.Expect(422, "nothing was changed")
		if again := refused.PostForm("/settings/data/leave"); again.Value("words") != "erase" || again.Value("password") != "" {
			t.Error("what she chose is lost, or her password shown again")
		}
		nora.Submit(leave, url.Values{"words": {"erase"}, "password": {setuptest.Password}}).Expect(200, "You have left", "Sign in")
		c.as(c.owner).Get("/@nora").Expect(404)
		if n := c.Count("sessions WHERE member_id = $1", c.nora.ID()); n != 0 {
			t.Errorf("%d sessions of hers go on", n)
		}
		// Coming back: she signs in, and every way leads to one page.
		browser := program.NewClient(t, c.url)
		in := browser.Submit(browser.Get("/login").PostForm("/login"), url.Values{"handle": {"nora"}, "password": {setuptest.Password}})
		in.Expect(200, "You are leaving", "Stay after all")
		for _, path := range []string{"/home", "/people", "/you", "/settings/profile", "/s/shed"} {
			if p := browser.Get(path); p.URL.Path != "/leaving" && p.Status != 404 {
				t.Errorf("%s leads to %s", path, p.URL.Path)
			}
		}
		browser.Get("/settings/data").Expect(200, "@nora")
		if got := in.PostForm("/leaving/posts").Value("words"); got != "erase" {
			t.Errorf("%q is chosen for her words", got)
		}
		browser.Submit(in.PostForm("/leaving/posts"), url.Values{"words": {"keep"}}).Expect(200, "Saved.")
		browser.Submit(browser.Get("/leaving").PostForm("/leaving/stay"), nil).Expect(200, "Everything is as it was")
		c.as(c.owner).Get("/@nora").Expect(200, "Nora")
		browser.Get("/leaving").Expect(200, "!Stay after all")
	})
}

func TestLeavingWithARecoveryCode(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		codes := signintest.Codes(t, c.SignIn, c.nora.ID())
		nora := c.as(c.nora)
		leave := nora.Get("/settings/data/leave").PostForm("/settings/data/leave")
		refused := nora.Submit(leave, url.Values{"code": {"0000-0000-0000-0000"}})
		refused.Expect(422, "nothing was changed")
		nora.Submit(leave, url.Values{"code": {codes[3]}}).Expect(200, "You have left")
	})
}

func TestLastOwnerReadsHowToLeave(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		owner := c.as(c.owner)
		leave := owner.Get("/settings/data/leave").PostForm("/settings/data/leave")
		owner.Submit(leave, url.Values{"password": {setuptest.Password}}).Expect(409, "You are the only owner", "Ask somebody to be an owner")
	})
}

func TestRemovedReadsSoAndDecidesAboutHerWords(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		nora := c.as(c.nora)
		_, err := c.members.Remove(c.Ctx, c.owner, "", c.nora.ID())
		must(t, err)
		page := nora.Get("/home")
		page.Expect(200, "You are no longer a member", "talk to an owner", "!Stay after all", "!Ada")
		nora.Submit(page.PostForm("/leaving/posts"), url.Values{"words": {"erase"}}).Expect(200, "Saved.")
		nora.Get("/settings/data").Expect(200, "What we keep about you")
	})
}

func TestWhatIsKeptIsShown(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		_, err := c.members.Rename(c.Ctx, c.nora, "", "Nora", "nora_b")
		must(t, err)
		page := c.as(c.nora).Get("/settings/data")
		page.Expect(200, "Nora · @nora_b · @nora", "We do not keep your network address")
		for key, want := range map[string]string{"Posts": "2", "Replies": "none", "Recovery codes": "10", "Parts of your profile": "none"} {
			if !regexp.MustCompile(`(?m)^` + key + `\n` + want + `( |$)`).MatchString(page.Text()) {
				t.Errorf("%s are not %s in\n%s", key, want, page.Text())
			}
		}
	})
}

func TestTakingBackByDayAndSpace(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		nora := c.as(c.nora)
		choose := func(v url.Values) *program.Page {
			page := nora.Get("/settings/data/posts")
			for _, f := range page.Forms() {
				if f.Method == http.MethodGet && f.Action.Path == "/settings/data/posts" && len(f.Fields()) > 1 {
					return nora.Submit(f, v)
				}
			}
			t.Fatalf("no form in\n%s", page.Text())
			return nil
		}
		// The clock of tests begins on 12 March 2026.
		choose(url.Values{"from": {"2026-03-13"}}).Expect(200, "You have said nothing there and then", "!cannot be brought back")
		choose(url.Values{"until": {"2026-03-11"}}).Expect(200, "You have said nothing there and then")
		choose(url.Values{"from": {"yesterday"}}).Expect(422, "Write the day like")
		found := choose(url.Values{"from": {"2026-03-12"}, "until": {"2026-03-12"}, "space": {c.space}})
		found.Expect(200, "2 posts and replies fit", "cannot be brought back")
		nora.Submit(found.PostForm("/settings/data/posts"), nil).Expect(200, "Erased.")
		if n := c.Count("posts WHERE author_id = $1 AND body <> ''", c.nora.ID()); n != 0 {
			t.Errorf("%d posts are left", n)
		}
	})
}
