package database

import (
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

// docBits are the random bits below the microsecond in the number of a search
// text.
const docBits = 10

// Doc is the first number that a search text of that time can have. Numbers
// follow time, so that a search can walk from the newest text backwards and
// end at its limit; they never leave the process.
func Doc(at time.Time) int64 { return Micros(at) << docBits }

// Index stores the search text of a subject, in place of what was stored
// before, under the same number. Both engines get the same one.
func (tx *Tx) Index(kind, id string, text searchtext.Text) error {
	doc, err := tx.claim(id)
	if errors.Is(err, ErrNone) {
		doc, err = tx.register(kind, id)
	} else if err == nil {
		_, err = tx.Exec("DELETE FROM search_text WHERE rowid = $1", doc)
	}
	if err != nil {
		return err
	}
	q := "INSERT INTO search_text (rowid, body) VALUES ($1, $2)"
	if tx.db.engine == PostgreSQL {
		q = "INSERT INTO search_text (rowid, body) VALUES ($1, to_tsvector('simple', $2))"
	}
	_, err = tx.Exec(q, doc, text.Words())
	return err
}

// claim gives the number of the subject's search text, ErrNone if it has none, and
// keeps others from replacing or removing that until the transaction ends. The
// row is changed and not made anew: whoever waits to remove it then still finds
// it.
func (tx *Tx) claim(id string) (doc int64, err error) {
	err = tx.One([]any{&doc}, "UPDATE search_docs SET made = $1 WHERE subject_id = $2 RETURNING doc", searchtext.Made, id)
	if err != nil && !errors.Is(err, ErrNone) {
		err = fmt.Errorf("look for the search text: %w", err)
	}
	return doc, err
}

func (tx *Tx) register(kind, id string) (int64, error) {
	doc, err := tx.newDoc()
	if err != nil {
		return 0, err
	}
	if _, err := tx.Exec("INSERT INTO search_docs (doc, subject_kind, subject_id, made) VALUES ($1, $2, $3, $4)", doc, kind, id, searchtext.Made); err != nil {
		return 0, fmt.Errorf("register the search text: %w", err)
	}
	return doc, nil
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
	var doc int64
	err := tx.One([]any{&doc}, "DELETE FROM search_docs WHERE subject_id = $1 RETURNING doc", id)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget the search text: %w", err)
	}
	_, err = tx.Exec("DELETE FROM search_text WHERE rowid = $1", doc)
	return err
}

// RewriteIndex writes the index of all search texts anew, which takes seconds where
// there are many. FTS5 moves words from page to page as it merges them, and what
// it leaves behind on a page is not what secure_delete overwrites. PostgreSQL
// has nothing to do.
func (tx *Tx) RewriteIndex() error {
	if tx.db.engine == PostgreSQL {
		return nil
	}
	if _, err := tx.Exec("INSERT INTO search_text (search_text) VALUES ('rebuild')"); err != nil {
		return fmt.Errorf("write the search index anew: %w", err)
	}
	return nil
}

// Matches is the condition that the search text t, joined as alias t to
// search_docs, fits the query in the parameter, such as "$3": Match gives it.
func (tx *Tx) Matches(param string) string {
	if tx.db.engine == PostgreSQL {
		return "t.body @@ to_tsquery('simple', " + param + ")"
	}
	return "t.body MATCH " + param
}

// First ends a query in brackets that has to be asked before what is around it.
// PostgreSQL guesses that any words are in one of 200 texts; to find 21 it would
// rather read all texts one after the other than look the words up.
func (tx *Tx) First() string {
	if tx.db.engine == PostgreSQL {
		return "OFFSET 0"
	}
	return ""
}

// Match gives the query for Matches that finds the texts of a tier.
func (tx *Tx) Match(s searchtext.Sought, t searchtext.Tier) string {
	if tx.db.engine == PostgreSQL {
		return s.TSQuery(t)
	}
	return s.FTS5(t)
}

// Subject is what a search text belongs to.
type Subject struct{ Kind, ID string }

// Stale gives, in the order of their ids, some of whose search text was made by
// older rules (see searchtext.Made), at most limit of them.
func (tx *Tx) Stale(limit int) ([]Subject, error) {
	return Collect(tx, func(r *Rows) (s Subject, err error) {
		err = r.Scan(&s.Kind, &s.ID)
		return s, err
	}, `SELECT x.subject_kind, x.subject_id FROM (SELECT d.subject_kind, d.subject_id FROM search_docs d WHERE d.made < $1 ORDER BY d.made, d.doc LIMIT $2) x
		ORDER BY x.subject_id`, searchtext.Made, limit)
}

// Remake has a subject's search text made anew, which keeps its number, and does
// nothing if there is none. A subject that is gone, which index says with ErrNone,
// has none afterwards. The text is claimed before index reads what it is to be:
// else what is erased meanwhile would come back.
func (tx *Tx) Remake(id string, index func(tx *Tx, id string) error) error {
	if _, err := tx.claim(id); errors.Is(err, ErrNone) {
		return nil
	} else if err != nil {
		return err
	}
	err := index(tx, id)
	if errors.Is(err, ErrNone) {
		return tx.Unindex(id)
	}
	return err
}
