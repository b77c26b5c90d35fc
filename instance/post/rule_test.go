package post_test

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

func TestHiddenPostIsInNoChannel(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.asks(access.Member("ada"), post.Question)
		h.pin(id, true)
		if got := h.channels(access.Member("ben"), id); len(got) != 15 {
			h.T.Errorf("before, ben finds it by %q", got)
		}
		h.hide(id)
		if got := h.channels(access.Member("ben"), id); len(got) != 0 {
			h.T.Errorf("ben still finds it by %q", got)
		}
		for _, who := range []string{"ada", "mod"} {
			if got := h.channels(access.Member(who), id); len(got) != 15 {
				h.T.Errorf("%s finds it by %q", who, got)
			}
		}
	})
}

// Memory is shared by those who read the same labels, and by nobody else.
func TestHiddenReplyIsInNobodyElsesThread(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "hello")
		id := h.reply(access.Member("ada"), root, "a whisper")
		h.hide(id)
		for _, who := range []struct {
			name    string
			replies int
		}{{"ada", 1}, {"ben", 0}, {"mod", 1}} {
			got, err := h.posts.Thread(h.Context(), access.Member(who.name), root, "")
			if err != nil || len(got.Replies) != who.replies || got.Root.Replies != who.replies {
				h.T.Errorf("%s finds %d replies and is told of %d, %v", who.name, len(got.Replies), got.Root.Replies, err)
			}
		}
	})
}

func TestReadingEndsWithMembership(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		mentioned := h.publish(access.Member("ada"), "garden", "a whisper to @ben")
		hers := h.publish(access.Member("ben"), "garden", "a whisper too")
		for _, id := range []string{mentioned, hers} {
			if got := h.channels(access.Member("ben"), id); len(got) != 13 {
				h.T.Errorf("while ben is there he finds it by %q", got)
			}
		}
		h.Put("garden", "ben", "")
		for name, id := range map[string]string{"a post that mentions him": mentioned, "his own post": hers} {
			if got := h.channels(access.Member("ben"), id); len(got) != 0 {
				h.T.Errorf("ben has left and finds %s by %q", name, got)
			}
		}
	})
}

// The clearance is the label, whatever the run has read or has not: a label
// that grew would tell, by growing, what was there.
func TestRunWritesUnderItsClearance(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		secret := h.publish(access.Member("ada"), "attic", "the key is blue")
		before := h.publish(wide, "garden", "a whisper")
		if _, err := h.posts.One(h.Context(), wide, secret); err != nil {
			h.T.Fatalf("the run does not read the attic: %v", err)
		}
		after := h.publish(wide, "garden", "a whisper")
		for name, id := range map[string]string{"before": before, "after": after} {
			if got := h.channels(access.Member("ben"), id); len(got) != 0 {
				h.T.Errorf("ben, who is not in the attic, finds what the run wrote %s reading there, by %q", name, got)
			}
			if got := h.one("ada", id).Label.ID(); got != "space:attic space:garden" {
				h.T.Errorf("what the run wrote %s reading is labelled %s", name, got)
			}
		}
	})
}

func TestRunReactsUnderItsClearance(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.publish(access.Member("ada"), "garden", "hello")
		h.must(h.posts.React(h.Context(), wide, id, "heart", true))
		if got := h.one("ben", id).Reactions; len(got) != 0 {
			h.T.Errorf("ben, who is not in the attic, is shown %v", got)
		}
		if got := h.thread("ben", post.Newest).Reactions; len(got) != 0 {
			h.T.Errorf("in the list ben is shown %v", got)
		}
		if got := h.one("ada", id).Reactions; len(got) != 1 || got[0].Count != 1 {
			h.T.Errorf("ada is shown %v", got)
		}
		// A second run may not find what the first left: its readers could tell.
		h.must(h.posts.React(h.Context(), narrow, id, "heart", true))
		for _, who := range []string{"ben", "ada"} {
			if got := h.one(who, id).Reactions; len(got) != 1 || got[0].Count != 1 {
				h.T.Errorf("after the second run %s is shown %v", who, got)
			}
		}
	})
}

func TestRunHidesNothingFromWhoMayNotReadAsMuch(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.publish(access.Member("ada"), "garden", "a whisper")
		if _, err := h.posts.Hide(h.Context(), wide, "", id, "because"); !fault.Is(err, fault.Forbidden) {
			h.T.Errorf("a run that read the attic hides in the garden: %v", err)
		}
		if got := h.channels(access.Member("ben"), id); len(got) != 13 {
			h.T.Errorf("ben finds it by %q", got)
		}
		h.must(h.posts.Hide(h.Context(), narrow, "", id, "because"))
		if got := h.channels(access.Member("ben"), id); len(got) != 0 {
			h.T.Errorf("hidden by a run of the garden, ben finds it by %q", got)
		}
	})
}

// A run owns nothing: what another run of the same agent wrote under another
// clearance does not exist for it.
func TestRunOwnsNothing(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.publish(wide, "garden", "a whisper")
		for name, try := range map[string]func(string) error{
			"words": func(id string) error { _, err := h.posts.Words(h.Context(), narrow, id); return err },
			"edit": func(id string) error {
				_, err := h.posts.Edit(h.Context(), narrow, "", id, 1, post.Draft{Body: "x"})
				return err
			},
			"delete": func(id string) error { _, err := h.posts.Withdraw(h.Context(), narrow, "", id); return err },
		} {
			for _, id := range []string{id, "never-was"} {
				if err := try(id); !fault.Is(err, fault.NotFound) {
					h.T.Errorf("%s of %s: %v", name, id, err)
				}
			}
		}
	})
}

