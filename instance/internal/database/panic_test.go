package database_test

import (
	"fmt"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// panics runs f, which has to panic.
func panics(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Error("nothing panicked")
		}
	}()
	f()
}

// A panic is caught far above, and the program goes on: the transaction that it
// came out of must be over, on every connection there is.
func TestAPanicEndsItsTransactionAndNoOther(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		for i := range 5 { // SQLite has four connections for reading
			panics(t, func() {
				_, _ = db.Write(t.Context(), database.Op{}, func(tx *database.Tx) (string, error) {
					if _, err := insertKey(fmt.Sprint("half", i))(tx); err != nil {
						t.Error(err)
					}
					panic("in a write")
				})
			})
			panics(t, func() {
				_ = db.Read(t.Context(), func(tx *database.Tx) error {
					return tx.Each(func(*database.Rows) error { panic("in a read") }, "SELECT 1")
				})
			})
		}
		if db.Engine() == database.PostgreSQL {
			if n := count(t, db, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"); n != 0 {
				t.Errorf("%d connections are still in the transaction that panicked", n)
			}
		}
		if n := count(t, db, "SELECT count(*) FROM features"); n != 0 {
			t.Errorf("%d rows stayed of writes that panicked", n)
		}
		if _, err := db.Write(t.Context(), database.Op{}, insertKey("whole")); err != nil {
			t.Errorf("a write afterwards: %v", err)
		}
	})
}
