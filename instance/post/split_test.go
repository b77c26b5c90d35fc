package post_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

func (h house) split(who, id, from, title string) error {
	return second(h.posts.Split(h.Context(), access.Member(who), "", id, from, title))
}

// everybody are all who could read something in the house.
var everybody = map[string]access.Actor{
	"ada": access.Member("ada"), "mod": access.Member("mod"), "ben": access.Member("ben"), "gil": access.Member("gil"),
	"cem": access.Member("cem"), "nobody": access.Stranger(), "narrow": narrow, "wide": wide,
}

// readersOf are those who find a post at its address.
func (h house) readersOf(id string) (all []string) {
	for _, name := range slices.Sorted(maps.Keys(everybody)) {
		if h.reads(everybody[name], id) {
			all = append(all, name)
		}
	}
	return all
}

// A reply becomes a thread with all that answers it, also what the moderator does
// not read and what is hidden, and each of them has the readers that it had.
func TestSplittingAThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Put("attic", "mod", "") // who then does not read what wide writes
		root := h.asks(access.Member("ada"), post.Question)
		stays := h.reply(access.Member("gil"), root, "a whisper that stays")
		said := h.reply(access.Member("ben"), root, "something else")
		below := h.reply(access.Member("ada"), said, "and I")
		hidden := h.reply(access.Member("gil"), below, "hidden words")
		under := h.reply(wide, said, "what I read in both")
		last := h.reply(narrow, below, "what I read here")
		h.must(h.posts.Edit(h.Context(), access.Member("ada"), "", below, 1, post.Draft{Body: "and I, @ben"}))
		h.must(h.posts.React(h.Context(), access.Member("ada"), said, "heart", true))
		h.must("", h.accept("ada", root, below, ""))
		h.lock(root, true)
		h.hide(hidden)
		all, before := []string{root, stays, said, below, hidden, under, last}, map[string][]string{}
		for _, id := range all {
			before[id] = h.readersOf(id)
		}
		h.must("", h.split("mod", said, root, " Something \n else "))
		for _, id := range all {
			if now := h.readersOf(id); !slices.Equal(now, before[id]) {
				h.T.Errorf("%s was read by %q and is by %q", id, before[id], now)
			}
		}
		p := h.one("ben", said)
		if p.IsReply() || p.Title != "Something else" || p.Locked || p.Kind != post.Talk || p.Version != 2 || !p.ByModerator || len(p.Reactions) != 1 || p.SpaceID != "garden" {
			h.T.Errorf("the new thread is %+v", p)
		}
		if was := h.one("ada", root); was.AnswerID != "" || !was.Locked || h.open(access.Member("ada")) != 1 {
			h.T.Errorf("the question is still answered by what left it: %+v", was)
		}
		for id, depth := range map[string]int{said: 0, below: 1, hidden: 2, under: 1, last: 2} {
			if n := h.rows("SELECT count(*) FROM posts WHERE id = $1 AND root_id = $2 AND depth = $3", id, said, depth); n != 1 {
				h.T.Errorf("%s is not in the new thread, %d deep", id, depth)
			}
		}
		if v, err := h.posts.History(h.Context(), access.Member("ada"), below); err != nil || len(v) != 1 || len(h.mentioned(below)) != 1 {
			h.T.Errorf("its history, or whom it mentions, is gone: %v, %v", v, err)
		}
		if v, err := h.posts.History(h.Context(), access.Member("gil"), said); err != nil || len(v) != 1 || v[0].Title != "" {
			h.T.Errorf("that it had no title is not in its history: %+v, %v", v, err)
		}
		if m, err := h.posts.Moderated(h.Context(), access.Member("gil"), hidden); err != nil || m.Reason != "because" {
			h.T.Errorf("gil is no longer told why: %v", err)
		}
		h.must(h.posts.Reply(h.Context(), access.Member("gil"), "", post.Draft{Parent: last, Body: "here, too"}))
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", hidden))
		if got := h.readersOf(hidden); !slices.Equal(got, before[below]) {
			h.T.Errorf("shown again it is read by %q", got)
		}
	})
}

