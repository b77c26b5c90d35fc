package post_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/post"
)

// What was read is kept for who read it: whoever asks the same a moment later
// gets what the read rule gives her, and so does the next run of an agent.
func TestListsAreKeptForOneReader(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a blue whisper")
		h.publish(access.Member("ada"), "attic", "a blue secret")
		lists := map[string]func(a access.Actor) (post.Page, error){
			"home": func(a access.Actor) (post.Page, error) { return h.posts.Threads(h.Context(), a, post.Query{}) },
			"her author": func(a access.Actor) (post.Page, error) {
				return h.posts.Threads(h.Context(), a, post.Query{Author: "ada"})
			},
			"search": func(a access.Actor) (post.Page, error) {
				return h.posts.Search(h.Context(), a, post.Wanted{Words: "blue"}, "")
			},
		}
		for name, list := range lists {
			for _, who := range []struct {
				access.Actor
				posts int
			}{{access.Member("ada"), 2}, {access.Member("ben"), 1}, {access.Member("cem"), 0}, {access.Stranger(), 0}, {wide, 2}, {narrow, 1}, {access.Member("ada"), 2}} {
				got, err := list(who.Actor)
				if err != nil || len(got.Posts) != who.posts {
					h.T.Errorf("%s: %q finds %d posts, %v, want %d", name, who.ID(), len(got.Posts), err, who.posts)
				}
				for i := range got.Posts {
					got.Posts[i].HTML = "spoilt"
				}
			}
			if got, err := list(access.Member("ada")); err != nil || got.Posts[0].HTML == "spoilt" {
				h.T.Errorf("%s: what one request does to its posts, the next one sees: %v", name, err)
			}
		}
		for who, may := range map[string]bool{"mod": true, "ben": false} {
			for range 2 {
				got, err := h.posts.Thread(h.Context(), access.Member(who), root, "")
				if err != nil || got.Space.May(access.Hide) != may {
					h.T.Errorf("%s may hide what is in the garden: %t, %v", who, got.Space.May(access.Hide), err)
				}
			}
		}
	})
}

// Who asks the same again makes the database work out nothing again, until
// something is written.
func TestListsAreReadOnce(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a blue whisper")
		statements := func() int {
			return databasetest.Statements(h.DB, func() {
				for _, err := range []error{
					second(h.posts.Threads(h.Context(), access.Member("ben"), post.Query{})),
					second(h.posts.Search(h.Context(), access.Member("ben"), post.Wanted{Words: "blue"}, "")),
					second(h.posts.Thread(h.Context(), access.Member("ben"), root, "")),
				} {
					if err != nil {
						h.T.Fatal(err)
					}
				}
			}).Count()
		}
		first, again := statements(), statements()
		if again != 3 || first < 12 { // the version of each
			h.T.Errorf("%d statements at first, then %d", first, again)
		}
		h.reply(access.Member("ada"), root, "and another")
		if after := statements(); after != first {
			h.T.Errorf("%d statements after a reply, at first it was %d", after, first)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// A thread with more text than is worth the memory is read anew each time, and
// says the same.
func TestWhatIsLargeIsNotKept(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a short beginning")
		read := func() int {
			return databasetest.Statements(h.DB, func() {
				if _, err := h.posts.Thread(h.Context(), access.Member("ben"), root, ""); err != nil {
					h.T.Fatal(err)
				}
			}).Count()
		}
		read()
		small := read()
		for range 14 {
			h.reply(access.Member("ada"), root, strings.Repeat("word ", post.MaxBody/5))
		}
		read()
		if large := read(); small != 1 || large < 4 { // the version alone; the posts and what belongs to them
			h.T.Errorf("read again, a small thread takes %d statements, a large one %d", small, large)
		}
	})
}
