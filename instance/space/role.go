package space

import (
	"context"
	"fmt"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// ErrLastModerator keeps a space with people in it from having no moderator.
var ErrLastModerator = fault.New(fault.Conflict, "space.last_moderator")

// Remove takes somebody out of a space. Her words stay, and her reading ends at
// once where only those in it read.
func (o *Operations) Remove(ctx context.Context, a access.Actor, key, id, who string) (string, error) {
	op := database.Op{Class: database.Care, Name: "space.remove", Actor: a.ID(), Target: id + " " + who, Key: key}
	return o.in(ctx, a, op, id, access.RemoveFromSpace, func(tx *database.Tx, _ Space) error {
		if _, _, err := find(tx, id, who); err != nil {
			return err
		}
		return exit(tx, a, id, who)
	})
}

// SetRole makes somebody in a space its moderator, or a member again. Guests of
// the community do not moderate, and the last moderator stays one.
func (o *Operations) SetRole(ctx context.Context, a access.Actor, key, id, who string, role Role) (string, error) {
	op := database.Op{Class: database.Care, Name: "space.role", Actor: a.ID(), Target: id + " " + who + " " + string(role), Key: key}
	return o.in(ctx, a, op, id, access.SetSpaceRole, func(tx *database.Tx, _ Space) error {
		p, others, err := find(tx, id, who)
		if err != nil || p.Here == role {
			return err
		}
		switch {
		case role != Moderator && role != Member:
			return fault.Bad("role", "space.role_unknown")
		case role == Moderator && p.Role == access.Guest:
			return fault.New(fault.Conflict, "space.guest_moderator")
		case role == Member && !slices.ContainsFunc(others, func(x Person) bool { return x.Here == Moderator }):
			return ErrLastModerator
		}
		return setRole(tx, a.ID(), id, who, role)
	})
}

// find gives somebody in a space, and the others in it.
func find(tx *database.Tx, id, who string) (p Person, others []Person, err error) {
	people, err := inside(tx, id)
	if err != nil {
		return p, nil, err
	}
	i := slices.IndexFunc(people, func(x Person) bool { return x.ID == who })
	if i < 0 {
		return p, nil, fault.Missing()
	}
	return people[i], slices.Delete(slices.Clone(people), i, i+1), nil
}

func setRole(tx *database.Tx, by, id, who string, role Role) error {
	if _, err := tx.Exec("UPDATE space_members SET role = $1 WHERE space_id = $2 AND member_id = $3", string(role), id, who); err != nil {
		return fmt.Errorf("change a role in a space: %w", err)
	}
	record(tx, RoleChanged, by, id, who)
	return nil
}
