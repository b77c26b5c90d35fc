package joining

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/space"
)

// View is what somebody who holds an invitation is shown before she says yes.
type View struct {
	// Inviter is the name of whoever invites her.
	Inviter string
	Role    access.Role
	// Approval says that owners and moderators decide after she has asked;
	// Question is asked of her then.
	Approval bool
	Question string
	// SpaceName and SpacePurpose are of the space that she will be in; empty
	// for none, and for one that she may not know of before she is let in.
	SpaceName, SpacePurpose string
	// Member says that the actor is in the community already, Inside that the
	// invitation has nothing more to give her.
	Member, Inside bool
}

// Look gives what an invitation is, to whoever holds its token, or
// ErrInvitation.
func (o *Operations) Look(ctx context.Context, a access.Actor, token string) (v View, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		i, err := find(tx, token)
		if err != nil {
			return err
		}
		v = View{Inviter: i.inviter, Role: i.role, Approval: i.approval, Question: i.question}
		if i.space != "" {
			var visibility space.Visibility
			err := tx.One([]any{&v.SpaceName, &v.SpacePurpose, &visibility},
				"SELECT name, purpose, visibility FROM spaces WHERE id = $1 -- unfiltered: its maker, who may, shows it to whom she invites", i.space)
			if err != nil {
				return fmt.Errorf("look at the space: %w", err)
			}
			if i.approval && visibility != space.Open && visibility != space.Public {
				v.SpaceName, v.SpacePurpose = "", ""
			}
		}
		st, err := access.Stand(tx, a, i.space)
		if err != nil {
			return err
		}
		v.Member = st.Active()
		v.Inside = v.Member && !i.raises(st) && (i.space == "" || st.InSpace != "")
		return nil
	})
	return v, err
}

// raises reports whether the invitation makes more of somebody than she is. One
// that needs approval does not.
func (i invitation) raises(st access.Standing) bool {
	return !i.approval && rank[i.role] > rank[st.Role]
}

var rank = map[access.Role]int{access.Guest: 1, access.FullRole: 2, access.Moderator: 3, access.Owner: 4}
