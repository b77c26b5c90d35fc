package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Save keeps a post or reply for the actor to read later, or lets it go, and gives
// its id. It is hers alone: nobody is told of it, and no fact says that it was
// done. Doing it twice is doing it once, so it needs no key.
func (o *Operations) Save(ctx context.Context, a access.Actor, id string, on bool) (string, error) {
	class := database.Own
	if on {
		class = database.Content
	}
	return o.DB.Write(ctx, database.Op{Class: class, Name: "post.save", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if r.deleted {
			return "", fault.Missing()
		}
		if _, err := access.Authorise(tx, a, access.Save, r.space); err != nil {
			return "", err
		}
		if on {
			_, err = tx.Exec("INSERT INTO saved (member_id, post_id, saved_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", a.ID(), id, database.Micros(tx.Now()))
		} else {
			_, err = tx.Exec("DELETE FROM saved WHERE member_id = $1 AND post_id = $2", a.ID(), id)
		}
		if err != nil {
			return "", fmt.Errorf("save a post: %w", err)
		}
		return id, nil
	})
}

// Saved gives what the actor saved and may read now, what she saved last first.
// What she may not read any more is neither shown nor counted. before continues
// the list behind its last entry: Page.Older of the page before.
func (o *Operations) Saved(ctx context.Context, a access.Actor, before string) (page Page, err error) {
	at, id, err := parsePlace(before)
	if err != nil || a.Kind() != access.KindMember {
		return page, err
	}
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		page.Posts, err = database.Collect(tx, scanSaved, saved, a.Args(at, id)...)
		if err != nil {
			return fmt.Errorf("list what she saved: %w", err)
		}
		return page.fill(tx, a)
	})
	return page, err
}

var saved = `SELECT ` + columns + `, b.label_id, v.saved_at FROM saved v CROSS JOIN posts p CROSS JOIN posts b` + joins + `v.member_id = $1 AND p.id = v.post_id AND b.id = p.root_id
	AND (v.saved_at, v.post_id) < ($3, $4) AND p.deleted_at IS NULL AND ` + access.Readable("p") + ` AND ` + access.Readable("b") + `
	ORDER BY v.saved_at DESC, v.post_id DESC LIMIT 21`

// scanSaved reads the columns, the label of the post that begins the thread, and
// when it was saved.
func scanSaved(r *database.Rows) (Post, error) {
	var above string
	var at int64
	p, err := scan(r, &above, &at)
	if err != nil {
		return p, err
	}
	root, err := access.Parse(above)
	p.RootHidden, p.moved = p.IsReply() && underReview(root), place(at, p.ID)
	return p, err
}

// CountSaved is how many posts and replies Saved gives in all.
func CountSaved(tx *database.Tx, a access.Actor) (n int, err error) {
	err = tx.One([]any{&n}, `SELECT count(*) FROM saved v JOIN posts p ON p.id = v.post_id JOIN posts b ON b.id = p.root_id
		WHERE v.member_id = $1 AND p.deleted_at IS NULL AND `+access.Readable("p")+` AND `+access.Readable("b"), a.Args()...)
	if err != nil {
		return 0, fmt.Errorf("count what she saved: %w", err)
	}
	return n, nil
}
