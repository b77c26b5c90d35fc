package space

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Create makes a space and puts the actor into it as its moderator. It gives
// the space's id.
func (o *Operations) Create(ctx context.Context, a access.Actor, key string, d Draft) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "space.create", Actor: a.ID(), Target: d.typed(), Key: key}, func(tx *database.Tx) (string, error) {
		st, err := access.Authorise(tx, a, access.CreateSpace, "")
		if err != nil {
			return "", err
		}
		if d.Arrivals && !st.Cares() {
			return "", fault.Bad("arrivals", "space.arrivals_forbidden")
		}
		return Make(tx, o.Keys, a, d)
	})
}

// Make makes a space in the caller's transaction, with the actor as its
// moderator. It checks the draft and no right.
func Make(tx *database.Tx, k *keyring.Keyring, a access.Actor, d Draft) (string, error) {
	d, err := d.check()
	if err != nil {
		return "", err
	}
	if err := checkFace(tx, d.Visibility); err != nil {
		return "", err
	}
	id := uuid.Must(uuid.NewV7()).String()
	handle, err := takeHandle(tx, k, d, id)
	if err != nil {
		return "", err
	}
	label, err := access.Intern(tx, access.AtDoor(id))
	if err != nil {
		return "", err
	}
	if _, err := access.Intern(tx, access.InSpace(id)); err != nil {
		return "", err
	}
	now := database.Micros(tx.Now())
	_, err = tx.Exec(`INSERT INTO spaces (id, handle, name, purpose, visibility, posting, arrivals, label_id, created_by, created_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)`,
		id, handle, d.Name, d.Purpose, string(d.Visibility), string(d.Posting), d.Arrivals, label, a.ID(), now)
	if err != nil {
		return "", fmt.Errorf("make a space: %w", err)
	}
	if _, err := put(tx, id, a.ID(), Moderator); err != nil {
		return "", err
	}
	fact.Record(tx, fact.Fact{Kind: Created, Actor: a.ID(), SubjectKind: "space", Subject: id, Place: id, Label: label})
	return id, nil
}

// checkFace refuses a public space in a community that shows nothing outside.
func checkFace(tx *database.Tx, v Visibility) error {
	if v != Public {
		return nil
	}
	open, err := tx.Has("SELECT 1 FROM community WHERE face = 'public'")
	if err == nil && !open {
		err = fault.Bad("visibility", "space.public_forbidden")
	}
	return err
}

// put makes somebody a member of a space and answers her request, and says
// whether she was not in it yet. What was said before she came counts as seen.
func put(tx *database.Tx, space, who string, role Role) (came bool, err error) {
	n, err := tx.Exec(`INSERT INTO space_members (space_id, member_id, role, joined_at, seen_at) VALUES ($1, $2, $3, $4, $4)
		ON CONFLICT (space_id, member_id) DO NOTHING`, space, who, string(role), database.Micros(tx.Now()))
	if err != nil {
		return false, fmt.Errorf("put a member into a space: %w", err)
	}
	if _, err := tx.Exec("DELETE FROM space_requests WHERE space_id = $1 AND member_id = $2", space, who); err != nil {
		return false, fmt.Errorf("answer a request: %w", err)
	}
	return n > 0, nil
}

// Arrive puts a new member into the spaces for arrivals, in the transaction
// that lets her in. A guest comes into the space she was invited to alone.
func Arrive(tx *database.Tx, who string) error {
	_, err := tx.Exec(`INSERT INTO space_members (space_id, member_id, role, joined_at, seen_at)
		SELECT s.id, $1, 'member', $2, $2 FROM spaces s WHERE s.arrivals ON CONFLICT (space_id, member_id) DO NOTHING
		-- unfiltered: she is put where somebody decided that newcomers are`, who, database.Micros(tx.Now()))
	return err
}

// Bring puts somebody into one space, in the transaction that lets her in.
func Bring(tx *database.Tx, who, space string) error {
	_, err := put(tx, space, who, Member)
	return err
}
