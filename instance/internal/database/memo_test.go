package database_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

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
			"finds nothing to change": func(tx *database.Tx) (string, error) {
				if n, err := tx.Exec("DELETE FROM features WHERE name = 'nothing'"); n != 0 || err != nil {
					t.Errorf("%d, %v", n, err)
				}
				var name string
				err := tx.One([]any{&name}, "UPDATE features SET enabled = TRUE WHERE name = 'nothing' RETURNING name")
				if !errors.Is(err, database.ErrNone) {
					t.Error(err)
				}
				return "", nil
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

// After a write many ask for the same page at once.
func TestOneWorksWhileTheOthersWait(t *testing.T) {
	const readers = 50
	gone := errors.New("her browser has gone away")
	for name, first := range map[string]error{"as it should be": nil, "when the first fails": gone} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var m database.Memo[int]
				var worked, got, failed atomic.Int64
				all := make(chan struct{})
				var readersDone sync.WaitGroup
				for range readers {
					readersDone.Go(func() {
						v, err := m.Get("1", "page", func() (int, error) {
							if worked.Add(1) == 1 {
								<-all
								return 7, first
							}
							return 7, nil
						})
						if err != nil {
							failed.Add(1)
						} else {
							got.Add(int64(v))
						}
					})
				}
				synctest.Wait()
				if n := worked.Load(); n != 1 {
					t.Errorf("%d work while the first is at it", n)
				}
				close(all)
				readersDone.Wait()
				wantWorked, wantFailed := int64(1), int64(0)
				if first != nil {
					wantWorked, wantFailed = readers, 1
				}
				if worked.Load() != wantWorked || failed.Load() != wantFailed || got.Load() != 7*(readers-wantFailed) {
					t.Errorf("%d worked, %d failed, they got %d in all", worked.Load(), failed.Load(), got.Load())
				}
			})
		})
	}
}

// heavy is a value that says how many bytes it takes.
type heavy int

func (h heavy) Weight() int { return int(h) }

func TestMemoryIsBounded(t *testing.T) {
	kept := func(m *database.Memo[heavy], key string, weight heavy) bool {
		if got, err := m.Get("1", key, func() (heavy, error) { return weight, nil }); got != weight || err != nil {
			t.Errorf("%s: %d, %v", key, got, err)
		}
		_, ok := m.Find("1", key)
		return ok
	}
	var m database.Memo[heavy]
	if !kept(&m, "light", 1) || kept(&m, "too heavy for one", 256<<10+1) {
		t.Error("of a light and a heavy value the light one is kept")
	}
	for i := range 64 { // the last of them finds no room beside the light one
		kept(&m, strconv.Itoa(i), 256<<10)
	}
	if _, ok := m.Find("1", "light"); ok {
		t.Error("more than 16 MiB are kept")
	}
	if _, ok := m.Find("1", "63"); !ok {
		t.Error("what came when there was no room is not kept")
	}
	few := database.Memo[heavy]{Max: 2}
	if !kept(&few, "a", 0) || !kept(&few, "b", 0) || !kept(&few, "c", 0) {
		t.Error("a value that weighs nothing is not kept")
	}
	if _, ok := few.Find("1", "a"); ok {
		t.Error("of at most two values three are kept")
	}
}

// Who asks after a write does not take what is being worked out from before it.
func TestNobodyWaitsForAnotherVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m database.Memo[string]
		written, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			if v, err := m.Get("1", "page", func() (string, error) { <-written; return "before", nil }); v != "before" || err != nil {
				t.Errorf("who asked before: %q, %v", v, err)
			}
		}()
		synctest.Wait()
		after := ""
		go func() { after, _ = m.Get("2", "page", func() (string, error) { return "after", nil }) }()
		synctest.Wait()
		if after != "after" {
			t.Errorf("who asked after: %q", after)
		}
		close(written)
		<-done
	})
}
