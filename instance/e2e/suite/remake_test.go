package suite_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/server"
)

// TestOldSearchTextsAreMadeAnew loses all search texts, as if older rules had
// made them, and starts again: everything is found, in the order of before.
func TestOldSearchTextsAreMadeAnew(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		find := func() string {
			return w.through(w.people["founder"], channel{paths: []string{"/search?q=harvest", "/people?q=qzfield"}})
		}
		numbers := func() []string {
			return w.all("SELECT doc || ' ' || subject_kind || ' ' || subject_id FROM search_docs ORDER BY doc")
		}
		before, had := find(), numbers()
		write := func(do func(tx *database.Tx) error) {
			t.Helper()
			if _, err := p.program.DB.Write(t.Context(), database.Op{Class: database.System, Name: "test.remake"}, func(tx *database.Tx) (string, error) { return "", do(tx) }); err != nil {
				t.Fatal(err)
			}
		}
		write(func(tx *database.Tx) error {
			_, err := tx.Exec("UPDATE search_docs SET made = 0")
			return err
		})
		write(func(tx *database.Tx) error {
			_, err := tx.Exec("DELETE FROM search_text")
			return err
		})
		if strings.Contains(find(), "qztitlesecret") {
			t.Fatal("what has no search text is found")
		}
		write(server.Plan)
		w.drain()
		if left := w.one("SELECT count(*) FROM search_docs WHERE made < 1"); left != "0" {
			t.Errorf("%s of %d are left as they were", left, len(had))
		}
		if now := numbers(); !slices.Equal(now, had) {
			t.Errorf("the numbers were\n%q and are\n%q", had, now)
		}
		if after := find(); !strings.Contains(after, "qztitlesecret") || strings.Count(after, "<article") != strings.Count(before, "<article") {
			t.Error("not everything is found again")
		}
		if a := w.ask(w.people["founder"], http.MethodGet, "/search?q=odysecret", nil); !strings.Contains(a.body, "qztitlesecret") {
			t.Error("nothing is found by what is inside of a word")
		}
	})
}
