package media_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
)

// TestAPhotoIsForTheReadersOfItsPost follows one from its coming in to its end.
func TestAPhotoIsForTheReadersOfItsPost(t *testing.T) {
	both(t, func(h house) {
		id := h.add("ada", 640)
		h.sees(id, "ada")
		p := h.publish("ada", media.Placed{ID: id, Alt: "a shed"})
		h.sees(id, "mod ada ben")
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", p, "because"))
		h.sees(id, "mod ada")
		h.must(h.posts.Restore(h.ctx, access.Member("mod"), "", p))
		h.sees(id, "mod ada ben")
		h.Put("garden", "ben", "")
		h.sees(id, "mod ada")
		h.Put("garden", "ada", "")
		h.sees(id, "mod ada") // it stays hers
		if s, err := h.media.One(h.ctx, access.Member("ada"), id); err != nil || s.PostID != "" {
			h.t.Errorf("its author, who has left, is led to %q, %v", s.PostID, err)
		}
		h.must(h.posts.Withdraw(h.ctx, access.Member("ada"), "", p))
		h.sees(id, "")
		h.work()
		if got := h.files(); got != "" {
			h.t.Errorf("after the post is deleted there are the files %s", got)
		}
	})
}

// TestAPhotoBelowAHiddenPost: a reply reaches nobody who may not read what it
// answers, and neither does its photo.
func TestAPhotoBelowAHiddenPost(t *testing.T) {
	both(t, func(h house) {
		root := h.publish("ben")
		id := h.add("ada", 640)
		h.must(h.posts.Reply(h.ctx, access.Member("ada"), "", post.Draft{Parent: root, Media: []media.Placed{{ID: id}}}))
		h.sees(id, "mod ada ben")
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", root, "because"))
		h.sees(id, "mod ada ben") // ben wrote what is hidden, ada the reply
		other := h.add("mod", 641)
		h.Put("garden", "cem", "member")
		h.must(h.posts.Restore(h.ctx, access.Member("mod"), "", root))
		h.must(h.posts.Reply(h.ctx, access.Member("mod"), "", post.Draft{Parent: root, Media: []media.Placed{{ID: other}}}))
		h.sees(other, "mod ada ben cem")
		h.must(h.posts.Hide(h.ctx, access.Member("mod"), "", root, "because"))
		h.sees(other, "mod ben")
	})
}

// TestOriginalIsForItsAuthor gives the file back as it came, to nobody else.
func TestOriginalIsForItsAuthor(t *testing.T) {
	both(t, func(h house) {
		id := h.add("ada", 640)
		h.publish("ada", media.Placed{ID: id})
		for _, who := range []string{"olga", "mod", "ben", "cem"} {
			if _, err := h.media.Original(h.ctx, access.Member(who), id); !fault.Is(err, fault.NotFound) {
				h.t.Errorf("%s asks for ada's original: %v", who, err)
			}
		}
		f, err := h.media.Original(h.ctx, access.Member("ada"), id)
		if err != nil {
			h.t.Fatal(err)
		}
		defer h.close(f)
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, photo(640)) {
			h.t.Errorf("ada gets other %d bytes than she sent, %v", len(got), err)
		}
	})
}

// TestWhatCannotBeInAPost tries photos that are not the actor's, or elsewhere.
func TestWhatCannotBeInAPost(t *testing.T) {
	both(t, func(h house) {
		hers, bens, posted := h.add("ada", 640), h.add("ben", 641), h.add("ada", 642)
		h.publish("ada", media.Placed{ID: posted})
		many := make([]media.Placed, media.MaxPhotos+1)
		for i := range many {
			many[i].ID = fmt.Sprint(i)
		}
		for name, c := range map[string]struct {
			photos []media.Placed
			key    string
		}{
			"somebody else's":        {[]media.Placed{{ID: bens}}, "media.gone"},
			"one in another post":    {[]media.Placed{{ID: posted}}, "media.gone"},
			"nothing":                {[]media.Placed{{ID: "nothing"}}, "media.gone"},
			"one twice":              {[]media.Placed{{ID: hers}, {ID: hers}}, "media.twice"},
			"too many":               {many, "media.many"},
			"a description too long": {[]media.Placed{{ID: hers, Alt: strings.Repeat("ä", media.MaxAlt+1)}}, "media.alt_long"},
		} {
			_, err := h.posts.Publish(h.ctx, access.Member("ada"), "", post.Draft{Space: "garden", Body: name, Media: c.photos})
			h.refused(err, c.key)
		}
		run := access.Agent("bot", access.InSpace("garden"))
		_, err := h.posts.Publish(h.ctx, run, "", post.Draft{Space: "garden", Body: "look", Media: []media.Placed{{ID: hers}}})
		h.refused(err, "fault.forbidden")
		h.sees(hers, "ada")
	})
}

