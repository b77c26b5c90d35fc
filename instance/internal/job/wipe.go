package job

import (
	"context"
	"errors"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
)

// WipeJob is the kind of the job that Wiping does.
const WipeJob = "database.truncate"

// Wipe sees to it that what this transaction deletes does not stay in the
// database's files either, also if the process dies in between.
func Wipe(tx *database.Tx) error {
	if tx.Engine() == database.PostgreSQL {
		return nil
	}
	return Enqueue(tx, Job{Kind: WipeJob, Key: "wal"})
}

// unread is how long after somebody was found reading the files are wiped again.
const unread = 10 * time.Second

// Wiping does WipeJob: again and again until nobody reads any more what is to
// go.
func Wiping(db *database.DB) Handler {
	return func(ctx context.Context, _ string) (again time.Time, err error) {
		err = db.Truncate(ctx)
		if errors.Is(err, database.ErrBusy) {
			return db.Now().Add(unread), nil
		}
		return time.Time{}, err
	}
}
