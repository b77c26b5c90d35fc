package community

import (
	"context"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// Carer is somebody who looks after the community: an owner or a moderator.
type Carer struct {
	ID, Name, Handle string
	Role             access.Role
}

// Carers are those who look after the community, owners first, as far as the
// actor may know of them: strangers get nobody.
func (o *Operations) Carers(ctx context.Context, a access.Actor) (all []Carer, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, func(r *database.Rows) (c Carer, err error) {
			err = r.Scan(&c.ID, &c.Name, &c.Handle, &c.Role)
			return c, err
		}, "SELECT m.id, m.name, m.handle, m.role FROM members m WHERE m.role IN ('owner', 'moderator') AND m.state = 'active' AND "+access.Readable("m")+
			" ORDER BY CASE m.role WHEN 'owner' THEN 0 ELSE 1 END, m.joined_at, m.id", a.Args()...)
		return err
	})
	return all, err
}
