package media

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// settled is how long a folder may belong to no photo. Files are stored before
// the photo is; and whoever puts an old copy of the database back by mistake has
// this long to put the right one back, which knows the photos in between.
const settled = 30 * 24 * time.Hour

// Sweep drops the folders of the store that belong to no photo, and files that
// are on their way in for too long: of photos that came in while the program was
// killed. What is from before this community, or from after all that its database
// knows, is left alone: then the store may be another's, or the database an old
// copy.
func (o *Operations) Sweep(ctx context.Context) error {
	now := o.DB.Now()
	if err := o.tidy(now.Add(-24 * time.Hour)); err != nil {
		return err
	}
	from, until, err := o.known(ctx)
	if err != nil {
		return err
	}
	if oldest := now.Add(-settled); oldest.Before(until) {
		until = oldest
	}
	return o.Store.Each(ctx, func(folder string, at time.Time) error {
		if at.Before(from) || !at.Before(until) {
			return nil
		}
		var known bool
		err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
			known, err = tx.Has("SELECT 1 FROM media WHERE blob = $1 -- unfiltered: whether files belong to anything", folder)
			return err
		})
		if err != nil || known {
			return err
		}
		return o.Store.Drop(ctx, folder)
	})
}

// known is the time of which the database can know photos: from when there was a
// community until its newest photo.
func (o *Operations) known(ctx context.Context) (from, until time.Time, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var begin, end int64
		err := tx.One([]any{&begin, &end}, "SELECT coalesce(min(a.created_at), 0), (SELECT coalesce(max(created_at), 0) FROM media) FROM actors a WHERE a.kind = 'member' -- unfiltered: whether files belong to anything")
		from, until = database.At(begin), database.At(end)
		return err
	})
	return from, until, err
}

func (o *Operations) tidy(before time.Time) error {
	all, err := os.ReadDir(o.Incoming)
	if err != nil {
		return fmt.Errorf("look at what came in: %w", err)
	}
	var failed error
	for _, f := range all {
		info, err := f.Info()
		if err == nil && info.ModTime().Before(before) {
			err = os.Remove(filepath.Join(o.Incoming, f.Name()))
		}
		if !errors.Is(err, fs.ErrNotExist) { // it came in meanwhile
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