// The new thread is found as a thread, by its title too, and counts what is in
// it; the old one counts that no more.
func TestWhatWasSplitIsFoundAsAThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "hello")
		said := h.reply(access.Member("ben"), root, "good day")
		h.reply(access.Member("ada"), said, "and night")
		from := h.head()
		h.must("", h.split("mod", said, root, "A whisper"))
		if touched := h.touched(from).Roots; !touched[root] || !touched[said] {
			h.T.Errorf("who has a page of them open is not told: %v", touched)
		}
		if got := h.channels(access.Member("gil"), said); len(got) != 13 { // it is no question, and not on top
			h.T.Errorf("the new thread is found by %q", got)
		}
		page, err := h.posts.Threads(h.Context(), access.Member("gil"), post.Query{Space: "garden"})
		h.must("", err)
		if len(page.Posts) != 2 || page.Posts[0].ID != said || page.Posts[0].Replies != 1 || page.Posts[1].Replies != 0 {
			h.T.Errorf("the threads are %+v", page.Posts)
		}
		if got := h.channels(access.Member("cem"), said); len(got) != 0 {
			h.T.Errorf("cem finds it by %q", got)
		}
	})
}

// Only who moderates the space takes something out of a thread; for whom it is
// not there it is not there for this either; and the second of two is told.
func TestWhoSplitsAThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		said := h.reply(access.Member("ben"), root, "more")
		gone := h.reply(access.Member("ben"), root, "gone")
		h.reply(access.Member("ada"), gone, "below")
		h.must(h.posts.Withdraw(h.Context(), access.Member("ben"), "", gone))
		h.Put("attic", "ben", "moderator")
		for _, x := range []struct {
			who      access.Actor
			id, from string
			title    string
			want     fault.Kind
		}{
			{access.Member("ada"), said, root, "Another", fault.Forbidden},
			{access.Member("ben"), said, root, "Another", fault.Forbidden},
			{narrow, said, root, "Another", fault.Forbidden},
			{access.Member("cem"), said, root, "Another", fault.NotFound},
			{access.Member("cem"), "never-was", root, "Another", fault.NotFound},
			{access.Member("mod"), root, root, "Another", fault.NotFound},
			{access.Member("mod"), gone, root, "Another", fault.NotFound},
			{access.Member("mod"), said, said, "Another", fault.Conflict},
			{access.Member("mod"), said, root, " \n ", fault.Invalid},
		} {
			if err := second(h.posts.Split(h.Context(), x.who, "", x.id, x.from, x.title)); !fault.Is(err, x.want) {
				h.T.Errorf("%+v ends with %v", x, err)
			}
			if x.want == fault.Invalid || x.from == said {
				continue // only what was sent is wrong
			}
			if _, err := h.posts.Splitting(h.Context(), x.who, x.id); !fault.Is(err, x.want) {
				h.T.Errorf("asked before, %+v ends with %v", x, err)
			}
		}
		h.must("", h.split("mod", said, root, "Another"))
		if err := h.split("mod", said, root, "Another one"); !fault.Is(err, fault.Conflict) || h.one("ada", said).Title != "Another" {
			h.T.Errorf("who is second is not told: %v", err)
		}
	})
}

// What is hidden takes nothing along, and nothing leaves what hides it: each would
// change who reads the rest.
func TestASplitOfWhatIsHidden(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		said := h.reply(access.Member("ben"), root, "more")
		for _, hidden := range []string{root, said} {
			h.hide(hidden)
			before := h.readersOf(said)
			if err := h.split("mod", said, root, "Another"); !fault.Is(err, fault.Conflict) || !slices.Equal(h.readersOf(said), before) {
				h.T.Errorf("it is split with something hidden: %v", err)
			}
			h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", hidden))
		}
		h.must("", h.split("mod", said, root, "Another"))
	})
}

// What hung below a post that fewer read is read by no more people without it.
func TestASplitKeepsTheReadersOfTheThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		said := h.reply(access.Member("ben"), root, "more")
		below := h.reply(access.Member("ada"), said, "and more")
		// Nothing that is done makes a thread narrower than its replies.
		h.Do("UPDATE posts SET label_id = $1 WHERE id = $2", h.Label(access.InSpace("attic")), root)
		h.must("", h.split("mod", said, root, "Another"))
		for _, id := range []string{said, below} {
			if got := h.readersOf(id); !slices.Equal(got, []string{"ada", "mod", "wide"}) {
				h.T.Errorf("%s is read by %q", id, got)
			}
		}
		if v, err := h.posts.History(h.Context(), access.Member("ben"), said); !fault.Is(err, fault.NotFound) {
			h.T.Errorf("ben reads what it said before: %v, %v", v, err)
		}
	})
}
