package community

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
)

// Exposure is what strangers come to read when the community opens its face.
type Exposure struct {
	// Spaces are the public ones in which something was said, Posts how much
	// that is, replies included.
	Spaces, Posts int
}

// ErrUnconfirmed says that an entrance is in order, but lets strangers read what
// was written for members, without having agreed to it.
var ErrUnconfirmed = fault.Bad("face", "community.face_unconfirmed")

// Exposure tells an owner what strangers would come to read now.
func (o *Operations) Exposure(ctx context.Context, a access.Actor) (n Exposure, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := access.Authorise(tx, a, access.ChangeCommunity, ""); err != nil {
			return err
		}
		n, err = exposure(tx)
		return err
	})
	return n, err
}

func exposure(tx *database.Tx) (n Exposure, err error) {
	err = tx.One([]any{&n.Spaces, &n.Posts}, `SELECT count(DISTINCT p.space_id), count(*) FROM posts p JOIN spaces s ON s.id = p.space_id
		WHERE s.visibility = 'public' AND p.deleted_at IS NULL AND p.label_id = 'space:' || s.id -- unfiltered: counts, told to owners, who read all of it`)
	if err != nil {
		return n, fmt.Errorf("count what strangers would read: %w", err)
	}
	return n, nil
}

// open refuses to open the face without agreement, and hides what people show
// of themselves to the public spaces: they showed it to members.
func open(tx *database.Tx, agreed bool) error {
	n, err := exposure(tx)
	if err != nil {
		return err
	}
	if n.Posts > 0 && !agreed {
		return ErrUnconfirmed
	}
	spaces, err := database.Collect(tx, func(r *database.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	}, "SELECT id FROM spaces WHERE visibility = 'public' -- unfiltered: whose fields are to be hidden")
	if err != nil {
		return fmt.Errorf("look for public spaces: %w", err)
	}
	for _, id := range spaces {
		if err := member.Conceal(tx, id); err != nil {
			return err
		}
	}
	return nil
}
