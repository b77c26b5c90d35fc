package signin

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// NewPassword is what a member fills in to change her password.
type NewPassword struct {
	// Current is not looked at if she has none yet.
	Current, New string
	// Here is the session that she asks from; all others end.
	Here string
	// Network is what tries are counted by.
	Network string
}

// ChangePassword gives a member a new password, or her first one, and ends all
// her other sessions. The fault about a wrong one names "current_password". Who
// has none yet gets ErrProofNeeded unless she has proved in another way who she
// is.
func (o *Operations) ChangePassword(ctx context.Context, a access.Actor, key string, n NewPassword) error {
	was, err := o.passwordOf(ctx, a)
	if err != nil {
		return err
	}
	hash, refused := o.decide(ctx, a, was, n)
	if refused != nil && fault.KindOf(refused) == fault.Internal {
		return refused
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.change_password", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if was.hash == "" {
			if err := proved(tx, a.ID(), n.Here); err != nil {
				return "", err
			}
		}
		// Only here: the same form sent twice is recognised first, and finds
		// its current password to be a former one.
		if refused != nil {
			return "", refused
		}
		if err := lock(tx, a.ID()); err != nil {
			return "", err
		}
		now, err := currentHash(tx, a.ID())
		if err != nil {
			return "", err
		}
		if now != was.hash {
			return "", fault.New(fault.Conflict, "signin.changed_meanwhile")
		}
		if err := SetPassword(tx, a.ID(), hash); err != nil {
			return "", err
		}
		return a.ID(), endOthers(tx, a.ID(), n.Here)
	})
	if errors.Is(err, database.ErrRepeated) {
		return o.sameAgain(ctx, a, n)
	}
	return err
}

// sameAgain gives database.ErrRepeated if the form came twice with the same new
// password. With another one it was not done, and she must not believe it was.
func (o *Operations) sameAgain(ctx context.Context, a access.Actor, n NewPassword) error {
	now, err := o.passwordOf(ctx, a)
	if err != nil {
		return err
	}
	same, err := o.fits(ctx, now.hash, n.New)
	if err != nil {
		return err
	}
	if !same {
		return fault.New(fault.Conflict, "signin.changed_meanwhile")
	}
	return database.ErrRepeated
}

// decide looks at both passwords and gives the new one's hash.
func (o *Operations) decide(ctx context.Context, a access.Actor, was owner, n NewPassword) (string, error) {
	if err := CheckPassword(was.handle, was.name, n.New); err != nil {
		return "", err
	}
	if was.hash != "" {
		right, err := o.knows(ctx, a, was.hash, n.Current, n.Network)
		if err != nil {
			return "", err
		}
		if !right {
			return "", fault.Bad("current_password", "signin.current_wrong")
		}
	}
	return o.HashPassword(ctx, n.New)
}

// RemovePassword takes a member's password away, if a passkey is left, and ends
// her other sessions.
func (o *Operations) RemovePassword(ctx context.Context, a access.Actor, key, here string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.remove_password", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := lock(tx, a.ID()); err != nil {
			return "", err
		}
		if err := keep(tx, a.ID()); err != nil {
			return "", err
		}
		if err := one(tx.Exec("DELETE FROM passwords WHERE member_id = $1", a.ID())); err != nil {
			return "", err
		}
		return a.ID(), endOthers(tx, a.ID(), here)
	})
	return err
}

// owner is what a new password is held against.
type owner struct{ handle, name, hash string }

func (o *Operations) passwordOf(ctx context.Context, a access.Actor) (w owner, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		err := tx.One([]any{&w.handle, &w.name, &w.hash}, `SELECT m.handle, m.name, coalesce(p.hash, '') FROM members m
			LEFT JOIN passwords p ON p.member_id = m.id WHERE m.id = $1 -- unfiltered: her own row`, a.ID())
		if errors.Is(err, database.ErrNone) {
			return fault.New(fault.Unauthenticated, "fault.sign_in")
		}
		return err
	})
	return w, err
}

func currentHash(tx *database.Tx, who string) (hash string, err error) {
	err = tx.One([]any{&hash}, "SELECT hash FROM passwords WHERE member_id = $1", who)
	if errors.Is(err, database.ErrNone) {
		return "", nil
	}
	if err != nil {
		err = fmt.Errorf("look up the password: %w", err)
	}
	return hash, err
}