// TestEditingPhotos changes their order, their words, and which there are.
func TestEditingPhotos(t *testing.T) {
	both(t, func(h house) {
		one, two, three := h.add("ada", 640), h.add("ada", 641), h.add("ada", 642)
		p := h.publish("ada", media.Placed{ID: one, Alt: "first"}, media.Placed{ID: two})
		h.must(h.posts.Edit(h.ctx, access.Member("ada"), "", p, 1, post.Draft{Body: "other words"}))
		if got, err := h.posts.One(h.ctx, access.Member("ben"), p); err != nil || len(got.Media) != 2 {
			h.t.Errorf("a change that says nothing of photos leaves %d, %v", len(got.Media), err)
		}
		h.must(h.posts.Edit(h.ctx, access.Member("ada"), "", p, 2, post.Draft{Body: "look", Media: []media.Placed{{ID: three}, {ID: one, Alt: "an uncommon shed"}}}))
		got, err := h.posts.One(h.ctx, access.Member("ben"), p)
		if err != nil || len(got.Media) != 2 || got.Media[0].ID != three || got.Media[1].Alt != "an uncommon shed" {
			h.t.Errorf("the post has %+v, %v", got.Media, err)
		}
		h.sees(two, "")
		for query, want := range map[string]int{"uncommon": 1, "first": 0} {
			hits, err := h.posts.Search(h.ctx, access.Member("ben"), post.Wanted{Words: query}, "")
			if err != nil || len(hits.Posts) != want {
				h.t.Errorf("%q finds %d posts, %v", query, len(hits.Posts), err)
			}
		}
		h.work()
		if got, want := h.files(), "mmooss"; got != want {
			h.t.Errorf("there are the files %s, want %s", got, want)
		}
	})
}

// TestTheSamePhotoTwice sends a form twice, and the same photo with another.
func TestTheSamePhotoTwice(t *testing.T) {
	both(t, func(h house) {
		add := func(key string, width int) (string, error) {
			return h.media.Add(h.ctx, access.Member("ada"), key, bytes.NewReader(photo(width)))
		}
		first := h.must(add("key", 640))
		if again, err := add("key", 640); again != first || !errors.Is(err, database.ErrRepeated) {
			h.t.Errorf("sent again it is %s, %v, want %s", again, err, first)
		}
		h.must(add("key", 641))
		h.must(add("other", 640))
		if h.rows() != 3 || h.files() != "mmmooosss" {
			h.t.Errorf("there are %d photos with the files %s", h.rows(), h.files())
		}
	})
}

