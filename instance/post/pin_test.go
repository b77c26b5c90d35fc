package post_test

import (
	"slices"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

func (h house) pin(id string, on bool) {
	h.T.Helper()
	h.must(h.posts.Pin(h.Context(), access.Member("mod"), "", id, on))
}

// onTop are the ids of what somebody finds on top of the garden.
func (h house) onTop(who access.Actor) (all []string) {
	h.T.Helper()
	posts, err := h.posts.Pinned(h.Context(), who, "garden")
	if err != nil && !fault.Is(err, fault.NotFound) {
		h.T.Fatal(err)
	}
	for _, p := range posts {
		all = append(all, p.ID)
	}
	return all
}

// What is on top of a space is for its readers, the latest first, and moves
// nothing in any list.
func TestWhatIsOnTopIsForItsReaders(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		old := h.publish(access.Member("ada"), "garden", "a whisper")
		hidden := h.publish(access.Member("ada"), "garden", "a whisper")
		agents := h.publish(wide, "garden", "a whisper")
		last := h.publish(access.Member("ada"), "garden", "a whisper")
		for _, id := range []string{old, hidden, agents} {
			clock.Add(time.Minute)
			h.pin(id, true)
		}
		h.hide(hidden)
		for _, who := range []struct {
			access.Actor
			finds []string
		}{
			{access.Member("mod"), []string{agents, hidden, old}},
			{access.Member("ada"), []string{agents, hidden, old}},
			{access.Member("ben"), []string{old}},
			{access.Member("cem"), nil},
			{access.Stranger(), nil},
		} {
			if got := h.onTop(who.Actor); !slices.Equal(got, who.finds) {
				h.T.Errorf("%q finds %q on top, want %q", who.ID(), got, who.finds)
			}
		}
		all, err := h.posts.Threads(h.Context(), access.Member("ben"), post.Query{Space: "garden"})
		if err != nil || len(all.Posts) != 2 || all.Posts[0].ID != last || all.Posts[1].ID != old {
			h.T.Errorf("a pin moved something: %v", err)
		}
		rest, err := h.posts.Threads(h.Context(), access.Member("ben"), post.Query{Space: "garden", Unpinned: true})
		if err != nil || len(rest.Posts) != 1 || rest.Posts[0].ID != last {
			h.T.Errorf("below stands once more what is on top: %v", err)
		}
		h.must(h.posts.Withdraw(h.Context(), access.Member("ada"), "", old))
		if got := h.onTop(access.Member("ben")); len(got) != 0 {
			h.T.Errorf("what was withdrawn is on top: %q", got)
		}
	})
}

// Five are the most, counted as the moderator reads them: what she cannot read
// tells her nothing.
func TestThereIsRoomForFiveOnTop(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Member("moe", "active", access.FullRole)
		h.Put("garden", "moe", "moderator")
		h.pin(h.publish(wide, "garden", "for who reads the attic"), true)
		pin := func(who, id string) error { return second(h.posts.Pin(h.Context(), access.Member(who), "", id, true)) }
		for range post.MaxPins {
			if err := pin("moe", h.publish(access.Member("ada"), "garden", "hello")); err != nil {
				h.T.Errorf("moe, who cannot read the first, has no room: %v", err)
			}
		}
		sixth := h.publish(access.Member("ada"), "garden", "hello")
		for _, who := range []string{"mod", "moe"} {
			if err := pin(who, sixth); !fault.Is(err, fault.Conflict) {
				h.T.Errorf("%s puts one more on top: %v", who, err)
			}
		}
		h.pin(h.onTop(access.Member("moe"))[0], false)
		if err := pin("moe", sixth); err != nil {
			h.T.Errorf("one was taken down, and there is no room: %v", err)
		}
	})
}
