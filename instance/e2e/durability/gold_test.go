package durability

import (
	"bytes"
	"cmp"
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

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
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

// newestGold is the SQLite database of the newest released schema.
func newestGold(t *testing.T) string {
	t.Helper()
	return slices.MaxFunc(golds(t, ".sqlite.gz"), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) // 10 is more than 9
	})
}

// elsewhere is a place whose data will be in a PostgreSQL database of its own.
func elsewhere(t testing.TB) place {
	t.Helper()
	return place{data: t.TempDir(), database: databasetest.DSN(t), master: strings.Repeat("5e", 32)}
}

// writeGold fills a place with a small year, made through the operations, and
// writes its data into a file.
func writeGold(t *testing.T, here place) {
	t.Helper()
	c := here.command(t, program.FreePort(t))
	year := exec.CommandContext(t.Context(), c.Path, "demo", "--data", here.data, "--members=20", "--spaces=8", "--posts=150")
	year.Env = append(os.Environ(), c.Env...)
	if said, err := year.CombinedOutput(); err != nil {
		t.Fatalf("fill the place: %v\n%s", err, said)
	}
	here.ask(t)
	p := here.start(t)
	told := here.books(t)
	told.eventually("SELECT position FROM fact_head WHERE position = (SELECT position FROM fact_consumers WHERE name = 'audit')")
	if err := told.Close(); err != nil {
		t.Fatal(err)
	}
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

// ask puts a poll into each space, and lets those who are in it
// vote, save it and begin to answer.
func (p place) ask(t *testing.T) {
	t.Helper()
	b := p.books(t)
	in := b.list("SELECT sm.space_id || ' ' || sm.member_id FROM space_members sm JOIN members m ON m.id = sm.member_id WHERE m.state = 'active' AND m.role <> 'guest' ORDER BY sm.space_id, sm.member_id")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	made, asked := p.open(t, nil), map[string]string{}
	for i, pair := range in {
		at, who, _ := strings.Cut(pair, " ")
		if asked[at] == "" {
			id, err := made.Posts.Publish(t.Context(), access.Member(who), "", post.Draft{Space: at, Body: "What do we need?", Poll: &poll.Draft{
				Method: poll.Single, Length: poll.Usual, Options: []string{"Bread", "Roses"}, Secret: p.database == "" && len(asked)%2 == 1,
			}})
			if fault.Is(err, fault.Forbidden) {
				continue // here others write
			}
			if err != nil {
				t.Fatal(err)
			}
			asked[at] = id
		}
		if _, err := made.Posts.Save(t.Context(), access.Member(who), asked[at], true); err != nil {
			t.Fatal(err)
		}
		if _, err := made.Posts.KeepDraft(t.Context(), access.Member(who), pair, post.Unsent{At: post.Aim{Parent: asked[at]}, Body: "Both, if"}); err != nil {
			t.Fatal(err)
		}
		_, named := made.Polls.Choose(t.Context(), access.Member(who), "", asked[at], poll.Vote{i % 2}, "")
		_, secret := made.Polls.Cast(t.Context(), access.Member(who), pair, asked[at], poll.Vote{i % 2})
		if named != nil && secret != nil {
			t.Fatal(named, secret)
		}
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
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
