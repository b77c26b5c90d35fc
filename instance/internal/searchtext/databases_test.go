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
	query         func(s searchtext.Sought, t searchtext.Tier) string
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
		query:  searchtext.Sought.FTS5,
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
		query:  searchtext.Sought.TSQuery,
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

// store puts texts into the table as they are given: Make makes them.
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

func (e engine) find(t *testing.T, s searchtext.Sought, tier searchtext.Tier) []int {
	t.Helper()
	rows, err := e.db.Query(e.match, e.query(s, tier))
	if err != nil {
		t.Fatalf("%s: %s: %v", e.name, e.query(s, tier), err)
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
		t.Fatalf("%s: %s: %v", e.name, e.query(s, tier), err)
	}
	return ids
}

// written is a text with its title.
type written struct{ title, rest string }

func made(texts map[int]written) map[int]string {
	stored := map[int]string{}
	for id, w := range texts {
		stored[id] = searchtext.Make(w.title, w.rest).Words()
	}
	return stored
}

var tiers = map[string]searchtext.Tier{"titled": searchtext.Titled, "said": searchtext.Said, "resembling": searchtext.Resembling}

func TestBothDatabasesFindWhatIsMeant(t *testing.T) {
	for _, e := range engines(t) {
		e.store(t, made(corpus))
		for _, q := range questions {
			s, _ := searchtext.Parse(q.typed)
			for name, want := range map[string][]int{"titled": q.titled, "said": q.said, "resembling": q.resembling} {
				if got := e.find(t, s, tiers[name]); !slices.Equal(got, want) {
					t.Errorf("%s: %q has %s in %v, want %v", e.name, q.typed, name, got, want)
				}
			}
			any := slices.Sorted(slices.Values(slices.Concat(q.titled, q.said, q.resembling)))
			if got := e.find(t, s, searchtext.Any); !slices.Equal(got, any) {
				t.Errorf("%s: %q finds %v, want %v", e.name, q.typed, got, any)
			}
		}
	}
}

func TestEveryTextIsFoundByItself(t *testing.T) {
	for _, e := range engines(t) {
		e.store(t, made(corpus))
		for id, w := range corpus {
			for _, text := range []string{w.title, w.rest} {
				for _, part := range append(strings.Fields(text), text) {
					if s, ok := searchtext.Parse(part); ok && !slices.Contains(e.find(t, s, searchtext.Any), id) {
						t.Errorf("%s: %q does not find %q", e.name, part, w)
					}
				}
			}
		}
	}
}

// Whatever is typed, both databases and plain reading of the definition find the
// same, and sort it into the same tier.
func TestDatabasesFindTheSame(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	texts := map[int]written{}
	for id := range 300 {
		texts[id] = written{babble(r, r.IntN(6)), babble(r, 1+r.IntN(30))}
	}
	for id, w := range texts {
		if s, ok := searchtext.Parse(w.rest); ok && s.In(w.title, w.rest) == 0 {
			t.Errorf("%d: %q does not find itself", id, w.rest)
		}
	}
	both := engines(t)
	for _, e := range both {
		e.store(t, made(texts))
	}
	hits := map[searchtext.Tier]int{}
	// Texts that hardly meet would prove nothing, so it goes on until they met.
	few := func() bool {
		return slices.Min([]int{hits[searchtext.Titled], hits[searchtext.Said], hits[searchtext.Resembling]}) < 1000
	}
	for n := 0; n < 2000 || few(); n++ {
		if n == 20_000 {
			t.Fatalf("only %v hits by tier for %d queries", hits, n)
		}
		typed := babble(r, 1+r.IntN(3))
		s, _ := searchtext.Parse(typed)
		want := read(texts, s)
		for tier := searchtext.Titled; tier <= searchtext.Any; tier++ {
			hits[tier] += len(want[tier])
			for _, e := range both {
				if got := e.find(t, s, tier); !slices.Equal(got, want[tier]) {
					t.Fatalf("%s: %q, tier %d, %s: found %v, want %v", e.name, typed, tier, e.query(s, tier), got, want[tier])
				}
			}
		}
	}
}

// read sorts the texts by the definition.
func read(texts map[int]written, s searchtext.Sought) map[searchtext.Tier][]int {
	found := map[searchtext.Tier][]int{}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		if tier := s.In(texts[id].title, texts[id].rest); tier != 0 {
			found[tier] = append(found[tier], id)
			found[searchtext.Any] = append(found[searchtext.Any], id)
		}
	}
	return found
}

// babble makes texts out of few syllables of many scripts, so that they meet.
func babble(r *rand.Rand, length int) string {
	syllables := []string{
		"a", "e", "x", "ab", "sommer", "fest", "mü", "mue", "ller", "בגי", "נה", "الح", "ديقة", "Ø", "ł", "ß", "é", "İ", "ı", "e\u0301", "œ", "1", "2e", "3e8", "0x", "٣", "e5",
		"東", "京", "都", "か", "が", "ー", "한", "글", "ก", "ที่", "ำ", "ข้", "क", "कि", "्", "ж", "Ё", "σ", "ς", "م", "ة", "א", "𝒳", "𐐷", "🙂",
		" ", " ", " ", " ", ".", "-", "'", "\"", "*", "&", "|", "!", ":", "(", ")", "\\", "/", "@", "_", "<", "\u200d", "\u200b", "\x00",
	}
	var b strings.Builder
	for range length {
		b.WriteString(syllables[r.IntN(len(syllables))])
	}
	return b.String()
}

// A database that took a letter for a gap would see more words than there are.
func TestDatabasesAgreeAboutEveryLetter(t *testing.T) {
	const row = 32 // letters in a text
	texts := map[int]string{}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.L, unicode.N, unicode.M) {
			texts[int(r)/row] += searchtext.Make(fmt.Sprintf("1%c b%c %cc", r, r, r), fmt.Sprintf("abcdefghi%cjkl", r)).Words() + " "
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
	var long strings.Builder // what is found by its insides takes more
	for i := 0; long.Len() < searchtext.MaxBytes/4; i++ {
		fmt.Fprintf(&long, "sommer%c%c%c%cfest ", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26)
	}
	for _, w := range []written{{"", b.String()}, {b.String(), ""}, {long.String(), long.String()}} {
		stored := searchtext.Make(w.title, w.rest).Words()
		if len(stored) < searchtext.MaxBytes-100 {
			t.Errorf("%d bytes are not the longest text", len(stored))
		}
		s, _ := searchtext.Parse(strings.Join(strings.Fields(stored)[:3], " "))
		for _, e := range engines(t) {
			e.store(t, map[int]string{1: stored})
			if got := e.find(t, s, searchtext.Any); !slices.Equal(got, []int{1}) {
				t.Errorf("%s: found %v", e.name, got)
			}
		}
	}
}
