package job_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/migrations"
)

// holding gives the files of a folder that have a text in them.
func holding(t *testing.T, dir, text string) (names []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(content, []byte(text)) {
			names = append(names, filepath.Base(name))
		}
	}
	slices.Sort(names)
	return names
}

// Somebody who still reads keeps what was deleted in the WAL. Then it is wiped
// as soon as she has ended, and nobody has to ask for it again.
func TestWhatIsDeletedLeavesTheFilesAlsoIfSomebodyReads(t *testing.T) {
	const canary = "qzcanary"
	dir, clock := t.TempDir(), &databasetest.Clock{}
	db, err := database.Open(t.Context(), database.Options{Path: filepath.Join(dir, "community.sqlite"), Now: clock.Now})
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
	write := func(fn func(tx *database.Tx) error) {
		t.Helper()
		if _, err := db.Write(t.Context(), database.Op{}, func(tx *database.Tx) (string, error) { return "", fn(tx) }); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *database.Tx) error {
		_, err := tx.Exec("INSERT INTO features (name, enabled) VALUES ($1, $2)", canary, true)
		return err
	})
	if got := holding(t, dir, canary); !slices.Equal(got, []string{"community.sqlite-wal"}) {
		t.Fatalf("at first it is in %q", got)
	}
	worker := worker(db, nil)
	worker.Handlers[job.WipeJob] = job.Wiping(db)
	err = db.Read(context.WithoutCancel(t.Context()), func(tx *database.Tx) error {
		if there, err := tx.Has("SELECT 1 FROM features WHERE name = $1", canary); err != nil || !there {
			return errors.Join(err, errors.New("the reader does not see it"))
		}
		write(func(tx *database.Tx) error {
			if _, err := tx.Exec("DELETE FROM features WHERE name = $1", canary); err != nil {
				return err
			}
			return job.Wipe(tx)
		})
		if n := drain(t, worker); n != 1 {
			t.Errorf("while somebody reads, %d tries, want one", n)
		}
		if err := db.Truncate(t.Context()); !errors.Is(err, database.ErrBusy) {
			t.Errorf("while somebody reads, Truncate gives %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	clock.Add(time.Minute)
	if n := drain(t, worker); n != 1 {
		t.Errorf("afterwards %d tries, want one", n)
	}
	if got := holding(t, dir, canary); len(got) != 0 {
		t.Errorf("in the end it is still in %q", got)
	}
	clock.Add(time.Hour)
	if n := drain(t, worker); n != 0 {
		t.Errorf("%d tries when all was done", n)
	}
}
