package searchtext_test

import (
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

// engine is a database with a table of search texts.
type engine struct {
	name          string
	db            *sql.DB
	insert, match string
	words         string // how many different words the database sees in each text
	query         func(terms []string) string
}

// engines opens both databases. The tables vanish with the connections.
func engines(t *testing.T) []engine {
	t.Helper()
	lite := engine{
		name:   "SQLite",
		db:     open(t, "sqlite", ":memory:"),
		insert: `INSERT INTO texts (rowid, t) VALUES ($1, $2)`,
		match:  `SELECT rowid FROM texts WHERE texts MATCH $1 ORDER BY rowid`,
		words:  `SELECT doc, count(DISTINCT term) FROM words GROUP BY doc`,
		query:  searchtext.FTS5,
	}
	do(t, lite.db, `CREATE VIRTUAL TABLE texts USING fts5(t, tokenize = 'unicode61 remove_diacritics 0')`)
	do(t, lite.db, `CREATE VIRTUAL TABLE words USING fts5vocab(texts, instance)`)

	dsn := os.Getenv("OPENGATHER_TEST_POSTGRES")
	if dsn == "" {
		t.Fatal("OPENGATHER_TEST_POSTGRES is not set: it must hold the address of a PostgreSQL database for tests, such as postgres://postgres@127.0.0.1:5432/postgres")
	}
	post := engine{
		name:   "PostgreSQL",
		db:     open(t, "pgx", dsn),
		insert: `INSERT INTO texts (id, t) VALUES ($1, to_tsvector('simple', $2))`,
		match:  `SELECT id FROM texts WHERE t @@ to_tsquery('simple', $1) ORDER BY id`,
		words:  `SELECT id, length(t) FROM texts`,
		query:  searchtext.TSQuery,
	}
	var encoding string
	if err := post.db.QueryRow(`SHOW server_encoding`).Scan(&encoding); err != nil || encoding != "UTF8" {
		t.Fatalf("the test database has the encoding %q (%v), want UTF8", encoding, err)
	}
	do(t, post.db, `CREATE TEMPORARY TABLE texts (id bigint PRIMARY KEY, t tsvector)`)
	return []engine{lite, post}
}

func open(t *testing.T, driver, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatalf("open %s: %v", driver, err)
	}
	db.SetMaxOpenConns(1) // the tables belong to the connection
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close %s: %v", driver, err)
		}
	})
	return db
}

