package poll

import (
	"context"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// settled is how long a key may belong to no poll. It is made before the poll is;
// and whoever puts an old copy of the database back by mistake has this long to put
// the right one back.
const settled = 30 * 24 * time.Hour

// Sweep destroys keys that belong to no open poll: of polls that were not stored
// after all. What is from before this community, or from after all that its database
// knows, is left alone: then the database may be an old copy.
func (o *Operations) Sweep(ctx context.Context) error {
	if o.Urns == nil {
		return nil
	}
	from, until, err := o.known(ctx)
	if err != nil {
		return err
	}
	if oldest := o.DB.Now().Add(-settled); oldest.Before(until) {
		until = oldest
	}
	return o.Urns.Each(ctx, func(folder string, at time.Time) error {
		if at.Before(from) || !at.Before(until) {
			return nil
		}
		var known bool
		err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
			known, err = tx.Has("SELECT 1 FROM polls q WHERE q.folder = $1 AND q.state = 'open' -- unfiltered: whether keys belong to anything", folder)
			return err
		})
		if err != nil || known {
			return err
		}
		return o.Urns.Drop(ctx, folder)
	})
}

// known is the time of which the database can know polls: from when there was a
// community until the newest thing said in it.
func (o *Operations) known(ctx context.Context) (from, until time.Time, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var begin, end int64
		err := tx.One([]any{&begin, &end}, "SELECT coalesce(min(a.created_at), 0), (SELECT coalesce(max(created_at), 0) FROM posts) FROM actors a WHERE a.kind = 'member' -- unfiltered: whether keys belong to anything")
		from, until = database.At(begin), database.At(end)
		return err
	})
	return from, until, err
}
