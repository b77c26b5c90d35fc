package post_test

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// kindOf is what somebody publishes at a step.
func kindOf(st step) post.Kind { return append(post.Kinds, post.Talk)[st.What%4] }

// tend has somebody look after a thread in which a step reacted: it is done
// besides, so that a seed that once saw a fault plays what it played then.
func (w *world) tend(ctx context.Context, i int, st step, m, n int) {
	p, root := w.model[n], w.model[w.model[n].root]
	moderates := w.places[root.space][m].role == space.Moderator
	judges := moderates || root.author == memberID(m) && w.places[root.space][m].role != ""
	var err error
	may := moderates
	switch st.Where % 12 {
	case 0, 1:
		_, err = w.posts.Pin(ctx, w.actor(m), "", root.id, st.Extra%3 > 0)
	case 2, 3:
		may = judges
		err = w.accept(ctx, m, n)
	case 4:
		may = judges
		_, err = w.posts.Settle(ctx, w.actor(m), "", root.id, st.Extra%3 > 0)
	case 5:
		_, err = w.posts.Lock(ctx, w.actor(m), "", root.id, st.Extra%2 > 0)
	default:
		return
	}
	w.sound("tend", err)
	if err == nil && (!may || !w.mayRead(m, root)) {
		w.t.Errorf("step %d: member %d, who may not, looks after %s, where %s is", i, m, w.names[root.id], w.names[p.id])
	}
}

// accept takes a reply for the answer to what its thread asks. What a run wrote
// that had read elsewhere is left out: whoever accepts that tells by it, as she
// would in her own words.
func (w *world) accept(ctx context.Context, m, n int) error {
	p, root := w.model[n], w.model[w.model[n].root]
	if len(p.extra) > 0 {
		return fault.Missing()
	}
	now, err := w.posts.One(ctx, w.actor(m), root.id)
	if err != nil {
		return err
	}
	if _, err = w.posts.Accept(ctx, w.actor(m), "", root.id, p.id, now.AnswerID); err == nil {
		w.answers[p.root] = n
	}
	return err
}

// became is what a reader is told about a thread as a whole.
func (w *world) became(p post.Post) string {
	return fmt.Sprint(p.Kind, p.Settled, p.Pinned, p.Locked, " ", w.names[p.AnswerID])
}

// tended are the lists that have threads for what became of them.
func (w *world) tended(a access.Actor, seen map[string]bool) (v []string) {
	ctx := context.Background()
	for x := range w.s.Spaces {
		top, err := w.posts.Pinned(ctx, a, spaceID(x))
		v = append(v, w.shown("on top of "+spaceID(x), top, err, seen))
	}
	for _, k := range post.Kinds {
		page, err := w.posts.Threads(ctx, a, post.Query{Kind: k, Open: true})
		v = append(v, w.shown("open "+string(k), page.Posts, err, seen))
	}
	return v
}

// checkAnswers holds what somebody is told to be the answer against the model:
// a reply that she may not read answers nothing for her.
func (w *world) checkAnswers(m int) {
	for root, answer := range w.answers {
		p, a := w.model[root], w.model[answer]
		one, err := w.posts.One(context.Background(), w.actor(m), p.id)
		if err != nil || p.deleted {
			continue
		}
		want := ""
		if !a.deleted && w.mayRead(m, a) {
			want = a.id
		}
		if one.AnswerID != want {
			w.t.Errorf("member %d is told that %q answers %s, want %q", m, w.names[one.AnswerID], w.names[p.id], w.names[want])
		}
	}
}
