package community

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// Begin writes the one row there is, in the transaction of whoever claims this
// place. A second row is refused by the database. It checks no right.
func Begin(tx *database.Tx, c Community) error {
	_, err := tx.Exec(`INSERT INTO community (one, id, name, preset, face, door, question, welcome, rules, imprint, privacy,
		languages, zone, accent, picture_type, about_line, origin, founded_at, version)
		VALUES (1, $1, '', '', '', '', '', '', '', '', '', '', '', '', '', $2, '', 0, 0)`, c.ID, c.AboutLine)
	if err != nil {
		return fmt.Errorf("begin the community: %w", err)
	}
	c.Version = 0
	if err := Save(tx, "", c); err != nil {
		return err
	}
	return rememberOrigin(tx, c.Origin)
}

// owned runs what only an owner may do, and gives it a copy of the community as
// it is. The copy is read before anything is written: Current remembers what it
// read, and what is written may still be undone.
func (o *Operations) owned(ctx context.Context, a access.Actor, op database.Op, do func(*database.Tx, Community) error) (string, error) {
	op.Class, op.Actor = database.Care, a.ID()
	return o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		if _, err := access.Authorise(tx, a, access.ChangeCommunity, ""); err != nil {
			return "", err
		}
		c, err := o.Current(tx)
		if err != nil {
			return "", err
		}
		return c.ID, do(tx, *c)
	})
}

// change lets an owner edit the settings. They are saved if nobody has saved
// others since the version that edit gives them, which is that of her form.
func (o *Operations) change(ctx context.Context, a access.Actor, op database.Op, edit func(*Community) error) (string, error) {
	return o.owned(ctx, a, op, func(tx *database.Tx, c Community) error {
		if err := edit(&c); err != nil {
			return err
		}
		return Save(tx, a.ID(), c)
	})
}

// Settings are what owners look after.
type Settings struct{ *Community }

// Settings gives an owner the settings as they are now.
func (o *Operations) Settings(ctx context.Context, a access.Actor) (s Settings, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := access.Authorise(tx, a, access.ChangeCommunity, ""); err != nil {
			return err
		}
		s.Community, err = o.Current(tx)
		return err
	})
	return s, err
}
