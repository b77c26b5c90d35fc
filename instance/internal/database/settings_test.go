package database_test

import (
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// What the writing connection is set to shows in nothing that it does, short of
// cutting the power (https://sqlite.org/pragma.html#pragma_synchronous: 2 is
// FULL). PostgreSQL's is the operator's.
func TestSQLiteIsSetForPowerCutsAndErasure(t *testing.T) {
	db := databasetest.SQLite(t, &databasetest.Clock{})
	for pragma, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "secure_delete": "1", "foreign_keys": "1"} {
		var got string
		if _, err := db.Write(t.Context(), database.Op{}, func(tx *database.Tx) (string, error) {
			return "", tx.One([]any{&got}, "PRAGMA "+pragma)
		}); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
}
