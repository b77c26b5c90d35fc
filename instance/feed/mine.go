package feed

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// Mine gives the actor's addresses, the latest first.
func (o *Operations) Mine(ctx context.Context, a access.Actor) (all []Feed, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, scan, `SELECT f.id, f.name, f.whole, f.created_day, coalesce(f.last_used_day, 0), f.space_id IS NOT NULL, coalesce(s.name, ''), coalesce(s.handle, s.id, '')
			FROM feeds f LEFT JOIN spaces s ON s.id = f.space_id AND `+access.ReadableRow("s")+`
			WHERE f.member_id = $1 ORDER BY f.created_day DESC, f.id`, a.Args()...)
		if err != nil {
			return fmt.Errorf("list her addresses: %w", err)
		}
		return nil
	})
	return all, err
}

func scan(r *database.Rows) (f Feed, err error) {
	var made, used int64
	var address string
	err = r.Scan(&f.ID, &f.Name, &f.Whole, &made, &used, &f.OfSpace, &f.SpaceName, &address)
	f.MadeOn = database.At(made)
	if used > 0 {
		f.UsedOn = database.At(used)
	}
	if address != "" {
		f.SpacePath = "/s/" + address
	}
	return f, err
}
