package joining

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
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
	// Space says that it leads into a space. SpaceName and SpacePurpose are the
	// space's; empty for one that she may not know of before she is let in.
	Space                   bool
	SpaceName, SpacePurpose string
	// Asks says of somebody who is a member that she only asks to be let into the
	// space, Asked that she has done so.
	Asks, Asked bool
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
		v = View{Inviter: i.inviter, Role: i.role, Approval: i.approval, Question: i.question, Space: i.space != ""}
		if v.Space {
			if v.SpaceName, v.SpacePurpose, err = shown(tx, a, i); err != nil {
				return err
			}
		}
		st, err := access.Stand(tx, a, i.space)
		if err != nil {
			return err
		}
		v.Member = st.Active()
		if v.Asks = v.Member && i.asks(st); v.Asks {
			if v.Asked, err = waiting(tx, a, i.space); err != nil {
				return err
			}
		}
		v.Inside = v.Member && !i.raises(st) && (i.space == "" || st.InSpace != "")
		return nil
	})
	return v, err
}

// shown gives the name and purpose of an invitation's space, if whoever holds
// it may know them: where nobody decides first, or by what the actor is.
func shown(tx *database.Tx, a access.Actor, i invitation) (name, purpose string, err error) {
	var visibility space.Visibility
	err = tx.One([]any{&name, &purpose, &visibility},
		"SELECT name, purpose, visibility FROM spaces WHERE id = $1 -- unfiltered: its maker, who may, shows it to whom she invites", i.space)
	if err != nil {
		return "", "", fmt.Errorf("look at the space: %w", err)
	}
	if !i.approval || visibility == space.Open || visibility == space.Public {
		return name, purpose, nil
	}
	if _, err := space.One(tx, a, i.space); fault.Is(err, fault.NotFound) {
		return "", "", nil
	} else if err != nil {
		return "", "", err
	}
	return name, purpose, nil
}

// asks reports whether all that somebody gets by the invitation is to ask for
// the space: somebody decides first, and she could not join it anyway.
func (i invitation) asks(st access.Standing) bool {
	return i.approval && i.space != "" && st.InSpace == "" && !st.May(access.JoinSpace)
}

// raises reports whether the invitation makes more of somebody than she is. One
// that needs approval does not.
func (i invitation) raises(st access.Standing) bool {
	return !i.approval && rank[i.role] > rank[st.Role]
}

var rank = map[access.Role]int{access.Guest: 1, access.FullRole: 2, access.Moderator: 3, access.Owner: 4}
