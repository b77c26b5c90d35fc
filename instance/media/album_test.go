package media_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
)

var ever = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// album is what is said of the photos that somebody finds in the garden, page by
// page, and handed that of those she gets in one file.
func (h house) album(who string) (album, handed string) {
	h.t.Helper()
	var seen, got []string
	for pages, before := 0, ""; pages < 5; pages++ {
		all, older, err := h.media.Album(h.ctx, access.Member(who), "garden", before)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, e := range all {
			for _, i := range e.Photos {
				seen = append(seen, i.Alt)
			}
		}
		if before = older; older == "" {
			break
		}
	}
	err := h.media.Each(h.ctx, access.Member(who), "garden", time.Unix(0, 0), ever, func(p media.Packed) error {
		got = append(got, p.Alt)
		content, err := io.ReadAll(p.File)
		if !bytes.HasPrefix(content, []byte{0xff, 0xd8}) {
			h.t.Errorf("of %s comes %.20q", p.Alt, content)
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(seen, " "), strings.Join(got, " ")
}

// TestAlbumIsOfWhatSheMayRead: the latest first on the page and the oldest first
// in one file, those of replies among them, each photo in the order of its post.
func TestAlbumIsOfWhatSheMayRead(t *testing.T) {
	both(t, func(h house) {
		first := h.publish("ada", media.Placed{ID: h.add("ada", 640), Alt: "1"}, media.Placed{ID: h.add("ada", 641), Alt: "2"})
		h.clock.Add(time.Hour)
		answer := h.must(h.posts.Reply(h.ctx, access.Member("ben"), "", post.Draft{Parent: first, Media: []media.Placed{{ID: h.add("ben", 642), Alt: "3"}}}))
		h.clock.Add(time.Hour)
		gone := h.publish("ada", media.Placed{ID: h.add("ada", 643), Alt: "gone"})
		h.clock.Add(time.Hour)
		unlisted := h.publish("ada", media.Placed{ID: h.add("ada", 644), Alt: "unlisted"})
		h.must(h.posts.Withdraw(h.ctx, access.Member("ada"), "", gone))
		h.Do("UPDATE posts SET listed = FALSE WHERE id = $1", unlisted)
		want := func(who, album, handed string) {
			h.t.Helper()
			if a, z := h.album(who); a != album || z != handed {
				h.t.Errorf("%s finds %q and gets %q, want %q and %q", who, a, z, album, handed)
			}
		}
		want("ada", "3 1 2", "1 2 3")
		want("olga", "", "")
		want("cem", "", "")
		want("pia", "", "")
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", answer, "because"))
		want("ada", "1 2", "1 2")
		h.must(h.posts.Restore(h.ctx, access.Member("mod"), "", answer))
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", first, "because"))
		want("ben", "", "") // nor what stands below it
		want("mod", "3 1 2", "1 2 3")
	})
}

// TestAlbumGoesOnAndEnds over more posts than a page has.
func TestAlbumGoesOnAndEnds(t *testing.T) {
	both(t, func(h house) {
		var want []string
		blob := h.add("ada", 640)
		for range 2*media.AlbumPosts + 1 {
			id := h.publish("ada")
			h.Do("INSERT INTO media (id, author_id, post_id, place, type, alt, width, height, blob, bytes, made, cut, created_at) SELECT $1, author_id, $1, 0, type, $1, width, height, blob, bytes, made, cut, created_at FROM media WHERE id = $2", id, blob)
			h.Do("UPDATE posts SET media = 1 WHERE id = $1", id)
			want = append(want, id)
			h.clock.Add(time.Minute)
		}
		_, handed := h.album("ben")
		if handed != strings.Join(want, " ") {
			h.t.Errorf("handed are %d photos of %d", len(strings.Fields(handed)), len(want))
		}
		seen, _ := h.album("ben")
		for n, id := range strings.Fields(seen) {
			if id != want[len(want)-1-n] {
				h.t.Fatalf("%s stands at %d", id, n)
			}
		}
		if len(strings.Fields(seen)) != len(want) {
			h.t.Errorf("%d photos of %d are seen", len(strings.Fields(seen)), len(want))
		}
	})
}

// TestTheRuleIsAskedForEachPhoto of an album in one file: who is put out of the
// space meanwhile gets no further one (P54), and what is deleted is left out.
func TestTheRuleIsAskedForEachPhoto(t *testing.T) {
	both(t, func(h house) {
		h.publish("ada", media.Placed{ID: h.add("ada", 640), Alt: "1"}, media.Placed{ID: h.add("ada", 641), Alt: "2"})
		h.clock.Add(time.Hour)
		second := h.publish("ada", media.Placed{ID: h.add("ada", 642), Alt: "3"})
		each := func(who string, after func()) string {
			var got []string
			err := h.media.Each(h.ctx, access.Member(who), "garden", time.Unix(0, 0), ever, func(p media.Packed) error {
				got = append(got, p.Alt)
				after()
				return nil
			})
			if err != nil {
				h.t.Error(err)
			}
			return strings.Join(got, " ")
		}
		if got := each("ben", func() { h.Put("garden", "ben", "") }); got != "1" {
			h.t.Errorf("who was put out after the first photo gets %s", got)
		}
		done := false
		if got := each("mod", func() {
			if !done {
				h.must(h.posts.Withdraw(h.ctx, access.Member("ada"), "", second))
			}
			done = true
		}); got != "1 2" {
			h.t.Errorf("with a post deleted after the first photo mod gets %s", got)
		}
	})
}
