package suite_test

import (
	"slices"

	"github.com/opengather/opengather/instance/internal/database"
)

// keepForLater puts something of everything onto everybody's list, also what she
// may not read: as if she had been able to once.
func (w *town) keepForLater() {
	w.t.Helper()
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		for _, role := range append(slices.Clone(inside), "leaving") {
			for _, where := range wheres {
				for _, what := range []string{"thread", "reply", "edited", "hidden", "hidden reply"} {
					if _, err := tx.Exec("INSERT INTO saved (member_id, post_id, saved_at) VALUES ($1, $2, $3)", w.people[role].id, w.posts[what+" "+where], database.Micros(tx.Now())); err != nil {
						return "", err
					}
				}
			}
		}
		return "", nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
