package signin

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Proof is how somebody who is signed in proves once more who she is: by a
// passkey's answer to AskPasskey, a recovery code, or her password; the first
// that is given counts. A session alone is not enough for what lasts or cannot
// be undone: the phone may be borrowed, the cookie stolen.
type Proof struct {
	Password, Code, Passkey string
	// Origin and Network are those of the request.
	Origin, Network string
}

// What a proof is told that is not the actor's own. Whether it is somebody
// else's, it does not learn.
var (
	errNotPassword = fault.Bad("password", "signin.proof_password_refused")
	errNotCode     = fault.Bad("code", "signin.proof_code_refused")
	errNotPasskey  = fault.Bad("passkey_token", "signin.proof_passkey_refused")
)

// Proven is a proof that was checked and has not been used yet. The zero Proven
// proves nothing.
type Proven struct {
	member string
	// One of them says by what: the hash of the password or of the code, or the
	// passkey's id.
	password      string
	code, passkey []byte
}

// Prove checks that a proof is the actor's own. It begins no session, and takes
// no code from her: Use does that, in the transaction of what the proof is for.
// What is refused names the field "password", "code" or "passkey_token".
func (o *Operations) Prove(ctx context.Context, a access.Actor, p Proof) (Proven, error) {
	switch {
	case p.Passkey != "":
		return o.proveByPasskey(ctx, a, p)
	case p.Code != "":
		return o.proveByCode(ctx, a, p)
	}
	return o.proveByPassword(ctx, a, p)
}

func (o *Operations) proveByPassword(ctx context.Context, a access.Actor, p Proof) (Proven, error) {
	was, err := o.passwordOf(ctx, a)
	if err != nil {
		return Proven{}, err
	}
	if was.hash == "" {
		return Proven{}, errNotCode // the page asks her for no password
	}
	right, err := o.knows(ctx, a, was.hash, p.Password, p.Network)
	if err != nil {
		return Proven{}, err
	}
	if !right {
		return Proven{}, errNotPassword
	}
	return Proven{member: a.ID(), password: was.hash}, nil
}

// knows checks a member's password. It gives fault.TooMany after too many tries.
func (o *Operations) knows(ctx context.Context, a access.Actor, hash, typed, network string) (bool, error) {
	now := o.DB.Now()
	if !o.limits.Take(now, perAccount, a.ID(), network) {
		return false, fault.New(fault.TooMany, "fault.too_many")
	}
	right, err := o.fits(ctx, hash, typed)
	if right && err == nil {
		o.limits.Give(now, perAccount, a.ID(), network)
	}
	return right, err
}

func (o *Operations) proveByCode(ctx context.Context, a access.Actor, p Proof) (Proven, error) {
	if err := o.Knock(p.Network); err != nil {
		return Proven{}, err
	}
	hash, mine := o.codeHash(p.Code), false
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		mine, err = tx.Has("SELECT 1 FROM recovery_codes WHERE hash = $1 AND member_id = $2 AND used_at IS NULL", hash, a.ID())
		return err
	})
	if err != nil {
		return Proven{}, fmt.Errorf("look for a recovery code: %w", err)
	}
	if !mine {
		return Proven{}, errNotCode
	}
	o.limits.Give(o.DB.Now(), perNetwork, p.Network)
	return Proven{member: a.ID(), code: hash}, nil
}

func (o *Operations) proveByPasskey(ctx context.Context, a access.Actor, p Proof) (Proven, error) {
	h, err := o.hear(p.Origin, p.Passkey, p.Network)
	if err == nil {
		err = o.answered(ctx, "signin.prove", h, func(_ *database.Tx, who string) error {
			if who != a.ID() {
				return ErrPasskey
			}
			return nil
		})
	}
	if fault.Is(err, fault.Invalid) {
		return Proven{}, errNotPasskey.Because(err)
	}
	if err != nil {
		return Proven{}, err
	}
	o.limits.Give(o.DB.Now(), perNetwork, p.Network)
	return Proven{member: a.ID(), passkey: h.answer.RawID}, nil
}

// Use lets the proof count, in the caller's transaction: a code is used up, and
// a password or passkey must not have gone meanwhile. If the transaction fails,
// the code is as good as before.
func (p Proven) Use(tx *database.Tx) error {
	if err := lock(tx, p.member); err != nil {
		return err
	}
	refused := errNotPassword
	var holds bool
	var err error
	switch {
	case p.code != nil:
		var n int64
		n, err = tx.Exec("UPDATE recovery_codes SET used_at = $1 WHERE hash = $2 AND member_id = $3 AND used_at IS NULL", day(tx.Now()), p.code, p.member)
		refused, holds = errNotCode, n == 1
	case p.passkey != nil:
		holds, err = tx.Has("SELECT 1 FROM passkeys WHERE id = $1 AND member_id = $2", p.passkey, p.member)
		refused = errNotPasskey
	default:
		holds, err = tx.Has("SELECT 1 FROM passwords WHERE member_id = $1 AND hash = $2", p.member, p.password)
	}
	if err != nil {
		return fmt.Errorf("use a proof: %w", err)
	}
	if !holds {
		return refused
	}
	return nil
}
