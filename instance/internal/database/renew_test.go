package database

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
)

// A connection that cannot be rolled back is given up, and whoever comes next
// gets a new one.
func TestAConnectionThatDoesNotRollBackIsGivenUp(t *testing.T) {
	db, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "community.sqlite")})
	if err != nil {
		t.Fatal(err)
	}
	write := func(query string, then func(*file) error) error {
		_, err := db.Write(t.Context(), Op{}, func(tx *Tx) (string, error) {
			if _, err := tx.Exec(query); err != nil {
				return "", err
			}
			return "", then(tx.on.(*file))
		})
		return err
	}
	for _, table := range []string{"fact_head (one INTEGER, version INTEGER)", "things (name TEXT)"} {
		if _, err := db.writer.pool.ExecContext(t.Context(), "CREATE TABLE "+table); err != nil {
			t.Fatal(err)
		}
	}
	broken := errors.New("broken")
	err = write("INSERT INTO things VALUES ('half')", func(c *file) error {
		rollback, err := c.stmt(t.Context(), "ROLLBACK")
		return errors.Join(broken, err, rollback.Close())
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want what was broken", err)
	}
	if err := write("INSERT INTO things VALUES ('whole')", func(*file) error { return nil }); err != nil {
		t.Fatalf("the next write: %v", err)
	}
	var n int
	if err := db.Read(context.Background(), func(tx *Tx) error { return tx.One([]any{&n}, "SELECT count(*) FROM things") }); err != nil || n != 1 {
		t.Errorf("%d rows, %v", n, err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
