package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
)

// film is one of the films of package video. place.mov has a place, a time and a
// device in it, and so have keys.mp4 and drone.mp4.
func film(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "internal", "video", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tells are words in the films of package video that are not for others.
var tells = []string{"qzcanary", "53.140", "ISO6709", "udta", "Lavf59"}

func (h house) shoot(who, name string) string {
	h.t.Helper()
	return h.must(h.media.Add(h.ctx, access.Member(who), "", bytes.NewReader(film(h.t, name))))
}

// watch are those who see a video, in the order in which they are asked.
func (h house) watch(id, want string) {
	h.t.Helper()
	var all []string
	for _, who := range []string{"olga", "mod", "ada", "ben", "cem", "pia", ""} {
		a := access.Member(who)
		if who == "" {
			a = access.Stranger()
		}
		f, err := h.media.Film(h.ctx, a, id)
		saved, other := h.media.Download(h.ctx, a, id)
		if (err == nil) != (other == nil) {
			h.t.Errorf("%s plays it: %v, and saves it: %v", who, err, other)
		}
		if err != nil {
			if !fault.Is(err, fault.NotFound) {
				h.t.Errorf("%s: %v", who, err)
			}
			continue
		}
		all = append(all, who)
		h.close(f)
		h.close(saved)
	}
	if got := strings.Join(all, " "); got != want {
		h.t.Errorf("%q see it, want %q", got, want)
	}
}

// TestAVideoIsForTheReadersOfItsPost follows one from its coming in to its end.
func TestAVideoIsForTheReadersOfItsPost(t *testing.T) {
	both(t, func(h house) {
		id := h.shoot("ada", "turned.mp4")
		h.watch(id, "ada")
		p := h.publish("ada", media.Placed{ID: id, Alt: "a shed in the wind"})
		h.watch(id, "mod ada ben")
		got, err := h.posts.One(h.ctx, access.Member("ben"), p)
		want := media.Item{ID: id, Alt: "a shed in the wind", Width: 64, Height: 96, Video: true}
		if err != nil || len(got.Media) != 1 || got.Media[0] != want {
			h.t.Errorf("the post has %+v, %v", got.Media, err)
		}
		if s, err := h.media.One(h.ctx, access.Member("ben"), id); err != nil || s.Item != want {
			h.t.Errorf("its page has %+v, %v", s.Item, err)
		}
		if _, err := h.media.Open(h.ctx, access.Member("ben"), id, "s.jpg"); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("a copy of a video: %v", err)
		}
		if _, err := h.media.OpenOwn(h.ctx, access.Member("ada"), id); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("a copy of one's own video: %v", err)
		}
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", p, "because"))
		h.watch(id, "mod ada")
		h.must(h.posts.Restore(h.ctx, access.Member("mod"), "", p))
		h.Put("garden", "ben", "")
		h.watch(id, "mod ada")
		u, err := h.media.Used(h.ctx, access.Member("ada"))
		if size := int64(len(film(h.t, "turned.mp4"))); err != nil || u.Bytes != size {
			h.t.Errorf("it takes %d bytes of %d, %v", u.Bytes, size, err)
		}
		h.must(h.posts.Withdraw(h.ctx, access.Member("ada"), "", p))
		h.watch(id, "")
		h.work()
		if got := h.files(); got != "" {
			h.t.Errorf("after the post is deleted there are the files %s", got)
		}
	})
}

// TestAVideoBelowAHiddenPost: a reply reaches nobody who may not read what it
// answers, and neither does its video.
func TestAVideoBelowAHiddenPost(t *testing.T) {
	both(t, func(h house) {
		root, id := h.publish("ben"), h.shoot("mod", "first.mp4")
		h.must(h.posts.Reply(h.ctx, access.Member("mod"), "", post.Draft{Parent: root, Media: []media.Placed{{ID: id}}}))
		h.watch(id, "mod ada ben")
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", root, "because"))
		h.watch(id, "mod ben")
	})
}

