package space

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
)

// Revision is what somebody wants a space to be.
type Revision struct {
	Draft
	// Version is that of the space as she saw it.
	Version int64
	// Agreed repeats a visibility that is to change: whoever reads what was said
	// until now is decided by it, so it has to be said twice.
	Agreed Visibility
}

// ErrUnconfirmed says that a revision is in order, but changes the visibility
// without having agreed to it.
var ErrUnconfirmed = fault.Bad("visibility", "space.visibility_unconfirmed")

// Change makes a space what a revision says. It answers fault.Conflict if
// somebody else changed it since the revision's version.
func (o *Operations) Change(ctx context.Context, a access.Actor, key, id string, r Revision) (string, error) {
	op := database.Op{Class: database.Care, Name: "space.change", Actor: a.ID(), Target: id + r.typed(), Key: key}
	return o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if err := hold(tx, id); err != nil {
			return "", err
		}
		s, err := One(tx, a, id)
		if err != nil {
			return "", err
		}
		st, err := access.Authorise(tx, a, access.ChangeSpace, id)
		if err != nil {
			return "", err
		}
		if s.Version != r.Version {
			return "", fault.New(fault.Conflict, "space.changed_meanwhile")
		}
		d, err := r.check()
		if err == nil {
			err = d.allowed(st, s)
		}
		if err == nil && d.Visibility != s.Visibility {
			err = checkFace(tx, d.Visibility)
		}
		if err != nil {
			return "", err
		}
		handle, err := changeHandle(tx, o.Keys, s, d)
		if err != nil {
			return "", err
		}
		if d.Visibility != s.Visibility && r.Agreed != d.Visibility {
			return "", ErrUnconfirmed
		}
		return id, store(tx, a, s, d, handle)
	})
}

// allowed refuses what not everybody who may change a space may do to it.
func (d Draft) allowed(st access.Standing, s Space) error {
	switch {
	case d.Arrivals != s.Arrivals && !st.Cares():
		return fault.Bad("arrivals", "space.arrivals_forbidden")
	case d.Visibility != s.Visibility && d.Visibility.reach() == 0 && st.InSpace == "":
		// She would lock herself out, and nobody inside might ever undo it.
		return fault.Bad("visibility", "space.join_first")
	}
	return nil
}

func store(tx *database.Tx, a access.Actor, s Space, d Draft, handle any) error {
	_, err := tx.Exec(`UPDATE spaces SET handle = $1, name = $2, purpose = $3, visibility = $4, posting = $5, arrivals = $6, version = version + 1 WHERE id = $7`,
		handle, d.Name, d.Purpose, string(d.Visibility), string(d.Posting), d.Arrivals, s.ID)
	if err != nil {
		return fmt.Errorf("change a space: %w", err)
	}
	if d.Visibility != s.Visibility && d.Visibility != Closed {
		// Nobody has to ask any more, or nobody may know whom to ask. Where it
		// stays as it is, an invitation may have asked for somebody.
		if _, err := tx.Exec("DELETE FROM space_requests WHERE space_id = $1", s.ID); err != nil {
			return fmt.Errorf("end the requests: %w", err)
		}
	}
	if d.Visibility.Wider(s.Visibility) {
		if err := member.Conceal(tx, s.ID); err != nil {
			return err
		}
	}
	fact.Record(tx, fact.Fact{Kind: Changed, Actor: a.ID(), SubjectKind: "space", Subject: s.ID, Place: s.ID, Label: access.AtDoor(s.ID).ID()})
	return nil
}
