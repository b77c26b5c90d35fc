package post_test

import (
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

func (h house) move(who, id, from, to string) error {
	return second(h.posts.Move(h.Context(), access.Member(who), "", id, from, to))
}

// reads reports whether somebody finds a post at its address.
func (h house) reads(who access.Actor, id string) bool {
	h.T.Helper()
	_, err := h.posts.One(h.Context(), who, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		h.T.Fatal(err)
	}
	return err == nil
}

// A thread goes where nobody reads it who could not, with all that belongs to
// it; who reads no more finds nothing at its address.
func TestMovingAThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.asks(access.Member("ada"), post.Question)
		below := h.reply(access.Member("ben"), root, "a whisper too")
		h.must(h.posts.Edit(h.Context(), access.Member("ben"), "", below, 1, post.Draft{Body: "a louder whisper"}))
		h.must(h.posts.React(h.Context(), access.Member("ben"), root, "heart", true))
		h.must("", h.accept("ada", root, below, ""))
		h.pin(root, true)
		for _, who := range []string{"ada", "ben", "gil"} { // not all of it is ada's
			if err := h.move(who, root, "garden", "attic"); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
				h.T.Errorf("%s moves it: %v", who, err)
			}
		}
		h.must("", h.move("mod", root, "garden", "attic"))
		for who, reads := range map[string]bool{"ada": true, "mod": true, "ben": false, "gil": false, "cem": false} {
			for _, id := range []string{root, below} {
				if got := h.reads(access.Member(who), id); got != reads {
					h.T.Errorf("%s reads %s after the move: %t", who, id, got)
				}
			}
		}
		if got := h.channels(access.Member("ben"), root); len(got) != 0 {
			h.T.Errorf("ben still finds it by %q", got)
		}
		p := h.one("ada", root)
		if p.SpaceID != "attic" || p.Pinned || p.Version != 1 || p.AnswerID != below || len(p.Reactions) != 1 {
			h.T.Errorf("in the attic it is %+v", p)
		}
		if v, err := h.posts.History(h.Context(), access.Member("ada"), below); err != nil || len(v) != 1 {
			h.T.Errorf("what it said before is gone: %v", err)
		}
		if n := h.rows("SELECT count(*) FROM posts WHERE root_id = $1 AND (space_id <> 'attic' OR label_id <> 'space:attic')", root); n != 0 {
			h.T.Errorf("%d of its posts are elsewhere", n)
		}
		if err := h.move("mod", root, "garden", "attic"); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("who is second is not told: %v", err)
		}
		h.must(h.posts.Reply(h.Context(), access.Member("ada"), "", post.Draft{Parent: below, Body: "here, too"}))
	})
}

// Nobody wrote for those who could read it elsewhere: neither a moderator nor
// who began it takes what others said to more people.
func TestAMoveGivesNobodysWordsToMore(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		own := h.publish(access.Member("ada"), "attic", "my own whisper")
		h.must(h.posts.React(h.Context(), access.Member("mod"), own, "heart", true))
		if err := h.move("mod", own, "attic", "garden"); !fault.Is(err, fault.Conflict) || h.reads(access.Member("ben"), own) {
			h.T.Errorf("a moderator takes ada's words to more people: %v", err)
		}
		answered := h.publish(access.Member("ada"), "attic", "another")
		his := h.reply(access.Member("mod"), answered, "between us")
		for _, who := range []string{"ada", "mod"} {
			err := h.move(who, answered, "attic", "garden")
			if err == nil || h.reads(access.Member("ben"), answered) || h.reads(access.Member("ben"), his) {
				h.T.Errorf("%s takes what both said to more people: %v", who, err)
			}
		}
		h.must("", h.move("ada", own, "attic", "garden"))
		p := h.one("ben", own)
		if p.SpaceID != "garden" || len(p.Reactions) != 0 {
			h.T.Errorf("ben is shown what mod did in front of fewer: %+v", p.Reactions)
		}
		if p := h.one("ada", own); len(p.Reactions) != 1 {
			h.T.Errorf("ada, who reads both, is shown %+v", p.Reactions)
		}
	})
}

