package member

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// ErrLastOwner keeps a community from being left without an owner.
var ErrLastOwner = fault.New(fault.Conflict, "member.last_owner")

// ChangeRole makes somebody a moderator, a member or a guest. Owners do it.
// Nobody is made an owner without being asked: see OfferOwnership.
func (o *Operations) ChangeRole(ctx context.Context, a access.Actor, key, id string, role access.Role) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "member.change_role", Actor: a.ID(), Target: id + string(role), Key: key}, func(tx *database.Tx) (string, error) {
		// Before the right is looked at: of two owners who demote each other at the
		// same time, the second is none any more.
		if err := tx.Lock("owners"); err != nil {
			return "", err
		}
		p, err := Look(tx, a, id)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.ChangeRoles, ""); err != nil {
			return "", err
		}
		switch role {
		case access.Moderator, access.FullRole, access.Guest:
		case access.Owner:
			return "", fault.Bad("role", "member.role_by_offer")
		default:
			return "", fault.Bad("role", "member.role_unknown")
		}
		if p.Role == role {
			return id, nil
		}
		if err := keepOwner(tx, id); err != nil {
			return "", err
		}
		return id, SetRole(tx, a, id, role)
	})
}

// keepOwner gives ErrLastOwner if the community would have no owner without
// this member. Who asks holds the lock until her transaction ends, so of two
// last owners who go at the same time one stays.
func keepOwner(tx *database.Tx, id string) error {
	if err := tx.Lock("owners"); err != nil {
		return err
	}
	var role access.Role
	var others int
	err := tx.One([]any{&role, &others}, `SELECT m.role, (SELECT count(*) FROM members x WHERE x.role = 'owner' AND x.state = 'active' AND x.id <> m.id)
		FROM members m WHERE m.id = $1 -- unfiltered: how many owners there are`, id)
	if errors.Is(err, database.ErrNone) {
		return fault.Missing()
	}
	if err != nil {
		return fmt.Errorf("count the owners: %w", err)
	}
	if role == access.Owner && others == 0 {
		return ErrLastOwner
	}
	return nil
}

// SetRole gives a member a role in the caller's transaction. It checks no right
// and does not look whether an owner is left.
func SetRole(tx *database.Tx, a access.Actor, id string, role access.Role) error {
	guest, err := tx.Has("SELECT 1 FROM members WHERE id = $1 AND role = 'guest' -- unfiltered: what she was until now", id)
	if err != nil {
		return fmt.Errorf("look at the role: %w", err)
	}
	if _, err := tx.Exec("UPDATE members SET role = $1, version = version + 1 WHERE id = $2", string(role), id); err != nil {
		return fmt.Errorf("change the role: %w", err)
	}
	fact.Record(tx, fact.Fact{Kind: RoleChanged, Actor: a.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
	if guest && role != access.Guest {
		fact.Record(tx, fact.Fact{Kind: Raised, Actor: a.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
	}
	return nil
}

// Offer is an owner asking somebody to be an owner too.
type Offer struct {
	// From is the owner who asks, To the member who is asked.
	From, To Person
}

// OfferOwnership asks somebody to become an owner. It takes nothing from the
// one who asks: she can step down when the other has accepted.
func (o *Operations) OfferOwnership(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "member.offer_ownership", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		p, err := Look(tx, a, id)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.ChangeRoles, ""); err != nil {
			return "", err
		}
		if p.Role == access.Owner {
			return "", fault.New(fault.Conflict, "member.owner_already")
		}
		_, err = tx.Exec(`INSERT INTO transfers (to_member, from_member, offered_at) VALUES ($1, $2, $3)
			ON CONFLICT (to_member) DO UPDATE SET from_member = excluded.from_member, offered_at = excluded.offered_at`, id, a.ID(), database.Micros(tx.Now()))
		if err != nil {
			return "", fmt.Errorf("store the offer: %w", err)
		}
		fact.Record(tx, fact.Fact{Kind: Offered, Actor: a.ID(), SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
		return id, nil
	})
}

// Offered gives the offer made to a member, if there is one and whoever made
// it is still an owner. It is told to the member and to owners.
func (o *Operations) Offered(ctx context.Context, a access.Actor, id string) (offer Offer, ok bool, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if a.ID() != id {
			if _, err := access.Authorise(tx, a, access.ChangeRoles, ""); err != nil {
				return err
			}
		}
		offer, ok, err = offered(tx, id)
		return err
	})
	return offer, ok, err
}

func offered(tx *database.Tx, id string) (offer Offer, ok bool, err error) {
	err = tx.One([]any{&offer.From.ID, &offer.From.Handle, &offer.From.Name, &offer.To.ID, &offer.To.Handle, &offer.To.Name},
		`SELECT f.id, f.handle, f.name, m.id, m.handle, m.name FROM transfers t JOIN members f ON f.id = t.from_member AND f.role = 'owner' AND f.state = 'active'
		JOIN members m ON m.id = t.to_member AND m.state = 'active' WHERE t.to_member = $1 -- unfiltered: who asks and who is asked know each other`, id)
	if errors.Is(err, database.ErrNone) {
		return offer, false, nil
	}
	return offer, err == nil, err
}

// AcceptOwnership makes the actor an owner, if one has asked her and still is.
func (o *Operations) AcceptOwnership(ctx context.Context, a access.Actor, key string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "member.accept_ownership", Actor: a.ID(), Target: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("owners"); err != nil {
			return "", err
		}
		_, ok, err := offered(tx, a.ID())
		if err != nil {
			return "", err
		}
		if !ok {
			return "", fault.New(fault.Gone, "member.offer_gone")
		}
		if _, err := tx.Exec("DELETE FROM transfers WHERE to_member = $1", a.ID()); err != nil {
			return "", err
		}
		return a.ID(), SetRole(tx, a, a.ID(), access.Owner)
	})
}

// DeclineOwnership ends an offer: whoever was asked says no, or an owner takes
// it back.
func (o *Operations) DeclineOwnership(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "member.decline_ownership", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		if a.ID() != id {
			if _, err := access.Authorise(tx, a, access.ChangeRoles, ""); err != nil {
				return "", err
			}
		}
		_, err := tx.Exec("DELETE FROM transfers WHERE to_member = $1", id)
		return id, err
	})
}
