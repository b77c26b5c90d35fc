package post_test

import (
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// said is what somebody reads that a post said before, newest first.
func (h house) said(who, id string) string {
	h.T.Helper()
	all, err := h.posts.History(h.Context(), access.Member(who), id)
	if err != nil {
		h.T.Fatal(err)
	}
	return strings.Join(words(all), ", ")
}

// What a post said in front of everybody, everybody reads in its history, also
// if it was replaced while it was hidden. What it said only while it was hidden
// stays with its author and the moderators, for good.
func TestHistoryKeepsItsLabels(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		t := h.T
		id := h.publish(access.Member("ada"), "garden", "first")
		version := int64(1)
		edit := func(body string) {
			t.Helper()
			h.must(h.posts.Edit(h.Context(), access.Member("ada"), "", id, version, post.Draft{Body: body}))
			version++
		}
		restore := func() {
			t.Helper()
			h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", id))
		}
		edit("second")
		h.hide(id)
		edit("only for the moderators")
		edit("third")
		restore()
		h.hide(id)
		restore()
		h.hide(id)
		edit("again for the moderators")
		edit("fourth")
		restore()
		for who, want := range map[string]string{
			"ben": "third, second, first",
			"ada": "again for the moderators, third, only for the moderators, second, first",
			"mod": "again for the moderators, third, only for the moderators, second, first",
		} {
			if got := h.said(who, id); got != want {
				t.Errorf("%s reads that it said %q, want %q", who, got, want)
			}
		}
		h.must(h.posts.Withdraw(h.Context(), access.Member("ada"), "", id))
		if got := h.rows("SELECT count(*) FROM reviews"); got != 0 {
			t.Errorf("%d reviews are left of nothing", got)
		}
		if _, err := h.posts.History(h.Context(), access.Member("ada"), id); !fault.Is(err, fault.NotFound) {
			t.Errorf("a deleted post has a history: %v", err)
		}
	})
}

// Whoever was put out of a space, or is on her way out, says nothing new in it
// by changing what she said there; taking it back she may.
func TestWhoIsOutsideChangesNoWords(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Space("square", "open")
		h.Put("square", "ada", "member")
		ada := access.Member("ada")
		for name, there := range map[string]struct {
			space string
			leave func()
			want  fault.Kind
		}{
			"put out of a secret space": {"attic", func() { h.Put("attic", "ada", "") }, fault.NotFound},
			"not in an open space":      {"square", func() { h.Put("square", "ada", "") }, fault.Forbidden},
			"leaving the community":     {"garden", func() { h.Do("UPDATE members SET state = 'leaving' WHERE id = 'ada'") }, fault.NotFound},
		} {
			id := h.publish(ada, there.space, "a whisper")
			there.leave()
			if _, err := h.posts.Edit(h.Context(), ada, "", id, 1, post.Draft{Body: "an insult to @ben"}); !fault.Is(err, there.want) {
				h.T.Errorf("%s, she edits and gets %v", name, err)
			}
			if w, err := h.posts.Words(h.Context(), ada, id); err != nil || w.Body != "a whisper" {
				h.T.Errorf("%s, her words are %q, %v", name, w.Body, err)
			}
			h.must(h.posts.Withdraw(h.Context(), ada, "", id))
			h.Do("UPDATE members SET state = 'active' WHERE id = 'ada'")
		}
	})
}

