package post_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// keep keeps a draft for a form with this key, and gives it.
func (h house) keep(who, key string, d post.Unsent) post.Unsent {
	h.T.Helper()
	kept, err := h.posts.KeepDraft(h.Context(), access.Member(who), key, d)
	h.must("", err)
	return kept
}

// begun are the words of somebody's drafts, the last first, with where they are.
func (h house) begun(who access.Actor) string {
	h.T.Helper()
	all, err := h.posts.Drafts(h.Context(), who)
	h.must("", err)
	var s []string
	for _, d := range all {
		s = append(s, d.Title+"/"+d.Body+"@"+d.SpaceName)
	}
	return strings.Join(s, " ")
}

// What somebody begins to write is there on her other device, whatever it is; nobody
// else finds it in any way, no fact says that it was kept, and nobody's pages are
// worked out anew for it.
func TestDraftsAreHersAlone(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		head, version := h.head(), h.version()
		places := []post.Aim{{Space: "garden"}, {Parent: root}, {Post: root}}
		for i, at := range places {
			clock.Add(time.Second)
			d := h.keep("ada", "phone"+fmt.Sprint(i), post.Unsent{At: at, Title: "T", Body: "half a thought \n", Kind: begunKind(at), Base: 7})
			got, err := h.posts.DraftAt(h.Context(), access.Member("ada"), at, "")
			h.must("", err)
			if got.Version != d.Version || got.Body != "half a thought \n" || got.Kind != begunKind(at) || got.Base != 7 || clock.Now().Sub(got.KeptAt) > time.Second {
				h.T.Errorf("at %v there is %+v", at, got)
			}
			for _, who := range []access.Actor{access.Member("ben"), access.Member("mod"), access.Member("gil"), access.Stranger(), wide} {
				if x, err := h.posts.DraftAt(h.Context(), who, at, got.ID); err != nil || x.ID != "" {
					h.T.Errorf("%v is given %+v, %v", who, x, err)
				}
				if _, err := h.posts.DropDraft(h.Context(), who, "", got.ID); !fault.Is(err, fault.NotFound) {
					h.T.Errorf("%v throws it away: %v", who, err)
				}
				if all := h.begun(who); all != "" {
					h.T.Errorf("%v finds %s", who, all)
				}
			}
		}
		if got := h.begun(access.Member("ada")); got != "T/half a thought \n@garden /half a thought \n@garden T/half a thought \n@garden" {
			h.T.Errorf("ada finds %q", got)
		}
		if h.head() != head || h.version() != version {
			h.T.Errorf("%d facts were recorded, the version went from %d to %d", h.head()-head, version, h.version())
		}
		if _, err := h.posts.KeepDraft(h.Context(), wide, "k", post.Unsent{At: places[0], Body: "x"}); !fault.Is(err, fault.Forbidden) {
			h.T.Errorf("an agent keeps a draft: %v", err)
		}
	})
}

func begunKind(at post.Aim) post.Kind {
	if at.Parent != "" {
		return post.Talk
	}
	return post.Question
}

// The words lie sealed, for their author and their row: put into another row, where
// somebody who can change the database may put them, they do not open.
func TestDraftsAreSealed(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		hers := h.keep("ada", "a", post.Unsent{At: post.Aim{Space: "garden"}, Title: "qzsealed", Body: "qzsealed"})
		h.keep("ben", "b", post.Unsent{At: post.Aim{Space: "garden"}, Body: "other"})
		err := h.DB.Read(h.Context(), func(tx *database.Tx) error {
			var words []byte
			err := tx.One([]any{&words}, "SELECT words FROM drafts WHERE id = $1", hers.ID)
			if len(words) == 0 || bytes.Contains(words, []byte("qzsealed")) {
				h.T.Errorf("the database has %q", words)
			}
			return err
		})
		h.must("", err)
		h.Do("UPDATE drafts SET words = (SELECT d.words FROM drafts d WHERE d.id = $1) WHERE author_id = 'ben'", hers.ID)
		if d, err := h.posts.DraftAt(h.Context(), access.Member("ben"), post.Aim{Space: "garden"}, ""); err == nil {
			h.T.Errorf("ben opens ada's words: %+v", d)
		}
	})
}

