package poll_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/poll"
)

// stored is every row of every table, by table: each cell with its column.
func (h house) stored() map[string][]string {
	h.t.Helper()
	all := map[string][]string{}
	tables := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if h.DB.Engine() == database.PostgreSQL {
		tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
	}
	must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
		names, err := database.Collect(tx, func(r *database.Rows) (n string, err error) { err = r.Scan(&n); return n, err }, tables)
		for _, n := range names {
			if err == nil {
				all[n], err = database.Collect(tx, wholeRow, "SELECT * FROM "+n)
			}
		}
		return err
	}))
	return all
}

func wholeRow(r *database.Rows) (string, error) {
	columns, err := r.Columns()
	if err != nil {
		return "", err
	}
	cells, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	err = r.Scan(into...)
	var b strings.Builder
	for i, c := range columns {
		fmt.Fprintf(&b, "%s=%v\n", c, cells[i])
	}
	return b.String(), err
}

// changed names the cells that differ between two moments, "table.column".
func changed(before, after map[string][]string) (all []string) {
	for table, rows := range after {
		was := slices.Sorted(slices.Values(before[table]))
		is := slices.Sorted(slices.Values(rows))
		if len(was) != len(is) {
			all = append(all, fmt.Sprintf("%s: %d rows", table, len(is)-len(was)))
			continue
		}
		for i := range is {
			a, b := strings.Split(was[i], "\n"), strings.Split(is[i], "\n")
			for j := range b {
				if a[j] != b[j] {
					column, _, _ := strings.Cut(b[j], "=")
					all = append(all, table+"."+column)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestSecretVoteLeavesNothingButTheUrn looks at every cell of the database, and at
// every statement, for a vote for each option by each voter, and for orders of
// preference: they are the same.
func TestSecretVoteLeavesNothingButTheUrn(t *testing.T) {
	both(t, func(h house) {
		var ways []string
		for _, votes := range [][]poll.Vote{{{0}, {1}}, {{1}, {2}}, {{2}, {0}}, {{0, 1, 2}, {2}}, {{2, 0}, {1, 2, 0}}} {
			method := poll.Single
			if len(votes[0]) > 1 {
				method = poll.Ranked
			}
			id := h.put(secret(method))
			h.cast("ada", id, 0) // the first vote also sets begun
			for i, who := range []string{"ben", "dan"} {
				before := h.stored()
				var said []string
				h.DB.Watch(func(query string) { said = append(said, query) })
				h.cast(who, id, votes[i]...)
				h.DB.Watch(nil)
				if got := changed(before, h.stored()); !slices.Equal(got, []string{"fact_head.version", "polls.urn"}) {
					h.t.Errorf("a vote changed %v", got)
				}
				ways = append(ways, strings.Join(said, "\n"))
			}
		}
		for _, w := range ways {
			if w != ways[0] {
				h.t.Errorf("a vote for another option goes another way:\n%s\nand\n%s", ways[0], w)
			}
		}
	})
}

// TestWhoVotedWhatCannotBeToldApart has two people vote one way and the other way
// round: what is stored at the end of it differs in nothing but the sealed urn, and
// its size does not.
func TestWhoVotedWhatCannotBeToldApart(t *testing.T) {
	both(t, func(h house) {
		ids := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}`)
		moments := func(method poll.Method, ada, ben poll.Vote) (all []map[string][]string) {
			id := h.put(secret(method))
			for _, v := range []struct {
				who  string
				vote poll.Vote
			}{{"ada", ada}, {"ben", ben}, {"dan", poll.Vote{2}}} {
				h.cast(v.who, id, v.vote...)
				now := map[string][]string{}
				for _, row := range h.stored()["polls"] {
					if strings.Contains(row, "post_id="+id) {
						row = regexp.MustCompile(`urn=\[[0-9 ]+\]`).ReplaceAllStringFunc(row, func(s string) string { return fmt.Sprint("urn of ", strings.Count(s, " ")) })
						row = regexp.MustCompile(`closes_at=\d+`).ReplaceAllString(row, "")
						now["polls"] = append(now["polls"], ids.ReplaceAllString(row, "id"))
					}
				}
				all = append(all, now)
			}
			return all
		}
		for method, v := range map[poll.Method][2]poll.Vote{poll.Single: {{0}, {1}}, poll.Ranked: {{0, 2, 1}, {1}}} {
			a, b := moments(method, v[0], v[1]), moments(method, v[1], v[0])
			if !slices.EqualFunc(a, b, func(x, y map[string][]string) bool { return maps.EqualFunc(x, y, slices.Equal[[]string]) }) {
				h.t.Errorf("one way it is\n%v\nthe other way round\n%v", a, b)
			}
		}
	})
}

// TestClosedUrnsAreShutForGood takes a copy of the urn after each vote and destroys
// the key. Neither the key nor what tells of a voter is in any cell of any of those
// moments, nor in a file of the database, and nothing that is left opens a copy.
func TestClosedUrnsAreShutForGood(t *testing.T) {
	both(t, func(h house) {
		id := h.put(secret(poll.Single))
		var folder string
		must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
			return tx.One([]any{&folder}, "SELECT folder FROM polls WHERE post_id = $1", id)
		}))
		tags, err := h.polls.Tags(h.ctx, folder, "ada", "ben", "dan")
		must(h.t, err)
		var copies [][]byte
		for i, who := range []string{"ada", "ben", "dan"} {
			h.cast(who, id, i)
			var urn []byte
			must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
				return tx.One([]any{&urn}, "SELECT urn FROM polls WHERE post_id = $1", id)
			}))
			if copies = append(copies, urn); !poll.Opens(tags[0], id, urn) {
				h.t.Fatal("the key does not open its urn")
			}
			h.free(tags)
		}
		h.over()
		h.free(tags)
		if err := filepath.WalkDir(h.dir, func(name string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				err = fmt.Errorf("%s is left of the keys", name)
			}
			return err
		}); err != nil {
			h.t.Error(err)
		}
		if _, err := h.polls.Tags(h.ctx, folder); err == nil {
			h.t.Error("the program still has the key")
		}
		for _, c := range copies {
			if poll.Opens(make([]byte, 32), id, c) {
				h.t.Error("a copy opens without its key")
			}
		}
	})
}

// free demands that nothing of these is in a cell, or in a file of SQLite.
func (h house) free(tags [][]byte) {
	h.t.Helper()
	for table, rows := range h.stored() {
		for _, row := range rows {
			for i, tag := range tags {
				if strings.Contains(row, strings.Trim(fmt.Sprint(tag), "[]")) || strings.Contains(row, fmt.Sprintf("%x", tag)) {
					h.t.Errorf("number %d is in a row of %s", i, table)
				}
			}
		}
	}
	if h.DB.Engine() == database.PostgreSQL {
		return
	}
	var file string
	must(h.t, h.DB.Read(h.ctx, func(tx *database.Tx) error {
		return tx.One([]any{&file}, "SELECT file FROM pragma_database_list WHERE name = 'main'")
	}))
	for _, name := range []string{file, file + "-wal"} {
		b, err := os.ReadFile(name)
		must(h.t, err)
		for i, tag := range tags {
			if bytes.Contains(b, tag) {
				h.t.Errorf("number %d is in %s", i, filepath.Base(name))
			}
		}
	}
}
