package post_test

import (
	"fmt"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// asks publishes something of a kind in the garden.
func (h house) asks(a access.Actor, k post.Kind) string {
	h.T.Helper()
	return h.must(h.posts.Publish(h.Context(), a, "", post.Draft{Space: "garden", Body: "a whisper", Kind: k}))
}

func (h house) accept(who, root, answer, was string) error {
	return second(h.posts.Accept(h.Context(), access.Member(who), "", root, answer, was))
}

// answerTo is what somebody is shown as the answer: on the post's own page, in
// its thread and in the list, where it has to be the same.
func (h house) answerTo(who access.Actor, root string) string {
	h.T.Helper()
	one, err := h.posts.One(h.Context(), who, root)
	h.must("", err)
	thread, err := h.posts.Thread(h.Context(), who, root, "")
	h.must("", err)
	list, err := h.posts.Threads(h.Context(), who, post.Query{Space: "garden"})
	h.must("", err)
	if thread.Root.AnswerID != one.AnswerID || len(list.Posts) != 1 || list.Posts[0].AnswerID != one.AnswerID {
		h.T.Errorf("%q is told of different answers: %q, %q, %+v", who.ID(), one.AnswerID, thread.Root.AnswerID, list.Posts)
	}
	return one.AnswerID
}

// open is how many open questions somebody finds.
func (h house) open(who access.Actor) int {
	h.T.Helper()
	list, err := h.posts.Threads(h.Context(), who, post.Query{Space: "garden", Kind: post.Question, Open: true})
	h.must("", err)
	return len(list.Posts)
}

// An answer is there for those who may read it. For everybody else the question
// is open, wherever she looks.
func TestAnAnswerIsForItsReaders(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.asks(access.Member("ada"), post.Question)
		answer := h.reply(access.Member("gil"), root, "it is blue")
		h.must("", h.accept("ada", root, answer, ""))
		told := func(why string, want map[string]string) {
			h.T.Helper()
			for who, answer := range want {
				if got := h.answerTo(access.Member(who), root); got != answer {
					h.T.Errorf("%s: %s is shown the answer %q, want %q", why, who, got, answer)
				}
				if got := h.open(access.Member(who)); (got == 0) != (answer != "") {
					h.T.Errorf("%s: %s finds %d open questions", why, who, got)
				}
			}
		}
		told("accepted", map[string]string{"ada": answer, "ben": answer, "gil": answer, "mod": answer})
		h.hide(answer)
		told("hidden", map[string]string{"ada": "", "ben": "", "gil": answer, "mod": answer})
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", answer))
		told("shown again", map[string]string{"ada": answer, "ben": answer})
		h.must(h.posts.Withdraw(h.Context(), access.Member("gil"), "", answer))
		told("withdrawn", map[string]string{"ada": "", "ben": "", "mod": ""})
		agents := h.reply(wide, root, "it is in the attic")
		h.must("", h.accept("mod", root, agents, ""))
		told("by an agent who read the attic", map[string]string{"ada": agents, "mod": agents, "ben": "", "gil": ""})
		if n := h.rows("SELECT count(*) FROM posts WHERE version > 1 AND id = $1", root); n != 0 {
			h.T.Error("an answer counts as a change of the question")
		}
	})
}

// Who asked says what answers it, or a moderator; the second of two is told.
func TestWhoAcceptsAnAnswer(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.asks(access.Member("ada"), post.Question)
		other := h.publish(access.Member("ada"), "garden", "something else")
		elsewhere := h.reply(access.Member("ada"), other, "more")
		one, two := h.reply(access.Member("ben"), root, "blue"), h.reply(access.Member("gil"), root, "red")
		for _, x := range []struct {
			who, root, answer, was string
			want                   fault.Kind
		}{
			{"ben", root, one, "", fault.Forbidden},
			{"gil", root, one, "", fault.Forbidden},
			{"cem", root, one, "", fault.NotFound},
			{"ada", other, elsewhere, "", fault.NotFound}, // asks nothing
			{"ada", one, two, "", fault.NotFound},
			{"ada", root, "never-was", "", fault.NotFound},
			{"ada", root, elsewhere, "", fault.Invalid},
			{"ada", root, root, "", fault.Invalid},
			{"ada", root, one, two, fault.Conflict},
		} {
			if err := h.accept(x.who, x.root, x.answer, x.was); !fault.Is(err, x.want) {
				h.T.Errorf("%+v ends with %v", x, err)
			}
		}
		h.must("", h.accept("ada", root, one, ""))
		if err := h.accept("mod", root, two, ""); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("the second is not told: %v", err)
		}
		h.must("", h.accept("mod", root, two, one))
		h.hide(two)
		// She may not read it any more: for her there is none, and no conflict tells.
		h.must("", h.accept("ada", root, one, ""))
		h.must("", h.accept("ada", root, "", one))
		h.Put("garden", "ada", "")
		h.Do("UPDATE spaces SET visibility = 'open' WHERE id = 'garden'")
		if err := h.accept("ada", root, one, ""); !fault.Is(err, fault.Forbidden) {
			h.T.Errorf("who was put out of the space accepts an answer in it: %v", err)
		}
	})
}

