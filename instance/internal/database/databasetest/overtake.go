package databasetest

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
)

// Overtake starts do while the caller is inside of a transaction, and returns
// when do has either ended or waits for a lock: on PostgreSQL, what a race only
// does sometimes then happens every time. The function it gives waits for do's
// end; call it when the transaction is over.
func Overtake(t testing.TB, db *database.DB, do func()) (wait func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	for {
		select {
		case <-done:
			return func() {}
		default:
		}
		var waiting bool
		err := db.Read(context.Background(), func(tx *database.Tx) (err error) {
			waiting, err = tx.Has("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if waiting || err != nil {
			return func() { <-done }
		}
	}
}
