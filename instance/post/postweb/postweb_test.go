package postweb_test

import (
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/member/memberweb"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/setup/setuptest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/space"
)

// club is a community that is served: Ada Lind owns it, ben and cem are
// members. All are in an open space, the garden.
type club struct {
	*setuptest.Place
	url, garden string
	posts       *post.Operations
	people      map[string]access.Actor
}

func both(t *testing.T, test func(t *testing.T, c *club)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		p := setuptest.New(t, db)
		c := &club{Place: p, posts: &post.Operations{DB: db, Keys: p.Keys, Polls: &poll.Operations{DB: db, Keys: p.Keys}}, people: map[string]access.Actor{"ada": p.Founded("club")}}
		c.url, _ = p.Serve(
			[]fs.FS{signinweb.Messages, mediaweb.Messages, postweb.Messages, pageweb.Messages, memberweb.Messages},
			&postweb.Handler{Posts: c.posts, Pages: &pageweb.Handler{Pages: &page.Operations{DB: db}, Spaces: p.Spaces}, Spaces: p.Spaces, Members: &member.Operations{DB: db, Keys: p.Keys}, Joining: p.Joining},
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

func (c *club) publish(who, body string) string {
	c.T.Helper()
	return c.must(c.posts.Publish(c.Ctx, c.people[who], "", post.Draft{Space: c.garden, Body: body}))
}

func (c *club) reply(who, to, body string) string {
	c.T.Helper()
	return c.must(c.posts.Reply(c.Ctx, c.people[who], "", post.Draft{Parent: to, Body: body}))
}

// parent is what a reply answers.
func (c *club) parent(body string) string {
	c.T.Helper()
	found, err := c.posts.Search(c.Ctx, c.people["ada"], post.Wanted{Words: body}, "")
	if err != nil || len(found.Posts) != 1 {
		c.T.Fatalf("%d replies say %q, %v", len(found.Posts), body, err)
	}
	return found.Posts[0].ParentID
}

// target is where the link leads whose address ends so.
func target(t *testing.T, p *program.Page, with, end string) string {
	t.Helper()
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllSubmatch(p.Body, -1) {
		if to := html.UnescapeString(string(m[1])); strings.Contains(to, with) && strings.HasSuffix(to, end) {
			return to
		}
	}
	t.Fatalf("%s has no link with %s and %s", p.URL, with, end)
	return ""
}

// A thread goes on over pages. Where a reply is, its addresses lead; what is
// answered there is answered, and the number is that of all.
func TestRepliesBeyondTheFirstPage(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root := c.publish("ada", "a long story")
		var last string
		for n := range post.ThreadSize + 5 {
			last = c.reply("ben", root, fmt.Sprint("chapter", n))
		}
		cem, thread, action := c.as("cem"), "/p/"+root, "/p/"+root+"/reply"
		all := fmt.Sprint(post.ThreadSize+5, " replies")
		cem.Get(thread).Expect(http.StatusOK, all, "chapter0", "!chapter204")

		there := cem.Get("/p/" + last)
		there.At(thread, http.StatusOK).Says(all, "chapter204", "chapter200", "!chapter199")
		if there.URL.Fragment != last {
			t.Errorf("the address of a reply leads to %s", there.URL)
		}
		cem.Get(target(t, cem.Get("/search?q=chapter204"), last, last)).Says("chapter204", "!chapter0")
		cem.Get(thread+target(t, there, "after=", "#"+last)[len(thread):]).Says("chapter204", "!chapter0")

		// With the link, and with the address of the form on another page.
		for n, page := range []*program.Page{cem.Get(target(t, there, "to="+last, "#reply")), cem.Get(thread + "?to=" + last)} {
			page.Says("Your reply to ben", "!no longer there")
			if (n == 0) != strings.Contains(page.Text(), "chapter204") {
				t.Errorf("%s is another page", page.URL)
			}
			word := fmt.Sprint("epilogue", n)
			sent := cem.Submit(page.PostForm(action), url.Values{"body": {word}})
			sent.At(thread, http.StatusOK).Says(word)
			if got := c.parent(word); got != last {
				t.Errorf("sent from %s, it answers %s and not %s", page.URL, got, last)
			}
		}
	})
}

