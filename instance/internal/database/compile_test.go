package database_test

import (
	"context"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// With a few thousand members PostgreSQL would compile every query with the read
// rule in it, which takes it seconds, and plan it anew for every set of
// arguments, on connections old and new.
func TestPostgresCompilesNoQuery(t *testing.T) {
	db := databasetest.Postgres(t, &databasetest.Clock{})
	for _, in := range []func(func(*database.Tx) error) error{
		func(fn func(*database.Tx) error) error { return db.Read(context.Background(), fn) },
		func(fn func(*database.Tx) error) error {
			_, err := db.Write(context.Background(), database.Op{}, func(tx *database.Tx) (string, error) { return "", fn(tx) })
			return err
		},
	} {
		var jit, plans string
		err := in(func(tx *database.Tx) error {
			return tx.One([]any{&jit, &plans}, "SELECT current_setting('jit'), current_setting('plan_cache_mode')")
		})
		if err != nil || jit != "off" || plans != "force_generic_plan" {
			t.Errorf("queries are compiled: %q, planned: %q, %v", jit, plans, err)
		}
	}
}
