package joiningweb_test

import (
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
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
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/space/spaceweb"
)

// house is a community that is served.
type house struct {
	*setuptest.Place
	t     *testing.T
	url   string
	owner access.Actor
}

func both(t *testing.T, kind string, test func(t *testing.T, h *house)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := setuptest.New(t, db)
		h := &house{Place: p, t: t, owner: p.Founded(kind)}
		members := &member.Operations{DB: db, Keys: p.Keys}
		posts := &postweb.Handler{Pages: &pageweb.Handler{Pages: &page.Operations{DB: db}, Spaces: p.Spaces}, Posts: &post.Operations{DB: db, Keys: p.Keys, Polls: &poll.Operations{DB: db, Keys: p.Keys}}, Spaces: p.Spaces, Members: members, Joining: p.Joining}
		h.url, _ = p.Serve(
			[]fs.FS{signinweb.Messages, joiningweb.Messages, spaceweb.Messages, postweb.Messages, pageweb.Messages, memberweb.Messages, communityweb.Messages},
			&signinweb.Handler{SignIn: p.SignIn}, posts,
			&joiningweb.Handler{Joining: p.Joining, Spaces: p.Spaces, Members: members, Communities: p.Communities, Posts: posts.Posts},
			&spaceweb.Handler{Spaces: p.Spaces, Posts: posts, Pages: posts.Pages},
			&memberweb.Handler{Members: members, Spaces: p.Spaces, Joining: p.Joining, Communities: p.Communities},
		)
		test(t, h)
	})
}

// as is the browser of somebody who has signed in, or of a stranger.
func (h *house) as(a access.Actor) *program.Client {
	c := program.NewClient(h.t, h.url)
	if a.Kind() == access.KindMember {
		c.Hold(h.Cookie(a))
	}
	return c
}

func (h *house) stranger() *program.Client { return h.as(access.Stranger()) }

func (h *house) invite(by access.Actor, d joining.Draft) string {
	h.t.Helper()
	made, err := h.Joining.Invite(h.Ctx, by, "", d)
	if err != nil {
		h.t.Fatal(err)
	}
	return "/invite/" + made.Token
}

