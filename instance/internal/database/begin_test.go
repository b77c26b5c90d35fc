package database_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/migrations"
)

// Somebody hangs up while her transaction waits to begin, for another program
// holds the file. The driver calls such a beginning interrupted though it was
// done, and the next one would begin inside of it.
func TestWhoHangsUpAtTheBeginningLeavesNoTransaction(t *testing.T) {
	path := filepath.Join(t.TempDir(), "community.sqlite")
	db, err := database.Open(t.Context(), database.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := db.Migrate(t.Context(), migrations.Files, nil); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	exec := func(query string) {
		t.Helper()
		if _, err := other.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	empty := func(*database.Tx) (string, error) { return "", nil }
	for i := range 40 {
		exec("BEGIN IMMEDIATE")
		ctx, hangUp := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			// Whether she was quick enough does not matter here.
			_, _ = db.Write(ctx, database.Op{}, empty)
		}()
		// What she waits in cannot be seen: with more and more turns for her,
		// most of these hang up in the middle of it.
		for range i * 1000 {
			runtime.Gosched()
		}
		hangUp()
		exec("ROLLBACK")
		<-ended
		if _, err := db.Write(t.Context(), database.Op{}, empty); err != nil {
			t.Fatalf("a write after %d hung up: %v", i, err)
		}
	}
}
