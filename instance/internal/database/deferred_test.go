package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// What is deferred to the end of a write, such as its facts, stands or falls
// with it.
func TestWhatIsDeferredIsPartOfTheWrite(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		boom := errors.New("boom")
		deferring := func(err error) func(*database.Tx) (string, error) {
			return func(tx *database.Tx) (string, error) {
				tx.Defer(func(tx *database.Tx) error {
					if _, failed := insertKey("deferred")(tx); failed != nil {
						return failed
					}
					return err
				})
				return insertKey("first")(tx)
			}
		}
		if _, err := db.Write(context.Background(), database.Op{Key: "k"}, deferring(boom)); !errors.Is(err, boom) {
			t.Fatalf("got %v, want %v", err, boom)
		}
		if n := count(t, db, "SELECT count(*) FROM features"); n != 0 {
			t.Errorf("%d rows stayed of a write whose end failed", n)
		}
		// The form was not used up.
		if _, err := db.Write(context.Background(), database.Op{Key: "k"}, deferring(nil)); err != nil {
			t.Fatal(err)
		}
		if n := count(t, db, "SELECT count(*) FROM features"); n != 2 {
			t.Errorf("%d rows of a write and what it deferred, want 2", n)
		}
	})
}
