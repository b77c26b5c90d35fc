package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
)

// News is what was said since a cursor was given out.
type News struct {
	// Count is how many posts and replies by others, in the actor's spaces,
	// that she may read.
	Count int
	// Cursor continues from here.
	Cursor string
}

// Since counts what is new for the actor behind a cursor, and gives the next
// one. An empty cursor starts now. Cursors are sealed for one actor.
func (o *Operations) Since(ctx context.Context, a access.Actor, cursor string) (n News, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		head, err := fact.Head(tx)
		if err != nil {
			return err
		}
		if cursor != "" {
			from, err := fact.Unseal(tx, o.Keys, a.ID(), cursor)
			if err != nil {
				return err
			}
			// The fact's own label is not asked: the post may have changed since.
			err = tx.One([]any{&n.Count}, `SELECT count(*) FROM facts f JOIN posts p ON p.id = f.subject_id JOIN posts b ON b.id = p.root_id
				WHERE f.position > $3 AND f.kind = 'post.published' AND p.author_id <> $1 AND p.deleted_at IS NULL AND p.listed
				AND p.space_id IN (SELECT sm.space_id FROM space_members sm WHERE sm.member_id = $1) AND `+access.Readable("p")+` AND `+access.Readable("b"), a.Args(from)...)
			if err != nil {
				return fmt.Errorf("count what is new: %w", err)
			}
		}
		n.Cursor, err = fact.Seal(o.Keys, a.ID(), head)
		return err
	})
	return n, err
}
