package privacy_test

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/privacy"
)

const sqliteColumns = `SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
	WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_text_%'`

const postgresColumns = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'`

// TestEveryColumnIsExplained fails on a column that nobody wrote down, and on
// one that was written down and is gone.
func TestEveryColumnIsExplained(t *testing.T) {
	tables, err := privacy.Tables()
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, table := range tables {
		if table.Purpose == "" {
			t.Errorf("%s has no purpose", table.Name)
		}
		for _, c := range table.Columns {
			told = append(told, table.Name+"."+c.Name)
			if c.Purpose == "" || c.Audience == "" || c.Kept == "" || c.Export != "yes" && c.Export != "no" {
				t.Errorf("%s.%s is not told in full: %+v", table.Name, c.Name, c)
			}
		}
	}
	databasetest.Both(t, func(t *testing.T, db *database.DB, _ *databasetest.Clock) {
		query := sqliteColumns
		if db.Engine() == database.PostgreSQL {
			query = postgresColumns
		}
		var stored []string
		err := db.Read(context.Background(), func(tx *database.Tx) error {
			return tx.Each(func(r *database.Rows) error {
				var table, column string
				err := r.Scan(&table, &column)
				stored = append(stored, table+"."+column)
				return err
			}, query)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range stored {
			if !slices.Contains(told, s) {
				t.Errorf("%s is stored and not in docs/data.yaml", s)
			}
		}
		for _, s := range told {
			// SQLite hides the row id of a virtual table.
			if !slices.Contains(stored, s) && s != "search_text.rowid" {
				t.Errorf("%s is in docs/data.yaml and not stored", s)
			}
		}
	})
}

// P96, P98 and P108: no address, browser or trail of what somebody looked at.
// space_members.seen_at is the time of a post, and not that of looking at it.
func TestNothingIsStoredThatWatchesPeople(t *testing.T) {
	tables, err := privacy.Tables()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		for _, c := range table.Columns {
			for _, bad := range []string{"ip", "address", "agent", "referrer", "referer", "geo", "view", "seen", "read", "visit", "dwell", "click", "score", "email", "phone", "birth"} {
				if slices.Contains(strings.Split(table.Name+"_"+c.Name, "_"), bad) && table.Name+"."+c.Name != "space_members.seen_at" {
					t.Errorf("%s.%s looks like something we do not keep", table.Name, c.Name)
				}
			}
		}
	}
}

func TestTheListInTheProgramIsTheOneInTheDocs(t *testing.T) {
	a, err := os.ReadFile("data.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("../../docs/data.yaml")
	if err != nil || string(a) != string(b) {
		t.Errorf("instance/privacy/data.yaml is not docs/data.yaml: make generate (%v)", err)
	}
}
