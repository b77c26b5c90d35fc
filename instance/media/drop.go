package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// The jobs that remove files: all of a photo that is gone, and the original of
// one that stays.
const (
	DropJob = "media.drop"
	BareJob = "media.bare"
)

// EraseOf removes the photos of a post in the caller's transaction. Their files
// go by a job, right after. It checks no right.
func EraseOf(tx *database.Tx, post string) error {
	return erase(tx, "post_id = $1", post)
}

// EraseLoose removes somebody's photos that are in no post, in the caller's
// transaction. It checks no right.
func EraseLoose(tx *database.Tx, author string) error {
	return erase(tx, "author_id = $1 AND post_id IS NULL", author)
}

// Forget removes photos that are in no post for longer than Loose, and gives how
// many. It checks no right.
func Forget(tx *database.Tx) (int64, error) {
	before := database.Micros(tx.Now().Add(-Loose))
	n, err := count(tx, before)
	if err != nil || n == 0 {
		return 0, err
	}
	return n, erase(tx, "created_at < $1 AND post_id IS NULL", before)
}

func count(tx *database.Tx, before int64) (n int64, err error) {
	err = tx.One([]any{&n}, "SELECT count(*) FROM media WHERE created_at < $1 AND post_id IS NULL -- unfiltered: retention", before)
	return n, err
}

func erase(tx *database.Tx, which string, args ...any) error {
	folders, err := database.Collect(tx, func(r *database.Rows) (f string, err error) {
		err = r.Scan(&f)
		return f, err
	}, "DELETE FROM media WHERE "+which+" RETURNING blob", args...)
	if err != nil {
		return fmt.Errorf("erase photos: %w", err)
	}
	for _, f := range folders {
		if err := job.Enqueue(tx, job.Job{Kind: DropJob, Key: f}); err != nil {
			return err
		}
	}
	return nil
}

// Bare takes the originals of somebody who is erased while what she said stays:
// others keep what they could have until then. It checks no right.
func Bare(tx *database.Tx, author string) error {
	folders, err := database.Collect(tx, func(r *database.Rows) (f string, err error) {
		err = r.Scan(&f)
		return f, err
	}, "SELECT blob FROM media WHERE author_id = $1 -- unfiltered: erasure", author)
	if err != nil {
		return fmt.Errorf("take the originals: %w", err)
	}
	for _, f := range folders {
		if err := job.Enqueue(tx, job.Job{Kind: BareJob, Key: f}); err != nil {
			return err
		}
	}
	return nil
}

// Drop does DropJob.
func (o *Operations) Drop(ctx context.Context, folder string) (time.Time, error) {
	return time.Time{}, o.Store.Drop(ctx, folder)
}

// Strip does BareJob: it puts what others get in the place of the original. It
// may end anywhere and begin again: the original goes last.
func (o *Operations) Strip(ctx context.Context, folder string) (time.Time, error) {
	s := stored{folder: folder}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return found(tx.One([]any{&s.bytes, &s.cut}, "SELECT bytes, cut FROM media WHERE blob = $1 -- unfiltered: erasure", folder))
	})
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil // deleted meanwhile
	}
	if err == nil && len(s.cut) > 0 {
		err = o.strip(ctx, s)
	}
	if err != nil {
		return time.Time{}, err
	}
	return time.Time{}, o.Store.Delete(ctx, folder+"/"+original)
}

func (o *Operations) strip(ctx context.Context, s stored) error {
	f, err := o.cleaned(ctx, s)
	if fault.Is(err, fault.NotFound) { // it was done before, and an older copy of the database put back
		f, err = o.file(ctx, s.folder, bare, s.kind)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	// A video is too large to be held in memory.
	size, err := f.Seek(0, io.SeekEnd)
	if err == nil {
		err = o.Store.Put(ctx, s.folder+"/"+bare, size, &anywhere{from: f})
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("put what others get of a photo in its place: %w", err)
	}
	there := false
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: BareJob}, func(tx *database.Tx) (string, error) {
		n, err := tx.Exec("UPDATE media SET cut = $1, bytes = $2 WHERE blob = $3", []byte{}, size, s.folder)
		there = n > 0
		return "", err
	})
	if err == nil && !there { // deleted meanwhile, and its files before these
		err = o.Store.Drop(ctx, s.folder)
	}
	return err
}

// anywhere reads from any place what is read from where it stands. A store that
// has given up may go on reading for a moment.
type anywhere struct {
	one  sync.Mutex
	from io.ReadSeeker
}

// ReadAt is that of io.ReaderAt.
func (a *anywhere) ReadAt(p []byte, off int64) (int, error) {
	a.one.Lock()
	defer a.one.Unlock()
	if _, err := a.from.Seek(off, io.SeekStart); err != nil {
		return 0, fmt.Errorf("go to a place in a file: %w", err)
	}
	n, err := io.ReadFull(a.from, p)
	if err == io.ErrUnexpectedEOF { // itself alone is the end; one that is wrapped is an original that is too short
		err = io.EOF
	}
	return n, err
}
