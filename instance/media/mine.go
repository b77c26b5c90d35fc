package media

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Erasure is what a photo that its author took back is on the list of erasures.
const Erasure = "photo"

// PageSize is how many photos a page of Mine has.
const PageSize = 50

// Own is a photo of the actor's own.
type Own struct {
	Item
	// PostID is where it is, if she may read that; Loose says that it is in no post.
	PostID string
	Loose  bool
	Added  time.Time
}

// Goes is when a photo in no post is forgotten.
func (o Own) Goes() time.Time { return o.Added.Add(Loose) }

// Mine gives a page of the actor's own photos, wherever they are, newest first.
// before continues behind a photo; older is the last of this page if there are
// more.
func (o *Operations) Mine(ctx context.Context, a access.Actor, before string) (all []Own, older string, err error) {
	at, id, err := parsePlace(before)
	if err != nil {
		return nil, "", err
	}
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, func(r *database.Rows) (own Own, err error) {
			var at int64
			err = r.Scan(&own.ID, &own.Alt, &own.Width, &own.Height, &own.Video, &own.PostID, &own.Loose, &at)
			own.Added = database.At(at)
			return own, err
		}, "SELECT m.id, m.alt, m.width, m.height, "+asVideo+", CASE WHEN "+inReadable+" THEN p.id ELSE '' END, m.post_id IS NULL, m.created_at FROM media m LEFT JOIN posts p ON p.id = m.post_id LEFT JOIN posts t ON t.id = p.root_id WHERE "+access.Owned("m")+" AND (m.created_at, m.id) < ($3, $4) ORDER BY m.created_at DESC, m.id DESC LIMIT $5", a.Args(at, id, PageSize+1)...)
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list her photos: %w", err)
	}
	if len(all) > PageSize {
		all = all[:PageSize]
		last := all[PageSize-1]
		older = strconv.FormatInt(database.Micros(last.Added), 36) + "." + last.ID
	}
	return all, older, nil
}

// parsePlace reads where a page ended; an empty one is the beginning.
func parsePlace(s string) (int64, string, error) {
	if s == "" {
		return 1 << 62, "~", nil
	}
	at, id, ok := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 36, 64)
	if !ok || err != nil || len(id) > 64 || !utf8.ValidString(id) || strings.Contains(id, "\x00") {
		return 0, "", fault.New(fault.Invalid, "fault.cursor")
	}
	return n, id, nil
}

// Where gives the post in which a photo of the actor's own is, empty for none,
// or fault.Missing.
func Where(tx *database.Tx, a access.Actor, id string) (post string, err error) {
	err = tx.One([]any{&post}, "SELECT coalesce(m.post_id, '') FROM media m WHERE m.id = $2 AND "+access.Owned("m"), a.ID(), id)
	return post, found(err)
}

// Remove erases a photo of the actor's own for good: it is on the list of what an
// older copy of the database must not bring back. Of the post that it was in it
// changes the number of photos alone.
func Remove(tx *database.Tx, a access.Actor, id string) error {
	if _, err := Where(tx, a, id); err != nil {
		return err
	}
	return remove(tx, id)
}

// RemoveLoose does the same with a photo that is in no post. If it has come into
// one meanwhile, that is a conflict: the post has to be held first.
func RemoveLoose(tx *database.Tx, a access.Actor, id string) error {
	if err := holdOwn(tx, a); err != nil {
		return err
	}
	in, err := Where(tx, a, id)
	if err != nil {
		return err
	}
	if in != "" {
		return fault.New(fault.Conflict, "media.posted")
	}
	return remove(tx, id)
}

// holdOwn keeps the actor's photos from coming into posts and going out of them
// until the transaction ends.
func holdOwn(tx *database.Tx, a access.Actor) error { return tx.Lock("photos:" + a.ID()) }

func remove(tx *database.Tx, id string) error {
	if err := erasure.Record(tx, Erasure, id); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE posts SET media = media - 1 WHERE id = (SELECT m.post_id FROM media m WHERE m.id = $1) -- unfiltered: erasure", id)
	if err != nil {
		return fmt.Errorf("count the photos: %w", err)
	}
	return erase(tx, "id = $1", id)
}

// Replay erases a photo again that an older copy of the database brought back. It
// reports whether it was there, and gives the post that it was in.
func Replay(tx *database.Tx, e erasure.Erasure) (post string, again bool, err error) {
	err = tx.One([]any{&post}, "SELECT coalesce(post_id, '') FROM media WHERE id = $1 -- unfiltered: erasure", e.ID)
	if errors.Is(err, database.ErrNone) {
		return "", false, erasure.Learn(tx, e)
	}
	if err != nil {
		return "", false, fmt.Errorf("look for a photo that was erased: %w", err)
	}
	erasure.Listed(tx)
	return post, true, remove(tx, e.ID)
}