func (h *house) set(column, value string) {
	h.t.Helper()
	_, err := h.DB.Write(h.Ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE community SET "+column+" = $1, version = version + 1", value)
		return "", err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestGrandmotherComesIn is the whole way of somebody with a telephone, without
// scripts: a link, one form, a greeting, in.
func TestGrandmotherComesIn(t *testing.T) {
	both(t, "family", func(t *testing.T, h *house) {
		h.set("rules", "Be **kind**.")
		h.set("welcome", "Good that you are *here*.")
		path := h.invite(h.owner, joining.Draft{Role: access.FullRole, MaxUses: 1})
		c := h.stranger()
		c.Header.Set("User-Agent", "Mozilla/5.0 (iPhone) Mobile")
		page := c.Get(path)
		page.Expect(200, "Ada Lind invites you to Lime Street", "Be kind.", "What others see of you", "Your name", "!Question")
		if len(c.Cookies()) != 0 || page.Header.Get("Set-Cookie") != "" {
			t.Error("looking at an invitation sets a cookie")
		}
		refused := c.Submit(page.Form(path), url.Values{"name": {"Oma Frieda"}, "password": {"short"}, "rules": {"yes"}})
		refused.Expect(422, "One thing needs another look", "invites you")
		if got := refused.Form(path).Value("name"); got != "Oma Frieda" {
			t.Errorf("what she typed is %q now", got)
		}
		if refused.Form(path).Value("password") != "" || strings.Contains(string(refused.Body), `"short"`) {
			t.Error("her password is shown again")
		}
		form := refused.Form(path)
		in := c.Submit(form, url.Values{"name": {"Oma Frieda"}, "password": {"drei Äpfel im Korb"}, "rules": {"yes"}})
		in.Expect(200, "You are in: Lime Street", "@oma_frieda", "In case you lose your password")
		if codes := regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`).FindAllString(string(in.Body), -1); len(codes) != 10 {
			t.Errorf("%d recovery codes are shown", len(codes))
		}
		welcome := c.Follow(in, "Go in")
		welcome.Expect(200, "Welcome to Lime Street", "Good that you are here.", "Be kind.")
		if welcome.URL.Path != "/welcome" {
			t.Errorf("she is led to %s", welcome.URL.Path)
		}
		if n := h.Count("sessions WHERE device = 'phone'"); n != 1 {
			t.Errorf("%d sessions on a telephone", n)
		}
		h.stranger().Get(path).Expect(404, "does not work any more")
	})
}

func TestInvitationFormSentTwice(t *testing.T) {
	both(t, "family", func(t *testing.T, h *house) {
		path := h.invite(h.owner, joining.Draft{Role: access.FullRole, MaxUses: 1})
		first, second := h.stranger(), h.stranger()
		form := first.Get(path).Form(path)
		said := url.Values{"name": {"Nora"}, "password": {"three tall giraffes"}, "rules": {"yes"}}
		first.Submit(form, said).Expect(200, "You are in: Lime Street")
		// The same form again, of somebody whom the answer did not reach.
		second.Submit(form, said).Expect(200, "You are in: Lime Street", "@nora", "make new ones")
		second.Get("/you").Expect(200, "Nora")
		said.Set("password", "not what it was")
		h.stranger().Submit(form, said).Expect(200, "Sign in", "!nora", "!does not work")
		if n := h.Count("members WHERE name = 'Nora'"); n != 1 {
			t.Errorf("she is there %d times", n)
		}
	})
}

func TestLinksThatOpenNothingLookAlike(t *testing.T) {
	both(t, "family", func(t *testing.T, h *house) {
		used := h.invite(h.owner, joining.Draft{Role: access.FullRole, MaxUses: 1})
		c := h.stranger()
		c.Submit(c.Get(used).Form(used), url.Values{"name": {"Nora"}, "password": {"three tall giraffes"}, "rules": {"yes"}})
		keyed := regexp.MustCompile(`name="form_key" value="[^"]*"`)
		var said string
		for _, path := range []string{used, "/invite/nonsense", "/invite/" + strings.Repeat("x", 43)} {
			p := h.stranger().Get(path)
			body := keyed.ReplaceAllString(string(p.Body), "")
			if p.Status != 404 || said != "" && body != said {
				t.Errorf("%s answers %d, otherwise than the others", path, p.Status)
			}
			if strings.Contains(body, "Lime Street") {
				t.Errorf("%s names a hidden community", path)
			}
			said = body
		}
	})
}

func TestAskingWaitingAndBeingLetIn(t *testing.T) {
	both(t, "neighbourhood", func(t *testing.T, h *house) {
		h.set("question", "Which street?")
		c := h.stranger()
		page := c.Get("/join")
		page.Expect(200, "Join Lime Street", "Which street?", "!Handle")
		waiting := c.Submit(page.Form("/join"), url.Values{"name": {"Nils"}, "password": {"three tall giraffes"}, "answer": {"Lime Street 7"}, "rules": {"yes"}})
		waiting.Expect(200, "Your request is with Lime Street", "@nils_")
		c.Get("/home").Expect(200, "Waiting for an answer", "What you answered")
		if answer := c.Get("/waiting").Form("/waiting").Value("answer"); answer != "Lime Street 7" {
			t.Errorf("her answer is %q", answer)
		}
		c.Get("/people").Expect(200, "Waiting for an answer")
		c.Get("/requests").Expect(200, "Waiting for an answer")

		h.as(h.Person("mia", access.FullRole)).Get("/requests").Expect(403)
		owner, mo := h.as(h.owner), h.as(h.Person("mo", access.Moderator))
		queue := owner.Get("/requests")
		queue.Expect(200, "Nils", "Lime Street 7")
		form := func(p *program.Page) *program.Form { return onlyForm(t, p, "/requests/") }
		late := form(mo.Get("/requests"))
		c.Get("/waiting").Expect(200, "The first of them who answers decides")
		owner.Submit(form(queue), url.Values{"answer": {"yes"}}).Expect(200, "They are in", "Nobody is waiting")
		mo.Submit(late, url.Values{"answer": {"no"}}).Expect(409, "Ada Lind was quicker and let this person in")
		c.Get("/people").Expect(200, "Nils")
		c.Get("/waiting").Expect(200, "!Waiting for an answer")
		second := h.Person("second", access.Owner)
		if _, err := h.DB.Write(h.Ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec("UPDATE members SET state = 'leaving' WHERE id <> $1 AND role = 'owner'", second.ID())
			return "", err
		}); err != nil {
			t.Fatal(err)
		}
		mo.Submit(late, url.Values{"answer": {"no"}}).Expect(409, "Somebody was quicker and let this person in", "!Ada Lind")
	})
}

func onlyForm(t *testing.T, p *program.Page, prefix string) *program.Form {
	t.Helper()
	for _, f := range p.Forms() {
		if f.Method == http.MethodPost && strings.HasPrefix(f.Action.Path, prefix) {
			return f
		}
	}
	t.Fatalf("%s has no form for %s\n%s", p.URL, prefix, p.Text())
	return nil
}