// A moderator removes what somebody else said, and says why: its author and the
// other moderators read it, and nobody else.
func TestModeratorsRemoveAndSayWhy(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ctx, mod, ada, ben := h.Context(), access.Member("mod"), access.Member("ada"), access.Member("ben")
		h.Put("garden", "cem", "moderator")
		id := h.publish(ada, "garden", "a whisper")
		answer := h.reply(ben, id, "an answer")
		if _, err := h.posts.Remove(ctx, ben, "", id, "because"); !fault.Is(err, fault.Forbidden) {
			h.T.Errorf("ben removes what ada said: %v", err)
		}
		if _, err := h.posts.Remove(ctx, access.Stranger(), "", id, "because"); !fault.Is(err, fault.NotFound) {
			h.T.Errorf("a stranger removes what ada said: %v", err)
		}
		if _, err := h.posts.Withdraw(ctx, mod, "", id); !fault.Is(err, fault.Forbidden) {
			h.T.Errorf("a moderator withdraws what ada said: %v", err)
		}
		if _, err := h.posts.Remove(ctx, mod, "", id, strings.Repeat("x", post.MaxReason+1)); !fault.Is(err, fault.Invalid) || h.one("ben", id).HTML == "" {
			h.T.Errorf("a reason that is too long: %v", err)
		}
		h.must(h.posts.Remove(ctx, mod, "", id, "it was a whisper"))
		if _, err := h.posts.Remove(ctx, mod, "", id, "once more"); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("removed once more: %v", err)
		}
		if p := h.one("ben", id); p.HTML != "" || p.DeletedAt.IsZero() {
			h.T.Errorf("afterwards ben reads %q", p.HTML)
		}
		for _, who := range []string{"ada", "mod", "cem"} {
			m, err := h.posts.Moderated(ctx, access.Member(who), id)
			if err != nil || !m.Removed || m.Reason != "it was a whisper" {
				h.T.Errorf("%s reads %+v, %v", who, m, err)
			}
			if all, err := h.posts.ModeratedIn(ctx, access.Member(who), id); err != nil || len(all) != 1 || all[id] != m {
				h.T.Errorf("in the thread %s reads %+v, %v", who, all, err)
			}
		}
		for _, who := range []access.Actor{ben, access.Member("gil"), access.Stranger(), narrow} {
			if m, err := h.posts.Moderated(ctx, who, id); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("%q reads %+v, %v", who.ID(), m, err)
			}
			if all, err := h.posts.ModeratedIn(ctx, who, id); err != nil || len(all) != 0 {
				h.T.Errorf("in the thread %q reads %+v, %v", who.ID(), all, err)
			}
		}
		if got := h.rows("SELECT count(*) FROM facts WHERE kind = 'post.removed' AND actor_id = 'mod' AND subject_id = $1", id); got != 1 {
			h.T.Errorf("the log knows of %d removals", got)
		}
		h.must(h.posts.Withdraw(ctx, ben, "", answer))
	})
}

// rows is the number that a query gives.
func (h house) rows(query string, args ...any) (n int) {
	h.T.Helper()
	err := h.DB.Read(h.Context(), func(tx *database.Tx) error { return tx.One([]any{&n}, query, args...) })
	if err != nil {
		h.T.Fatal(err)
	}
	return n
}

// A thread is read in the order in which it was said, also if the clock went
// back in between.
func TestAnAnswerIsNeverOlderThanWhatItAnswers(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		ada := access.Member("ada")
		root := h.publish(ada, "garden", "hello")
		clock.Add(-5 * time.Second)
		first := h.reply(ada, root, "an answer")
		clock.Add(-5 * time.Second)
		second := h.reply(ada, first, "an answer to it")
		clock.Add(time.Hour)
		got, err := h.posts.Thread(h.Context(), access.Member("ben"), root, "")
		if err != nil || got.Root.ID != root || len(got.Replies) != 2 || got.Replies[0].ID != first || got.Replies[1].ID != second {
			h.T.Errorf("the thread begins with %s and has %d replies: %v", got.Root.ID, len(got.Replies), err)
		}
	})
}

// What is new is counted by what may be read now, and not by what might have
// been when it was said.
func TestWhatWasHiddenIsNotNew(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		since, err := h.posts.Since(h.Context(), access.Member("ben"), "")
		h.must("", err)
		id := h.publish(access.Member("ada"), "garden", "hello")
		news := func() int {
			n, err := h.posts.Since(h.Context(), access.Member("ben"), since.Cursor)
			h.must("", err)
			return n.Count
		}
		if n := news(); n != 1 {
			h.T.Errorf("%d things are new for ben, want 1", n)
		}
		h.hide(id)
		if n := news(); n != 0 {
			h.T.Errorf("%d things are new for ben, of which one was hidden since", n)
		}
	})
}
