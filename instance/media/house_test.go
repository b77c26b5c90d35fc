package media_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/picture"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
)

// house is a community with a secret space: mod moderates it, ada and ben are in
// it, cem is not. olga owns the community and is not in it either.
type house struct {
	accesstest.World
	t     *testing.T
	ctx   context.Context
	clock *databasetest.Clock
	dir   string
	media *media.Operations
	posts *post.Operations
}

func both(t *testing.T, test func(h house)) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) { test(houseIn(t, db, clock)) })
}

func houseIn(t *testing.T, db *database.DB, clock *databasetest.Clock) house {
	t.Helper()
	keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	store, err := blob.OpenDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	h := house{
		World: accesstest.World{T: t, DB: db}, t: t, ctx: t.Context(), clock: clock, dir: dir,
		media: &media.Operations{DB: db, Store: store, Incoming: t.TempDir(), Press: &picture.Press{}}, posts: &post.Operations{DB: db, Keys: keys},
	}
	h.Community("hidden")
	h.Member("olga", "active", access.Owner)
	for _, who := range []string{"mod", "ada", "ben", "cem"} {
		h.Member(who, "active", access.FullRole)
	}
	h.Member("pia", "pending", access.FullRole)
	h.Space("garden", "secret")
	h.Put("garden", "mod", "moderator")
	h.Put("garden", "ada", "member")
	h.Put("garden", "ben", "member")
	h.Agent("bot")
	return h
}

// photo is a file as a camera makes it. No two widths are the same file.
func photo(width int) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, width, 300)), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func (h house) must(id string, err error) string {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

func (h house) add(who string, width int) string {
	h.t.Helper()
	return h.must(h.media.Add(h.ctx, access.Member(who), "", bytes.NewReader(photo(width))))
}

func (h house) publish(who string, photos ...media.Placed) string {
	h.t.Helper()
	return h.must(h.posts.Publish(h.ctx, access.Member(who), "", post.Draft{Space: "garden", Body: "look", Media: photos}))
}

// see are those who see a photo, in the order in which they are asked.
func (h house) see(id string) string {
	h.t.Helper()
	var all []string
	for _, who := range []string{"olga", "mod", "ada", "ben", "cem", "pia", ""} {
		a := access.Member(who)
		if who == "" {
			a = access.Stranger()
		}
		f, err := h.media.Open(h.ctx, a, id, "s.jpg")
		_, other := h.media.One(h.ctx, a, id)
		if (err == nil) != (other == nil) {
			h.t.Errorf("%s gets the copy: %v, and the page: %v", who, err, other)
		}
		if err == nil {
			all = append(all, who)
			h.close(f)
		} else if !fault.Is(err, fault.NotFound) {
			h.t.Errorf("%s: %v", who, err)
		}
	}
	return strings.Join(all, " ")
}

func (h house) close(c io.Closer) {
	h.t.Helper()
	if err := c.Close(); err != nil {
		h.t.Error(err)
	}
}

func (h house) sees(id, want string) {
	h.t.Helper()
	if got := h.see(id); got != want {
		h.t.Errorf("%q see it, want %q", got, want)
	}
}

// work does the jobs that are due.
func (h house) work() {
	h.t.Helper()
	w := job.Worker{DB: h.DB, Log: nil, Handlers: map[string]job.Handler{
		media.DropJob: h.media.Drop, media.BareJob: h.media.Strip, job.WipeJob: job.Wiping(h.DB),
	}}
	if _, err := w.Drain(h.ctx); err != nil {
		h.t.Fatal(err)
	}
}

// files are the names of all files in the store, without their folders.
func (h house) files() string {
	h.t.Helper()
	var all []string
	err := filepath.WalkDir(h.dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, strings.TrimSuffix(filepath.Base(name), ".jpg"))
		}
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func (h house) rows() (n int) {
	h.t.Helper()
	err := h.DB.Read(h.ctx, func(tx *database.Tx) error { return tx.One([]any{&n}, "SELECT count(*) FROM media") })
	if err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h house) refused(err error, key string) {
	h.t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Key != key {
		h.t.Errorf("got %v, want %s", err, key)
	}
}
