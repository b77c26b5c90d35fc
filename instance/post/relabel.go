package post

import (
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// belonging are the labels besides its own of what belongs to the post $1, and
// how one of them, $3, becomes $1 for the post $2. same takes away a
// reaction that somebody has given under that label already; keeps is set for
// what a program did, which may have read the space that is left.
var belonging = []struct {
	read, same, swap string
	keeps            bool
}{
	{
		read: "SELECT DISTINCT v.label_id FROM post_versions v WHERE v.post_id = $1 -- unfiltered: all of it moves",
		swap: "UPDATE post_versions SET label_id = $1 WHERE post_id = $2 AND label_id = $3",
	},
	{
		read: "SELECT DISTINCT x.label_id FROM reactions x JOIN actors c ON c.id = x.actor_id WHERE x.post_id = $1 AND c.kind <> 'agent' -- unfiltered: all of it moves",
		same: `DELETE FROM reactions WHERE post_id = $2 AND label_id = $3 AND actor_id IN (SELECT c.id FROM actors c WHERE c.kind <> 'agent')
			AND EXISTS (SELECT 1 FROM reactions y WHERE y.post_id = $2 AND y.actor_id = reactions.actor_id AND y.kind = reactions.kind AND y.label_id = $1) -- unfiltered: all of it moves`,
		swap: "UPDATE reactions SET label_id = $1 WHERE post_id = $2 AND label_id = $3 AND actor_id IN (SELECT c.id FROM actors c WHERE c.kind <> 'agent')",
	},
	{
		read: "SELECT DISTINCT x.label_id FROM reactions x JOIN actors c ON c.id = x.actor_id WHERE x.post_id = $1 AND c.kind = 'agent' -- unfiltered: all of it moves",
		same: `DELETE FROM reactions WHERE post_id = $2 AND label_id = $3 AND actor_id IN (SELECT c.id FROM actors c WHERE c.kind = 'agent')
			AND EXISTS (SELECT 1 FROM reactions y WHERE y.post_id = $2 AND y.actor_id = reactions.actor_id AND y.kind = reactions.kind AND y.label_id = $1) -- unfiltered: all of it moves`,
		swap: "UPDATE reactions SET label_id = $1 WHERE post_id = $2 AND label_id = $3 AND actor_id IN (SELECT c.id FROM actors c WHERE c.kind = 'agent')", keeps: true,
	},
	{
		read: "SELECT DISTINCT k.former_id FROM post_marks k WHERE k.post_id = $1 -- unfiltered: all of it moves",
		swap: "UPDATE post_marks SET former_id = $1 WHERE post_id = $2 AND former_id = $3",
	},
}

// relabel does with what belongs to a post as is done with the post. Where that
// is clean, what is of the old space alone is of the new one alone. All else
// gains the new one.
func relabel(tx *database.Tx, id, from, to string, clean bool) error {
	for _, b := range belonging {
		found, err := database.Collect(tx, func(r *database.Rows) (label string, err error) {
			err = r.Scan(&label)
			return label, err
		}, b.read, id)
		if err != nil {
			return fmt.Errorf("read the labels of what belongs to a post: %w", err)
		}
		for _, former := range found {
			was, err := access.Parse(former)
			if err != nil {
				return err
			}
			now := was.With(access.InSpace(to))
			if clean && !b.keeps && former == access.InSpace(from).ID() {
				now = access.InSpace(to)
			}
			if now.ID() == former {
				continue
			}
			label, err := access.Intern(tx, now)
			if err != nil {
				return err
			}
			for _, query := range []string{b.same, b.swap} {
				if query == "" {
					continue
				}
				if _, err := tx.Exec(query, label, id, former); err != nil {
					return fmt.Errorf("relabel what belongs to a post: %w", err)
				}
			}
		}
	}
	return nil
}
