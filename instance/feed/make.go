package feed

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

// Make makes an address for the actor. The form sent twice gives the first one's
// id with database.ErrRepeated and no token: it cannot be shown again. It gives
// fault.Missing for a space that she may not know of or does not read, and
// fault.Conflict if she has Most already.
func (o *Operations) Make(ctx context.Context, a access.Actor, key string, d Draft) (made Made, err error) {
	if d, err = d.check(); err != nil {
		return made, err
	}
	op := database.Op{Class: database.Own, Name: "feed.make", Actor: a.ID(), Target: d.typed(), Key: key}
	id, err := o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		// Two forms at once would both find one place left, and somebody who goes
		// meanwhile would leave an address behind.
		if err := member.HoldFeeds(tx, a.ID()); err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.MakeFeed, ""); err != nil {
			return "", err
		}
		if err := reads(tx, a, d.Space); err != nil {
			return "", err
		}
		made, err = create(tx, a.ID(), d)
		return made.ID, err
	})
	if errors.Is(err, database.ErrRepeated) {
		return Made{ID: id}, err
	}
	return made, err
}

func create(tx *database.Tx, member string, d Draft) (made Made, err error) {
	var has int
	if err := tx.One([]any{&has}, "SELECT count(*) FROM feeds WHERE member_id = $1", member); err != nil {
		return made, fmt.Errorf("count her addresses: %w", err)
	}
	if has >= Most {
		return made, fault.New(fault.Conflict, "feed.many")
	}
	made = Made{ID: uuid.NewString(), Token: newToken()}
	var in any
	if d.Space != "" {
		in = d.Space
	}
	_, err = tx.Exec("INSERT INTO feeds (id, token_hash, member_id, space_id, name, whole, created_day) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		made.ID, tokenHash(made.Token), member, in, d.Name, d.Whole, day(tx.Now()))
	if err != nil {
		return Made{}, fmt.Errorf("store the address: %w", err)
	}
	return made, nil
}

// reads gives fault.Missing unless the actor reads what is said in a space. A
// closed one that she only knows of has nothing for her to read.
func reads(tx *database.Tx, a access.Actor, id string) error {
	if id == "" {
		return nil
	}
	s, err := space.One(tx, a, id)
	if err != nil {
		return err
	}
	ok, err := access.CanRead(tx, a, access.InSpace(s.ID))
	if err == nil && !ok {
		err = fault.Missing()
	}
	return err
}
