package postweb_test

import (
	"html"
	"io/fs"
	"net/http"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member/memberweb"
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
		c := &club{Place: p, posts: &post.Operations{DB: db, Keys: p.Keys}, people: map[string]access.Actor{"ada": p.Founded("club")}}
		c.url, _ = p.Serve(
			[]fs.FS{signinweb.Messages, postweb.Messages, memberweb.Messages},
			&postweb.Handler{Posts: c.posts, Spaces: p.Spaces, Joining: p.Joining},
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