// TestAPhotoIsNoFilm: what is played as one is one.
func TestAPhotoIsNoFilm(t *testing.T) {
	both(t, func(h house) {
		id := h.add("ada", 640)
		if _, err := h.media.Film(h.ctx, access.Member("ada"), id); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("a photo is played: %v", err)
		}
	})
}

// TestVideosTellNothing: others get picture and sound as they came, and nothing of
// where, when and with what it was filmed. Its author gets the file as it came.
// Where she is erased nobody has the original any more.
func TestVideosTellNothing(t *testing.T) {
	both(t, func(h house) {
		for name, kind := range map[string]string{"place.mov": "video/quicktime", "keys.mp4": "video/mp4", "drone.mp4": "video/mp4"} {
			file := film(h.t, name)
			id := h.shoot("ada", name)
			h.publish("ada", media.Placed{ID: id})
			f, err := h.media.Original(h.ctx, access.Member("ada"), id)
			if got := h.content(f, err); got != string(file) || f.Type != kind {
				h.t.Errorf("ada gets other %d bytes of %s than she sent, as %s", len(got), name, f.Type)
			}
			for _, who := range []string{"olga", "mod", "ben", "cem"} {
				if _, err := h.media.Original(h.ctx, access.Member(who), id); !fault.Is(err, fault.NotFound) {
					h.t.Errorf("%s asks for ada's original: %v", who, err)
				}
			}
			before := h.tellsNothing(id, file)
			h.must(h.DB.Write(h.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", media.Bare(tx, "ada") }))
			h.work()
			if after := h.tellsNothing(id, file); after != before {
				h.t.Errorf("%s is another film once its author is erased", name)
			}
			if _, err := h.media.Original(h.ctx, access.Member("ada"), id); !fault.Is(err, fault.NotFound) {
				h.t.Errorf("there still is an original: %v", err)
			}
		}
		if got := h.files(); got != "ccc" {
			h.t.Errorf("there are the files %s", got)
		}
	})
}

// tellsNothing gives a video as others get it.
func (h house) tellsNothing(id string, file []byte) string {
	h.t.Helper()
	f, err := h.media.Film(h.ctx, access.Member("ben"), id)
	got := h.content(f, err)
	if len(got) != len(file) || f.Type != "video/mp4" {
		h.t.Errorf("others get %d bytes of %d, as %s", len(got), len(file), f.Type)
	}
	for _, word := range tells {
		if strings.Contains(got, word) {
			h.t.Errorf("others are told %q", word)
		}
	}
	if got != h.content(h.media.Download(h.ctx, access.Member("ben"), id)) {
		h.t.Error("who saves it gets something else")
	}
	return got
}

// TestPartsOfAVideo reads from anywhere, as a player does.
func TestPartsOfAVideo(t *testing.T) {
	both(t, func(h house) {
		id := h.shoot("ada", "last.mp4")
		f, err := h.media.Film(h.ctx, access.Member("ada"), id)
		if err != nil {
			h.t.Fatal(err)
		}
		defer h.close(f)
		whole := h.content(h.media.Film(h.ctx, access.Member("ada"), id))
		for _, at := range []int64{int64(len(whole)) - 7, 0, 4000} {
			part := make([]byte, 7)
			_, err := f.Seek(at, io.SeekStart)
			if err == nil {
				_, err = io.ReadFull(f, part)
			}
			if err != nil || string(part) != whole[at:at+7] {
				h.t.Errorf("at %d it has %q, %v", at, part, err)
			}
		}
	})
}

// TestOneVideoAPost: a second one is refused, when a post is written and when it
// is changed; beside photos one may be.
func TestOneVideoAPost(t *testing.T) {
	both(t, func(h house) {
		one, two, pic := h.shoot("ada", "first.mp4"), h.shoot("ada", "last.mp4"), h.add("ada", 640)
		_, err := h.posts.Publish(h.ctx, access.Member("ada"), "", post.Draft{Space: "garden", Body: "look", Media: []media.Placed{{ID: one}, {ID: pic}, {ID: two}}})
		h.refused(err, "media.one_video")
		p := h.publish("ada", media.Placed{ID: pic}, media.Placed{ID: one})
		_, err = h.posts.Edit(h.ctx, access.Member("ada"), "", p, 1, post.Draft{Body: "look", Media: []media.Placed{{ID: one}, {ID: pic}, {ID: two}}})
		h.refused(err, "media.one_video")
		h.must(h.posts.Edit(h.ctx, access.Member("ada"), "", p, 1, post.Draft{Body: "look", Media: []media.Placed{{ID: two}, {ID: pic}}}))
		h.watch(one, "")
		h.watch(two, "mod ada ben")
		films, err := h.media.Films(h.ctx, access.Member("ada"), []string{two, pic, "nothing"})
		if bens, other := h.media.Films(h.ctx, access.Member("ben"), []string{two}); err != nil || other != nil || !films[two] || films[pic] || films["nothing"] || bens[two] {
			h.t.Errorf("of hers videos are %v, of ben's %v, %v, %v", films, bens, err, other)
		}
	})
}

// box is one of the pieces that a film is made of.
func box(kind string, body ...byte) []byte {
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), []byte(kind), body)
}

