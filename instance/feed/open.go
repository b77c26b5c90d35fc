package feed

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Opened is what an address opens.
type Opened struct {
	ID string
	// Space is the id of what is in it; empty for all the spaces she is in.
	Space string
	// Language is its member's, empty if she has chosen none.
	Language string
	Whole    bool
	MadeOn   time.Time
	// Actor is its member: whom it reads as.
	Actor access.Actor
	// Stale says that it was not used yet today: see Used.
	Stale bool
}

// Open gives what an address opens now. It gives fault.Missing for one that is
// unknown, ended, of somebody who is not here, or of a space that she does not
// read any more; and fault.TooMany to a reader that asks too often.
func (o *Operations) Open(ctx context.Context, token string) (f Opened, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var member string
		var used, made int64
		err := tx.One([]any{&f.ID, &member, &f.Space, &f.Whole, &f.Language, &made, &used}, `SELECT f.id, f.member_id, coalesce(f.space_id, ''), f.whole, m.language, f.created_day, coalesce(f.last_used_day, 0)
			FROM feeds f JOIN members m ON m.id = f.member_id AND m.state = 'active' WHERE f.token_hash = $1 -- unfiltered: who holds the address reads as its member`, tokenHash(token))
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("look for the address: %w", err)
		}
		f.Actor, f.MadeOn, f.Stale = access.Member(member), database.At(made), used < day(o.DB.Now())
		return reads(tx, f.Actor, f.Space)
	})
	if err == nil && !o.limits.Take(o.DB.Now(), perFeed, f.ID) {
		err = fault.New(fault.TooMany, "fault.too_many")
	}
	return f, err
}

// Used notes that an address was used today.
func (o *Operations) Used(ctx context.Context, f Opened) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "feed.used", Actor: f.Actor.ID()}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE feeds SET last_used_day = $1 WHERE id = $2 AND coalesce(last_used_day, 0) < $1", day(tx.Now()), f.ID)
		return f.ID, err
	})
	if err != nil {
		return fmt.Errorf("note that an address was used: %w", err)
	}
	return nil
}

// Public counts a request for a feed of what is public against the network that
// it came from, and gives fault.TooMany if there were too many. It depends on the
// network alone.
func (o *Operations) Public(network string) error {
	if !o.limits.Take(o.DB.Now(), perNetwork, network) {
		return fault.New(fault.TooMany, "fault.too_many")
	}
	return nil
}
