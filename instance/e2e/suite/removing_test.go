package suite_test

import (
	"net/http"
	"net/url"
	"testing"
)

// TestRemovingLeavesATrace is how moderators delete what others say (P164): they
// are asked why, its author reads it at the old address, nobody else does, and
// the audit knows who did it. What she deletes of her own leaves no such trace.
func TestRemovingLeavesATrace(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner, her := w.people["owner"], w.people["insider"]
		post := "/p/" + w.posts["edited open"]
		p.press(owner, post+"/remove", post+"/remove", url.Values{"reason": {"qzwhy it went"}})
		p.sees(her, post, "A moderator has removed this.", "Why: qzwhy it went")
		p.sees(owner, post, "Why: qzwhy it went")
		for _, other := range []string{"member", "stranger"} {
			if a := p.ask(w.people[other], http.MethodGet, post, nil); a.status != http.StatusNotFound {
				t.Errorf("%s at a removed post: %d", other, a.status)
			}
		}
		// Where something stands below it, its place stays in the thread.
		reply, thread := "/p/"+w.posts["reply open"], "/p/"+w.posts["thread open"]
		p.press(owner, reply+"/remove", reply+"/remove", url.Values{"reason": {"qztoo loud"}})
		p.sees(her, thread, "A moderator has removed this. Why: qztoo loud", "qznestedopen", "not: qzreplyopen")
		p.sees(w.people["member"], thread, "This was deleted.", "not: qztoo loud", "not: A moderator has removed this", "qznestedopen")
		p.sees(her, thread, "Why: qzreasonopen")
		nested := "/p/" + w.posts["nested open"]
		p.press(her, nested+"/delete", nested+"/delete", nil)
		if err := p.program.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		const removals = "audit WHERE kind LIKE 'post.%ed' AND kind NOT IN ('post.hidden', 'post.restored', 'post.pinned', 'post.unpinned', 'post.locked', 'post.unlocked', 'post.moved')"
		if n := p.count(removals); n != 2 {
			t.Errorf("the audit has %d lines about what was deleted, want two", n)
		}
		if n := p.count(removals + " AND actor_id = '" + owner.id + "' AND subject_id IN ('" + w.posts["edited open"] + "', '" + w.posts["reply open"] + "')"); n != 2 {
			t.Errorf("%d of them say who removed which", n)
		}
	})
}
