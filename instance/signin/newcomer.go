package signin

import (
	"context"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Wish is how somebody new wants to sign in: by a passkey if there is one, else
// by a password.
type Wish struct {
	// Handle and Name are what she wants to be called, which a password must
	// not be.
	Handle, Name string
	Password     string
	// Passkey is what her device answered to BeginPasskey.
	Passkey string
	// Origin and Network are those of the request.
	Origin, Network string
}

// Credential is a password or passkey that was checked and is not stored yet.
type Credential struct {
	hash    string
	passkey *Passkey
	refused error
}

// Prepare does what takes long before somebody new is let in: it checks her
// passkey, or checks and hashes her password. What is refused names the field
// "password" or "passkey_token"; a network that asks too often gets
// fault.TooMany.
//
// A passkey is refused only by Refused: a form that is sent twice comes with a
// ceremony that the first sending used up, and has to reach the write gate to
// be recognised.
func (o *Operations) Prepare(ctx context.Context, w Wish) (Credential, error) {
	if w.Passkey != "" {
		if err := o.Knock(w.Network); err != nil {
			return Credential{}, err
		}
		p, err := o.CheckPasskey(ctx, access.Stranger(), w.Origin, w.Passkey)
		if err != nil && fault.KindOf(err) != fault.Internal {
			return Credential{refused: err}, nil
		}
		return Credential{passkey: &p}, err
	}
	if err := CheckPassword(w.Handle, w.Name, w.Password); err != nil {
		return Credential{}, err
	}
	if err := o.Knock(w.Network); err != nil {
		return Credential{}, err
	}
	hash, err := o.HashPassword(ctx, w.Password)
	return Credential{hash: hash}, err
}

// Refused is what Prepare found wrong. It is asked before anything else is done
// for the newcomer, so that nobody without a way to sign in learns which handles
// are taken.
func (c Credential) Refused() error { return c.refused }

// Store gives the credential to a member in the transaction that admits her. It
// checks no right.
func (c Credential) Store(tx *database.Tx, member string) error {
	if c.refused != nil {
		return c.refused
	}
	if c.passkey != nil {
		return AddPasskey(tx, member, *c.passkey, "")
	}
	return SetPassword(tx, member, c.hash)
}
