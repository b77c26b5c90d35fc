package joining

import (
	"context"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// Erasure is what somebody who asked, and never was a member, is on the list of
// erasures.
const Erasure = "request"

// Replay deletes once more whoever asked and was deleted, where an older copy of
// the database was put back. It gives how many there were.
func (o *Operations) Replay(ctx context.Context, all []erasure.Erasure) (total int, err error) {
	for _, e := range all {
		if e.Kind != Erasure {
			continue
		}
		n := 0
		_, err := o.DB.Write(ctx, database.Op{Class: database.System, Name: "joining.replay"}, func(tx *database.Tx) (string, error) {
			erasure.Listed(tx)
			err := remove(tx, e.ID)
			switch {
			case err == nil:
				n = 1
			case !fault.Is(err, fault.NotFound):
				return "", err
			}
			if err := job.Cancel(tx, Forget, e.ID); err != nil {
				return "", err
			}
			return "", erasure.Learn(tx, e)
		})
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}
