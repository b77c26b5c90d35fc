package post

import (
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// Marked is how long the place of a deleted post stays marked, with who wrote
// it and when, where nobody has answered it. What it said goes at once.
const Marked = 30 * 24 * time.Hour

// Forget removes what only marks the place of a deleted post that nobody has
// answered, from the leaves up, in the caller's transaction, and gives how many
// posts that were. Where a moderator said why, the place is marked as long as
// that is kept. It checks no right.
func Forget(tx *database.Tx) (total int64, err error) {
	before := database.Micros(tx.Now().Add(-Marked))
	for {
		n, err := tx.Exec(`DELETE FROM posts WHERE deleted_at < $1 AND NOT EXISTS (SELECT 1 FROM posts c WHERE c.root_id = posts.root_id AND c.parent_id = posts.id)
			AND NOT EXISTS (SELECT 1 FROM post_marks k WHERE k.post_id = posts.id) -- unfiltered: retention`, before)
		if err != nil {
			return total, fmt.Errorf("remove marks of deleted posts: %w", err)
		}
		if n == 0 {
			break
		}
		total += n
	}
	if total > 0 {
		if _, err := tx.Exec("DELETE FROM reviews WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = reviews.object_id) -- unfiltered: retention"); err != nil {
			return total, fmt.Errorf("remove reviews of what is gone: %w", err)
		}
	}
	return total, nil
}
