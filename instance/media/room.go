package media

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// leastFree is how much of the disk photos leave to everything else, in bytes:
// a community whose disk is full can neither speak nor be looked after.
const leastFree = 1 << 30

// Used is how much room a member's photos take, in bytes.
type Used struct {
	// Bytes are those of originals and copies, Limit is 0 where there is none.
	Bytes, Limit int64
}

// Used gives the actor how much room her own photos take.
func (o *Operations) Used(ctx context.Context, a access.Actor) (u Used, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := community.RoomOf(tx)
		if err != nil {
			return err
		}
		u.Limit = r.Each
		u.Bytes, err = used(tx, a)
		return err
	})
	return u, err
}

func used(tx *database.Tx, a access.Actor) (n int64, err error) {
	err = tx.One([]any{&n}, "SELECT coalesce(sum(m.bytes + m.made), 0) FROM media m WHERE "+access.Owned("m"), a.ID())
	if err != nil {
		return 0, fmt.Errorf("add up her photos: %w", err)
	}
	return n, nil
}

// fits says whether there is room for so many bytes more: of hers, of everybody's
// and on the disk.
func (o *Operations) fits(tx *database.Tx, a access.Actor, more int64) error {
	r, err := community.RoomOf(tx)
	if err != nil {
		return err
	}
	if r.Each > 0 {
		hers, err := used(tx, a)
		if err != nil {
			return err
		}
		if hers+more > r.Each {
			return fault.Bad("file", "media.full_yours").With("gigabytes", r.Each/community.Gigabyte)
		}
	}
	if r.All > 0 {
		var all int64
		if err := tx.One([]any{&all}, "SELECT coalesce(sum(bytes + made), 0) FROM media -- unfiltered: how much room there is"); err != nil {
			return fmt.Errorf("add up all photos: %w", err)
		}
		if all+more > r.All {
			return fault.Bad("file", "media.full_all")
		}
	}
	return o.onDisk(more)
}

func (o *Operations) onDisk(more int64) error {
	if o.Free == nil {
		return nil
	}
	free, err := o.Free()
	if err != nil {
		return fmt.Errorf("ask how much of the disk is free: %w", err)
	}
	if free < uint64(leastFree+more) {
		return fault.Bad("file", "media.full_all")
	}
	return nil
}