// Of two devices neither writes over what the other has kept since: both drafts are
// there, and each is told. One form that goes on has one draft, also where it was
// not heard that it was kept; and the same words are not kept twice.
func TestTwoDevicesKeepBoth(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		at := post.Aim{Space: "garden"}
		keep := func(key, version, body string) post.Unsent {
			clock.Add(time.Second)
			return h.keep("ada", key, post.Unsent{At: at, Body: body, Version: version})
		}
		phone := keep("phone", "", "one")
		desk := keep("desk", phone.Version, "one two") // it was opened with the draft
		if desk.ID != phone.ID || desk.Others {
			h.T.Errorf("going on makes another draft: %+v", desk)
		}
		again := keep("phone", phone.Version, "one three")
		if again.ID == phone.ID || !again.Others {
			h.T.Errorf("the phone writes over the desk: %+v", again)
		}
		if got := h.begun(access.Member("ada")); got != "/one three@garden /one two@garden" {
			h.T.Errorf("there are %s", got)
		}
		unheard := keep("phone", phone.Version, "one three four")
		if unheard.ID != again.ID {
			h.T.Errorf("unheard, it is another: %+v", unheard)
		}
		if same := keep("third", "", "one two"); same.ID != desk.ID || same.Version != desk.Version {
			h.T.Errorf("the same words are kept twice: %+v", same)
		}
		// It follows its form to another space.
		moved := h.keep("ada", "phone", post.Unsent{At: post.Aim{Space: "attic"}, Body: "one three four", Version: unheard.Version})
		if moved.ID != again.ID || moved.Others {
			h.T.Errorf("in the attic it is %+v", moved)
		}
		// Left empty, it is gone; the other stays.
		if gone := h.keep("ada", "phone", post.Unsent{At: post.Aim{Space: "attic"}, Body: " \n", Version: moved.Version}); gone.Version != "" {
			h.T.Errorf("empty, it is %+v", gone)
		}
		if got := h.begun(access.Member("ada")); got != "/one two@garden" {
			h.T.Errorf("there are %s", got)
		}
	})
}

// What is said is a draft no more, from the moment at which it is said; what another
// device has kept since stays. What is refused stays a draft.
func TestSayingItDropsTheDraft(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ada := access.Member("ada")
		root := h.publish(ada, "garden", "a whisper")
		version := h.one("ada", root).Version
		say := map[post.Aim]func(d post.Draft) error{
			{Space: "garden"}: func(d post.Draft) error {
				d.Space = "garden"
				_, err := h.posts.Publish(h.Context(), ada, "form", d)
				return err
			},
			{Parent: root}: func(d post.Draft) error {
				d.Parent = root
				_, err := h.posts.Reply(h.Context(), ada, "form", d)
				return err
			},
			{Post: root}: func(d post.Draft) error {
				_, err := h.posts.Edit(h.Context(), ada, "form", root, version, d)
				version++
				return err
			},
		}
		for at, say := range say {
			kept := h.keep("ada", "form", post.Unsent{At: at, Body: "half"})
			other := h.keep("ada", "other", post.Unsent{At: at, Body: "newer"})
			if err := say(post.Draft{Body: strings.Repeat("x", post.MaxBody+1), Unsent: kept.Version}); !fault.Is(err, fault.TooLarge) {
				h.T.Fatal(err)
			}
			if at.Post != "" {
				version--
			}
			if got := h.begun(ada); strings.Count(got, "half") != 1 {
				h.T.Errorf("after a refusal there are %s", got)
			}
			h.must("", say(post.Draft{Body: "the whole", Unsent: kept.Version}))
			if got := h.begun(ada); got != "/newer@garden" {
				h.T.Errorf("at %v, after saying it, there are %q", at, got)
			}
			_, err := h.posts.DropDraft(h.Context(), ada, "", other.ID)
			h.must("", err)
			// The form never heard of its draft, or is another with the same words.
			for _, key := range []string{"form", "elsewhere"} {
				h.keep("ada", key, post.Unsent{At: at, Body: "said " + key})
				h.must("", say(post.Draft{Body: "said " + key}))
				if got := h.begun(ada); got != "" {
					h.T.Errorf("at %v, kept by %s, there are %q", at, key, got)
				}
			}
		}
	})
}