// An offer is taken and a request solved, once, by who made it or a moderator.
func TestWhatEnds(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ctx := h.Context()
		offer, request := h.asks(access.Member("ada"), post.Offer), h.asks(access.Member("ben"), post.Request)
		question := h.asks(access.Member("ada"), post.Question)
		settle := func(who, id string, on bool) error {
			return second(h.posts.Settle(ctx, access.Member(who), "", id, on))
		}
		for _, x := range []struct {
			who, id string
			on      bool
			want    fault.Kind
		}{
			{"ben", offer, true, fault.Forbidden},
			{"cem", offer, true, fault.NotFound},
			{"ada", question, true, fault.NotFound},
			{"ada", offer, false, fault.Conflict},
		} {
			if err := settle(x.who, x.id, x.on); !fault.Is(err, x.want) {
				h.T.Errorf("%+v ends with %v", x, err)
			}
		}
		h.must("", settle("ada", offer, true))
		h.must("", settle("mod", request, true))
		if err := settle("mod", offer, true); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("the second is not told: %v", err)
		}
		finds := func(k post.Kind, open bool, want ...string) {
			h.T.Helper()
			for _, o := range []post.Order{post.Newest, post.Active} {
				for _, in := range []string{"garden", ""} {
					got, err := h.posts.Threads(ctx, access.Member("gil"), post.Query{Space: in, Order: o, Kind: k, Open: open})
					if err != nil || len(got.Posts) != len(want) || len(want) == 1 && got.Posts[0].ID != want[0] {
						h.T.Errorf("%s in %q, %s, open %t: %d found, %v", o, in, k, open, len(got.Posts), err)
					}
				}
			}
		}
		finds(post.Offer, false, offer)
		finds(post.Offer, true)
		finds(post.Request, true)
		finds(post.Question, true, question)
		h.must("", settle("ada", offer, false))
		finds(post.Offer, true, offer)
		h.must("", settle("ada", offer, true))
		h.must(h.posts.Edit(ctx, access.Member("ada"), "", offer, 1, post.Draft{Body: "a whisper", Kind: post.Request}))
		if p := h.one("gil", offer); p.Kind != post.Request || p.Settled {
			h.T.Errorf("what became another kind is %+v", p)
		}
	})
}

// Only what begins a thread has a kind, and only one that there is.
func TestKindsThatAreNone(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "hello")
		reply := h.reply(access.Member("ada"), root, "more")
		ada := access.Member("ada")
		for what, err := range map[string]error{
			"unknown":          second(h.posts.Publish(h.Context(), ada, "", post.Draft{Space: "garden", Body: "x", Kind: "poll"})),
			"changed to that":  second(h.posts.Edit(h.Context(), ada, "", root, 1, post.Draft{Body: "x", Kind: "poll"})),
			"of a reply":       second(h.posts.Reply(h.Context(), ada, "", post.Draft{Parent: root, Body: "x", Kind: post.Offer})),
			"given to a reply": second(h.posts.Edit(h.Context(), ada, "", reply, 1, post.Draft{Body: "x", Kind: post.Offer})),
		} {
			if !fault.Is(err, fault.Invalid) {
				h.T.Errorf("%s: %v", what, err)
			}
		}
	})
}

// A question whose answer is hidden costs what one without an answer does.
func TestAHiddenAnswerCostsTheSame(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.asks(access.Member("ada"), post.Question)
		answer := h.reply(access.Member("gil"), root, "it is blue")
		h.hide(answer)
		read := func() string {
			return fmt.Sprint(databasetest.Statements(h.DB, func() { h.answerTo(access.Member("ben"), root) }).Count())
		}
		without := read()
		h.must("", h.accept("mod", root, answer, ""))
		if got := read(); got != without {
			h.T.Errorf("with a hidden answer it takes %s statements, without one %s", got, without)
		}
	})
}