func do(t *testing.T, db *sql.DB, query string) {
	t.Helper()
	if _, err := db.Exec(query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// store puts texts into the table as they are given: normalise them before.
func (e engine) store(t *testing.T, texts map[int]string) {
	t.Helper()
	tx, err := e.db.Begin()
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	for id, text := range texts {
		if _, err := tx.Exec(e.insert, id, text); err != nil {
			t.Fatalf("%s: store %.100q: %v", e.name, text, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
}

func (e engine) find(t *testing.T, terms []string) []int {
	t.Helper()
	rows, err := e.db.Query(e.match, e.query(terms))
	if err != nil {
		t.Fatalf("%s: %s: %v", e.name, e.query(terms), err)
	}
	defer rows.Close()
	var ids []int
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %s: %v", e.name, e.query(terms), err)
	}
	return ids
}

func normalised(texts map[int]string) map[int]string {
	stored := map[int]string{}
	for id, text := range texts {
		stored[id] = searchtext.Normalise(text)
	}
	return stored
}

func TestBothDatabasesFindWhatIsMeant(t *testing.T) {
	for _, e := range engines(t) {
		e.store(t, normalised(corpus))
		for _, q := range questions {
			terms, _ := searchtext.Query(q.typed)
			if got := e.find(t, terms); !slices.Equal(got, q.want) {
				t.Errorf("%s: %q finds %v, want %v", e.name, q.typed, got, q.want)
			}
		}
	}
}

func TestEveryTextIsFoundByItself(t *testing.T) {
	for _, e := range engines(t) {
		e.store(t, normalised(corpus))
		for id, text := range corpus {
			for _, part := range append(strings.Fields(text), text) {
				if terms, ok := searchtext.Query(part); ok && !slices.Contains(e.find(t, terms), id) {
					t.Errorf("%s: %q does not find %q", e.name, part, text)
				}
			}
		}
	}
}

// Whatever is typed, both databases and plain reading of the definition find the same.
func TestDatabasesFindTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	texts := map[int]string{}
	for id := range 300 {
		texts[id] = babble(r, 1+r.IntN(30))
	}
	stored := normalised(texts)
	for id, text := range texts {
		if terms, ok := searchtext.Query(text); ok && !slices.Contains(read(stored, terms), id) {
			t.Errorf("%q, terms %q, does not find itself in %q", text, terms, stored[id])
		}
	}
	both := engines(t)
	for _, e := range both {
		e.store(t, stored)
	}
	hits := 0
	for range 2000 {
		typed := babble(r, 1+r.IntN(3))
		terms, _ := searchtext.Query(typed)
		want := read(stored, terms)
		hits += len(want)
		for _, e := range both {
			if got := e.find(t, terms); !slices.Equal(got, want) {
				t.Fatalf("%s: %q, terms %q: found %v, want %v", e.name, typed, terms, got, want)
			}
		}
	}
	if hits < 2000 {
		t.Errorf("%d hits for 2000 queries: the texts are too different to prove anything", hits)
	}
}

// babble makes texts out of few syllables of many scripts, so that they meet.
func babble(r *rand.Rand, length int) string {
	syllables := []string{
		"a", "e", "x", "ab", "ß", "é", "İ", "ı", "e\u0301", "œ", "1", "2e", "3e8", "0x", "٣", "e5",
		"東", "京", "都", "か", "が", "ー", "한", "글", "ก", "ที่", "ำ", "ข้", "क", "कि", "्", "ж", "Ё", "σ", "ς", "م", "ة", "א", "𝒳", "𐐷", "🙂",
		" ", " ", " ", " ", ".", "-", "'", "\"", "*", "&", "|", "!", ":", "(", ")", "\\", "/", "@", "_", "<", "\u200d", "\u200b", "\x00",
	}
	var b strings.Builder
	for range length {
		b.WriteString(syllables[r.IntN(len(syllables))])
	}
	return b.String()
}

// read is what Query promises: all terms, the starred ones as beginnings.
func read(stored map[int]string, terms []string) []int {
	var ids []int
	for _, id := range slices.Sorted(maps.Keys(stored)) {
		words := strings.Fields(stored[id])
		has := func(term string) bool {
			if start, anyEnd := strings.CutSuffix(term, "*"); anyEnd {
				return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, start) })
			}
			return slices.Contains(words, term)
		}
		missing := func(term string) bool { return !has(term) }
		if len(terms) > 0 && !slices.ContainsFunc(terms, missing) {
			ids = append(ids, id)
		}
	}
	return ids
}

// A database that took a letter for a gap would see more words than there are.
func TestDatabasesAgreeAboutEveryLetter(t *testing.T) {
	const row = 32 // letters in a text
	texts := map[int]string{}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.L, unicode.N, unicode.M) {
			texts[int(r)/row] += searchtext.Normalise(fmt.Sprintf("1%c b%c %cc", r, r, r)) + " "
		}
	}
	for _, e := range engines(t) {
		e.store(t, texts)
		rows, err := e.db.Query(e.words)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		defer rows.Close()
		seen := 0
		for rows.Next() {
			var id, got int
			if err := rows.Scan(&id, &got); err != nil {
				t.Fatalf("%s: %v", e.name, err)
			}
			words := slices.Compact(slices.Sorted(strings.FieldsSeq(texts[id])))
			if got != len(words) {
				t.Errorf("%s takes %d words for %d, from U+%04X on: %q", e.name, len(words), got, id*row, words)
			}
			seen++
		}
		if err := rows.Err(); err != nil || seen != len(texts) {
			t.Errorf("%s: %d of %d texts seen: %v", e.name, seen, len(texts), err)
		}
	}
}

func TestTheLongestTextFitsIntoBothDatabases(t *testing.T) {
	// Short different words take the most space for their length.
	var b strings.Builder
	for i := 0; b.Len() < searchtext.MaxBytes; i++ {
		fmt.Fprintf(&b, "%c%c%c ", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
		fmt.Fprintf(&b, "%c%c%c%c ", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26)
	}
	stored := searchtext.Normalise(b.String())
	for _, e := range engines(t) {
		e.store(t, map[int]string{1: stored})
		if got := e.find(t, strings.Fields(stored)[:3]); !slices.Equal(got, []int{1}) {
			t.Errorf("%s: found %v", e.name, got)
		}
	}
}