// Whoever can no longer read where she wrote keeps her words, and is not told what
// the place is called; she keeps nothing new there, as where there is no such place.
func TestADraftOfAHiddenPlace(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		root := h.publish(access.Member("ada"), "garden", "a whisper")
		places := []post.Aim{{Space: "garden"}, {Parent: root}}
		for _, at := range places {
			h.keep("ben", "k"+at.Space, post.Unsent{At: at, Body: "mine"})
		}
		h.Do("DELETE FROM space_members WHERE member_id = 'ben'")
		all, err := h.posts.Drafts(h.Context(), access.Member("ben"))
		h.must("", err)
		if len(all) != 2 {
			h.T.Fatalf("ben has %+v", all)
		}
		for _, d := range all {
			if d.Body != "mine" || d.SpaceName != "" || d.SpacePath != "" || d.About != nil {
				h.T.Errorf("ben is told %+v", d)
			}
		}
		for _, at := range append(places, post.Aim{Space: "nowhere"}, post.Aim{Parent: "nothing"}, post.Aim{}) {
			if _, err := h.posts.KeepDraft(h.Context(), access.Member("ben"), "k", post.Unsent{At: at, Body: "more"}); !fault.Is(err, fault.NotFound) {
				h.T.Errorf("at %v: %v", at, err)
			}
		}
	})
}

// There are limits on how long a draft is, on how many there are, and on how often
// one is kept; and one that nobody changes for 90 days is gone.
func TestDraftsHaveLimits(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		at, ada := post.Aim{Space: "garden"}, access.Member("ada")
		for want, d := range map[fault.Kind]post.Unsent{
			fault.TooLarge: {At: at, Body: strings.Repeat("ü", post.MaxBody+1)},
			fault.Invalid:  {At: at, Title: strings.Repeat("ü", post.MaxTitle+1), Body: "x"},
		} {
			if _, err := h.posts.KeepDraft(h.Context(), ada, "k", d); !fault.Is(err, want) {
				h.T.Errorf("got %v", err)
			}
		}
		if _, err := h.posts.KeepDraft(h.Context(), ada, "k", post.Unsent{At: at, Body: "x", Kind: "song"}); !fault.Is(err, fault.Invalid) {
			h.T.Errorf("a kind there is not: %v", err)
		}
		for i := range post.MaxUnsent {
			clock.Add(3 * time.Second)
			h.keep("ada", fmt.Sprint(i), post.Unsent{At: at, Body: fmt.Sprint("draft ", i)})
		}
		if _, err := h.posts.KeepDraft(h.Context(), ada, "more", post.Unsent{At: at, Body: "one more"}); !fault.Is(err, fault.Conflict) {
			h.T.Errorf("one more than there may be: %v", err)
		}
		clock.Add(time.Hour)
		h.keep("ada", "7", post.Unsent{At: at, Body: "draft 7, longer"}) // it goes on
		busy := func() (err error) {
			for i := range 150 {
				if _, err = h.posts.KeepDraft(h.Context(), ada, "7", post.Unsent{At: at, Body: fmt.Sprint("fast ", i)}); err != nil {
					break
				}
			}
			return err
		}
		if err := busy(); !fault.Is(err, fault.TooMany) {
			h.T.Errorf("without a pause: %v", err)
		}
		forget := func(after time.Duration, want int64) {
			clock.Add(after)
			_, err := h.DB.Write(h.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
				n, err := post.ForgetDrafts(tx)
				if n != want {
					h.T.Errorf("%d drafts are forgotten, not %d", n, want)
				}
				return "", err
			})
			h.must("", err)
		}
		h.keep("ben", "b", post.Unsent{At: at, Body: "later"})
		forget(post.UnsentFor-time.Minute, 99)
		forget(2*time.Minute, 2)
	})
}