// What a moderator moved she may take back to where it was said, but not what
// was said or changed since.
func TestAMoveCanBeUndone(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		for name, meanwhile := range map[string]func(root, below string){
			"": func(string, string) {},
			"a reply": func(root, _ string) {
				h.must(h.posts.Reply(h.Context(), access.Member("ada"), "", post.Draft{Parent: root, Body: "only here"}))
			},
			"an edit": func(root, _ string) {
				h.must(h.posts.Edit(h.Context(), access.Member("ada"), "", root, 1, post.Draft{Body: "only here"}))
			},
			"a reaction": func(root, _ string) {
				h.must(h.posts.React(h.Context(), access.Member("ada"), root, "heart", true))
			},
		} {
			root := h.publish(access.Member("ada"), "garden", "a whisper")
			below := h.reply(access.Member("ben"), root, "a whisper too")
			h.must(h.posts.React(h.Context(), access.Member("ada"), root, "heart", name == "a reaction"))
			h.must("", h.move("mod", root, "garden", "attic"))
			meanwhile(root, below)
			err := h.move("mod", root, "attic", "garden")
			if may := name == "" || name == "a reaction"; (err == nil) != may || h.reads(access.Member("ben"), root) != may || h.reads(access.Member("ben"), below) != may {
				h.T.Errorf("back, with %q meanwhile: %v", name, err)
			}
			if err == nil && len(h.one("gil", root).Reactions) != 0 {
				h.T.Errorf("a guest is shown what was done in the attic")
			}
			// Once more, and back: nobody is counted twice, and nothing is in the way.
			if err == nil {
				h.must(h.posts.React(h.Context(), access.Member("ada"), root, "heart", true))
				h.must("", h.move("mod", root, "garden", "attic"))
				h.must("", h.move("mod", root, "attic", "garden"))
			}
		}
	})
}

// What a run wrote may tell of all that it had read: it keeps those who could
// read it, and so does what hangs below it, and its reactions.
func TestAMoveFreesNothingThatARunWrote(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Space("shed", "secret")
		for _, who := range []string{"ada", "mod", "ben"} {
			h.Put("shed", who, "member")
		}
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		runs := h.reply(narrow, root, "what I read in the garden")
		below := h.reply(access.Member("ben"), runs, "and I answer")
		h.must(h.posts.React(h.Context(), narrow, root, "heart", true))
		h.must("", h.move("mod", root, "garden", "shed"))
		h.Put("garden", "ben", "") // who is in the shed alone
		for id, reads := range map[string]bool{root: true, runs: false, below: false} {
			if got := h.reads(access.Member("ben"), id); got != reads {
				h.T.Errorf("ben, who has left the garden, reads %s: %t", id, got)
			}
			if !h.reads(access.Member("ada"), id) {
				h.T.Errorf("ada, who is in both, does not read %s", id)
			}
		}
		if got := h.one("ben", root).Reactions; len(got) != 0 {
			h.T.Errorf("ben is shown what a run did that had read the garden: %v", got)
		}
	})
}

// What hangs in a thread that its author may not read is not there for her: her
// thread is her own, and what it is goes along for those who could read it.
func TestAMoveTellsNothingOfWhatIsUnread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Space("square", "open")
		h.Put("square", "ben", "member")
		root := h.publish(access.Member("ben"), "garden", "a whisper")
		runs := h.reply(wide, root, "what I read in the attic")
		if m, err := h.posts.Moving(h.Context(), access.Member("ben"), root, "square"); err != nil || !m.Own {
			h.T.Errorf("ben is told that somebody answered him: %+v, %v", m, err)
		}
		h.must("", h.move("ben", root, "garden", "square"))
		for who, reads := range map[string]bool{"ada": true, "mod": true, "ben": false, "cem": false, "gil": false} {
			if got := h.reads(access.Member(who), runs); got != reads {
				h.T.Errorf("%s reads what the run wrote: %t", who, got)
			}
		}
	})
}