// What cannot be answered in a thread is not answered without a word by an
// answer to something else.
func TestWhatIsGoneIsNotAnswered(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root, other := c.publish("ada", "hello"), c.publish("ada", "elsewhere")
		gone, hidden, kept := c.reply("ben", root, "goner"), c.reply("ben", root, "hider"), c.reply("ben", root, "keeper")
		c.reply("ada", gone, "what was that?")
		cem, thread, action := c.as("cem"), "/p/"+root, "/p/"+root+"/reply"
		early := cem.Get(thread + "?to=" + gone)
		early.Says("Your reply to ben", "!no longer there")
		c.must(c.posts.Withdraw(c.Ctx, c.people["ben"], "", gone))
		c.must(c.posts.Hide(c.Ctx, c.people["ada"], "", hidden, ""))
		for _, to := range []string{gone, hidden, other, "nothing"} {
			page := cem.Get(thread + "?to=" + to)
			page.Expect(http.StatusOK, "What you wanted to answer is no longer there.", "!Your reply to")
			if at := page.PostForm(action).Action.Query().Get("to"); at != root {
				t.Errorf("instead of %s, %s is answered", to, at)
			}
		}
		cem.Get(thread+"?to="+kept).Says("Your reply to ben", "!no longer there")

		// Deleted while she wrote: she can send what she wrote once more.
		refused := cem.Submit(early.PostForm(action), url.Values{"body": {"late"}})
		refused.Expect(http.StatusConflict, "has been deleted. Answer the post itself instead.")
		if got := refused.PostForm(action).Value("body"); got != "late" {
			t.Errorf("of her words there is left: %q", got)
		}
		cem.Submit(refused.PostForm(action), nil).At(thread, http.StatusOK).Says("late")
		if got := c.parent("late"); got != root {
			t.Errorf("sent again, it answers %s", got)
		}
	})
}

// Hiding a reply and showing it again is said where it leads to, in the thread.
func TestWhatWasDoneToAReplyIsSaid(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root := c.publish("ben", "hello")
		id := c.reply("ben", root, "a whisper")
		ada, thread := c.as("ada"), "/p/"+root
		hidden := ada.Submit(ada.Get("/p/"+id+"/hide").PostForm("/p/"+id+"/hide"), nil).At(thread, http.StatusOK)
		hidden.Says("Hidden. Only its author and the moderators see it now.", "a whisper")
		back := ada.Submit(hidden.PostForm("/p/"+id+"/restore"), nil).At(thread, http.StatusOK)
		back.Says("Shown again.", "a whisper")
		if back.URL.Fragment != id {
			t.Errorf("it leads to %s", back.URL)
		}
	})
}

// Below a hidden post, every page about a reply says who reads it still.
func TestAudienceBelowAHiddenPost(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		root := c.publish("ben", "hello")
		id := c.reply("ben", root, "a whisper")
		c.must(c.posts.Edit(c.Ctx, c.people["ben"], "", id, 1, post.Draft{Body: "a louder whisper"}))
		c.must(c.posts.React(c.Ctx, c.people["ada"], id, "heart", true))
		said := func(words, not string) {
			t.Helper()
			for who, pages := range map[string][]string{
				"ben": {"/p/" + id + "/edit", "/p/" + id + "/delete", "/p/" + id + "/history", "/p/" + id + "/reactions"},
				"ada": {"/p/" + id + "/hide", "/p/" + id + "/remove", "/p/" + id + "/react", "/p/" + id + "/reactions", "/search?q=louder"},
			} {
				for _, page := range pages {
					c.as(who).Get(page).Expect(http.StatusOK, words, "!"+not, "!A moderator has hidden this")
				}
			}
		}
		said("All members", "The author and moderators")
		c.must(c.posts.Hide(c.Ctx, c.people["ada"], "", root, ""))
		said("The author and moderators", "All members")
	})
}

var newsURL = regexp.MustCompile(`hx-get="(/home/new[^"]+)"`)

// The line on Home says how much is new since the page was shown, whatever it
// has said before, and says nothing twice.
func TestNewsGrow(t *testing.T) {
	both(t, func(t *testing.T, c *club) {
		ben, next := c.as("ben"), ""
		ask := func(from *program.Page) {
			t.Helper()
			m := newsURL.FindSubmatch(from.Body)
			if m == nil {
				t.Fatalf("%s asks for nothing new:\n%s", from.URL, from.Body)
			}
			next = html.UnescapeString(string(m[1]))
		}
		ask(ben.Get("/home"))
		quiet := func() {
			t.Helper()
			if p := ben.Get(next); p.Status != http.StatusNoContent {
				t.Errorf("%s: %d %s", next, p.Status, p.Body)
			}
		}
		says := func(words ...string) {
			t.Helper()
			p := ben.Get(next)
			p.Expect(http.StatusOK, words...)
			ask(p)
			quiet()
		}
		quiet()
		first := c.publish("ada", "one")
		says("1 new post.")
		second := c.publish("cem", "two")
		says("2 new posts.")
		c.publish("ben", "my own")
		quiet()
		c.must(c.posts.Withdraw(c.Ctx, c.people["ada"], "", first))
		says("1 new post.")
		c.must(c.posts.Withdraw(c.Ctx, c.people["cem"], "", second))
		says("!new post", "!Show")
	})
}
