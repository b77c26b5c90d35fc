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

// What is said in a thread while something is taken out of it is in the one that
// it belongs to, and of two who take it out the second is told.
func TestWhatMeetsASplitIsBeforeOrAfterIt(t *testing.T) {
	h := houseIn(t, databasetest.Postgres(t, &databasetest.Clock{}))
	ctx, ada := context.Background(), access.Member("ada")
	h.Put("garden", "cem", "moderator")
	splits := func(root, said, _ string) error { return h.split("mod", said, root, "Another") }
	for name, other := range map[string]func(root, said, below string) error{
		"reply": func(_, _, below string) error {
			return second(h.posts.Reply(ctx, ada, "", post.Draft{Parent: below, Body: "and I"}))
		},
		"react": func(_, _, below string) error { return second(h.posts.React(ctx, ada, below, "heart", true)) },
		"edit": func(_, said, _ string) error {
			return second(h.posts.Edit(ctx, ada, "", said, 1, post.Draft{Body: "x"}))
		},
		"hide": func(_, said, _ string) error {
			return second(h.posts.Hide(ctx, access.Member("cem"), "", said, "because"))
		},
		"accept": func(root, _, below string) error { return h.accept("ada", root, below, "") },
		"split":  func(root, said, _ string) error { return h.split("cem", said, root, "Another") },
	} {
		for _, splitFirst := range []bool{true, false} {
			root := h.asks(ada, post.Question)
			said := h.reply(ada, root, "more")
			below := h.reply(ada, said, "and more")
			first, then := splits, other
			if !splitFirst {
				first, then = other, splits
			}
			errs := h.meet(func() error { return first(root, said, below) }, func() error { return then(root, said, below) })
			for i, err := range errs {
				if err != nil && fault.KindOf(err) == fault.Internal || err != nil && i == 0 {
					t.Errorf("%s and a split, which is first: %t: the %dth ends with %v", name, splitFirst, i+1, err)
				}
			}
			// What was changed or accepted where it no longer is, and what was hidden first.
			if told := errs[1] != nil; told != (name == "split" || name == "hide" && !splitFirst || splitFirst && (name == "edit" || name == "accept")) {
				t.Errorf("%s and a split, which is first: %t: they end with %v", name, splitFirst, errs)
			}
			for _, apart := range []string{
				"posts x JOIN posts a ON a.id = x.parent_id WHERE $1 <> '' AND (x.root_id <> a.root_id OR x.depth <> a.depth + 1)",
				"posts x JOIN posts r ON r.id = x.answer_id WHERE x.id = $1 AND r.root_id <> x.id",
			} {
				if n := h.rows("SELECT count(*) FROM "+apart, root); n != 0 {
					t.Errorf("%s and a split, which is first: %t: %d of %s", name, splitFirst, n, apart)
				}
			}
		}
	}
}
