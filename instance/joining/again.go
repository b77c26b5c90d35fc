package joining

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/signin"
)

// again answers a form that was sent before, as somebody does whose first
// answer got lost on the way: she is in, but has no session and never read her
// handle. The password in the form proves that it is she, within the limits of
// signing in. There are no codes, since the first sending made them. Without a
// password that fits it gives database.ErrRepeated.
func (o *Operations) again(ctx context.Context, who string, n Newcomer) (Arrival, error) {
	made := Arrival{Member: who, Path: "/home"}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.One([]any{&made.Handle}, "SELECT handle FROM members WHERE id = $1 -- unfiltered: shown to nobody but who knows the password", who)
	})
	if errors.Is(err, database.ErrNone) || err == nil && n.Password == "" {
		return Arrival{}, database.ErrRepeated
	}
	if err != nil {
		return Arrival{}, fmt.Errorf("read who came in before: %w", err)
	}
	entry, err := o.SignIn.ByPassword(ctx, made.Handle, n.Password, signin.Visit{Device: n.Device, Network: n.Network})
	if errors.Is(err, signin.ErrRefused) {
		return Arrival{}, database.ErrRepeated
	}
	if err != nil {
		return Arrival{}, err
	}
	made.Session = entry.Token
	if entry.State == "pending" {
		made.Waits, made.Path = true, "/waiting"
	}
	return made, nil
}
