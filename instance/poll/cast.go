package poll

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Receipt is what who voted in a secret poll is told once.
type Receipt struct{ Code string }

// Cast votes in a secret poll. form is the one-time key of the form: sent twice with
// the same vote it is one ballot. A vote cannot be changed.
//
// The write knows neither the actor nor the key of the form, and leaves no trace but
// the urn: no row, no fact, no time. Nothing of the vote is in an error either.
func (o *Operations) Cast(ctx context.Context, a access.Actor, form, post string, v Vote) (Receipt, error) {
	var r row
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		r, err = o.asked(tx, a, post)
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	if v, err = r.check(v); err != nil {
		return Receipt{}, err
	}
	k, err := o.key(ctx, r.folder) // outside of any write
	if errors.Is(err, errNoKey) {
		return Receipt{}, fault.New(fault.Conflict, "poll.lost")
	}
	if err != nil {
		return Receipt{}, err
	}
	code := k.code(form)
	_, err = o.DB.Write(ctx, database.Op{Class: database.Anonymous, Name: "poll.cast"}, func(tx *database.Tx) (string, error) {
		if err := hold(tx, post); err != nil {
			return "", err
		}
		r, err := o.asked(tx, a, post)
		if err != nil {
			return "", err
		}
		return "", put(tx, r, k, k.voter(a.ID()), ballot(code, v))
	})
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{said(code)}, nil
}

// asked gives a secret poll that takes a vote of the actor now.
func (o *Operations) asked(tx *database.Tx, a access.Actor, post string) (row, error) {
	r, err := find(tx, a, post)
	if err != nil {
		return r, err
	}
	if !r.Secret {
		return r, fault.New(fault.Invalid, "fault.bad_request")
	}
	return r, r.takes(tx, a)
}

// put puts a ballot into an urn, once for each voter.
func put(tx *database.Tx, r row, k Key, who [voterSize]byte, b [ballotSize]byte) error {
	u, err := open(k, r.Post, r.urn)
	if err != nil {
		return err
	}
	if u.has(who) {
		if u.holds(b) {
			return nil // the same form, sent twice
		}
		return fault.New(fault.Conflict, "poll.voted")
	}
	if len(u.ballots) >= maxBallots {
		return fault.New(fault.Conflict, "poll.full")
	}
	sealed, err := u.with(who, b).seal(k, r.Post)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE polls SET urn = $1, begun = $2 WHERE post_id = $3", sealed, true, r.Post); err != nil {
		return fmt.Errorf("put a ballot into the urn: %w", err)
	}
	return nil
}
