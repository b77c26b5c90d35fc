package live_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/live"
)

// TestAPageThatFailsEndsItsOwn has a page in it that nobody can look at: who
// watches it comes again later, and who watches others is told of them.
func TestAPageThatFailsEndsItsOwn(t *testing.T) {
	houses(t, func(h house) {
		good, bad := h.says("ada", "", "good"), h.says("ada", "", "bad")
		ben, gil, cem := h.reading("ben", good), h.reading("gil", bad), h.listen(h.session("ada"), h.page("ada", bad), h.page("ada", good))
		h.round()
		cem.hears()
		h.says("ada", bad, "odd")
		// A label that is read as the garden's is, and cannot be.
		h.Do("INSERT INTO labels (id, wide) VALUES ('odd', $1)", false)
		h.Do("INSERT INTO label_atoms (label_id, kind, ref) VALUES ('odd', 'space', 'garden')")
		h.Do("UPDATE posts SET label_id = 'odd' WHERE body = 'odd'")
		h.says("ada", good, "more")
		h.rest()
		if b, g, c := ben.hears(), gil.hears(), cem.hears(); b != "changed head more" || g != "end later, over" || c != "end later, over" {
			t.Errorf("ben, who watches another page, hears %q, gil %q, who watches both %q", b, g, c)
		}
		if events, err := h.hub.Once(t.Context(), h.session("ben"), []live.Page{{Address: "/p/" + bad}}); err == nil {
			t.Errorf("once: %v", events)
		}
		h.Do("UPDATE posts SET label_id = $1 WHERE body = 'odd'", access.InSpace("garden").ID())
		again := h.reading("gil", bad)
		h.says("ada", bad, "even")
		h.rest()
		if got := again.hears(); got != "changed head even" {
			t.Errorf("mended, it is %q", got)
		}
	})
}

// TestOnceSaysWhatAStreamWould asks without listening: there is always an answer,
// so that nothing new is not taken for nothing here.
func TestOnceSaysWhatAStreamWould(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		ben, was := h.session("ben"), h.page("ben", root)
		h.says("ada", root, "meanwhile")
		once := func(pages ...live.Page) string {
			h.T.Helper()
			events, err := h.hub.Once(t.Context(), ben, pages)
			h.must("", err)
			var all []string
			for _, e := range events {
				all = append(all, strings.TrimSpace(h.said(e)))
				if e.State != "" {
					was.State = e.State
				}
			}
			return strings.Join(all, ", ")
		}
		if a, b, c, d := once(was), once(was), once(live.Page{Address: "/home"}), once(live.Page{Address: "/people"}); a != "hello, changed all" || b != "hello" || c != "hello, news" || d != "" {
			t.Errorf("of a page from before %q, then %q, of home %q, of no page %q", a, b, c, d)
		}
	})
}

// TestNewsComesToHome says things and listens at Home. What was said between the
// page and the stream is news too, and of much that is said in a moment it is
// told once.
func TestNewsComesToHome(t *testing.T) {
	houses(t, func(h house) {
		home := live.Page{Address: "/home"}
		ben, cem := h.listen(h.session("ben"), home), h.listen(h.session("cem"), home)
		h.says("ada", "", "before the first round")
		h.round()
		if b, c := ben.hears(), cem.hears(); b != "hello, news" || c != "hello, news" {
			t.Errorf("at first ben hears %q, cem %q", b, c)
		}
		h.says("ada", "", "something")
		h.round()
		if got := ben.hears(); got != "" {
			t.Errorf("at once again: %q", got)
		}
		h.says("ada", "", "more")
		h.rest()
		if b, c := ben.hears(), cem.hears(); b != "news" || c != "" {
			t.Errorf("ben hears %q, cem, who is not there, %q", b, c)
		}
		h.says("ben", "", "of his own")
		h.rest()
		if got := ben.hears(); got != "" {
			t.Errorf("of what he said himself he hears %q", got)
		}
	})
}

// TestAMoveIsHeard moves a thread that two people have open to where one of them
// does not read: she is cut off by the move itself, and finds it when it is back.
func TestAMoveIsHeard(t *testing.T) {
	houses(t, func(h house) {
		h.cellar()
		root := h.says("ada", "", "root")
		h.says("ben", root, "one")
		ada, ben := h.reading("ada", root), h.reading("ben", root)
		h.moves(root, "garden", "cellar")
		h.rest()
		if got := ada.hears() + "; " + ben.hears(); got != "changed root head one; gone, end later, over" {
			t.Errorf("moved away: %q", got)
		}
		h.moves(root, "cellar", "garden")
		h.rest()
		if got := ada.hears() + "; " + h.reading("ben", root).hears(); got != "changed root head one; " {
			t.Errorf("moved back: %q", got)
		}
	})
}

// TestHiddenCostsWhatMissingCosts asks about eight pages that are not there, and
// about eight that are not for her, one of which has much below that is hidden.
func TestHiddenCostsWhatMissingCosts(t *testing.T) {
	houses(t, func(h house) {
		var missing, hidden []live.Page
		for n := range 8 {
			missing = append(missing, live.Page{Address: fmt.Sprintf("/p/01a20406-0000-7000-8000-00000000abc%d", n)})
			root := h.says("ada", "", fmt.Sprint("root ", n))
			hidden = append(hidden, live.Page{Address: "/p/" + root})
			for m := range 25 * (n / 7) {
				h.must(h.posts.Hide(h.Context(), access.Member("mod"), "", h.says("ada", root, fmt.Sprint("hushed ", m)), ""))
			}
			h.must(h.posts.Hide(h.Context(), access.Member("mod"), "", root, ""))
		}
		cem := h.session("cem")
		cost := func(pages []live.Page) databasetest.Trace {
			return databasetest.Statements(h.DB, func() {
				if events, err := h.hub.Once(t.Context(), cem, pages); err != nil || len(events) != 9 {
					t.Errorf("%v, %v", events, err)
				}
			})
		}
		cost(missing) // the community is remembered from now on
		if a, b := cost(missing), cost(hidden); a != b {
			t.Errorf("what is missing takes %d statements, what is hidden %d, or others", a.Count(), b.Count())
		}
	})
}

// TestALookIsComparedOnce tells two of the same: what differs is worked out for
// both together.
func TestALookIsComparedOnce(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		ben, gil := h.reading("ben", root), h.reading("gil", root)
		h.says("ada", root, "one")
		h.rest()
		a, err := ben.Next(t.Context())
		h.must("", err)
		b, err := gil.Next(t.Context())
		h.must("", err)
		if len(a.Parts) != 2 || &a.Parts[0] != &b.Parts[0] || a.State == b.State {
			t.Errorf("%+v and %+v", a, b)
		}
	})
}
