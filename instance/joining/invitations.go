package joining

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Invitation is one as its maker, an owner or a moderator sees it. The link
// itself is not kept.
type Invitation struct {
	ID   string
	Role access.Role
	// SpaceName is the space it leads into; empty for none.
	SpaceName string
	// Maker is who made it, Mine says that it was the actor.
	Maker string
	Mine  bool
	// MaxUses is 0 for as many as like.
	MaxUses, Uses  int
	Approval       bool
	Question, Note string
	CreatedAt      time.Time
	// ExpiresAt is zero for one that lasts until it is revoked.
	ExpiresAt time.Time
	Revoked   bool
}

// Open reports whether it can still be used.
func (i Invitation) Open(now time.Time) bool {
	return !i.Revoked && !i.UsedUp() && (i.ExpiresAt.IsZero() || i.ExpiresAt.After(now))
}

// UsedUp reports whether as many have come in as it was for.
func (i Invitation) UsedUp() bool { return i.MaxUses > 0 && i.Uses >= i.MaxUses }

// Invitations gives the actor's own invitations, and to owners and moderators
// all; but nobody is shown one into a space that she may not know of. Those that
// ended are kept for a while. The newest come first.
func (o *Operations) Invitations(ctx context.Context, a access.Actor) (all []Invitation, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = list(tx, a, "")
		return err
	})
	return all, err
}

// One gives one of the invitations that the actor may see, else fault.Missing.
func (o *Operations) One(ctx context.Context, a access.Actor, id string) (i Invitation, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err := list(tx, a, id)
		if err == nil && len(all) == 0 {
			return fault.Missing()
		}
		if err == nil {
			i = all[0]
		}
		return err
	})
	return i, err
}

// list gives the invitations that the actor may see, or the one with this id.
func list(tx *database.Tx, a access.Actor, id string) ([]Invitation, error) {
	st, err := access.Stand(tx, a, "")
	if err != nil {
		return nil, err
	}
	if !st.Active() {
		return nil, nil
	}
	all, err := database.Collect(tx, scan, `SELECT i.id, i.role, coalesce(s.name, ''), m.name, i.made_by = $1, i.max_uses, i.uses, i.approval, i.question, i.note,
			i.created_at, coalesce(i.expires_at, 0), i.revoked_at IS NOT NULL
		FROM invitations i JOIN members m ON m.id = i.made_by LEFT JOIN spaces s ON s.id = i.space_id AND `+access.Readable("s")+`
		WHERE (i.made_by = $1 OR ($3 AND (i.space_id IS NULL OR s.id IS NOT NULL))) AND ($4 = '' OR i.id = $4)
		ORDER BY i.created_at DESC, i.id`, a.Args(st.Cares(), id)...)
	if err != nil {
		return nil, fmt.Errorf("list the invitations: %w", err)
	}
	return all, nil
}

func scan(r *database.Rows) (i Invitation, err error) {
	var created, expires int64
	err = r.Scan(&i.ID, &i.Role, &i.SpaceName, &i.Maker, &i.Mine, &i.MaxUses, &i.Uses, &i.Approval, &i.Question, &i.Note, &created, &expires, &i.Revoked)
	i.CreatedAt = database.At(created)
	if expires > 0 {
		i.ExpiresAt = database.At(expires)
	}
	return i, err
}
