package database_test

import (
	"context"
	"errors"
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

// TestHangingUpAtTheCommitUndoesNothing holds a commit up on the server until
// its reader has gone away: what is outside the database would be taken back.
func TestHangingUpAtTheCommitUndoesNothing(t *testing.T) {
	db := databasetest.Postgres(t, &databasetest.Clock{})
	do := func(ctx context.Context, fn func(tx *database.Tx) error) error {
		_, err := db.Write(ctx, database.Op{}, func(tx *database.Tx) (string, error) { return "", fn(tx) })
		return err
	}
	exec := func(tx *database.Tx, query string) {
		if _, err := tx.Exec(query); err != nil {
			t.Error(err)
		}
	}
	err := do(t.Context(), func(tx *database.Tx) error {
		exec(tx, "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END'")
		exec(tx, "CREATE CONSTRAINT TRIGGER held AFTER INSERT ON features DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION held()")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, hangUp := context.WithCancel(t.Context())
	written, undone := make(chan error), false
	err = do(t.Context(), func(tx *database.Tx) error {
		exec(tx, "SELECT pg_advisory_xact_lock(77)")
		go func() {
			written <- do(ctx, func(tx *database.Tx) error {
				tx.Undone(func() error { undone = true; return nil })
				_, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ('polls', TRUE)")
				return err
			})
		}()
		for waits := false; !waits; {
			var err error
			if waits, err = tx.Has("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"); err != nil {
				return err
			}
			runtime.Gosched()
		}
		hangUp()
		return nil
	})
	if err := errors.Join(err, <-written); err != nil || undone {
		t.Errorf("hung up while it committed: %v, undone %v", err, undone)
	}
	err = db.Read(t.Context(), func(tx *database.Tx) error {
		there, err := tx.Has("SELECT 1 FROM features WHERE name = 'polls'")
		if !there {
			t.Error("what was written is not there")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestACommitThatRollsBackIsNoCommit: PostgreSQL answers COMMIT with a rollback
// where a statement had failed before. Then it is known what became of it.
func TestACommitThatRollsBackIsNoCommit(t *testing.T) {
	db := databasetest.Postgres(t, &databasetest.Clock{})
	undone := false
	_, err := db.Write(t.Context(), database.Op{}, func(tx *database.Tx) (string, error) {
		tx.Undone(func() error { undone = true; return nil })
		if _, err := tx.Exec("INSERT INTO nowhere (id) VALUES (1)"); err == nil {
			t.Error("there is a table of that name")
		}
		if _, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ('polls', TRUE)"); err == nil {
			t.Error("a statement was done in a transaction that had failed")
		}
		if _, err := tx.Has("SELECT 1"); err == nil {
			t.Error("a transaction that had failed answers")
		}
		return "", nil
	})
	if err == nil || !undone {
		t.Errorf("a transaction that was rolled back: %v, undone %v", err, undone)
	}
	if n := count(t, db, "SELECT count(*) FROM features WHERE name = 'polls'"); n != 0 {
		t.Error("what came after a failure was written")
	}
}
