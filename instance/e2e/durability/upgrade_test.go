package durability

import (
	"context"
	"database/sql"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/migrations"
)

// next is a migration that nobody has written yet.
const next = "-- +goose Up\nCREATE TABLE next (id TEXT PRIMARY KEY);\nINSERT INTO next (id) SELECT id FROM posts;\n"

// withNext are the program's migrations and one more.
func withNext(t *testing.T, text string) fstest.MapFS {
	t.Helper()
	all := fstest.MapFS{"0999_next.sql": {Data: []byte(text)}}
	entries, err := migrations.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		content, err := migrations.Files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = &fstest.MapFile{Data: content}
	}
	return all
}

// migrate upgrades a place and gives the folder of its backups.
func (p place) migrate(t *testing.T, files fstest.MapFS) (backups string, err error) {
	t.Helper()
	o := database.Options{DSN: p.database}
	if p.database == "" {
		o.Path = filepath.Join(p.data, "community.sqlite")
	}
	db, err := database.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	backups = t.TempDir()
	err = db.Migrate(t.Context(), files, func(ctx context.Context, from int64) error { return db.Backup(ctx, backups, from) })
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	return backups, err
}

// everywhere runs a test on a seeded place with posts, on both engines.
func everywhere(t *testing.T, test func(t *testing.T, here place)) {
	t.Run("SQLite", func(t *testing.T) {
		test(t, restore(t, newestGold(t)))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		here := elsewhere(t)
		people := newLoad(t, here.seed(t), dice(t))
		p := here.start(t)
		people.run(10, func() {}, p.URL)
		people.finish(p.URL)
		p.Stop()
		test(t, here)
	})
}

// rows is content without what the migration itself writes.
func (p place) rows(t *testing.T) map[string]string {
	t.Helper()
	b := p.books(t)
	all := b.content()
	for _, name := range []string{"next", "goose_db_version", "sqlite_sequence"} {
		delete(all, name)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	return all
}

// The next migration keeps all rows, and makes a backup first.
func TestNextMigrationKeepsEverything(t *testing.T) {
	everywhere(t, func(t *testing.T, here place) {
		before := here.rows(t)
		backups, err := here.migrate(t, withNext(t, next))
		if err != nil {
			t.Fatal(err)
		}
		if !maps.Equal(here.rows(t), before) {
			t.Error("the migration changed rows that it does not speak of")
		}
		b := here.books(t)
		if b.list("SELECT count(*) FROM next")[0] != b.list("SELECT count(*) FROM posts")[0] {
			t.Error("the migration was not done")
		}
		wantBackup(t, backups, before)
		if said := here.refuses(t); !strings.Contains(said, "newer version of OpenGather") {
			t.Errorf("this program meets the newer schema and says %q", said)
		}
	})
}

// wantBackup demands one backup with the rows as they were.
func wantBackup(t *testing.T, dir string, before map[string]string) {
	t.Helper()
	files := entries(t, dir)
	if len(files) != 1 || strings.Contains(files[0], "partial") {
		t.Fatalf("the backups are %q", files)
	}
	wantPrivate(t, filepath.Join(dir, files[0]))
	if !strings.HasSuffix(files[0], ".sqlite") {
		return // PostgreSQL's is read in internal/database
	}
	there := place{data: t.TempDir()}
	if err := os.Rename(filepath.Join(dir, files[0]), filepath.Join(there.data, "community.sqlite")); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(there.rows(t), before) {
		t.Error("the backup does not have what was there before")
	}
}

// A migration that breaks off leaves everything as it was: this program goes on.
func TestBrokenMigrationChangesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, here place) {
		before := here.rows(t)
		if _, err := here.migrate(t, withNext(t, next+"INSERT INTO nowhere (id) VALUES (1);\n")); err == nil {
			t.Fatal("the migration is not broken")
		}
		if !maps.Equal(here.rows(t), before) {
			t.Error("the broken migration left something")
		}
		here.start(t).Stop()
	})
}

// Data of a newer program is refused by the real one, without a write.
func TestNewerDataIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, here place) {
		b := here.books(t)
		if here.database == "" {
			b = readBooks(t, "sqlite", "file:"+filepath.Join(here.data, "community.sqlite"))
		}
		insert(t, b.DB, "INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES (999, true, now())",
			"INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)", b.sqlite)
		before := b.content()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		file := readAll(t, here)
		if said := here.refuses(t); !strings.Contains(said, "newer version of OpenGather") {
			t.Errorf("it says %q", said)
		}
		if !maps.Equal(readAll(t, here), file) {
			t.Error("the program wrote to the files of data that it refused")
		}
		if !maps.Equal(here.books(t).content(), before) {
			t.Error("the program wrote to data that it refused")
		}
	})
}

func insert(t *testing.T, db *sql.DB, postgres, sqlite string, isSQLite bool) {
	t.Helper()
	statement := postgres
	if isSQLite {
		statement = sqlite
	}
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

// readAll gives the files of a place, but for the lock and those in folders.
func readAll(t *testing.T, p place) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range entries(t, p.data) {
		if strings.HasSuffix(name, ".lock") || slices.Contains([]string{"backups", "secrets", "incoming", "media"}, name) {
			continue
		}
		content, err := os.ReadFile(filepath.Join(p.data, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(content)
	}
	return files
}
