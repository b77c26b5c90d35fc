package database_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/migrations"
)

// TestInspectionReadsAndWritesNothing looks at data that a process has open.
func TestInspectionReadsAndWritesNothing(t *testing.T) {
	for name, o := range map[string]database.Options{
		"SQLite":     {Path: filepath.Join(t.TempDir(), "community.sqlite")},
		"PostgreSQL": {DSN: databasetest.DSN(t)},
	} {
		t.Run(name, func(t *testing.T) {
			db, err := database.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Migrate(t.Context(), migrations.Files, nil); err != nil {
				t.Fatal(err)
			}
			i, err := database.Inspect(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer i.Close()
			newest, err := database.Newest(migrations.Files, db.Engine())
			if has, err2 := i.Schema(t.Context()); err != nil || err2 != nil || has != newest || has == 0 {
				t.Errorf("the schema is %d, the newest %d: %v, %v", has, newest, err, err2)
			}
			if damage, err := i.Damage(t.Context()); err != nil || damage != "" {
				t.Errorf("a fresh database is damaged: %q, %v", damage, err)
			}
			var n int
			if err := i.Row(t.Context(), []any{&n}, "SELECT count(*) FROM labels"); err != nil || n != 2 {
				t.Errorf("it counts %d labels: %v", n, err)
			}
			if err := i.Row(t.Context(), []any{&n}, "SELECT 1 FROM labels WHERE id = 'none'"); !errors.Is(err, database.ErrNone) {
				t.Errorf("no row gives %v", err)
			}
			if err := i.Row(t.Context(), []any{&n}, "UPDATE fact_head SET position = 7 RETURNING one"); err == nil {
				t.Error("looking may write")
			}
		})
	}
}

// TestInspectionLeavesTheLogAlone looks at what a process left behind that was
// killed: the data in its log is seen, and stays where it is.
func TestInspectionLeavesTheLogAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "community.sqlite")
	db, err := database.Open(t.Context(), database.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(t.Context(), migrations.Files, nil); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(t.TempDir(), "community.sqlite")
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(path + suffix)
		if err != nil || len(text) == 0 && suffix != "" {
			t.Fatalf("%d bytes in %s: %v", len(text), suffix, err)
		}
		if err := os.WriteFile(left+suffix, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before, err := os.ReadFile(left + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	i, err := database.Inspect(t.Context(), database.Options{Path: left})
	if err != nil {
		t.Fatal(err)
	}
	if has, err := i.Schema(t.Context()); err != nil || has == 0 {
		t.Errorf("the schema is %d: %v", has, err)
	}
	if err := i.Close(); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(left + "-wal"); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the log changed from %d to %d bytes: %v", len(before), len(after), err)
	}
}

func TestServed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "community.sqlite")
	if served, err := database.Served(path); err != nil || served {
		t.Errorf("nothing is served: %v, %v", served, err)
	}
	if _, err := database.Inspect(t.Context(), database.Options{Path: path}); !errors.Is(err, database.ErrNoData) {
		t.Errorf("no data gives %v", err)
	}
	db, err := database.Open(t.Context(), database.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if served, err := database.Served(path); err != nil || !served {
		t.Errorf("an open database is served: %v, %v", served, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if served, err := database.Served(path); err != nil || served {
		t.Errorf("a closed database is served: %v, %v", served, err)
	}
}
