package post_test

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// Whatever meets a move is wholly before or wholly after it: all of a thread is
// in one space, and has the label of that space alone, whoever was first.
func TestWhatMeetsAMoveIsBeforeOrAfterIt(t *testing.T) {
	h := houseIn(t, databasetest.Postgres(t, &databasetest.Clock{}))
	ctx, ada, mod := context.Background(), access.Member("ada"), access.Member("mod")
	h.Put("garden", "cem", "moderator")
	h.Put("attic", "cem", "moderator")
	move := func(root, _ string) error { return h.move("mod", root, "garden", "attic") }
	for name, other := range map[string]func(root, below string) error{
		"reply": func(_, below string) error {
			return second(h.posts.Reply(ctx, ada, "", post.Draft{Parent: below, Body: "and I"}))
		},
		"edit": func(_, below string) error {
			return second(h.posts.Edit(ctx, ada, "", below, 1, post.Draft{Body: "other words"}))
		},
		"react": func(_, below string) error { return second(h.posts.React(ctx, ada, below, "heart", true)) },
		"hide":  func(_, below string) error { return second(h.posts.Hide(ctx, mod, "", below, "because")) },
		"move":  func(root, _ string) error { return h.move("cem", root, "garden", "attic") },
	} {
		for _, moveFirst := range []bool{true, false} {
			root := h.publish(ada, "garden", "a whisper")
			below := h.reply(ada, root, "more")
			first, then := move, other
			if !moveFirst {
				first, then = other, move
			}
			errs := h.meet(func() error { return first(root, below) }, func() error { return then(root, below) })
			for i, err := range errs {
				if err != nil && fault.KindOf(err) == fault.Internal || err != nil && i == 0 {
					t.Errorf("%s and a move, which is first: %t: the %dth ends with %v", name, moveFirst, i+1, err)
				}
			}
			// Hidden first, it does not move; the second of two is told.
			if told := errs[1] != nil; told != (name == "move" || name == "hide" && !moveFirst) {
				t.Errorf("%s and a move, which is first: %t: they end with %v", name, moveFirst, errs)
			}
			for _, apart := range []string{
				"posts x JOIN posts r ON r.id = x.root_id WHERE r.id = $1 AND x.space_id <> r.space_id",
				"posts x WHERE x.root_id = $1 AND x.label_id NOT IN ('space:' || x.space_id, 'review:' || x.id)",
				"post_versions v JOIN posts x ON x.id = v.post_id WHERE x.root_id = $1 AND v.label_id <> 'space:' || x.space_id",
				"reactions v JOIN posts x ON x.id = v.post_id WHERE x.root_id = $1 AND v.label_id <> 'space:' || x.space_id",
				"post_marks v JOIN posts x ON x.id = v.post_id WHERE x.root_id = $1 AND v.former_id <> 'space:' || x.space_id",
			} {
				if n := h.rows("SELECT count(*) FROM "+apart, root); n != 0 {
					t.Errorf("%s and a move, which is first: %t: %d of %s", name, moveFirst, n, apart)
				}
			}
		}
	}
}

// Of two who say what answers a question at once, the second is told.
func TestTwoAcceptAtOnce(t *testing.T) {
	h := houseIn(t, databasetest.Postgres(t, &databasetest.Clock{}))
	root := h.asks(access.Member("ada"), post.Question)
	one, two := h.reply(access.Member("ben"), root, "blue"), h.reply(access.Member("gil"), root, "red")
	errs := h.meet(func() error { return h.accept("ada", root, one, "") }, func() error { return h.accept("mod", root, two, "") })
	if errs[0] != nil || !fault.Is(errs[1], fault.Conflict) || h.one("ben", root).AnswerID != one {
		t.Errorf("they end with %v", errs)
	}
}
