package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/space"
)

// MaxPins is how many threads can stand on top of a space.
const MaxPins = 5

// Pin puts a thread on top of its space, or takes it down, for a moderator of
// the space, and gives its id. If it is so already, it answers fault.Conflict:
// somebody else was first. MaxPins are counted as the actor reads them, so that
// the answer tells nothing of others.
func (o *Operations) Pin(ctx context.Context, a access.Actor, key, id string, on bool) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.pin", Actor: a.ID(), Target: fmt.Sprint(id, on), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := begun(tx, a, id)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.Pin, r.space); err != nil {
			return "", err
		}
		if err := tx.Lock("pins:" + r.space); err != nil {
			return "", err
		}
		if r.pinned == on {
			return "", fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		if on {
			if err := roomOnTop(tx, a, r.space); err != nil {
				return "", err
			}
		}
		return id, sign(tx, a, r, "pinned_at", on, Pinned, Unpinned)
	})
}

func roomOnTop(tx *database.Tx, a access.Actor, in string) error {
	var n int
	err := tx.One([]any{&n}, "SELECT count(*) FROM posts p WHERE p.space_id = $3 AND p.pinned_at IS NOT NULL AND "+access.ReadableRow("p"), a.Args(in)...)
	if err != nil {
		return fmt.Errorf("count what is on top: %w", err)
	}
	if n >= MaxPins {
		return fault.New(fault.Conflict, "post.pins_full").With("max", MaxPins)
	}
	return nil
}

// Pinned gives the threads on top of a space that the actor may read, the one
// that was put there last first.
func (o *Operations) Pinned(ctx context.Context, a access.Actor, in string) (all []Post, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := space.One(tx, a, in); err != nil {
			return err
		}
		page, err := o.list(tx, a, "pinned\n"+in, "", func() (p Page, err error) {
			p.Posts, err = database.Collect(tx, scanPost, `SELECT `+columns+` FROM posts p`+joins+`p.space_id = $3 AND p.pinned_at IS NOT NULL
				AND p.parent_id IS NULL AND p.deleted_at IS NULL AND p.listed AND `+access.ReadableRow("p")+`
				ORDER BY p.pinned_at DESC, p.id DESC LIMIT 20`, a.Args(in)...)
			if err != nil {
				return p, fmt.Errorf("list what is on top: %w", err)
			}
			return p, p.fill(tx, a)
		})
		all = page.Posts
		return err
	})
	return all, err
}
