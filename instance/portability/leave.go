package portability

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/signin"
)

// Proof is how somebody who is signed in proves once more who she is, before
// something that cannot be undone: by her password, a recovery code, or a
// passkey's answer to signin.AskPasskey. A session left open on a shared
// computer is not enough.
type Proof struct {
	Password, Code, Passkey string
	// Origin and Visit are those of the request.
	Origin string
	Visit  signin.Visit
}

// ErrProof is the one answer to a proof that is not one.
var ErrProof = fault.Bad("password", "portability.proof_refused")

// DeleteAccount begins the actor's leaving. Her sessions end, nobody sees her
// any more, and after member.Grace she is erased, with what she said or without
// it. The last owner gets member.ErrLastOwner.
func (o *Operations) DeleteAccount(ctx context.Context, a access.Actor, key string, p Proof, erasePosts bool) error {
	if err := o.prove(ctx, a, p); err != nil {
		return err
	}
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "portability.delete_account", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := member.Depart(tx, a, a.ID(), member.Departure{After: member.Grace, ErasePosts: erasePosts}); err != nil {
			return "", err
		}
		return a.ID(), signin.EndAll(tx, a.ID())
	})
	return err
}

// prove gives ErrProof unless the proof is the actor's own. Each way begins a
// session, which ends here again.
func (o *Operations) prove(ctx context.Context, a access.Actor, p Proof) error {
	entry, err := o.enter(ctx, a, p)
	if fault.Is(err, fault.Invalid) || errors.Is(err, signin.ErrRefused) {
		return ErrProof
	}
	if err != nil {
		return err
	}
	if err := o.SignIn.Out(ctx, entry.Token); err != nil {
		return fmt.Errorf("end the session of the proof: %w", err)
	}
	if entry.Member != a.ID() {
		return ErrProof
	}
	return nil
}

func (o *Operations) enter(ctx context.Context, a access.Actor, p Proof) (signin.Entry, error) {
	switch {
	case p.Passkey != "":
		return o.SignIn.ByPasskey(ctx, p.Origin, p.Passkey, p.Visit)
	case p.Code != "":
		return o.SignIn.ByCode(ctx, "", signin.Recovery{Code: p.Code}, p.Visit)
	}
	var handle string
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.One([]any{&handle}, "SELECT handle FROM members WHERE id = $1 -- unfiltered: her own row", a.ID())
	})
	if err != nil {
		return signin.Entry{}, fmt.Errorf("look up her handle: %w", err)
	}
	return o.SignIn.ByPassword(ctx, handle, p.Password, p.Visit)
}

// Leaving is where somebody stands who is on her way out.
type Leaving struct {
	LeftAt, EraseAt time.Time
	ErasePosts      bool
	// Removed says that it was not her choice, and that she cannot take it back.
	Removed bool
	// Recalled says that she was removed and that this was taken back: it is for
	// her to say whether she stays.
	Recalled bool
}

// Leaving gives where the actor stands on her way out; fault.Missing if she is
// not leaving.
func (o *Operations) Leaving(ctx context.Context, a access.Actor) (l Leaving, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var left, erase int64
		err := tx.One([]any{&left, &erase, &l.ErasePosts, &l.Removed, &l.Recalled}, `SELECT coalesce(m.left_at, 0), coalesce(m.erase_at, 0), m.erase_posts,
			EXISTS (SELECT 1 FROM requests r WHERE r.member_id = m.id AND r.accepted = $2),
			EXISTS (SELECT 1 FROM requests r WHERE r.member_id = m.id AND r.accepted <> $2 AND r.decided_at >= m.left_at)
			FROM members m WHERE m.id = $1 AND m.state = 'leaving' -- unfiltered: her own row`, a.ID(), false)
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		l.LeftAt, l.EraseAt = database.At(left), database.At(erase)
		return err
	})
	return l, err
}

// Stay takes the actor's leaving back within the grace period.
func (o *Operations) Stay(ctx context.Context, a access.Actor, key string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "portability.stay", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		return a.ID(), member.Stay(tx, a.ID())
	})
	return err
}

// Decide changes, for somebody on her way out, whether what she said goes with
// her. Who was removed had no other time to say so.
func (o *Operations) Decide(ctx context.Context, a access.Actor, key string, erasePosts bool) error {
	op := database.Op{Class: database.Own, Name: "portability.decide", Actor: a.ID(), Target: fmt.Sprint(erasePosts), Key: key}
	_, err := o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		n, err := tx.Exec("UPDATE members SET erase_posts = $1, version = version + 1 WHERE id = $2 AND state = 'leaving'", erasePosts, a.ID())
		if err == nil && n == 0 {
			err = fault.Missing()
		}
		return a.ID(), err
	})
	return err
}
