package durability

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver named "pgx"
	_ "modernc.org/sqlite"             // the driver named "sqlite"
)

// books are the data, read from outside of the program.
type books struct {
	*sql.DB
	t      testing.TB
	sqlite bool
}

func (p place) books(t testing.TB) books {
	t.Helper()
	if p.database != "" {
		return readBooks(t, "pgx", p.database)
	}
	return readBooks(t, "sqlite", "file:"+p.data+"/community.sqlite?_pragma=busy_timeout(10000)&_pragma=query_only(1)")
}

func readBooks(t testing.TB, driver, source string) books {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() }) // closed before by whoever has many
	return books{DB: db, t: t, sqlite: driver == "sqlite"}
}

// list gives the first column of a query.
func (b books) list(query string, args ...any) (all []string) {
	b.t.Helper()
	rows, err := b.Query(query, args...)
	if err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		b.t.Fatalf("%s: %v", query, err)
	}
	return all
}

// halves are what must never be found: one part of something without another.
// Each query gives the offenders.
var halves = []struct{ what, query string }{
	{"a post without exactly one fact", `SELECT p.id FROM posts p LEFT JOIN (SELECT subject_id, count(*) AS n FROM facts WHERE kind = 'post.published' GROUP BY subject_id) f
		ON f.subject_id = p.id WHERE coalesce(f.n, 0) <> 1`},
	{"a fact without its post", "SELECT subject_id FROM facts WHERE subject_kind = 'post' AND subject_id NOT IN (SELECT id FROM posts)"},
	{"a reply without its root", "SELECT id FROM posts WHERE root_id NOT IN (SELECT id FROM posts WHERE parent_id IS NULL)"},
	{"a reply in another space than its root", "SELECT x.id FROM posts x JOIN posts r ON r.id = x.root_id WHERE x.space_id <> r.space_id"},
	{"an answer from another thread", "SELECT q.id FROM posts q JOIN posts x ON x.id = q.answer_id WHERE x.root_id <> q.id"},
	{"a reply without its parent", "SELECT id FROM posts WHERE parent_id IS NOT NULL AND parent_id NOT IN (SELECT id FROM posts)"},
	{"a form key without its post", "SELECT made FROM form_keys WHERE operation IN ('post.publish', 'post.reply') AND made NOT IN (SELECT id FROM posts)"},
	{"a post without its form key", "SELECT id FROM posts WHERE id NOT IN (SELECT made FROM form_keys)"},
	{"a text that was posted twice", "SELECT min(id) FROM posts GROUP BY body HAVING count(*) > 1"},
	{"a post that search does not know", "SELECT id FROM posts WHERE id NOT IN (SELECT subject_id FROM search_docs)"},
	{"a search entry without text", "SELECT subject_id FROM search_docs WHERE doc NOT IN (SELECT rowid FROM search_text)"},
	{"a search text without entry", "SELECT rowid FROM search_text WHERE rowid NOT IN (SELECT doc FROM search_docs)"},
	{"a search entry without its post", "SELECT subject_id FROM search_docs WHERE subject_kind = 'post' AND subject_id NOT IN (SELECT id FROM posts)"},
	{"a post without the mention in its words", "SELECT id FROM posts WHERE body LIKE '%@writer%' AND id NOT IN (SELECT post_id FROM mentions)"},
	{"a mention without its fact", `SELECT m.post_id FROM mentions m JOIN posts p ON p.id = m.post_id WHERE p.author_id <> m.member_id
		AND m.post_id NOT IN (SELECT subject_id FROM facts WHERE kind = 'post.mentioned')`},
	{"somebody leaving without the job that erases her", "SELECT id FROM members WHERE state = 'leaving' AND id NOT IN (SELECT unique_key FROM jobs WHERE kind = 'portability.erase')"},
	{"a job that erases somebody who is not leaving", "SELECT unique_key FROM jobs WHERE kind = 'portability.erase' AND unique_key NOT IN (SELECT id FROM members WHERE state = 'leaving')"},
	{"somebody leaving without a fact", "SELECT id FROM members WHERE state = 'leaving' AND id NOT IN (SELECT subject_id FROM facts WHERE kind = 'member.left')"},
	{"somebody removed without the decision", "SELECT id FROM members WHERE state = 'leaving' AND id NOT IN (SELECT member_id FROM requests)"},
	{"a removal whose key knows nobody who leaves", "SELECT made FROM form_keys WHERE operation = 'member.remove' AND made NOT IN (SELECT id FROM members WHERE state = 'leaving')"},
	{"a gap in the log of facts", "SELECT position FROM fact_head WHERE position <> (SELECT count(*) FROM facts) OR position <> (SELECT coalesce(max(position), 0) FROM facts)"},
	{"a consumer ahead of the log", "SELECT name FROM fact_consumers WHERE position > (SELECT position FROM fact_head)"},
	{"a fact that was not taken exactly once", `SELECT f.subject_id FROM facts f LEFT JOIN (SELECT subject_id, count(*) AS n FROM audit WHERE kind = 'member.left' GROUP BY subject_id) a
		ON a.subject_id = f.subject_id WHERE f.kind = 'member.left'
		AND coalesce(a.n, 0) <> CASE WHEN f.position <= (SELECT coalesce(max(position), 0) FROM fact_consumers WHERE name = 'audit') THEN 1 ELSE 0 END`},
}