func TestBeingTurnedDown(t *testing.T) {
	both(t, "neighbourhood", func(t *testing.T, h *house) {
		h.set("question", "")
		c := h.stranger()
		c.Submit(c.Get("/join").Form("/join"), url.Values{"name": {"Nils"}, "password": {"three tall giraffes"}, "rules": {"yes"}})
		owner := h.as(h.owner)
		owner.Submit(onlyForm(t, owner.Get("/requests"), "/requests/"), url.Values{"answer": {"no"}})
		page := c.Get("/home")
		page.Expect(200, "Not this time", "Delete it now")
		gone := c.Submit(page.Form("/waiting/withdraw"), nil)
		gone.Expect(200, "everything you told us is deleted", "Sign in")
		if n := h.Count("members WHERE name = 'Nils'"); n != 0 {
			t.Errorf("%d rows of his are left", n)
		}
	})
}

// TestJoinTellsNothingOfAHiddenCommunity holds the page against one that there
// is not (P104).
func TestJoinTellsNothingOfAHiddenCommunity(t *testing.T) {
	both(t, "family", func(t *testing.T, h *house) {
		join, nothing := h.raw("/join"), h.raw("/nothing-here")
		if join.StatusCode != nothing.StatusCode || strings.ReplaceAll(join.Header.Get("Location"), "join", "nothing-here") != nothing.Header.Get("Location") {
			t.Errorf("/join answers %d %s, a page that there is not %d %s", join.StatusCode, join.Header.Get("Location"), nothing.StatusCode, nothing.Header.Get("Location"))
		}
		h.set("face", "named")
		h.stranger().Get("/join").Expect(200, "by invitation", "!Password")
		h.set("face", "hidden")
		h.set("door", "open")
		h.stranger().Get("/join").Expect(200, "Everyone is welcome", "Password")
	})
}

// raw asks as a stranger and follows nowhere.
func (h *house) raw(path string) *http.Response {
	h.t.Helper()
	req, err := http.NewRequestWithContext(h.Ctx, http.MethodGet, h.url+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	return res
}

func TestMakingAnInvitation(t *testing.T) {
	both(t, "neighbourhood", func(t *testing.T, h *house) {
		c := h.as(h.owner)
		c.Get("/invitations").Expect(200, "For one person", "For a group", "For the notice board", "No invitations yet")
		page := c.Follow(c.Get("/invitations"), "For the notice board A poster to hang up. Somebody of us agrees to each newcomer.")
		form := page.Form("/invitations")
		if form.Value("approval") != "yes" || form.Value("uses") != "0" || form.Value("lasts") != "90" || form.Value("role") != "member" {
			t.Errorf("the poster is proposed with %q uses, %q days, approval %q", form.Value("uses"), form.Value("lasts"), form.Value("approval"))
		}
		fresh := c.Submit(form, url.Values{"note": {"corner shop"}})
		fresh.Expect(200, "Your invitation is ready", "Come and join Lime Street", "Somebody of us reads your request")
		body := string(fresh.Body)
		link := regexp.MustCompile(regexp.QuoteMeta(h.url) + `/invite/[A-Za-z0-9_-]{43}`).FindString(body)
		if link == "" || !strings.Contains(body, `<svg class="qr"`) || strings.Contains(body, "style=") {
			t.Errorf("the link, its code, or a style that the policy refuses: %q", link)
		}
		again := c.Submit(form, url.Values{"note": {"corner shop"}})
		again.Expect(200, "We do not keep links", "corner shop", "not yet") // led to the list
		if strings.Contains(string(again.Body), link) {
			t.Error("the link is shown a second time")
		}
		h.stranger().Get(strings.TrimPrefix(link, h.url)).Expect(200, "Ask to come in")
		revoked := c.Submit(onlyForm(t, again, "/invitations/"), nil)
		revoked.Expect(200, "is revoked")
		h.stranger().Get(strings.TrimPrefix(link, h.url)).Expect(404)
		bad := c.Get("/invitations/new").Form("/invitations")
		c.Submit(bad, url.Values{"role": {"moderator"}, "uses": {"0"}}).Expect(422, "is for one person")
		h.as(h.Person("gil", access.Guest)).Get("/invitations").Expect(200, "!For one person")
	})
}

func TestInvitationsSwitchedOff(t *testing.T) {
	both(t, "friends", func(t *testing.T, h *house) {
		path := h.invite(h.owner, joining.Draft{Role: access.FullRole})
		_, err := h.DB.Write(h.Ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			if _, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ('invitations', $1) ON CONFLICT (name) DO UPDATE SET enabled = excluded.enabled", false); err != nil {
				return "", err
			}
			_, err := tx.Exec("UPDATE community SET version = version + 1")
			return "", err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{path, "/invitations", "/invitations/new"} {
			h.as(h.owner).Get(p).Expect(404)
		}
		h.as(h.owner).Get("/you").Expect(200, "!Invitations")
		h.set("face", "named")
		h.stranger().Get("/join").Expect(200, "by invitation", "nobody new can come in", "!Any member can make one")
	})
}
