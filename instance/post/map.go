package post

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// Mapped is a thread on a map of all that somebody may read.
type Mapped struct {
	ID, SpaceID string
	CreatedAt   time.Time
	// ChangedAt is when something that she may read was last said or edited in it:
	// another time would tell of what she may not read.
	ChangedAt time.Time
}

// mapped is a whole map.
type mapped []Mapped

// Weight is for a database.Memo.
func (m mapped) Weight() int { return 160 * len(m) }

// Map gives all threads that the actor may read and that lists show, the oldest
// first.
func (o *Operations) Map(ctx context.Context, a access.Actor) (all []Mapped, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		version, err := tx.Version()
		if err != nil {
			return fmt.Errorf("ask for the version: %w", err)
		}
		all, err = o.kept.maps.Get(version, reader(a), func() (mapped, error) {
			return database.Collect(tx, scanMapped, mapping, a.Args()...)
		})
		if err != nil {
			return fmt.Errorf("map the threads: %w", err)
		}
		return nil
	})
	return all, err
}

// mapping asks the rule for each thread, and for what is below it.
var mapping = `SELECT p.id, p.space_id, p.created_at, (SELECT max(coalesce(x.edited_at, x.created_at)) FROM posts x WHERE x.root_id = p.id AND x.deleted_at IS NULL AND ` + access.Readable("x") + `)
	FROM posts p WHERE ` + beginnings + ` ORDER BY p.created_at, p.id`

func scanMapped(r *database.Rows) (m Mapped, err error) {
	var created, changed int64
	err = r.Scan(&m.ID, &m.SpaceID, &created, &changed)
	m.CreatedAt, m.ChangedAt = database.At(created), database.At(changed)
	return m, err
}
