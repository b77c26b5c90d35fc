package community

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/picture"
)

// ChangePicture makes a small square picture of the file and shows it wherever
// the community is named.
func (o *Operations) ChangePicture(ctx context.Context, a access.Actor, key string, file io.Reader) (string, error) {
	// Decoding takes long and much memory: nobody else may cause it, and nobody
	// waits for the writer meanwhile.
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		_, err := access.Authorise(tx, a, access.ChangeCommunity, "")
		return err
	})
	if err != nil {
		return "", err
	}
	p, err := o.Pictures.Square(file)
	if err != nil {
		return "", err
	}
	return o.hang(ctx, a, key, p.Body, p.Type)
}

// RemovePicture goes back to the initials of the community's name.
func (o *Operations) RemovePicture(ctx context.Context, a access.Actor, key string) (string, error) {
	return o.hang(ctx, a, key, nil, "")
}

func (o *Operations) hang(ctx context.Context, a access.Actor, key string, body []byte, kind string) (string, error) {
	op := database.Op{Name: "community.picture", Target: string(body), Key: key}
	return o.owned(ctx, a, op, func(tx *database.Tx, c Community) error {
		_, err := tx.Exec("UPDATE community SET picture = $1, picture_type = $2, version = version + 1 WHERE one = 1", body, kind)
		if err != nil {
			return fmt.Errorf("store the picture: %w", err)
		}
		record(tx, Changed, a.ID(), c.ID)
		return nil
	})
}

// Picture gives the community's picture to whoever may know of the community.
func (o *Operations) Picture(ctx context.Context, a access.Actor) (p picture.Picture, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		hidden := a.Kind() == access.KindStranger
		err := tx.One([]any{&p.Body, &p.Type}, "SELECT picture, picture_type FROM community WHERE picture IS NOT NULL AND (face <> 'hidden' OR NOT $1)", hidden)
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		return err
	})
	return p, err
}