// TestWhatCannotBeTakenLeavesNothing sends what is no photo.
func TestWhatCannotBeTakenLeavesNothing(t *testing.T) {
	both(t, func(h house) {
		for name, c := range map[string]struct {
			file io.Reader
			key  string
		}{
			"nothing":       {strings.NewReader(""), "media.kind"},
			"a page":        {strings.NewReader("<!doctype html><script>alert(1)</script>"), "media.kind"},
			"half of one":   {bytes.NewReader(photo(640)[:400]), "media.broken"},
			"a large one":   {io.MultiReader(bytes.NewReader(photo(640)), zeros(media.MaxBytes)), "media.large"},
			"a broken line": {io.MultiReader(bytes.NewReader(photo(640)[:400]), broken{}), ""},
		} {
			_, err := h.media.Add(h.ctx, access.Member("ada"), "", c.file)
			if c.key == "" && errors.Is(err, errBroken) {
				continue
			}
			t := h.t
			t.Log(name)
			h.refused(err, c.key)
		}
		_, err := h.media.Add(h.ctx, access.Member("pia"), "", bytes.NewReader(photo(640)))
		h.refused(err, "fault.forbidden")
		left, err := os.ReadDir(h.media.Incoming)
		if err != nil || h.rows() != 0 || h.files() != "" || len(left) > 0 {
			h.t.Errorf("there are %d photos with the files %q, and on their way in %v, %v", h.rows(), h.files(), left, err)
		}
	})
}

var errBroken = errors.New("the line broke")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// zeros gives so many of them.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestAPhotoInNoPostIsForgotten after a week, and one in a post is not.
func TestAPhotoInNoPostIsForgotten(t *testing.T) {
	both(t, func(h house) {
		loose, posted := h.add("ada", 640), h.add("ada", 641)
		h.publish("ada", media.Placed{ID: posted})
		forget := func() {
			h.t.Helper()
			h.must(h.DB.Write(h.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
				_, err := media.Forget(tx)
				return "", err
			}))
			h.work()
		}
		h.clock.Add(media.Loose - 1e9)
		forget()
		h.sees(loose, "ada")
		h.clock.Add(2e9)
		forget()
		h.sees(loose, "")
		h.sees(posted, "mod ada ben")
		if got := h.files(); got != "mos" {
			h.t.Errorf("there are the files %s", got)
		}
	})
}

// down is a store that is not there.
type down struct{ blob.Store }

func (down) Put(context.Context, string, int64, io.ReaderAt) error { return blob.ErrDown }

// TestStoreDown says so, and keeps nothing.
func TestStoreDown(t *testing.T) {
	both(t, func(h house) {
		id := h.add("ada", 640)
		h.media.Store = down{h.media.Store}
		_, err := h.media.Add(h.ctx, access.Member("ada"), "", bytes.NewReader(photo(641)))
		h.refused(err, "fault.storage_down")
		h.publish("ada", media.Placed{ID: id})
		if h.rows() != 1 {
			h.t.Errorf("there are %d photos", h.rows())
		}
	})
}

// TestSweepDropsWhatBelongsToNothing: files without a photo go after a month, and
// those of photos stay. What came after all that the database knows stays too:
// it may be an old copy.
func TestSweepDropsWhatBelongsToNothing(t *testing.T) {
	both(t, func(h house) {
		put := func(folder string) {
			h.t.Helper()
			if err := h.media.Store.Put(h.ctx, strings.Repeat(folder, 16)+"/o", 3, strings.NewReader("abc")); err != nil {
				h.t.Fatal(err)
			}
		}
		put("ab")
		if err := os.WriteFile(filepath.Join(h.media.Incoming, "half"), []byte("half"), 0o600); err != nil {
			h.t.Fatal(err)
		}
		// The store goes by the clock of the machine.
		begin := time.Now().Add(time.Second)
		at := func(later time.Duration) { h.clock.Add(begin.Add(later).Sub(h.DB.Now())) }
		at(0)
		h.add("ada", 640)
		for _, c := range []struct {
			later time.Duration
			want  string
			left  int
		}{{23 * time.Hour, "moos", 1}, {25 * time.Hour, "moos", 0}, {29 * 24 * time.Hour, "moos", 0}, {31 * 24 * time.Hour, "mos", 0}} {
			at(c.later)
			if err := h.media.Sweep(h.ctx); err != nil {
				h.t.Fatal(err)
			}
			left, err := os.ReadDir(h.media.Incoming)
			if got := h.files(); err != nil || got != c.want || len(left) != c.left {
				h.t.Errorf("after %s there are the files %s, want %s, and on their way in %v, %v", c.later, got, c.want, left, err)
			}
		}
		h.Do("UPDATE media SET created_at = 0")
		put("cd")
		if err := h.media.Sweep(h.ctx); err != nil || h.files() != "moos" {
			h.t.Errorf("with an old copy of the database there are the files %s, %v", h.files(), err)
		}
		h.Do("UPDATE media SET created_at = $1", database.Micros(h.DB.Now()))
		h.Do("UPDATE actors SET created_at = $1", database.Micros(h.DB.Now()))
		if err := h.media.Sweep(h.ctx); err != nil || h.files() != "moos" {
			h.t.Errorf("with the store of another community there are the files %s, %v", h.files(), err)
		}
	})
}

