package media

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// AlbumPosts is how many posts a page of an album has the photos of.
const AlbumPosts = 24

// Entry is what an album has of one post.
type Entry struct {
	PostID string
	// At is when it was said: the time at which a photo was taken is kept from
	// everybody but its author.
	At     time.Time
	Photos []Item
}

// Album gives a page of the photos in a space that the actor may see, the latest
// first, whether or not there are any. before continues behind a page; older is
// where this one ends if there are more.
func (o *Operations) Album(ctx context.Context, a access.Actor, space, before string) (all []Entry, older string, err error) {
	at, id, err := parsePlace(before)
	if err != nil {
		return nil, "", err
	}
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = entries(tx, a, "(p.created_at, p.id) < ($4, $5) ORDER BY p.created_at DESC, p.id DESC LIMIT $6", space, at, id, AlbumPosts+1)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	if len(all) > AlbumPosts {
		all = all[:AlbumPosts]
		last := all[AlbumPosts-1]
		older = strconv.FormatInt(database.Micros(last.At), 36) + "." + last.PostID
	}
	return all, older, nil
}

// entries reads posts of a space, whose id is $3, with their photos.
func entries(tx *database.Tx, a access.Actor, which, space string, args ...any) ([]Entry, error) {
	all, err := database.Collect(tx, func(r *database.Rows) (e Entry, err error) {
		var at int64
		err = r.Scan(&e.PostID, &at)
		e.At = database.At(at)
		return e, err
	}, "SELECT p.id, p.created_at FROM posts p JOIN posts t ON t.id = p.root_id WHERE p.space_id = $3 AND p.media > 0 AND p.deleted_at IS NULL AND p.listed AND "+
		access.Readable("p")+" AND "+access.Readable("t")+" AND "+which, a.Args(append([]any{space}, args...)...)...)
	if err != nil {
		return nil, fmt.Errorf("list an album: %w", err)
	}
	if len(all) == 0 {
		return nil, nil
	}
	marks, ids := make([]string, len(all)), make([]any, len(all))
	for n, e := range all {
		marks[n], ids[n] = "$"+strconv.Itoa(n+1), e.PostID
	}
	photos, err := In(tx, "m.post_id IN ("+strings.Join(marks, ", ")+")", ids...)
	for n, e := range all {
		all[n].Photos = photos[e.PostID]
	}
	return all, err
}

// Packed is a photo of an album in full size, as others than its author get it.
type Packed struct {
	Item
	At   time.Time
	File File
}

// Each hands the photos in a space that were posted between two moments to pack,
// the oldest first, in full size. The rule is asked anew before each: what the
// actor may not see any more by then is left out. pack need not close the file.
func (o *Operations) Each(ctx context.Context, a access.Actor, space string, from, until time.Time, pack func(Packed) error) error {
	at, id := database.Micros(from), ""
	for {
		var some []Entry
		err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
			some, err = entries(tx, a, "(p.created_at, p.id) > ($4, $5) AND p.created_at < $6 ORDER BY p.created_at, p.id LIMIT $7", space, at, id, database.Micros(until), AlbumPosts)
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range some {
			for _, i := range e.Photos {
				if err := o.pack(ctx, a, Packed{Item: i, At: e.At}, pack); err != nil {
					return err
				}
			}
			at, id = database.Micros(e.At), e.PostID
		}
		if len(some) < AlbumPosts {
			return nil
		}
	}
}

func (o *Operations) pack(ctx context.Context, a access.Actor, p Packed, pack func(Packed) error) (err error) {
	if p.File, err = o.Download(ctx, a, p.ID); fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(pack(p), p.File.Close())
}