// TestVideosThatCannotBeTaken leave nothing.
func TestVideosThatCannotBeTaken(t *testing.T) {
	both(t, func(h house) {
		good := film(h.t, "first.mp4")
		brands := box("ftyp", []byte("isom\x00\x00\x00\x00isommp41")...)
		deep := box("moov")
		for range 2000 {
			deep = box("moov", deep...)
		}
		index := binary.BigEndian.AppendUint32(nil, 40<<20) // a moov that says it has 40 MB
		for name, c := range map[string]struct {
			file io.Reader
			key  string
		}{
			"brands and a page":         {io.MultiReader(bytes.NewReader(brands), strings.NewReader("<!doctype html><script>alert(1)</script>")), "media.video_broken"},
			"brands alone":              {bytes.NewReader(brands), "media.video_broken"},
			"half of one":               {bytes.NewReader(good[:len(good)/2]), "media.video_broken"},
			"boxes in boxes in boxes":   {bytes.NewReader(slices.Concat(brands, deep, box("mdat"))), "media.video_kind"},
			"a sound":                   {bytes.NewReader(box("ftyp", []byte("M4A \x00\x00\x00\x00M4A ")...)), "media.kind"},
			"a film of another kind":    {strings.NewReader("\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01webm"), "media.kind"},
			"an index that fills up":    {io.MultiReader(bytes.NewReader(slices.Concat(brands, index, []byte("moov"))), zeros(40<<20)), "media.video_index"},
			"a large one":               {io.MultiReader(bytes.NewReader(good), zeros(media.MaxVideo)), "media.large"},
			"a photo with a film in it": {io.MultiReader(bytes.NewReader(photo(640)[:300]), bytes.NewReader(good)), "media.broken"},
		} {
			_, err := h.media.Add(h.ctx, access.Member("ada"), "", c.file)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Key != c.key {
				h.t.Errorf("%s: got %v, want %s", name, err, c.key)
			}
		}
		left, err := os.ReadDir(h.media.Incoming)
		if err != nil || h.rows() != 0 || h.files() != "" || len(left) > 0 {
			h.t.Errorf("there are %d with the files %q, and on their way in %v, %v", h.rows(), h.files(), left, err)
		}
	})
}

// TestAFilmWithAPageBehindIt: what stands behind the boxes, or in one that is no
// part of a film, is not for others.
func TestAFilmWithAPageBehindIt(t *testing.T) {
	both(t, func(h house) {
		page := "<!doctype html><script>alert(1)</script>"
		file := append(film(h.t, "first.mp4"), box("uuid", []byte(page)...)...)
		id := h.must(h.media.Add(h.ctx, access.Member("ada"), "", bytes.NewReader(file)))
		if got := h.content(h.media.Film(h.ctx, access.Member("ada"), id)); len(got) != len(file) || strings.Contains(got, "script") {
			h.t.Errorf("others get %d bytes of %d, and the page", len(got), len(file))
		}
	})
}
