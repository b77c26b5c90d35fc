package member

import (
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Reindex has a member found by her name as it is now. It checks no right, and
// gives database.ErrNone if there is no such member.
func Reindex(tx *database.Tx, id string) error {
	var name, handle string
	if err := tx.One([]any{&name, &handle}, "SELECT name, handle FROM members WHERE id = $1 -- unfiltered: the program makes its search text", id); err != nil {
		return fmt.Errorf("read a name: %w", err)
	}
	return indexName(tx, id, name, handle)
}

// ReindexField does the same for a field of a profile.
func ReindexField(tx *database.Tx, id string) error {
	var value string
	if err := tx.One([]any{&value}, "SELECT value FROM profile_fields WHERE id = $1 -- unfiltered: the program makes its search text", id); err != nil {
		return fmt.Errorf("read a field: %w", err)
	}
	return tx.Index("profile", id, searchtext.Make("", value))
}
