package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/migrations"
)

func versionOf(t *testing.T, db *database.DB) (v string) {
	t.Helper()
	err := db.Read(context.Background(), func(tx *database.Tx) (err error) {
		v, err = tx.Version()
		return err
	})
	if err != nil || v == "" {
		t.Fatalf("version %q, %v", v, err)
	}
	return v
}

// What is kept in memory stays good for as long as nothing changes here: not
// when a write only looks or fails, and not for what another community writes
// on the same server.
func TestVersionIsOfThisDataAlone(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		other := databasetest.SQLite
		if db.Engine() == database.PostgreSQL {
			other = databasetest.Postgres
		}
		neighbour := other(t, clock)
		before := versionOf(t, db)
		refused := errors.New("refused")
		for name, fn := range map[string]func(tx *database.Tx) (string, error){
			"looks": func(tx *database.Tx) (string, error) {
				_, err := tx.Has("SELECT 1 FROM features")
				return "", err
			},
			"fails": func(tx *database.Tx) (string, error) {
				if _, err := insertKey("polls")(tx); err != nil {
					t.Error(err)
				}
				return "", refused
			},
		} {
			if _, err := db.Write(t.Context(), database.Op{}, fn); err != nil && !errors.Is(err, refused) {
				t.Fatal(err)
			}
			if v := versionOf(t, db); v != before {
				t.Errorf("after a write that %s it is version %s, before it was %s", name, v, before)
			}
		}
		if _, err := neighbour.Write(t.Context(), database.Op{}, insertKey("polls")); err != nil {
			t.Fatal(err)
		}
		if v := versionOf(t, db); v != before {
			t.Errorf("after a write of a neighbour it is version %s, before it was %s", v, before)
		}
	})
}

// Each way of changing something changes the version.
func TestEveryChangeHasAVersionOfItsOwn(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		seen := map[string]bool{versionOf(t, db): true}
		for _, statement := range []string{
			"INSERT INTO features (name, enabled) VALUES ('polls', TRUE) RETURNING name",
			"\n\tUPDATE features SET enabled = FALSE",
			"WITH gone AS (SELECT 'polls' AS name) DELETE FROM features WHERE name IN (SELECT name FROM gone)",
		} {
			if _, err := db.Write(t.Context(), database.Op{}, func(tx *database.Tx) (string, error) {
				_, err := tx.Has(statement)
				return "", err
			}); err != nil {
				t.Fatal(err)
			}
			v := versionOf(t, db)
			if seen[v] {
				t.Errorf("after %q the version is as before", statement)
			}
			seen[v] = true
		}
	})
}

// Two processes on one PostgreSQL see each other's versions.
func TestAnotherProcessChangesTheVersion(t *testing.T) {
	o := database.Options{DSN: databasetest.DSN(t)}
	var two [2]*database.DB
	for i := range two {
		db, err := database.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		two[i] = db
	}
	if err := two[0].Migrate(t.Context(), migrations.Files, nil); err != nil {
		t.Fatal(err)
	}
	before := versionOf(t, two[0])
	if _, err := two[1].Write(t.Context(), database.Op{}, insertKey("polls")); err != nil {
		t.Fatal(err)
	}
	if v := versionOf(t, two[0]); v == before {
		t.Error("what another process wrote does not show")
	}
}
