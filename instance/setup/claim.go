package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/signin"
)

// Claim is what the first owner says.
type Claim struct {
	// Token is that of the set-up link.
	Token string
	// Community is what it will be called.
	Community string
	// Owner is how she will sign in, and what she is called. An empty handle is
	// made of her name.
	Owner signin.Wish
	// Language and Zone are what to begin with.
	Language, Zone string
	Device         signin.Device
}

// Claimed is what came of a claim.
type Claimed struct {
	// Member is the owner's id, Session her session's token.
	Member, Session string
}

// Claim makes the community and its first owner, once: of two who claim at the
// same time one wins, and for the other there is nothing here. What is wrong
// with the community's name is a fault of the field "community".
//
// The form sent twice gives the owner's id and database.ErrRepeated, without a
// session.
func (o *Operations) Claim(ctx context.Context, key string, c Claim) (Claimed, error) {
	name, err := community.CheckName(c.Community)
	if err != nil {
		return Claimed{}, about("community", err)
	}
	if c.Owner.Name, err = member.CheckName(c.Owner.Name); err != nil {
		return Claimed{}, err
	}
	origin, err := community.CheckOrigin(c.Owner.Origin)
	if err != nil {
		return Claimed{}, err
	}
	// Only who holds the link makes us hash a password, and a form that is sent
	// twice must still reach the write gate to be recognised.
	var credential signin.Credential
	refused := o.Open(ctx, c.Token)
	if refused == nil {
		if credential, err = o.SignIn.Prepare(ctx, c.Owner); err != nil {
			return Claimed{}, err
		}
	}
	now := community.Community{
		ID: uuid.NewString(), Name: name, Preset: community.DefaultPreset, Face: community.Hidden, Door: community.ByInvitation,
		Languages: []string{c.Language}, Zone: c.Zone, AboutLine: true, Origin: origin,
	}
	var made Claimed
	id, err := o.DB.Write(ctx, database.Op{Class: database.Care, Name: "setup.claim", Key: key}, func(tx *database.Tx) (_ string, err error) {
		if refused != nil {
			return "", refused
		}
		made, err = o.take(tx, c, now, credential)
		return made.Member, err
	})
	if err != nil {
		return Claimed{Member: id}, err
	}
	return made, nil
}

// take claims the place within one transaction.
func (o *Operations) take(tx *database.Tx, c Claim, now community.Community, credential signin.Credential) (made Claimed, err error) {
	if err := tx.Lock("setup"); err != nil {
		return made, err
	}
	if err := open(tx, c.Token); err != nil {
		return made, err
	}
	if _, err := tx.Exec("UPDATE setup_tokens SET claimed_at = $1", database.Micros(tx.Now())); err != nil {
		return made, fmt.Errorf("use the link up: %w", err)
	}
	if err := community.Begin(tx, now); err != nil {
		return made, err
	}
	made.Member, err = member.Admit(tx, o.Keys, member.Admission{Name: c.Owner.Name, Handle: c.Owner.Handle, Role: access.Owner, State: "active"})
	if err != nil {
		return made, err
	}
	if err := credential.Store(tx, made.Member); err != nil {
		return made, err
	}
	made.Session, err = signin.Begin(tx, made.Member, c.Device)
	return made, err
}

// about says that a fault is about another field of the form.
func about(field string, err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	there := *f
	there.Field = field
	return &there
}
