package portability

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/post"
)

// unname takes her handles, and with their links her name, out of what others
// said. It changes no other word, and counts as no edit: its author did not
// make it. Names that people wrote as words stay theirs.
func (o *Operations) unname(ctx context.Context, id string) error {
	var all, here []string
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		if all, err = handles(tx, id); err != nil {
			return err
		}
		here, err = database.Collect(tx, func(r *database.Rows) (origin string, err error) {
			err = r.Scan(&origin)
			return origin, err
		}, "SELECT origin FROM origins")
		return err
	})
	if err != nil {
		return err
	}
	for _, h := range all {
		gone := naming(h, here)
		for {
			n, err := o.unnameSome(ctx, gone)
			if err != nil {
				return err
			}
			if n < batch {
				break
			}
		}
	}
	return nil
}

// text is something said that has a handle in it.
type text struct {
	id, title, body, html string
	version               int64
}

// option is one of a poll that has a handle in it.
type option struct {
	post, words string
	place       int
}

// photo is one on which something is said that has a handle in it.
type photo struct{ id, post, alt string }

func (o *Operations) unnameSome(ctx context.Context, gone names) (n int, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: EraseJob}, func(tx *database.Tx) (string, error) {
		like := likeOf(gone)
		posts, err := database.Collect(tx, func(r *database.Rows) (t text, err error) {
			err = r.Scan(&t.id, &t.version, &t.title, &t.body, &t.html)
			return t, err
		}, "SELECT id, version, title, body, html FROM posts WHERE lower(title) LIKE $1 ESCAPE '!' OR lower(body) LIKE $1 ESCAPE '!' OR html LIKE $1 ESCAPE '!' -- unfiltered: erasure", like)
		if err != nil {
			return "", err
		}
		former, err := database.Collect(tx, func(r *database.Rows) (t text, err error) {
			err = r.Scan(&t.id, &t.version, &t.title, &t.body)
			return t, err
		}, "SELECT post_id, version, title, body FROM post_versions WHERE lower(title) LIKE $1 ESCAPE '!' OR lower(body) LIKE $1 ESCAPE '!' -- unfiltered: erasure", like)
		if err != nil {
			return "", err
		}
		photos, err := database.Collect(tx, func(r *database.Rows) (p photo, err error) {
			err = r.Scan(&p.id, &p.post, &p.alt)
			return p, err
		}, "SELECT id, coalesce(post_id, ''), alt FROM media WHERE lower(alt) LIKE $1 ESCAPE '!' -- unfiltered: erasure", like)
		if err != nil {
			return "", err
		}
		options, err := database.Collect(tx, func(r *database.Rows) (x option, err error) {
			err = r.Scan(&x.post, &x.place, &x.words)
			return x, err
		}, "SELECT o.post_id, o.place, o.words FROM poll_options o WHERE lower(o.words) LIKE $1 ESCAPE '!' -- unfiltered: erasure", like)
		if err != nil {
			return "", err
		}
		if n, err = rewrite(tx, gone, posts, former); err != nil || n == batch {
			return "", err
		}
		did, err := rewriteAlts(tx, gone, photos)
		if err != nil {
			return "", err
		}
		more, err := rewriteOptions(tx, gone, options)
		if err != nil {
			return "", err
		}
		pages, err := rewritePages(tx, gone, like)
		n = min(n+did+more+pages, batch)
		return "", err
	})
	return n, err
}

// rewrite changes at most a batch of texts and gives how many it changed.
// Somebody called @ada is not meant by @adam: such texts stay.
func rewrite(tx *database.Tx, gone names, posts, former []text) (n int, err error) {
	for _, was := range posts {
		now := gone.outOf(was)
		if now == was {
			continue
		}
		// The version counts up so that a form which still has the handle in it
		// is shown the words as they are now.
		same, err := tx.Exec("UPDATE posts SET title = $1, body = $2, html = $3, version = version + 1 WHERE id = $4 AND version = $5", now.title, now.body, now.html, now.id, now.version)
		if err != nil {
			return n, fmt.Errorf("unname a post: %w", err)
		}
		if same == 0 {
			return batch, nil // edited or deleted meanwhile: look again
		}
		if err := post.Reindex(tx, now.id); err != nil {
			return n, err
		}
		if n++; n == batch {
			return n, nil
		}
	}
	for _, was := range former {
		now := gone.outOf(was)
		if now == was {
			continue
		}
		if _, err := tx.Exec("UPDATE post_versions SET title = $1, body = $2 WHERE post_id = $3 AND version = $4", now.title, now.body, now.id, now.version); err != nil {
			return n, fmt.Errorf("unname a former version: %w", err)
		}
		if n++; n == batch {
			return n, nil
		}
	}
	return n, nil
}

// rewriteAlts changes what is said of photos, and gives of how many.
func rewriteAlts(tx *database.Tx, gone names, photos []photo) (n int, err error) {
	for _, p := range photos {
		alt := gone.blot(p.alt)
		if alt == p.alt {
			continue
		}
		if _, err := tx.Exec("UPDATE media SET alt = $1 WHERE id = $2", alt, p.id); err != nil {
			return n, fmt.Errorf("unname what is said of a photo: %w", err)
		}
		if p.post != "" {
			if err := post.Reindex(tx, p.post); err != nil {
				return n, err
			}
		}
		n++
	}
	return n, nil
}

// rewriteOptions changes what can be chosen in polls, and gives of how many options.
func rewriteOptions(tx *database.Tx, gone names, options []option) (n int, err error) {
	for _, x := range options {
		words := gone.blot(x.words)
		if words == x.words {
			continue
		}
		if _, err := tx.Exec("UPDATE poll_options SET words = $1 WHERE post_id = $2 AND place = $3", words, x.post, x.place); err != nil {
			return n, fmt.Errorf("unname an option: %w", err)
		}
		if err := post.Reindex(tx, x.post); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
