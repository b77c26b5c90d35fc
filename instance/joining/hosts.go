package joining

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Host is somebody who looks after a space that a newcomer is in.
type Host struct {
	ID, Handle, Name string
	// Space is the name of the space, the first by name if there are several.
	Space string
}

// Hosts gives whom a guest can ask, who knows little more of the community than
// her spaces: those who look after them, by the names of spaces and then of
// people, each once.
func (o *Operations) Hosts(ctx context.Context, a access.Actor) (all []Host, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, func(r *database.Rows) (h Host, err error) {
			err = r.Scan(&h.ID, &h.Handle, &h.Name, &h.Space)
			return h, err
		}, `SELECT m.id, m.handle, m.name, s.name FROM space_members mine JOIN members me ON me.id = mine.member_id AND me.state = 'active'
			JOIN spaces s ON s.id = mine.space_id JOIN space_members hers ON hers.space_id = s.id AND hers.role = 'moderator'
			JOIN members m ON m.id = hers.member_id AND m.state = 'active' WHERE mine.member_id = $1 AND `+access.Readable("s"), a.Args()...)
		if err != nil {
			return fmt.Errorf("list who looks after her spaces: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	// Names are compared here and not in the database: the two engines sort and
	// fold differently.
	slices.SortFunc(all, func(a, b Host) int {
		return cmp.Or(compared(a.Space, b.Space), compared(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(h Host) bool {
		again := seen[h.ID]
		seen[h.ID] = true
		return again
	}), nil
}

func compared(a, b string) int {
	return strings.Compare(searchtext.Normalise(a), searchtext.Normalise(b))
}