func TestOnlyTheAuthorOwns(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.publish(access.Member("ada"), "garden", "hello")
		hidden := h.publish(access.Member("ada"), "attic", "hello")
		for _, who := range []string{"mod", "ben"} {
			if _, err := h.posts.Edit(h.Context(), access.Member(who), "", id, 1, post.Draft{Body: "mine"}); !fault.Is(err, fault.Forbidden) {
				h.T.Errorf("%s edits what ada wrote: %v", who, err)
			}
			if _, err := h.posts.Words(h.Context(), access.Member(who), id); !fault.Is(err, fault.Forbidden) {
				h.T.Errorf("%s gets ada's words to change: %v", who, err)
			}
		}
		h.Do("UPDATE members SET role = 'owner' WHERE id = 'cem'")
		for _, who := range []string{"ben", "cem"} {
			if _, err := h.posts.Withdraw(h.Context(), access.Member(who), "", hidden); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("%s, who is not in the attic, deletes there: %v", who, err)
			}
		}
		h.Put("garden", "ada", "")
		h.must(h.posts.Withdraw(h.Context(), access.Member("ada"), "", id))
	})
}

func TestCountsAreOfWhatSheMayRead(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ctx, ben := h.Context(), access.Member("ben")
		since, err := h.posts.Since(ctx, ben, "")
		if err != nil {
			h.T.Fatal(err)
		}
		root := h.publish(access.Member("ada"), "garden", "hello")
		seen := h.one("ben", h.reply(access.Member("ada"), root, "hello ben"))
		h.reply(wide, root, "not for ben")
		if news, err := h.posts.Since(ctx, ben, since.Cursor); err != nil || news.Count != 2 {
			h.T.Errorf("%d things are new for ben, want 2: %v", news.Count, err)
		}
		if mine, err := h.spaces.Mine(ctx, ben); err != nil || mine[0].Unread != 2 {
			h.T.Errorf("ben has %+v unread, want 2: %v", mine, err)
		}
		for _, o := range []post.Order{post.Newest, post.Active} {
			if p := h.thread("ben", o); p.Replies != 1 || !p.LatestAt.Equal(seen.CreatedAt) {
				h.T.Errorf("%s: ben is told of %d replies, the latest at %v, want one at %v", o, p.Replies, p.LatestAt, seen.CreatedAt)
			}
			if p := h.thread("ada", o); p.Replies != 2 {
				h.T.Errorf("%s: ada is told of %d replies", o, p.Replies)
			}
		}
	})
}

// A reply goes where its thread goes: who finds no thread is told of nothing in it.
func TestNothingIsUnreadBelowAHiddenPost(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		unread := func(who string) int {
			mine, err := h.spaces.Mine(h.Context(), access.Member(who))
			h.must("", err)
			return mine[len(mine)-1].Unread // the garden comes after the attic
		}
		root := h.publish(access.Member("ada"), "garden", "hello")
		h.reply(access.Member("gil"), root, "hello ada")
		h.hide(root)
		for who, want := range map[string]int{"ben": 0, "mod": 2, "ada": 1} {
			if n := unread(who); n != want {
				h.T.Errorf("%s has %d unread, want %d", who, n, want)
			}
		}
		h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", root))
		if n := unread("ben"); n != 2 {
			h.T.Errorf("ben has %d unread when it is back, want 2", n)
		}
	})
}

// What somebody may not read moves no thread in her list.
func TestUnreadableRepliesMoveNothing(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		older := h.publish(access.Member("ada"), "garden", "older")
		newer := h.publish(access.Member("ada"), "garden", "newer")
		h.reply(wide, older, "not for ben")
		for who, want := range map[string]string{"ben": newer, "ada": older} {
			page, err := h.posts.Threads(h.Context(), access.Member(who), post.Query{Order: post.Active})
			if err != nil || len(page.Posts) != 2 || page.Posts[0].ID != want {
				h.T.Errorf("%s finds %d threads in a wrong order, %v", who, len(page.Posts), err)
			}
		}
	})
}

// A page is full of what she may read: cutting first and filtering then would
// leave gaps that tell how much was between.
func TestPagesHaveNoGaps(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		for range post.PageSize + 1 {
			h.publish(access.Member("ada"), "garden", "a whisper")
		}
		for range post.PageSize {
			h.publish(wide, "garden", "a whisper")
		}
		ben := access.Member("ben")
		search := func(before string) (post.Page, error) {
			return h.posts.Search(h.Context(), ben, post.Wanted{Words: "whisper"}, before)
		}
		list := func(before string) (post.Page, error) {
			return h.posts.Threads(h.Context(), ben, post.Query{Space: "garden", Before: before})
		}
		for name, get := range map[string]func(string) (post.Page, error){"search": search, "list": list} {
			first, err := get("")
			if err != nil || len(first.Posts) != post.PageSize || first.Older == "" {
				h.T.Fatalf("%s: the first page has %d, %v", name, len(first.Posts), err)
			}
			if second, err := get(first.Older); err != nil || len(second.Posts) != 1 || second.Older != "" {
				h.T.Errorf("%s: the second page has %d, %v", name, len(second.Posts), err)
			}
		}
	})
}

// An id tells neither how many there are nor what comes next: its last eight
// bytes are random.
func TestIDsTellNothing(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		var tails []string
		for range 20 {
			id, err := uuid.Parse(h.publish(access.Member("ada"), "garden", "hello"))
			if err != nil {
				h.T.Fatal(err)
			}
			tails = append(tails, hex.EncodeToString(id[8:]))
		}
		if slices.IsSorted(tails) || len(slices.Compact(slices.Sorted(slices.Values(tails)))) != len(tails) {
			h.T.Errorf("the ids can be guessed: %q", tails)
		}
	})
}