// taken is a photo with words in it where a camera says where it was taken.
func taken(words string) []byte {
	exif := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00" + words
	file := photo(640)
	return slices.Concat(file[:2], []byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, []byte(exif), file[2:])
}

func (h house) content(f media.File, err error) string {
	h.t.Helper()
	if err != nil {
		h.t.Error(err)
		return ""
	}
	defer h.close(f)
	all, err := io.ReadAll(f)
	if err != nil {
		h.t.Error(err)
	}
	return string(all)
}

// TestFullSizeWithoutPlace: others get each pixel as it came, and not where it
// was taken. Where its author is erased nobody has the original any more, also
// when an older copy of the database, which knows of it, is put back.
func TestFullSizeWithoutPlace(t *testing.T) {
	both(t, func(h house) {
		id := h.must(h.media.Add(h.ctx, access.Member("ada"), "", bytes.NewReader(taken("53.55 N 9.99 E"))))
		h.publish("ada", media.Placed{ID: id})
		for _, who := range []string{"ada", "ben"} {
			if got := h.content(h.media.Download(h.ctx, access.Member(who), id)); got != string(photo(640)) {
				h.t.Errorf("%s gets %d bytes that are not those without the place", who, len(got))
			}
		}
		if _, err := h.media.Download(h.ctx, access.Member("cem"), id); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("cem asks for it in full size: %v", err)
		}
		var before []byte
		read := func(tx *database.Tx) error { return tx.One([]any{&before}, "SELECT cut FROM media") }
		if err := h.DB.Read(h.ctx, read); err != nil {
			h.t.Fatal(err)
		}
		for range 2 {
			h.must(h.DB.Write(h.ctx, database.Op{Class: database.System}, func(tx *database.Tx) (string, error) { return "", media.Bare(tx, "ada") }))
			h.work()
			if got := h.files(); got != "cms" {
				h.t.Errorf("there are the files %s", got)
			}
			if got := h.content(h.media.Download(h.ctx, access.Member("ben"), id)); got != string(photo(640)) {
				h.t.Errorf("ben gets %d other bytes", len(got))
			}
			if _, err := h.media.Original(h.ctx, access.Member("ada"), id); !fault.Is(err, fault.NotFound) {
				h.t.Errorf("there still is an original: %v", err)
			}
			h.Do("UPDATE media SET cut = $1, bytes = $2", before, len(taken("53.55 N 9.99 E")))
		}
	})
}

// TestRoomForPhotos: each member has her room and everybody together theirs, to
// the byte; words need none.
func TestRoomForPhotos(t *testing.T) {
	both(t, func(h house) {
		room := func(each, all int64) { h.Do("UPDATE community SET media_each = $1, media_all = $2", each, all) }
		add := func(who string, width int) error {
			_, err := h.media.Add(h.ctx, access.Member(who), "", bytes.NewReader(photo(width)))
			return err
		}
		h.add("ada", 640)
		u, err := h.media.Used(h.ctx, access.Member("ada"))
		if err != nil || u.Bytes <= int64(len(photo(640))) {
			h.t.Errorf("ada's photo takes %d bytes, %v", u.Bytes, err)
		}
		room(2*u.Bytes-1, 0)
		h.refused(add("ada", 640), "media.full_yours")
		room(2*u.Bytes, 0)
		if err := add("ada", 640); err != nil {
			h.t.Error(err)
		}
		h.refused(add("ada", 640), "media.full_yours")
		room(0, 3*u.Bytes-1)
		h.refused(add("ben", 640), "media.full_all")
		room(0, 3*u.Bytes)
		if err := add("ben", 640); err != nil {
			h.t.Error(err)
		}
		room(0, 0)
		h.media.Free = func() (uint64, error) { return 1 << 30, nil }
		h.refused(add("ben", 641), "media.full_all")
		h.publish("ben")
		if h.files() != "mmmooosss" {
			h.t.Errorf("there are the files %s", h.files())
		}
	})
}

