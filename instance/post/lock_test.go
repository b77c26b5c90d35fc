package post_test

import (
	"fmt"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// lock closes a thread as mod does.
func (h house) lock(id string, on bool) {
	h.T.Helper()
	h.must(h.posts.Lock(h.Context(), access.Member("mod"), "", id, on))
}

// Who may answer in a closed thread moderates its space. Everything else goes on
// in it, and nobody finds it less.
func TestAClosedThreadTakesNoReplies(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		below := h.reply(access.Member("ben"), root, "a whisper too")
		h.lock(root, true)
		answers := func(who access.Actor, to string) error {
			return second(h.posts.Reply(h.Context(), who, "", post.Draft{Parent: to, Body: "and I"}))
		}
		for _, to := range []string{root, below} {
			for _, who := range []access.Actor{access.Member("ada"), access.Member("ben"), narrow} {
				if err := answers(who, to); !fault.Is(err, fault.Conflict) {
					h.T.Errorf("%q answers in a closed thread: %v", who.ID(), err)
				}
			}
			if err := answers(access.Member("mod"), to); err != nil {
				h.T.Errorf("a moderator cannot answer: %v", err)
			}
			if err := answers(access.Member("cem"), to); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("who is outside is told of a closed thread: %v", err)
			}
		}
		h.must(h.posts.React(h.Context(), access.Member("ben"), root, "heart", true))
		h.must(h.posts.Edit(h.Context(), access.Member("ben"), "", below, 1, post.Draft{Body: "other words"}))
		h.must(h.posts.Withdraw(h.Context(), access.Member("ben"), "", below))
		if got := h.channels(access.Member("ada"), root); len(got) != 13 {
			h.T.Errorf("closed, it is found by %q", got)
		}
		if p := h.one("ada", root); !p.Locked || p.Version != 1 || !p.EditedAt.IsZero() {
			h.T.Errorf("its reader is shown %+v", p)
		}
		h.lock(root, false)
		if err := answers(access.Member("ada"), root); err != nil {
			h.T.Errorf("open again, it takes no reply: %v", err)
		}
	})
}

// Only who moderates a space looks after its threads; for whom a thread is not
// there it is not there for this either; and the second of two is told.
func TestWhoLooksAfterAThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		for name, x := range map[string]struct {
			do      func(a access.Actor, id string) error
			replies bool // can be looked after likewise
			runs    bool // some may
		}{
			"lock": {do: func(a access.Actor, id string) error { return second(h.posts.Lock(h.Context(), a, "", id, true)) }},
			"pin":  {do: func(a access.Actor, id string) error { return second(h.posts.Pin(h.Context(), a, "", id, true)) }},
			"hide": {func(a access.Actor, id string) error { return second(h.posts.Hide(h.Context(), a, "", id, "because")) }, true, true},
			"remove": {func(a access.Actor, id string) error {
				return second(h.posts.Remove(h.Context(), a, "", id, "because"))
			}, true, false},
		} {
			root := h.publish(access.Member("ada"), "garden", "a whisper")
			reply := h.reply(access.Member("ada"), root, "more")
			for _, who := range []access.Actor{access.Member("ada"), access.Member("ben"), access.Member("gil"), narrow, wide} {
				if err := x.do(who, root); !fault.Is(err, fault.Forbidden) && !(x.runs && who.ID() == narrow.ID()) {
					h.T.Errorf("%q does %s: %v", who.ID(), name, err)
				} else if err == nil {
					h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", root))
				}
			}
			for _, id := range []string{root, "never-was"} {
				if err := x.do(access.Member("cem"), id); !fault.Is(err, fault.NotFound) {
					h.T.Errorf("cem, who is outside, does %s with %s: %v", name, id, err)
				}
			}
			if err := x.do(access.Member("mod"), reply); x.replies != (err == nil) || !x.replies && !fault.Is(err, fault.NotFound) {
				h.T.Errorf("%s of a reply: %v", name, err)
			}
			if err := x.do(access.Member("mod"), root); err != nil {
				h.T.Errorf("mod cannot %s: %v", name, err)
			}
			if err := x.do(access.Member("mod"), root); !fault.Is(err, fault.Conflict) {
				h.T.Errorf("the second to %s is not told that it is done: %v", name, err)
			}
		}
	})
}

// What is asked of the database for a thread that is hidden is what is asked for
// one that never was: also to hold it.
func TestHoldingTellsNothing(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		hidden := h.publish(access.Member("ada"), "attic", "a whisper")
		below := h.reply(access.Member("ada"), hidden, "more")
		ask := map[string]func(id string) error{
			"lock": func(id string) error { return second(h.posts.Lock(h.Context(), access.Member("ben"), "", id, true)) },
			"pin":  func(id string) error { return second(h.posts.Pin(h.Context(), access.Member("ben"), "", id, true)) },
			"reply": func(id string) error {
				return second(h.posts.Reply(h.Context(), access.Member("ben"), "", post.Draft{Parent: id, Body: "x"}))
			},
			"react": func(id string) error {
				return second(h.posts.React(h.Context(), access.Member("ben"), id, "heart", true))
			},
		}
		for name, do := range ask {
			var told []string
			for _, id := range []string{"never-was", hidden, below} {
				var err error
				asked := databasetest.Statements(h.DB, func() { err = do(id) })
				told = append(told, fmt.Sprint(asked.Count(), err))
			}
			if told[0] != told[1] || told[0] != told[2] {
				h.T.Errorf("%s of nothing, of a hidden post and of a hidden reply: %q", name, told)
			}
		}
	})
}
