package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// ProofLength is how long a session may be used, after its member has proved who
// she is, for what gives lasting access: a new passkey, new recovery codes, a
// first password.
const ProofLength = 10 * time.Minute

// ErrProofNeeded says that the session was not proved, or too long ago: see
// Confirm. Nothing was changed.
var ErrProofNeeded = fault.New(fault.Forbidden, "signin.proof_needed")

// errProveAgain says that a form was sent a second time after its proof had run
// out.
var errProveAgain = fault.New(fault.Conflict, "signin.proof_again")

// Confirm takes the actor's proof for the session that she asks from, here, and
// for no other. It counts for ProofLength.
func (o *Operations) Confirm(ctx context.Context, a access.Actor, key, here string, p Proof) error {
	proven, refused := o.Prove(ctx, a, p)
	if refused != nil && fault.KindOf(refused) == fault.Internal {
		return refused
	}
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.confirm", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		// Only here: the same form sent twice is recognised first, and finds
		// its code or its passkey's answer used up.
		if refused != nil {
			return "", refused
		}
		if err := proven.Use(tx); err != nil {
			return "", err
		}
		until := tx.Now().Add(ProofLength)
		err := one(tx.Exec("UPDATE sessions SET proved_until = $1 WHERE id = $2 AND member_id = $3", database.Micros(until), here, a.ID()))
		if err != nil {
			return "", err
		}
		return a.ID(), job.Enqueue(tx, job.Job{Kind: TidyJob, RunAt: until})
	})
	if errors.Is(err, database.ErrRepeated) {
		return o.stillProved(ctx, a, here)
	}
	return err
}

// stillProved gives database.ErrRepeated if what the form did the first time
// holds. A page that the browser kept can be sent once more when it does not.
func (o *Operations) stillProved(ctx context.Context, a access.Actor, here string) error {
	err := o.DB.Read(ctx, func(tx *database.Tx) error { return proved(tx, a.ID(), here) })
	if errors.Is(err, ErrProofNeeded) {
		return errProveAgain
	}
	if err != nil {
		return err
	}
	return database.ErrRepeated
}

// proved gives ErrProofNeeded unless this session of the member's was proved a
// short time ago. It belongs into the transaction of what it is asked for.
func proved(tx *database.Tx, who, here string) error {
	is, err := tx.Has("SELECT 1 FROM sessions WHERE id = $1 AND member_id = $2 AND proved_until > $3", here, who, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("look whether a session was proved: %w", err)
	}
	if !is {
		return ErrProofNeeded
	}
	return nil
}