// TestRemovingOnesOwnPhoto takes it out of a post, wherever its author is by now,
// and from what finds the post. A post that is nothing else goes with it.
func TestRemovingOnesOwnPhoto(t *testing.T) {
	both(t, func(h house) {
		remove := func(who, id string) error {
			_, err := h.posts.RemovePhoto(h.ctx, access.Member(who), "", id)
			return err
		}
		one, two, alone, loose := h.add("ada", 640), h.add("ada", 641), h.add("ada", 642), h.add("ada", 643)
		p := h.publish("ada", media.Placed{ID: one, Alt: "an uncommon shed"}, media.Placed{ID: two})
		q := h.must(h.posts.Publish(h.ctx, access.Member("ada"), "", post.Draft{Space: "garden", Media: []media.Placed{{ID: alone}}}))
		titled := h.add("ada", 644)
		o := h.must(h.posts.Publish(h.ctx, access.Member("ada"), "", post.Draft{Space: "garden", Title: "The shed", Media: []media.Placed{{ID: titled}}}))
		h.Put("garden", "ada", "")
		for _, who := range []string{"ben", "mod", "olga"} {
			if err := remove(who, one); !fault.Is(err, fault.NotFound) {
				h.t.Errorf("%s removes ada's photo: %v", who, err)
			}
		}
		for _, id := range []string{one, alone, loose, titled} {
			if err := remove("ada", id); err != nil {
				h.t.Error(err)
			}
			h.sees(id, "")
		}
		got, err := h.posts.One(h.ctx, access.Member("ben"), p)
		if err != nil || len(got.Media) != 1 || got.Media[0].ID != two {
			h.t.Errorf("the post has %+v, %v", got.Media, err)
		}
		if hits, err := h.posts.Search(h.ctx, access.Member("ben"), post.Wanted{Words: "uncommon"}, ""); err != nil || len(hits.Posts) != 0 {
			h.t.Errorf("%d posts are found by what was on it, %v", len(hits.Posts), err)
		}
		if _, err := h.posts.Thread(h.ctx, access.Member("ben"), q, ""); !fault.Is(err, fault.NotFound) {
			h.t.Errorf("a post of which nothing is left: %v", err)
		}
		if _, err := h.posts.Thread(h.ctx, access.Member("ben"), o, ""); err != nil {
			h.t.Errorf("a post with a title: %v", err)
		}
		h.work()
		if h.files() != "mos" {
			h.t.Errorf("there are the files %s", h.files())
		}
	})
}

// TestMineListsEach once, newest first, over pages that end.
func TestMineListsEach(t *testing.T) {
	both(t, func(h house) {
		for n := range media.PageSize + 3 {
			h.Do("INSERT INTO media (id, author_id, place, type, alt, width, height, blob, bytes, made, cut, created_at) VALUES ($1, 'ada', 0, 'image/jpeg', '', 1, 1, '', 1, 1, $2, $3)",
				fmt.Sprintf("photo%03d", n), []byte{}, n/7)
		}
		h.add("ben", 640)
		seen, before := map[string]bool{}, ""
		for pages := range 3 {
			all, older, err := h.media.Mine(h.ctx, access.Member("ada"), before)
			if err != nil || pages == 2 {
				h.t.Fatalf("page %d: %v", pages, err)
			}
			for _, x := range all {
				seen[x.ID] = true
			}
			if before = older; older == "" {
				break
			}
		}
		if len(seen) != media.PageSize+3 {
			h.t.Errorf("she finds %d of hers", len(seen))
		}
	})
}