// whole demands that nothing is half done and that the file is sound.
func (b books) whole() {
	b.t.Helper()
	if b.sqlite {
		if said := b.list("PRAGMA integrity_check"); !slices.Equal(said, []string{"ok"}) {
			b.t.Errorf("integrity_check says %q", said)
		}
		if broken := b.list("SELECT \"table\" FROM pragma_foreign_key_check"); len(broken) > 0 {
			b.t.Errorf("rows point to nothing in %q", broken)
		}
	}
	for _, h := range halves {
		if found := b.list(h.query); len(found) > 0 {
			b.t.Errorf("%s: %d, such as %s", h.what, len(found), found[0])
		}
	}
}

// has demands that everything that was answered is there.
func (b books) has(acks []ack) {
	b.t.Helper()
	posts := set(b.list("SELECT id || ' ' || root_id FROM posts"))
	mentions := set(b.list("SELECT post_id || ' ' || member_id FROM mentions"))
	facts := set(b.list("SELECT kind || ' ' || subject_id FROM facts"))
	jobs := set(b.list("SELECT unique_key FROM jobs WHERE kind = 'portability.erase'"))
	var lost []string
	demand := func(there bool, what string, a ack) {
		if !there {
			lost = append(lost, fmt.Sprintf("%s of %+v", what, a))
		}
	}
	for _, a := range acks {
		if a.word == "" {
			demand(jobs[a.id], "the job", a)
			demand(facts["member.removed "+a.id], "the fact", a)
			continue
		}
		root := a.root
		if root == "" {
			root = a.id
		}
		demand(posts[a.id+" "+root], "the post", a)
		demand(facts["post.published "+a.id], "the fact", a)
		demand(a.mentioned == "" || mentions[a.id+" "+a.mentioned], "the mention", a)
		demand(slices.Equal(b.find(a.word), []string{a.id}), "the search text", a)
	}
	if len(lost) > 0 {
		b.t.Errorf("lost of %d acknowledged: %d\n%s", len(acks), len(lost), strings.Join(lost[:min(len(lost), 10)], "\n"))
	}
}

// find gives the posts that a word finds.
func (b books) find(word string) []string {
	match := "t.body @@ to_tsquery('simple', $1)"
	if b.sqlite {
		match = "t.body MATCH $1"
	}
	return b.list("SELECT d.subject_id FROM search_text t JOIN search_docs d ON d.doc = t.rowid WHERE "+match, word)
}

func set(all []string) map[string]bool {
	m := map[string]bool{}
	for _, one := range all {
		m[one] = true
	}
	return m
}
