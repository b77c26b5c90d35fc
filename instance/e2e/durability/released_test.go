package durability

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/migrations"
)

// mayBeEmpty are tables that a golden database of the newest schema may have without
// a row, with the reason.
var mayBeEmpty = map[string]string{
	"ceremonies":    "half-done sign-ins by passkey, for minutes",
	"egress":        "nothing was asked of another host",
	"features":      "nothing is switched off",
	"form_keys":     "no form was sent: the operations were called",
	"keys":          "sealed under a master key that is not kept",
	"passkeys":      "no browser was there",
	"sessions":      "of no use to anybody",
	"spent_handles": "nobody who has left is erased yet",
	"transfers":     "everybody has answered",
}

// tables gives the columns of every table that the program's own migrations
// speak of.
func (b books) tables() map[string][]string {
	b.t.Helper()
	query := "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = current_schema()"
	if b.sqlite {
		query = "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'search_text%'"
	}
	all := map[string][]string{}
	for _, name := range b.list(query) {
		table, column, _ := strings.Cut(name, ".")
		if table != "goose_db_version" && table != "sqlite_sequence" {
			all[table] = append(all[table], column)
		}
	}
	return all
}

// cells gives the rows of a table, as far as these columns go.
func (b books) cells(table string, columns []string) []string {
	b.t.Helper()
	each := make([]string, len(columns))
	for i, c := range columns {
		each[i] = "quote(" + c + ")"
		if !b.sqlite {
			each[i] = "quote_nullable(" + c + "::text)"
		}
	}
	rows := b.list("SELECT " + strings.Join(each, " || ',' || ") + " FROM " + table)
	slices.Sort(rows)
	return rows
}

// keeps demands that all that was in every column is in it still.
func keeps(t *testing.T, before, after books) {
	t.Helper()
	now, rows := after.tables(), 0
	for table, had := range before.tables() {
		var columns []string
		for _, c := range had {
			if slices.Contains(now[table], c) {
				columns = append(columns, c)
			} else {
				t.Errorf("%s.%s is gone", table, c)
			}
		}
		was := before.cells(table, columns)
		rows += len(was)
		is := after.cells(table, columns)
		for _, of := range []string{"'feeds'", "'previews'"} { // migrations switch them off for some
			names := func(row string) bool { return strings.Contains(row, of) }
			if table == "features" && !slices.ContainsFunc(was, names) {
				is = slices.DeleteFunc(is, names)
			}
		}
		if !slices.Equal(is, was) {
			t.Errorf("%s was\n%s\nand is\n%s", table, strings.Join(was, "\n"), strings.Join(is, "\n"))
		}
	}
	if rows < 500 {
		t.Errorf("only %d rows were compared", rows)
	}
}

var common = regexp.MustCompile(`(?i)\bcommon\b`)

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
			there, here := restore(t, gold), restore(t, gold)
			if _, err := here.migrate(t, withNext(t, "-- +goose Up\nSELECT 1;\n")); err != nil {
				t.Fatal(err)
			}
			before := there.books(t)
			keeps(t, before, here.books(t))
			var want []string
			for _, post := range before.list("SELECT id || ' ' || title || ' ' || body FROM posts") {
				if common.MatchString(post) {
					want = append(want, post)
				}
			}
			if err := before.Close(); err != nil {
				t.Fatal(err)
			}
			p := there.start(t)
			after := there.books(t)
			if len(want) > 10 { // what newLoad says
				after.whole()
			}
			if found := after.find("common"); len(found) != len(want) {
				t.Errorf("search finds %d of %d posts", len(found), len(want))
			}
			p.Stop()
		})
	}
}

// The golden databases of the newest schema have a row in every table that can
// have one.
func TestGoldenDatabasesHaveSomethingOfEverything(t *testing.T) {
	entries, err := migrations.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	newest := strings.TrimLeft(entries[len(entries)-1].Name()[:4], "0")
	for _, ending := range []string{".sqlite.gz", ".postgres.gz"} {
		b := restore(t, fmt.Sprint("testdata/schema-", newest, ending)).books(t)
		for table := range b.tables() {
			if n := b.list("SELECT count(*) FROM " + table)[0]; n == "0" && mayBeEmpty[table] == "" {
				t.Errorf("%s: %s is empty: make a new one with -golden", ending, table)
			}
		}
	}
}
