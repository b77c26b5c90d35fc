package post

import (
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// unplace takes the names of spaces away that the actor may not know of. What a
// moderator hid is for its author wherever she is now, and says no more than
// where she wrote it: a space that she has left may have got another name since.
func unplace(tx *database.Tx, a access.Actor, posts []Post) error {
	asked := make([]any, PageSize)
	for i := range asked {
		asked[i] = ""
	}
	known, n := map[string]bool{}, 0
	for _, p := range posts {
		// Who reads anything else in a space may know of the space. A page has no
		// more spaces than posts, a thread has one.
		if _, again := known[p.SpaceID]; (p.Hidden || p.RootHidden) && !again {
			known[p.SpaceID] = false
			asked[n], n = p.SpaceID, n+1
		}
	}
	if n == 0 {
		return nil
	}
	err := tx.Each(func(r *database.Rows) error {
		var id string
		err := r.Scan(&id)
		known[id] = true
		return err
	}, "SELECT s.id FROM spaces s WHERE s.id IN ("+placeholders+") AND "+access.ReadableRow("s"), a.Args(asked...)...)
	if err != nil {
		return fmt.Errorf("ask which spaces the actor may know of: %w", err)
	}
	for i := range posts {
		if may, asked := known[posts[i].SpaceID]; asked && !may {
			posts[i].SpaceName, posts[i].SpacePath, posts[i].SpaceVisibility = "", "", ""
		}
	}
	return nil
}
