package post_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

func (h house) save(who, id string, on bool) {
	h.T.Helper()
	h.must(h.posts.Save(h.Context(), access.Member(who), id, on))
}

// saved are the ids on somebody's list, page for page.
func (h house) saved(who access.Actor) (all []string) {
	h.T.Helper()
	for before, first := "", true; first || before != ""; first = false {
		page, err := h.posts.Saved(h.Context(), who, before)
		h.must("", err)
		for _, p := range page.Posts {
			if !p.Saved {
				h.T.Errorf("on her list %s is not saved", p.ID)
			}
			all = append(all, p.ID)
		}
		before = page.Older
	}
	return all
}

// What somebody saves she finds, the last first, and at each place where it
// stands; nobody else is told.
func TestSavedThingsAreHersAlone(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		said := h.reply(access.Member("ben"), root, "more")
		head := h.head()
		h.save("gil", said, true)
		clock.Add(1)
		h.save("gil", root, true)
		h.save("gil", said, true) // it keeps its place
		if got := h.saved(access.Member("gil")); !slices.Equal(got, []string{root, said}) {
			h.T.Errorf("gil finds %q", got)
		}
		if now := h.head(); now != head {
			h.T.Errorf("%d facts say that something was saved", now-head)
		}
		for who, want := range map[string]bool{"gil": true, "ada": false, "ben": false, "mod": false} {
			t, err := h.posts.Thread(h.Context(), access.Member(who), root, "")
			h.must("", err)
			list, err := h.posts.Threads(h.Context(), access.Member(who), post.Query{Space: "garden"})
			h.must("", err)
			for place, p := range map[string]post.Post{"thread": t.Root, "reply": t.Replies[0], "list": list.Posts[0], "one": h.one(who, said)} {
				if p.Saved != want || len(p.Reactions) != 0 {
					h.T.Errorf("%s, in the %s, sees %t, %v", who, place, p.Saved, p.Reactions)
				}
			}
			if want {
				continue
			}
			if got := h.saved(access.Member(who)); len(got) != 0 {
				h.T.Errorf("%s finds what gil saved: %q", who, got)
			}
		}
		h.save("gil", root, false)
		h.save("gil", root, false)
		if got := h.saved(access.Member("gil")); !slices.Equal(got, []string{said}) || h.one("gil", root).Saved {
			h.T.Errorf("gil still finds %q", got)
		}
	})
}

// The rule is asked each time: what is hidden, or in a space that she has left, is
// not on her list, and is again when she reads it again. It ends with the post.
func TestWhatSheSavedAndMayNotRead(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		var all []string
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		for n := range 3 {
			clock.Add(1)
			id := h.reply(access.Member("ada"), root, fmt.Sprint(n))
			h.save("ben", id, true)
			all = append([]string{id}, all...)
		}
		holds := func(why string, want ...string) {
			h.T.Helper()
			if got := h.saved(access.Member("ben")); !slices.Equal(got, want) {
				h.T.Errorf("%s, ben finds %q, want %q", why, got, want)
			}
		}
		h.hide(all[1])
		holds("with one hidden", all[0], all[2])
		h.hide(root)
		holds("with their thread hidden")
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", root))
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", all[1]))
		holds("all shown again", all...)
		h.Put("garden", "ben", "")
		holds("outside")
		if err := second(h.posts.Save(h.Context(), access.Member("ben"), root, true)); !fault.Is(err, fault.NotFound) {
			h.T.Errorf("ben saves what he does not read: %v", err)
		}
		h.Put("garden", "ben", "member")
		holds("back", all...)
		h.must(h.posts.Withdraw(h.Context(), access.Member("ada"), "", all[0]))
		holds("with one deleted", all[1:]...)
		if n := h.rows("SELECT count(*) FROM saved"); n != 2 {
			h.T.Errorf("%d rows are left, want two", n)
		}
	})
}

// A long list has pages and an end; and nobody saves who is no member, or what is
// not there.
func TestManySavedThings(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		var all []string
		for range 2*post.PageSize + 1 {
			id := h.publish(access.Member("ada"), "garden", "a whisper")
			h.save("ben", id, true) // many at the same moment
			all = append(all, id)
		}
		got := h.saved(access.Member("ben"))
		slices.Sort(got)
		slices.Sort(all)
		if !slices.Equal(got, all) {
			h.T.Errorf("of %d he finds %d", len(all), len(got))
		}
		for _, who := range []access.Actor{access.Stranger(), narrow} {
			if err := second(h.posts.Save(h.Context(), who, all[0], true)); err == nil || fault.KindOf(err) == fault.Internal {
				h.T.Errorf("%q saves: %v", who.ID(), err)
			}
			if page, err := h.posts.Saved(h.Context(), who, ""); err != nil || len(page.Posts) != 0 {
				h.T.Errorf("%q finds %d, %v", who.ID(), len(page.Posts), err)
			}
		}
		for _, id := range []string{"never-was", h.publish(access.Member("ada"), "attic", "a whisper")} {
			if err := second(h.posts.Save(h.Context(), access.Member("ben"), id, true)); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("ben saves %s: %v", id, err)
			}
		}
		if _, err := h.posts.Saved(h.Context(), access.Member("ben"), "nonsense"); !fault.Is(err, fault.Invalid) {
			h.T.Errorf("a place that is none: %v", err)
		}
	})
}
