package durability

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database/databasetest"
)

var golden = flag.Bool("golden", false, "write testdata/schema-N.sqlite.gz and testdata/schema-N.postgres.gz, communities of the newest schema: once a release; it needs pg_dump")

// golds are communities as the released schemas left them, in files that end so.
func golds(t *testing.T, ending string) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/schema-*" + ending)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden databases: %v", err)
	}
	return files
}

// elsewhere is a place whose data will be in a PostgreSQL database of its own.
func elsewhere(t testing.TB) place {
	t.Helper()
	return place{data: t.TempDir(), database: databasetest.DSN(t), master: strings.Repeat("5e", 32)}
}

// writeGold has a community live in a place and writes its data into a file.
func writeGold(t *testing.T, here place) {
	t.Helper()
	people := newLoad(t, here.seed(t), dice(t))
	p := here.start(t)
	people.run(60, func() {}, p.URL)
	people.finish(p.URL)
	p.Stop()
	driver, source, ending, tidy := "sqlite", filepath.Join(here.data, "community.sqlite"), ".sqlite.gz", "VACUUM"
	read := func() ([]byte, error) { return os.ReadFile(source) }
	if here.database != "" {
		driver, source, ending, tidy = "pgx", here.database, ".postgres.gz", "ANALYZE"
		read = func() ([]byte, error) { return dump(source) }
	}
	b := readBooks(t, driver, source)
	newest := b.list("SELECT max(version_id) FROM goose_db_version")[0]
	// Its keys are sealed under a master key that is not kept, and its sessions
	// are of no use to anybody.
	for _, statement := range []string{"DELETE FROM keys", "DELETE FROM sessions", tidy} {
		if _, err := b.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := read()
	if err != nil {
		t.Fatal(err)
	}
	pack(t, "testdata/schema-"+newest+ending, content)
}

// notSQL are the lines of a dump that only psql understands, and one that only
// newer servers do.
var notSQL = regexp.MustCompile(`(?m)^(\\(un)?restrict .*|SET transaction_timeout = 0;)\n`)

// dump gives a PostgreSQL database as statements: its schema as it is, which
// need not be what the migrations of today would make, and its rows.
func dump(source string) ([]byte, error) {
	c := exec.Command("pg_dump", "--inserts", "--rows-per-insert=1000", "--no-owner", "--no-privileges", source)
	c.Stderr = os.Stderr
	said, err := c.Output()
	return notSQL.ReplaceAll(said, nil), err
}

func pack(t *testing.T, name string, content []byte) {
	t.Helper()
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	_, err = zip.Write(content)
	if err := errors.Join(err, zip.Close(), os.WriteFile(name, packed.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// restore brings a golden database into a place of its own.
func restore(t *testing.T, gold string) place {
	t.Helper()
	f, err := os.Open(gold)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(gold, ".sqlite.gz") {
		here := place{data: t.TempDir()}
		if err := os.WriteFile(filepath.Join(here.data, "community.sqlite"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		return here
	}
	here := elsewhere(t)
	b := here.books(t)
	if _, err := b.Exec(string(content)); err != nil {
		t.Fatal(err)
	}
	// The statements changed how this connection looks for tables.
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	return here
}

// A community of every released schema upgrades to this program's, keeps all
// it has, and works, on both engines. PostgreSQL begins with schema 4: no
// program of schema 2 is left that could be run on it.
func TestReleasedSchemasUpgrade(t *testing.T) {
	if *golden {
		writeGold(t, place{data: t.TempDir()})
		writeGold(t, elsewhere(t))
	}
	for _, gold := range append(golds(t, ".sqlite.gz"), golds(t, ".postgres.gz")...) {
		t.Run(filepath.Base(gold), func(t *testing.T) {
			here := restore(t, gold)
			before := here.books(t)
			posts := before.list("SELECT id || body || html FROM posts ORDER BY id")
			if len(posts) < 10 {
				t.Fatalf("the golden database has %d posts", len(posts))
			}
			if err := before.Close(); err != nil {
				t.Fatal(err)
			}
			p := here.start(t)
			after := here.books(t)
			after.whole()
			if !slices.Equal(after.list("SELECT id || body || html FROM posts ORDER BY id"), posts) {
				t.Error("the posts are not what they were")
			}
			if found := after.find("common"); len(found) != len(posts) {
				t.Errorf("search finds %d of %d posts", len(found), len(posts))
			}
			p.Stop()
		})
	}
}
