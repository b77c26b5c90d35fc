package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// TidyJob is the kind of the job that Tidy does.
const TidyJob = "signin.tidy"

// Tidy removes sessions and ceremonies whose time is over, forgets when somebody
// proved who she is as soon as that counts no more, and says when the next of
// them is due. It is the handler of TidyJob.
func (o *Operations) Tidy(ctx context.Context, _ string) (again time.Time, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: TidyJob}, func(tx *database.Tx) (string, error) {
		now := database.Micros(tx.Now())
		for _, statement := range []string{
			"DELETE FROM sessions WHERE expires_at <= $1", "DELETE FROM ceremonies WHERE expires_at <= $1",
			"UPDATE sessions SET proved_until = 0 WHERE proved_until > 0 AND proved_until <= $1",
		} {
			if _, err := tx.Exec(statement, now); err != nil {
				return "", fmt.Errorf("remove what is over: %w", err)
			}
		}
		var next int64
		err := tx.One([]any{&next}, `SELECT expires_at FROM sessions UNION ALL SELECT expires_at FROM ceremonies
			UNION ALL SELECT proved_until FROM sessions WHERE proved_until > 0 ORDER BY expires_at LIMIT 1`)
		if errors.Is(err, database.ErrNone) {
			again = time.Time{}
			return "", nil
		}
		again = database.At(next)
		return "", err
	})
	return again, err
}
