package database

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// docBits are the random bits below the microsecond in the number of a search
// text.
const docBits = 10

// Doc is the first number that a search text of that time can have. Numbers
// follow time, so that a search can walk from the newest text backwards and
// end at its limit; they never leave the process.
func Doc(at time.Time) int64 { return Micros(at) << docBits }

// Index stores the search text of a subject, in place of what was stored
// before, under the same number. The text is already normalised: both engines
// get the same one.
func (tx *Tx) Index(kind, id, text string) error {
	doc, err := tx.unindex(id)
	if errors.Is(err, ErrNone) {
		doc, err = tx.newDoc()
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO search_docs (doc, subject_kind, subject_id) VALUES ($1, $2, $3)", doc, kind, id); err != nil {
		return fmt.Errorf("register the search text: %w", err)
	}
	q := "INSERT INTO search_text (rowid, body) VALUES ($1, $2)"
	if tx.db.engine == PostgreSQL {
		q = "INSERT INTO search_text (rowid, body) VALUES ($1, to_tsvector('simple', $2))"
	}
	_, err = tx.Exec(q, doc, text)
	return err
}

// newDoc gives a number that no text has: the next one behind those of the same
// microsecond, and without any a random one, so that two processes that store
// at the same moment do not meet.
func (tx *Tx) newDoc() (doc int64, err error) {
	var b [1]byte
	rand.Read(b[:]) // never returns an error: crypto/rand
	first := Doc(tx.Now())
	err = tx.One([]any{&doc}, "SELECT coalesce(max(doc) + 1, $1) FROM search_docs WHERE doc >= $2 AND doc < $3", first+int64(b[0]), first, first+1<<docBits)
	if err != nil {
		return 0, fmt.Errorf("number the search text: %w", err)
	}
	return doc, nil
}

// Unindex removes the search text of a subject, if there is one.
func (tx *Tx) Unindex(id string) error {
	_, err := tx.unindex(id)
	if errors.Is(err, ErrNone) {
		return nil
	}
	return err
}

func (tx *Tx) unindex(id string) (doc int64, err error) {
	err = tx.One([]any{&doc}, "DELETE FROM search_docs WHERE subject_id = $1 RETURNING doc", id)
	if errors.Is(err, ErrNone) {
		return 0, err
	}
	if err != nil {
		return 0, fmt.Errorf("forget the search text: %w", err)
	}
	_, err = tx.Exec("DELETE FROM search_text WHERE rowid = $1", doc)
	return doc, err
}

// Matches is the condition that the search text t, joined as alias t to
// search_docs, fits the query in the parameter, such as "$3". The query is
// FTS5's on SQLite and to_tsquery's on PostgreSQL: package searchtext makes both.
func (tx *Tx) Matches(param string) string {
	if tx.db.engine == PostgreSQL {
		return "t.body @@ to_tsquery('simple', " + param + ")"
	}
	return "t.body MATCH " + param
}
