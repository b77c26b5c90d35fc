package erasure_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/migrations"
)

// with gives a database with a directory beside it.
func with(t *testing.T, test func(t *testing.T, db *database.DB, clock *databasetest.Clock)) {
	for _, engine := range []database.Engine{database.SQLite, database.PostgreSQL} {
		t.Run(engine.String(), func(t *testing.T) {
			clock, dir := &databasetest.Clock{}, t.TempDir()
			o := database.Options{Path: filepath.Join(dir, "community.sqlite"), Beside: dir, Now: clock.Now}
			if engine == database.PostgreSQL {
				o.DSN = databasetest.DSN(t)
			}
			db, err := database.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			if err := db.Migrate(t.Context(), migrations.Files, nil); err != nil {
				t.Fatal(err)
			}
			test(t, db, clock)
		})
	}
}

func record(db *database.DB, then error, ids ...string) error {
	_, err := db.Write(context.Background(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		for _, id := range ids {
			if err := erasure.Record(tx, "post", id); err != nil {
				return "", err
			}
		}
		tx.Defer(func(*database.Tx) error { return then })
		return "", nil
	})
	return err
}

func text(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, erasure.Name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func listed(t *testing.T, db *database.DB, id string) bool {
	t.Helper()
	all, err := erasure.In(db.Beside()).Read()
	if err != nil {
		t.Error(err)
	}
	_, ok := all[id]
	return ok
}

// TestLineComesBeforeTheCommit looks at the file from inside of a transaction,
// and takes the transaction back.
func TestLineComesBeforeTheCommit(t *testing.T) {
	with(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		id, other := uuid.NewString(), uuid.NewString()
		_, err := db.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
			err := erasure.Record(tx, "post", id)
			tx.Defer(func(*database.Tx) error {
				if !listed(t, db, id) {
					t.Error("it commits, and the file does not know")
				}
				return nil
			})
			return "", err
		})
		if err != nil || !listed(t, db, id) {
			t.Errorf("committed, it is not listed: %v", err)
		}
		boom := errors.New("boom")
		if err := record(db, boom, other); !errors.Is(err, boom) || listed(t, db, other) {
			t.Errorf("not committed, it is listed: %v", err)
		}
		// What was erased stays on the list when erasing it again fails.
		if err := record(db, boom, id, other); !errors.Is(err, boom) || !listed(t, db, id) {
			t.Errorf("what was erased is on the list no more: %v", err)
		}
		if err := record(db, nil, other); err != nil || !listed(t, db, other) {
			t.Errorf("the second time it is not listed: %v", err)
		}
		if lost, err := erasure.Settle(t.Context(), db); err != nil || len(lost) != 0 {
			t.Errorf("the database does not know %v, %v", lost, err)
		}
	})
}

// TestTornLine cuts the file off at every byte of its last line.
func TestTornLine(t *testing.T) {
	with(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		first, last, next := uuid.NewString(), uuid.NewString(), uuid.NewString()
		if err := errors.Join(record(db, nil, first), record(db, nil, last)); err != nil {
			t.Fatal(err)
		}
		whole := text(t, db.Beside())
		name := filepath.Join(db.Beside(), erasure.Name)
		for cut := strings.Index(whole, "\n") + 1; cut < len(whole); cut++ {
			if err := os.WriteFile(name, []byte(whole[:cut]), 0o600); err != nil {
				t.Fatal(err)
			}
			if !listed(t, db, first) || listed(t, db, last) {
				t.Fatalf("cut off at %d, it reads %q wrongly", cut, whole[:cut])
			}
			if err := erasure.List(db, "member", next); err != nil || !listed(t, db, first) || !listed(t, db, next) {
				t.Fatalf("cut off at %d, the next line is lost: %v\n%s", cut, err, text(t, db.Beside()))
			}
		}
	})
}

func TestNothingButIDs(t *testing.T) {
	with(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		for _, id := range []string{"zoe_stein", "Zoe Stein", "", strings.Repeat("z", 36), uuid.NewString() + "\n", "{" + uuid.NewString() + "}"} {
			if err := erasure.List(db, "member", id); err == nil {
				t.Errorf("%q is on the list", id)
			}
		}
		if err := erasure.List(db, "Zoe", uuid.NewString()); err == nil || text(t, db.Beside()) != "" {
			t.Errorf("the list is %q", text(t, db.Beside()))
		}
	})
}

// TestManyWriters has two places write the same file at the same time.
func TestManyWriters(t *testing.T) {
	with(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 20 {
					if err := errors.Join(record(db, nil, uuid.NewString()), erasure.In(db.Beside()).Compact(clock.Now())); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if n := strings.Count(text(t, db.Beside()), "\n"); n != 80 {
			t.Errorf("80 erasures are %d lines", n)
		}
	})
}

// TestListForgets lets the time go by for which an erasure is kept, in the file
// and in the database.
func TestListForgets(t *testing.T) {
	with(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		old, young, boom := uuid.NewString(), uuid.NewString(), errors.New("boom")
		if err := record(db, nil, old); err != nil {
			t.Fatal(err)
		}
		clock.Add(erasure.Kept - 24*time.Hour)
		if err := record(db, nil, young); err != nil {
			t.Fatal(err)
		}
		if err := record(db, boom, uuid.NewString()); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		tidy := func() {
			t.Helper()
			_, err := db.Write(t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
				_, err := erasure.Forget(tx)
				return "", err
			})
			_, settled := erasure.Settle(t.Context(), db)
			if err := errors.Join(err, settled, erasure.In(db.Beside()).Compact(clock.Now())); err != nil {
				t.Fatal(err)
			}
		}
		tidy()
		if !listed(t, db, old) || strings.Count(text(t, db.Beside()), "\n") != 2 {
			t.Errorf("the list is\n%s", text(t, db.Beside()))
		}
		clock.Add(48 * time.Hour)
		tidy()
		if want := fmt.Sprintf("post %s %s\n", young, erasure.DayOf(clock.Now().Add(-48*time.Hour))); text(t, db.Beside()) != want {
			t.Errorf("the list is\n%swant\n%s", text(t, db.Beside()), want)
		}
	})
}

// TestLinesNobodyUnderstands are told, and hide no others.
func TestLinesNobodyUnderstands(t *testing.T) {
	with(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		id, f := uuid.NewString(), erasure.In(db.Beside())
		good := "post " + id + " 2026-03-12\n"
		if err := os.WriteFile(filepath.Join(db.Beside(), erasure.Name), []byte("hello\n"+good+good), 0o600); err != nil {
			t.Fatal(err)
		}
		lost, err := erasure.Settle(t.Context(), db)
		if !errors.Is(err, erasure.ErrUnread) || len(lost) != 1 || lost[0].ID != id {
			t.Errorf("it gives %v, %v", lost, err)
		}
		if err := f.Compact(clock.Now()); err != nil || !strings.HasPrefix(text(t, db.Beside()), "hello\n") {
			t.Errorf("what nobody understands is gone: %v", err)
		}
	})
}
