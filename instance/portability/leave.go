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

// DeleteAccount begins the actor's leaving. Her sessions end, nobody sees her
// any more, and after member.Grace she is erased, with what she said or without
// it. A session left open on a shared computer is not enough: she proves who she
// is. The last owner gets member.ErrLastOwner, and keeps the recovery code that
// she proved it with.
func (o *Operations) DeleteAccount(ctx context.Context, a access.Actor, key string, p signin.Proof, erasePosts bool) error {
	proven, refused := o.SignIn.Prove(ctx, a, p)
	if refused != nil && fault.KindOf(refused) == fault.Internal {
		return refused
	}
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "portability.delete_account", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		// Only here: the same form sent twice is recognised first, and finds
		// its code used up.
		if refused != nil {
			return "", refused
		}
		if err := member.Depart(tx, a, a.ID(), member.Departure{After: member.Grace, ErasePosts: erasePosts}); err != nil {
			return "", err
		}
		if err := proven.Use(tx); err != nil {
			return "", err
		}
		return a.ID(), signin.EndAll(tx, a.ID())
	})
	return err
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
