package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// Overview is everything a member signs in with, for her own eyes.
type Overview struct {
	HasPassword bool
	// PasswordChanged is when she chose it.
	PasswordChanged time.Time
	Passkeys        []KeptPasskey
	// CodesLeft of CodesMade recovery codes are not used yet; none were ever
	// made if CodesMade is 0.
	CodesLeft, CodesMade int
	Sessions             []Session
	// Proved says that the session that asks may add to all this: see Confirm.
	Proved bool
}

// Ways is how many ways to sign in there are, recovery codes aside. The last
// one cannot be removed.
func (v Overview) Ways() int {
	if v.HasPassword {
		return len(v.Passkeys) + 1
	}
	return len(v.Passkeys)
}

// Overview gives a member what she signs in with. Here is the session that asks.
func (o *Operations) Overview(ctx context.Context, a access.Actor, here string) (v Overview, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var changed int64
		if err := tx.One([]any{&changed, &v.CodesMade, &v.CodesLeft}, `SELECT
			coalesce((SELECT changed_at FROM passwords WHERE member_id = $1), 0),
			(SELECT count(*) FROM recovery_codes WHERE member_id = $1),
			(SELECT count(*) FROM recovery_codes WHERE member_id = $1 AND used_at IS NULL)`, a.ID()); err != nil {
			return fmt.Errorf("look up password and codes: %w", err)
		}
		v.HasPassword, v.PasswordChanged = changed > 0, database.At(changed)
		if v.Passkeys, err = passkeys(tx, a.ID()); err != nil {
			return fmt.Errorf("list passkeys: %w", err)
		}
		if v.Sessions, err = sessions(tx, a.ID(), here); err != nil {
			return fmt.Errorf("list sessions: %w", err)
		}
		err := proved(tx, a.ID(), here)
		v.Proved = err == nil
		if errors.Is(err, ErrProofNeeded) {
			return nil
		}
		return err
	})
	return v, err
}
