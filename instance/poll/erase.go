package poll

import (
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/job"
)

// EraseOf removes the poll of a post with all votes, in the caller's transaction.
// The key of a secret one goes by a job, right after. It checks no right.
func EraseOf(tx *database.Tx, post string) error {
	if err := hold(tx, post); err != nil {
		return err
	}
	var folder string
	err := tx.One([]any{&folder}, "SELECT q.folder FROM polls q WHERE q.post_id = $1 -- unfiltered: erasure", post)
	if errors.Is(err, database.ErrNone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for a poll to erase: %w", err)
	}
	for _, q := range []string{
		"DELETE FROM poll_votes WHERE post_id = $1",
		"DELETE FROM poll_options WHERE post_id = $1",
		"DELETE FROM polls WHERE post_id = $1",
	} {
		if _, err := tx.Exec(q, post); err != nil {
			return fmt.Errorf("erase a poll: %w", err)
		}
	}
	if _, err := tx.Exec("UPDATE posts SET poll = $1 WHERE id = $2", false, post); err != nil {
		return fmt.Errorf("say that there is no poll: %w", err)
	}
	if err := job.Cancel(tx, CloseJob, post); err != nil {
		return err
	}
	return burn(tx, folder)
}

// Running reports whether the poll of a post is open.
func Running(tx *database.Tx, post string) (bool, error) {
	return tx.Has("SELECT 1 FROM polls q WHERE q.post_id = $1 AND q.state = 'open' -- unfiltered: whether it may be moved", post)
}
