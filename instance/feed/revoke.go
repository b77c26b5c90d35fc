package feed

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Revoke ends an address of the actor's, else it gives fault.Missing. What a
// reader has fetched already it has.
func (o *Operations) Revoke(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "feed.revoke", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		n, err := tx.Exec("DELETE FROM feeds WHERE id = $1 AND member_id = $2", id, a.ID())
		if err != nil {
			return "", fmt.Errorf("end the address: %w", err)
		}
		if n == 0 {
			return "", fault.Missing()
		}
		return id, nil
	})
}

// Forget removes the addresses that nobody has used for as long as Unused, in the
// caller's transaction, and gives how many those were.
func Forget(tx *database.Tx) (int64, error) {
	n, err := tx.Exec("DELETE FROM feeds WHERE coalesce(last_used_day, created_day) < $1", day(tx.Now().Add(-Unused)))
	if err != nil {
		return 0, fmt.Errorf("forget addresses of feeds: %w", err)
	}
	return n, nil
}
