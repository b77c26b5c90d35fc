package community

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Gigabyte is what room is measured in before people.
const Gigabyte = 1 << 30

// maxRoom is more than anybody has, in gigabytes, and keeps a slip of the finger
// from becoming a number that is none.
const maxRoom = 1 << 20

// Room is how much the photos of a community may take, in bytes. 0 is no limit.
type Room struct {
	// Each is that of one member, All that of everybody.
	Each, All int64
}

// ChangeRoom sets how much photos may take, in gigabytes. What is there already
// stays, also where it is more.
func (o *Operations) ChangeRoom(ctx context.Context, a access.Actor, key string, each, all int) (string, error) {
	op := database.Op{Name: "community.room", Target: fmt.Sprint(each, all), Key: key}
	return o.owned(ctx, a, op, func(tx *database.Tx, c Community) error {
		for _, x := range []struct {
			field string
			n     int
		}{{"each", each}, {"all", all}} {
			if x.n < 0 || x.n > maxRoom {
				return fault.Bad(x.field, "community.room_number").With("max", maxRoom)
			}
		}
		_, err := tx.Exec("UPDATE community SET media_each = $1, media_all = $2, version = version + 1 WHERE one = 1", int64(each)*Gigabyte, int64(all)*Gigabyte)
		if err != nil {
			return fmt.Errorf("set the room of photos: %w", err)
		}
		record(tx, Changed, a.ID(), c.ID)
		return nil
	})
}

// RoomOf gives how much photos may take.
func RoomOf(tx *database.Tx) (r Room, err error) {
	err = tx.One([]any{&r.Each, &r.All}, "SELECT media_each, media_all FROM community WHERE one = 1")
	if err != nil {
		return r, fmt.Errorf("read the room of photos: %w", err)
	}
	return r, nil
}

// Room gives an owner how much photos may take.
func (o *Operations) Room(ctx context.Context, a access.Actor) (r Room, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := access.Authorise(tx, a, access.ChangeCommunity, ""); err != nil {
			return err
		}
		r, err = RoomOf(tx)
		return err
	})
	return r, err
}
