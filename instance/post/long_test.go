package post_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// longThread makes a thread of two pages and a half by ben, and gives what it
// begins with and the replies.
func (h house) longThread() (root string, replies []string) {
	h.T.Helper()
	root = h.publish(access.Member("ben"), "garden", "a long story")
	for n := range 2*post.ThreadSize + 50 {
		replies = append(replies, h.reply(access.Member("ben"), root, fmt.Sprint("chapter ", n)))
	}
	return root, replies
}

// From a reply's address one gets to the page where it is, whichever that is
// for her: what she may not read moves no page, and counts nowhere.
func TestALongThreadIsCountedAndFoundAsAWhole(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root, replies := h.longThread()
		for _, id := range replies[:3] {
			h.hide(id)
		}
		for who, hidden := range map[string]int{"ben": 0, "mod": 0, "ada": 3, "gil": 3} {
			pages, after := 0, ""
			for left := len(replies) - hidden; ; {
				got, err := h.posts.Thread(h.Context(), access.Member(who), root, after)
				if err != nil || len(got.Replies) != min(left, post.ThreadSize) {
					h.T.Fatalf("page %d has %d replies for %s, %v", pages, len(got.Replies), who, err)
				}
				if got.Root.Replies != len(replies)-hidden {
					h.T.Errorf("page %d tells %s of %d replies, want %d", pages, who, got.Root.Replies, len(replies)-hidden)
				}
				for _, n := range []int{0, len(got.Replies) / 2, len(got.Replies) - 1} {
					spot, err := h.posts.ThreadOf(h.Context(), access.Member(who), got.Replies[n].ID)
					if err != nil || spot != (post.Spot{Root: root, After: after}) {
						h.T.Errorf("reply %d of page %d, behind %q, is at %+v for %s, %v", n, pages, after, spot, who, err)
					}
				}
				pages++
				left -= len(got.Replies)
				if after = got.Later; after == "" {
					break
				}
			}
			if pages != 3 {
				h.T.Errorf("%s reads %d pages", who, pages)
			}
		}
		if spot, err := h.posts.ThreadOf(h.Context(), access.Member("ada"), root); err != nil || spot != (post.Spot{Root: root}) {
			h.T.Errorf("the post itself is at %+v, %v", spot, err)
		}
	})
}

// By activity each thread is on one page, also if all was said at one moment.
func TestActivityPagesMissNothing(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		ada, want := access.Member("ada"), 2*post.PageSize+5
		var roots []string
		for range want {
			roots = append(roots, h.publish(ada, "garden", "hello"))
		}
		clock.Add(time.Minute)
		at := database.Micros(clock.Now())
		for _, id := range roots {
			h.Do("UPDATE posts SET created_at = $1 WHERE id = $2", at, h.reply(ada, id, "an answer"))
		}
		pages, before, seen := 0, "", map[string]bool{}
		for pages < 5 {
			page, err := h.posts.Threads(h.Context(), access.Member("ben"), post.Query{Space: "garden", Order: post.Active, Before: before})
			if err != nil {
				h.T.Fatal(err)
			}
			for _, p := range page.Posts {
				if seen[p.ID] {
					h.T.Errorf("%s is on two pages", p.ID)
				}
				seen[p.ID] = true
			}
			pages++
			if before = page.Older; before == "" {
				break
			}
		}
		if len(seen) != want || pages != 3 {
			h.T.Errorf("%d pages show %d threads, want %d", pages, len(seen), want)
		}
	})
}

// What is said below a hidden post reaches those who may read that, and says so.
func TestWhatIsBelowAHiddenPostSaysSo(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		id := h.reply(access.Member("ada"), root, "a whisper too")
		told := func() (by []string) {
			h.T.Helper()
			found, err := h.posts.Search(h.Context(), access.Member("mod"), post.Wanted{Words: "whisper"}, "")
			h.must("", err)
			for _, p := range append(found.Posts, h.one("mod", root), h.one("ada", id)) {
				by = append(by, fmt.Sprint(p.IsReply(), " ", p.Hidden, " ", p.RootHidden))
			}
			return by
		}
		for _, step := range []struct{ hide, want string }{
			{"", "[true false false false false false false false false true false false]"},
			{root, "[true false true false true false false true false true false true]"},
			{id, "[true true true false true false false true false true true true]"},
		} {
			if step.hide != "" {
				h.hide(step.hide)
			}
			if got := fmt.Sprint(told()); got != step.want {
				h.T.Errorf("found and asked for, they are reply, hidden, below something hidden: %s, want %s", got, step.want)
			}
		}
	})
}

// A place comes out of an address, so it may be anything: what no page says is
// refused before the database has to.
func TestPlacesThatNoPageSays(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root, ben := h.publish(access.Member("ada"), "garden", "hello"), access.Member("ben")
		for _, place := range []string{"0.\x00", "0.\xff", "0", "!.0", "0." + strings.Repeat("0", 65)} {
			_, thread := h.posts.Thread(h.Context(), ben, root, place)
			_, list := h.posts.Threads(h.Context(), ben, post.Query{Before: place})
			_, search := h.posts.Search(h.Context(), ben, post.Wanted{Words: "hello"}, place)
			for what, err := range map[string]error{"thread": thread, "list": list, "search": search} {
				if !fault.Is(err, fault.Invalid) {
					t.Errorf("a %s from %q on: %v", what, place, err)
				}
			}
		}
	})
}
