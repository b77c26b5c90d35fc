package preview

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/internal/picture"
)

// Fetch does Job. It asks once: what cannot be had has no preview, whatever the
// reason.
func (o *Operations) Fetch(ctx context.Context, post string) (time.Time, error) {
	link, err := o.begin(ctx, post)
	if err != nil || link == "" {
		return time.Time{}, err
	}
	got, err := o.get(ctx, link)
	if err != nil {
		return time.Time{}, err
	}
	return time.Time{}, o.keep(ctx, post, link, got)
}

// begin gives what is to be fetched, empty for nothing: what was asked for while
// previews were on is forgotten when they are off.
func (o *Operations) begin(ctx context.Context, post string) (link string, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: Job}, func(tx *database.Tx) (string, error) {
		link = ""
		may, err := on(tx)
		if err != nil {
			return "", err
		}
		if !may {
			_, err := tx.Exec("DELETE FROM previews WHERE post_id = $1 AND state = $2", post, string(pending))
			return "", err
		}
		err = tx.One([]any{&link}, "SELECT v.url FROM previews v WHERE v.post_id = $1 AND v.state = 'pending' -- unfiltered: the program fetches", post)
		if errors.Is(err, database.ErrNone) {
			return "", nil
		}
		return "", err
	})
	return link, err
}

// found is what a page and its picture gave.
type found struct {
	Card
	picture []byte
}

// get asks for the page, and for its picture if it names one. It gives nothing where
// anything is wrong with the page; an error is one of our own.
func (o *Operations) get(ctx context.Context, link string) (f found, err error) {
	within, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	page, ok, err := o.ask(within, fetch.Request{Purpose: fetch.Preview, URL: link, Accept: []string{"text/html", "application/xhtml+xml"}, MaxBytes: MaxPage})
	if !ok || err != nil {
		return f, err
	}
	said := read(page.Body)
	f.Card = said.card()
	if f.Title == "" || said.picture == "" {
		return f, nil
	}
	at, err := url.Parse(page.URL)
	if err != nil {
		return f, nil
	}
	where, err := at.Parse(said.picture)
	if err != nil || len(where.String()) > MaxURL {
		return f, nil
	}
	image, ok, err := o.ask(within, fetch.Request{Purpose: fetch.Preview, URL: where.String(), Accept: []string{"image/jpeg", "image/png", "image/webp", "image/gif"}, MaxBytes: MaxPicture})
	if !ok || err != nil {
		return f, err
	}
	f.draw(within, o.Press, image.Body)
	return f, nil
}

// ask goes out. Not ok is what the other side, or our own caution, refused.
func (o *Operations) ask(ctx context.Context, r fetch.Request) (fetch.Answer, bool, error) {
	a, err := o.Door.Get(ctx, r)
	var refused *fetch.Failure
	if errors.As(err, &refused) || errors.Is(err, context.DeadlineExceeded) {
		return a, false, nil
	}
	if err != nil {
		return a, false, fmt.Errorf("fetch a preview: %w", err)
	}
	return a, true, nil
}

// draw makes the small picture, if one can be made.
func (f *found) draw(ctx context.Context, press *picture.Press, body []byte) {
	size := int64(len(body))
	info, err := picture.Inspect(bytes.NewReader(body), size)
	if err != nil || info.Width*info.Height > MaxPixels || min(info.Width, info.Height) < least {
		return
	}
	all, err := press.Variants(ctx, bytes.NewReader(body), size)
	if err != nil || len(all) == 0 || min(all[0].Width, all[0].Height) < least {
		return
	}
	var id [16]byte
	rand.Read(id[:]) // never returns an error: crypto/rand
	f.Picture, f.Width, f.Height, f.picture = hex.EncodeToString(id[:]), all[0].Width, all[0].Height, all[0].Bytes
}

// keep stores what was found, unless the post does not ask for it any more: it was
// deleted or hidden, has another link by now, or previews were switched off.
func (o *Operations) keep(ctx context.Context, post, link string, f found) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.System, Name: Job}, func(tx *database.Tx) (string, error) {
		// The row of the post first, as whoever changes it takes it.
		if _, err := tx.Exec("UPDATE posts SET previewed = previewed WHERE id = $1", post); err != nil {
			return "", fmt.Errorf("hold a post: %w", err)
		}
		shown, err := o.shows(tx, post)
		if err != nil {
			return "", err
		}
		now := ready
		if !shown || f.Title == "" {
			f, now = found{}, none
		}
		var id any
		if f.Picture != "" {
			id = f.Picture
		}
		n, err := tx.Exec(`UPDATE previews SET state = $1, title = $2, description = $3, site = $4, picture_id = $5, width = $6, height = $7, picture = $8, fetched_at = $9
			WHERE post_id = $10 AND url = $11 AND state = $12`,
			string(now), f.Title, f.Description, f.Site, id, f.Width, f.Height, f.picture, database.Micros(tx.Now()), post, link, string(pending))
		if err != nil {
			return "", fmt.Errorf("keep a preview: %w", err)
		}
		if n == 0 || now != ready {
			return "", nil
		}
		_, err = tx.Exec("UPDATE posts SET previewed = $1 WHERE id = $2", true, post)
		return "", err
	})
	return err
}

// shows reports whether a preview may be put to a post now.
func (o *Operations) shows(tx *database.Tx, post string) (bool, error) {
	may, err := on(tx)
	if err != nil || !may {
		return false, err
	}
	var label string
	err = tx.One([]any{&label}, "SELECT p.label_id FROM posts p WHERE p.id = $1 AND p.deleted_at IS NULL -- unfiltered: whether it is there", post)
	if errors.Is(err, database.ErrNone) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for the post: %w", err)
	}
	l, err := access.Parse(label)
	if err != nil {
		return false, err
	}
	for _, a := range l.Atoms() {
		if a.Kind == access.Review {
			return false, nil
		}
	}
	return true, nil
}