// What moderators decided about what its author does not read, or about what is
// gone from the page, stands in no way of hers: a refusal would tell of it.
func TestAMoveTellsNothingOfWhatWasDecided(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Space("square", "open")
		h.Put("square", "ben", "member")
		h.Put("square", "cem", "moderator")
		root := h.publish(access.Member("ben"), "garden", "a whisper")
		hidden := h.reply(access.Member("ada"), root, "hidden")
		removed := h.reply(access.Member("ada"), root, "removed")
		h.hide(hidden)
		h.must(h.posts.Remove(h.Context(), access.Member("mod"), "", removed, "because"))
		if m, err := h.posts.Moving(h.Context(), access.Member("ben"), root, "square"); err != nil || !m.Own {
			h.T.Errorf("ben is told that something was decided: %+v, %v", m, err)
		}
		h.must("", h.move("ben", root, "garden", "square"))
		for _, id := range []string{hidden, removed} {
			if _, err := h.posts.Moderated(h.Context(), access.Member("cem"), id); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("cem, who moderates the square alone, reads why: %v", err)
			}
			if _, err := h.posts.Moderated(h.Context(), access.Member("ada"), id); err != nil {
				h.T.Errorf("ada is no longer told why: %v", err)
			}
		}
	})
}

// What is hidden stays where it is known; what was decided stays with those who
// look after the place.
func TestAMoveTakesNothingHiddenAlong(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		below := h.reply(access.Member("ben"), root, "a whisper too")
		h.hide(below)
		if err := h.move("mod", root, "garden", "attic"); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("with something hidden in it, it moves: %v", err)
		}
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", below))
		h.must(h.posts.Remove(h.Context(), access.Member("mod"), "", below, "because"))
		h.Put("attic", "ada", "moderator")
		if err := h.move("mod", root, "garden", "attic"); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("ada, who moderates the attic alone, gets to read why: %v", err)
		}
		h.Put("attic", "ada", "member")
		h.must("", h.move("mod", root, "garden", "attic"))
		if _, err := h.posts.Moderated(h.Context(), access.Member("ben"), below); err != nil {
			h.T.Errorf("ben is no longer told why his words were removed: %v", err)
		}
	})
}

// Where a thread is to go has to be known to who moves it, and be hers to post in.
func TestWhereAThreadCanGo(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ben"), "garden", "a whisper")
		reply := h.reply(access.Member("ben"), root, "more")
		h.Space("square", "open")
		for _, x := range []struct {
			who, id, to string
			want        fault.Kind
		}{
			{"ben", root, "attic", fault.NotFound},
			{"ben", root, "never-was", fault.NotFound},
			{"ben", root, "square", fault.Forbidden}, // he reads it and is not in it
			{"ben", root, "garden", fault.Invalid},
			{"ben", reply, "square", fault.NotFound},
			{"cem", root, "square", fault.NotFound},
		} {
			if err := h.move(x.who, x.id, "garden", x.to); !fault.Is(err, x.want) {
				h.T.Errorf("%+v ends with %v", x, err)
			}
			if _, err := h.posts.Moving(h.Context(), access.Member(x.who), x.id, x.to); !fault.Is(err, x.want) {
				h.T.Errorf("asked before, %+v ends with %v", x, err)
			}
		}
		h.Put("square", "ben", "member")
		m, err := h.posts.Moving(h.Context(), access.Member("ben"), root, "square")
		if err != nil || !m.Own || m.Readers.New != 1 || m.Readers.Lost != 1 || m.Readers.Everybody || m.To.Name != "square" {
			h.T.Errorf("ben is told %+v, %v", m.Readers, err)
		}
		h.must("", h.move("ben", root, "garden", "square"))
		if !h.reads(access.Member("cem"), reply) || h.reads(access.Member("gil"), root) {
			h.T.Error("in an open space it is not for members")
		}
		if err := second(h.posts.Move(h.Context(), narrow, "", h.publish(narrow, "garden", "mine"), "garden", "attic")); fault.KindOf(err) == fault.Internal || err == nil {
			h.T.Errorf("a run moves what it wrote: %v", err)
		}
	})
}
