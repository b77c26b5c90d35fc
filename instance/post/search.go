package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Search gives posts and replies with all the words of a query that the actor
// may read, newest first. before continues: Page.Older.
func (o *Operations) Search(ctx context.Context, a access.Actor, query, before string) (page Page, err error) {
	terms, ok := searchtext.Query(query)
	if !ok {
		return page, nil
	}
	at, id, err := parsePlace(before)
	if err != nil {
		return page, err
	}
	match := searchtext.FTS5(terms)
	if o.DB.Engine() == database.PostgreSQL {
		match = searchtext.TSQuery(terms)
	}
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		// From the newest text backwards: see database.Doc.
		page, err = o.list(tx, a, "search\n"+match, before, func() (p Page, err error) {
			p.Posts, err = database.Collect(tx, scanBelow, `SELECT `+columns+`, b.label_id
			FROM search_text t CROSS JOIN search_docs d CROSS JOIN posts p CROSS JOIN posts b`+joins+tx.Matches("$5")+` AND t.rowid < $6
			AND d.doc = t.rowid AND d.subject_kind = 'post' AND p.id = d.subject_id AND b.id = p.root_id
			AND (p.created_at, p.id) < ($3, $4) AND p.deleted_at IS NULL AND p.listed AND `+access.Readable("p")+` AND `+access.Readable("b")+`
			ORDER BY t.rowid DESC LIMIT 21`, a.Args(at, id, match, firstDoc(at))...)
			if err != nil {
				return p, fmt.Errorf("search: %w", err)
			}
			return p, p.fill(tx, a)
		})
		return err
	})
	return page, err
}

// firstDoc is where the texts behind a place begin.
func firstDoc(micros int64) int64 {
	const last = 1 << 52 // the year 2112, and what a number can hold
	return database.Doc(database.At(min(micros, last) + 1))
}

// News is what was said since a cursor was given out.
type News struct {
	// Count is how many posts and replies by others, in the actor's spaces,
	// that she may read.
	Count int
	// Cursor continues from here.
	Cursor string
}

// Since counts what is new for the actor behind a cursor, and gives the next
// one. An empty cursor starts now. Cursors are sealed for one actor.
func (o *Operations) Since(ctx context.Context, a access.Actor, cursor string) (n News, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		head, err := fact.Head(tx)
		if err != nil {
			return err
		}
		if cursor != "" {
			from, err := fact.Unseal(tx, o.Keys, a.ID(), cursor)
			if err != nil {
				return err
			}
			// The fact's own label is not asked: the post may have changed since.
			err = tx.One([]any{&n.Count}, `SELECT count(*) FROM facts f JOIN posts p ON p.id = f.subject_id JOIN posts b ON b.id = p.root_id
				WHERE f.position > $3 AND f.kind = 'post.published' AND p.author_id <> $1 AND p.deleted_at IS NULL AND p.listed
				AND p.space_id IN (SELECT sm.space_id FROM space_members sm WHERE sm.member_id = $1) AND `+access.Readable("p")+` AND `+access.Readable("b"), a.Args(from)...)
			if err != nil {
				return fmt.Errorf("count what is new: %w", err)
			}
		}
		n.Cursor, err = fact.Seal(o.Keys, a.ID(), head)
		return err
	})
	return n, err
}
