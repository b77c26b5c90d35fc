package database_test

import (
	"context"
	"runtime"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// Somebody may hang up at any moment, also while a transaction begins. The
// next one must find the connection as it should be.
func TestWhoHangsUpLeavesTheConnectionFree(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		for i := range 60 {
			ctx, hangUp := context.WithCancel(context.Background())
			go func() {
				for range i {
					runtime.Gosched()
				}
				hangUp()
			}()
			// Whether she was quick enough does not matter here.
			_, _ = db.Write(ctx, database.Op{}, func(*database.Tx) (string, error) { return "", nil })
			_ = db.Read(ctx, func(*database.Tx) error { return nil })
			hangUp()
			if _, err := db.Write(context.Background(), database.Op{}, func(*database.Tx) (string, error) { return "", nil }); err != nil {
				t.Fatalf("a write after %d hung up: %v", i, err)
			}
			if err := db.Ping(context.Background()); err != nil {
				t.Fatalf("a read after %d hung up: %v", i, err)
			}
		}
	})
}
