package media

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/cut"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// File is a file to send. Close it.
type File struct {
	io.ReadSeeker
	whole blob.File
	// Type is its media type.
	Type string
}

// Close gives the file back.
func (f File) Close() error { return f.whole.Close() }

// readable is the one condition under which somebody sees a photo, asked at each
// access: it is in a post that she may read, in a thread that she may read, or
// it is her own.
var readable = `FROM media m LEFT JOIN posts p ON p.id = m.post_id LEFT JOIN posts t ON t.id = p.root_id
	WHERE (` + inReadable + ` OR ` + access.Owned("m") + `)`

var inReadable = `p.id IS NOT NULL AND ` + access.ReadableRow("p", "t")

// Open gives a copy of a photo for whoever may see it, or fault.Missing.
func (o *Operations) Open(ctx context.Context, a access.Actor, id string, s Size) (File, error) {
	var folder string
	i := Item{ID: id}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return found(tx.One([]any{&folder, &i.Width, &i.Height, &i.Video}, "SELECT m.blob, m.width, m.height, "+asVideo+" "+readable+" AND m.id = $3", a.Args(id)...))
	})
	if err != nil {
		return File{}, err
	}
	for _, c := range i.Copies() {
		if c.Size == s {
			return o.file(ctx, folder, string(s), "image/jpeg")
		}
	}
	return File{}, fault.Missing()
}

// OpenOwn gives the smallest copy of a photo of the actor's own, or fault.Missing,
// as for a video.
func (o *Operations) OpenOwn(ctx context.Context, a access.Actor, id string) (File, error) {
	var folder string
	i := Item{ID: id}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return found(tx.One([]any{&folder, &i.Width, &i.Height, &i.Video}, "SELECT m.blob, m.width, m.height, "+asVideo+" FROM media m WHERE m.id = $2 AND "+access.Owned("m"), a.ID(), id))
	})
	if err != nil {
		return File{}, err
	}
	if i.Video {
		return File{}, fault.Missing()
	}
	return o.file(ctx, folder, string(i.Copies()[0].Size), "image/jpeg")
}

// Original gives the file as it came, byte for byte, to its author alone.
func (o *Operations) Original(ctx context.Context, a access.Actor, id string) (File, error) {
	var folder, kind string
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return found(tx.One([]any{&folder, &kind}, "SELECT m.blob, m.type FROM media m WHERE m.id = $2 AND length(m.cut) > 0 AND "+access.Owned("m"), a.ID(), id))
	})
	if err != nil {
		return File{}, err
	}
	return o.file(ctx, folder, original, kind)
}

// Download gives a photo in full size to whoever may see it: its pixels as they
// came, byte for byte, and nothing else of the file but how it is held and its
// colour profile. Of a video it gives what Film gives. Neither does its author get more by it.
func (o *Operations) Download(ctx context.Context, a access.Actor, id string) (File, error) {
	var s stored
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return found(tx.One([]any{&s.folder, &s.kind, &s.bytes, &s.cut}, "SELECT m.blob, m.type, m.bytes, m.cut "+readable+" AND m.id = $3", a.Args(id)...))
	})
	if err != nil {
		return File{}, err
	}
	return o.cleaned(ctx, s)
}

// stored is how a photo lies in the store.
type stored struct {
	folder, kind string
	bytes        int64
	cut          []byte
}

// cleaned opens what others get of a file in full size.
func (o *Operations) cleaned(ctx context.Context, s stored) (File, error) {
	if isVideo(s.kind) {
		s.kind = "video/mp4" // that is what a cut makes of QuickTime
	}
	if len(s.cut) == 0 {
		return o.file(ctx, s.folder, bare, s.kind)
	}
	pieces, err := cut.Parse(s.cut)
	if err != nil {
		return File{}, fmt.Errorf("read what others get of a photo: %w", err)
	}
	f, err := o.file(ctx, s.folder, original, s.kind)
	if err != nil {
		return File{}, err
	}
	r, err := pieces.Reader(&blocks{from: f.whole, size: s.bytes}, s.bytes)
	if err != nil {
		return File{}, errors.Join(fmt.Errorf("cut a photo: %w", err), f.Close())
	}
	f.ReadSeeker = r
	return f, nil
}

func (o *Operations) file(ctx context.Context, folder, name, kind string) (File, error) {
	f, err := o.Store.Open(ctx, folder+"/"+name)
	if errors.Is(err, blob.ErrNone) {
		return File{}, fault.Missing()
	}
	return File{f, f, kind}, err
}

func found(err error) error {
	if errors.Is(err, database.ErrNone) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("look for the photo: %w", err)
	}
	return nil
}

// Shown is a photo on a page of its own.
type Shown struct {
	Item
	// PostID is where it is; empty for one in no post, and for one in a post
	// that its author may not read any more.
	PostID string
	// Mine says that the actor is its author.
	Mine bool
	// Number and Of say which it is of how many in its post, from 1. Earlier and
	// Later are those beside it, empty at the ends.
	Number, Of     int
	Earlier, Later string
}

// One gives a photo with those beside it, or fault.Missing.
func (o *Operations) One(ctx context.Context, a access.Actor, id string) (s Shown, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var author, post string
		err := found(tx.One([]any{&s.ID, &s.Alt, &s.Width, &s.Height, &s.Video, &post, &s.PostID, &author},
			"SELECT m.id, m.alt, m.width, m.height, "+asVideo+", coalesce(m.post_id, ''), CASE WHEN "+inReadable+" THEN p.id ELSE '' END, m.author_id "+readable+" AND m.id = $3", a.Args(id)...))
		if err != nil {
			return err
		}
		s.Mine, s.Number, s.Of = access.Owns(a, author), 1, 1
		if post == "" {
			return nil
		}
		// All photos of a post are by its author.
		all, err := Of(tx, post)
		s.Of = len(all)
		for n, i := range all {
			if i.ID != id {
				continue
			}
			s.Number = n + 1
			if n > 0 {
				s.Earlier = all[n-1].ID
			}
			if n+1 < len(all) {
				s.Later = all[n+1].ID
			}
		}
		return err
	})
	return s, err
}

// block is how much is asked of the store at once: with a bucket each time is a
// request.
const block = 1 << 20

// blocks reads a file by blocks and remembers the last. One reads at a time.
type blocks struct {
	from io.ReaderAt
	size int64
	at   int64
	last []byte
}

// ReadAt is that of io.ReaderAt.
func (b *blocks) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < b.size {
		if off < b.at || off >= b.at+int64(len(b.last)) {
			at := off - off%block
			next := make([]byte, min(block, b.size-at))
			if k, err := b.from.ReadAt(next, at); k < len(next) {
				return n, cmp.Or(err, io.ErrUnexpectedEOF)
			}
			b.at, b.last = at, next
		}
		k := copy(p[n:], b.last[off-b.at:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
