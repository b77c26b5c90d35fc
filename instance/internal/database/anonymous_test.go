package database_test

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// TestAnonymousWritesNothingElse holds the class to what it says: whoever names an
// actor, a key or what it is about, or defers something, has written nothing.
func TestAnonymousWritesNothingElse(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		deferring := func(tx *database.Tx) (string, error) {
			tx.Defer(func(*database.Tx) error { return nil })
			return insertKey("deferred")(tx)
		}
		for name, op := range map[string]database.Op{
			"an actor": {Class: database.Anonymous, Actor: "ada"}, "a key": {Class: database.Anonymous, Key: "k"},
			"a target": {Class: database.Anonymous, Target: "post"}, "deferred": {Class: database.Anonymous},
		} {
			fn := insertKey(name)
			if name == "deferred" {
				fn = deferring
			}
			if _, err := db.Write(context.Background(), op, fn); err == nil {
				t.Errorf("with %s it is written", name)
			}
		}
		if _, err := db.Write(context.Background(), database.Op{Class: database.Anonymous, Name: "test"}, insertKey("nobody")); err != nil {
			t.Errorf("without any of it: %v", err)
		}
		var n int
		err := db.Read(context.Background(), func(tx *database.Tx) error {
			return tx.One([]any{&n}, "SELECT count(*) FROM features WHERE name IN ('an actor', 'a key', 'a target', 'deferred', 'nobody')")
		})
		if err != nil || n != 1 {
			t.Errorf("%d were written, want one, %v", n, err)
		}
	})
}
