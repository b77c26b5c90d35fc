package database_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

// What Backup writes goes after its time, on both engines, and nothing else does.
func TestOldCopiesGo(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		dir, outside := t.TempDir(), t.TempDir()
		if err := db.Backup(t.Context(), dir, 3); err != nil {
			t.Fatal(err)
		}
		begun := clock.Now()
		write := func(name string) {
			t.Helper()
			if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		stay := []string{
			"copied", "before-schema-3-20200101T000000Z", "before-schema-3-20200101T000000Z.sqlite.old", "my-before-schema-3-20200101T000000Z.sqlite",
			"before-schema-3-20201399T000000Z.sqlite", "before-schema-x-20200101T000000Z.sqlite", ".copy-mine", "community.sqlite",
		}
		for _, name := range stay {
			write(filepath.Join(dir, name))
		}
		due := []string{"before-schema-3-20200101T000000Z.sqlite.partial", "before-schema-12-20200101T000000Z.tar.gz", "before-schema-3-20200101T000000Z.sqlite-wal", ".copy-123456"}
		for _, name := range due {
			write(filepath.Join(dir, name))
		}
		old := begun.Add(-2 * database.CopyAge)
		if err := os.Chtimes(filepath.Join(dir, ".copy-123456"), old, old); err != nil {
			t.Fatal(err)
		}
		// A link, and a folder, that are called like a copy.
		write(filepath.Join(outside, "theirs"))
		links := []string{"before-schema-3-20200102T000000Z.sqlite", "before-schema-3-20200103T000000Z.sqlite"}
		if err := os.Symlink(filepath.Join(outside, "theirs"), filepath.Join(dir, links[0])); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(dir, links[1]), 0o700); err != nil {
			t.Fatal(err)
		}
		stay = append(stay, links...)
		forget := func(now time.Time, want int) {
			t.Helper()
			if n, err := database.ForgetCopies(dir, now); err != nil || n != want {
				t.Errorf("%d files are deleted, want %d: %v", n, want, err)
			}
		}
		forget(begun.Add(database.CopyAge-time.Hour), len(due))
		if left := names(t, dir); len(left) != len(stay)+1 {
			t.Errorf("a day early there are %q", left)
		}
		forget(begun.Add(database.CopyAge+time.Hour), 1)
		slices.Sort(stay)
		if left := names(t, dir); !slices.Equal(left, stay) {
			t.Errorf("there are %q, want %q", left, stay)
		}
		if left := names(t, outside); !slices.Equal(left, []string{"theirs"}) {
			t.Error("a link was followed")
		}
		if n, err := database.ForgetCopies(filepath.Join(dir, "none"), begun); n != 0 || err != nil {
			t.Errorf("without a folder: %d, %v", n, err)
		}
	})
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// Several that delete at once do not fail because another was faster, and
// together they count each once.
func TestOldCopiesGoOnce(t *testing.T) {
	dir := t.TempDir()
	const many = 300
	for i := range many {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("before-schema-%d-20200101T000000Z.sqlite", i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	var deleted atomic.Int64
	for range 4 {
		all.Go(func() {
			n, err := database.ForgetCopies(dir, time.Now())
			if err != nil {
				t.Error(err)
			}
			deleted.Add(int64(n))
		})
	}
	all.Wait()
	if n := deleted.Load(); n != many || len(names(t, dir)) != 0 {
		t.Errorf("%d files are deleted, want %d", n, many)
	}
}
