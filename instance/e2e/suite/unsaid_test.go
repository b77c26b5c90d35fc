package suite_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
)

// sealed is a cursor, which is sealed anew for each page that has it. How long
// it is stays to be compared.
var sealed = regexp.MustCompile(`(?:cursor=|data-state=")[\w-]{20,}`)

// walk gets every page that somebody can come to by links, as she sees it: all
// of it, but the keys of forms and the cursors.
func (w *town) walk(who *person, queue []string) map[string]string {
	w.t.Helper()
	pages := map[string]string{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		mark := sealed.ReplaceAllStringFunc(path, dots)
		if _, seen := pages[mark]; seen {
			continue
		}
		a := w.ask(who, http.MethodGet, path, nil)
		pages[mark] = sealed.ReplaceAllStringFunc(same(a), dots)
		queue = append(queue, links(a)...)
	}
	return pages
}

func dots(s string) string { return strings.Repeat(".", len(s)) }

// sayMore says in a space, and in what is hidden in another, everything that
// leaves a trace somewhere, with a word that nobody said before.
func (w *town) sayMore(where string) (id string) {
	w.t.Helper()
	ctx, o := w.t.Context(), w.program.Posts
	by, keeper := w.people["insider"].actor(), w.keeper(where).actor()
	body := "qzunsaid for @" + w.people["quiet"].handle
	id = w.must(o.Publish(ctx, by, "", post.Draft{Space: w.spaces[where].ID, Title: "qzunsaid", Body: body, Kind: post.Question}))
	below := w.must(o.Reply(ctx, keeper, "", post.Draft{Parent: id, Body: body}))
	w.must(o.React(ctx, keeper, id, "heart", true))
	w.must(o.Edit(ctx, by, "", id, 1, post.Draft{Title: "qzunsaid", Body: body + " again", Kind: post.Question}))
	w.must(o.Accept(ctx, by, "", id, below, ""))
	polls := w.program.Polls
	asked := &poll.Draft{Method: poll.Single, Length: poll.Usual, Options: []string{"qzunsaid", "neither"}}
	w.must(polls.Choose(ctx, keeper, "", w.must(o.Publish(ctx, by, "", post.Draft{Space: w.spaces[where].ID, Body: "harvest", Poll: asked})), poll.Vote{0}, ""))
	w.must(o.Pin(ctx, keeper, "", id, true))
	w.must(o.Lock(ctx, keeper, "", id, true))
	w.must(o.Lock(ctx, keeper, "", id, false))
	w.must(o.Settle(ctx, by, "", w.posts["edited "+where], true))
	w.must(o.Hide(ctx, keeper, "", below, "qzunsaid"))
	w.must(o.Remove(ctx, keeper, "", w.must(o.Reply(ctx, by, "", post.Draft{Parent: id, Body: body})), "qzunsaid"))
	hidden := w.posts["hidden public"]
	w.must(o.Edit(ctx, by, "", hidden, 2, post.Draft{Title: "qzunsaid", Body: body, Kind: post.Request}))
	w.must(o.Settle(ctx, by, "", hidden, true))
	w.must(o.Pin(ctx, w.keeper("public").actor(), "", hidden, false))
	w.must(o.React(ctx, by, hidden, "heart", true))
	w.must(o.Hide(ctx, w.keeper("public").actor(), "", w.must(o.Reply(ctx, by, "", post.Draft{Parent: w.posts["thread public"], Body: body})), "qzunsaid"))
	return id
}

// TestWhatIsSaidElsewhereChangesNoPage has things said in a secret space, and
// in a hidden post of a public one: every page there is stays the same, to
// the byte, for who may read neither (P104).
func TestWhatIsSaidElsewhereChangesNoPage(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		from := []string{
			"/", "/home", "/home?sort=active", "/home/new", "/spaces", "/people", "/search?q=harvest", "/search?q=qzunsaid", "/search?q=harvest&sort=newest", "/search?since=2026-01-01", "/search?from=" + w.people["insider"].handle, "/search?in=" + w.spaces["public"].ID, "/people?q=qzunsaid", "/about/numbers", "/months", "/months/2026-03", "/months/2026-02", w.spaces["open"].Path() + "/photos",
			"/@" + w.people["insider"].handle, "/p/" + w.posts["hidden public"], "/p/" + w.posts["thread secret"], "/s/" + w.spaces["secret"].ID,
		}
		roles := w.some([]string{"quiet", "guest", "leaving", "stranger"})
		before := map[string]map[string]string{}
		for _, role := range roles {
			w.walk(w.people[role], from) // has her see what is new to her
			before[role] = w.walk(w.people[role], from)
		}
		id := w.sayMore("secret")
		for _, role := range roles {
			after := w.walk(w.people[role], from)
			for path, page := range before[role] {
				if after[path] != page {
					t.Errorf("%s can tell at %s that something was said:\n%s", role, path, differ(page, after[path]))
				}
			}
			if len(after) != len(before[role]) || len(after) < len(from) {
				t.Errorf("%s came to %d pages, then to %d", role, len(before[role]), len(after))
			}
		}
		if a := w.ask(w.people["insider"], http.MethodGet, "/p/"+id, nil); a.status != http.StatusOK || !has(a.body, "qzunsaid") {
			t.Errorf("nothing was said: %d", a.status)
		}
	})
}
