package access

import (
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
)

// Role is what somebody is in the community.
type Role string

// The roles of the community, from most to least.
const (
	Owner     Role = "owner"
	Moderator Role = "moderator"
	FullRole  Role = "member"
	Guest     Role = "guest"
)

// Standing is what an actor is, now, in the community and in one space.
type Standing struct {
	Actor Actor
	// State is pending, active, leaving or gone; empty for who is no member.
	State string
	// Role is the role in the community; empty for who is no member.
	Role Role
	// SpaceID is the space asked about; empty for none.
	SpaceID string
	// Visibility and Posting are the space's rules.
	Visibility, Posting string
	// InSpace is "moderator" or "member"; empty for who is not in the space.
	InSpace string
}

// Stand looks up an actor's standing; space may be empty. A space that does
// not exist gives a standing outside it.
func Stand(tx *database.Tx, a Actor, space string) (Standing, error) {
	st := Standing{Actor: a, SpaceID: space}
	if space != "" {
		err := tx.One([]any{&st.Visibility, &st.Posting}, "SELECT visibility, posting FROM spaces WHERE id = $1", space)
		if err != nil && !errors.Is(err, database.ErrNone) {
			return st, fmt.Errorf("look up the space's rules: %w", err)
		}
	}
	if a.kind != KindMember {
		return st, nil
	}
	err := tx.One([]any{&st.State, &st.Role, &st.InSpace}, `SELECT m.state, m.role, coalesce(sm.role, '') FROM members m
		LEFT JOIN space_members sm ON sm.member_id = m.id AND sm.space_id = $2 WHERE m.id = $1`, a.id, space)
	if err != nil && !errors.Is(err, database.ErrNone) {
		return st, fmt.Errorf("look up the member's standing: %w", err)
	}
	return st, nil
}

// Active reports whether this is somebody who takes part now.
func (s Standing) Active() bool { return s.State == "active" }

// Full reports whether this is a full member, not a guest.
func (s Standing) Full() bool { return s.Active() && s.Role != Guest && s.Role != "" }

// Owns reports whether this is an owner of the community.
func (s Standing) Owns() bool { return s.Active() && s.Role == Owner }

// Cares reports whether this is somebody who looks after the whole community.
func (s Standing) Cares() bool { return s.Active() && (s.Role == Owner || s.Role == Moderator) }

// Moderates reports whether this is somebody who looks after the space: its
// own moderators, and those of the community where they read it. The owner of
// the community moderates no secret or closed space she is not in.
func (s Standing) Moderates() bool {
	if !s.Active() || s.SpaceID == "" {
		return false
	}
	if s.InSpace == "moderator" {
		return true
	}
	return s.Cares() && (s.InSpace != "" || s.Visibility == "open" || s.Visibility == "public")
}
