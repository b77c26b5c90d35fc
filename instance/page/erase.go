package page

import (
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
)

// By gives some of the pages that have words of somebody, in the order of their ids:
// those behind an id, at most limit.
func By(tx *database.Tx, who, after string, limit int) ([]string, error) {
	all, err := ids(tx, "SELECT DISTINCT v.page_id FROM page_versions v WHERE v.author_id = $1 AND v.page_id > $2 ORDER BY v.page_id LIMIT $3 -- unfiltered: erasure", who, after, limit)
	if err != nil {
		return nil, fmt.Errorf("look for pages that somebody wrote: %w", err)
	}
	return all, nil
}

// EraseBy takes somebody's words out of a page, in the caller's transaction: her
// versions go, and it shows the newest one by somebody else. A page with none is
// gone. What others saved after her stays as they saved it. It checks no right.
func EraseBy(tx *database.Tx, id, who string) error {
	if err := hold(tx, id); err != nil {
		return err
	}
	var shown, left int64
	err := tx.One([]any{&shown, &left}, `SELECT p.version, coalesce((SELECT max(v.version) FROM page_versions v WHERE v.page_id = p.id AND v.author_id <> $2), 0)
		FROM pages p WHERE p.id = $1 -- unfiltered: erasure`, id, who)
	if err != nil {
		return fmt.Errorf("look for what others wrote: %w", err)
	}
	if left == 0 {
		return Erase(tx, id)
	}
	if _, err := tx.Exec("DELETE FROM page_versions WHERE page_id = $1 AND author_id = $2", id, who); err != nil {
		return fmt.Errorf("erase somebody's versions: %w", err)
	}
	if left == shown {
		return nil
	}
	return show(tx, id, left, shown+1)
}

// show has a page say what one of its versions says, under a new number: a form that
// is open on it has to see first what is there now.
func show(tx *database.Tx, id string, version, number int64) error {
	v, err := versionOf(tx, id, version)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE page_versions SET version = $1 WHERE page_id = $2 AND version = $3", number, id, version); err != nil {
		return fmt.Errorf("number a version: %w", err)
	}
	html, plain := render(v.Body)
	_, err = tx.Exec("UPDATE pages SET title = $1, html = $2, edited_at = $3, edited_by = $4, version = $5 WHERE id = $6",
		v.Title, html, database.Micros(v.At), v.Editor.ID, number, id)
	if err != nil {
		return fmt.Errorf("show another version: %w", err)
	}
	return index(tx, id, v.Title, plain)
}

// Forgo ends what somebody who is erased does for pages, and erases what she took
// back herself: a version of hers that she replaced. It checks no right.
func Forgo(tx *database.Tx, who string) error {
	for _, q := range []string{
		"UPDATE pages SET owner_id = NULL WHERE owner_id = $1",
		`DELETE FROM page_versions WHERE author_id = $1 AND edited_by = $1 AND (SELECT n.edited_by FROM page_versions n
			WHERE n.page_id = page_versions.page_id AND n.version > page_versions.version ORDER BY n.version LIMIT 1) = $1 -- unfiltered: erasure`,
	} {
		if _, err := tx.Exec(q, who); err != nil {
			return fmt.Errorf("forgo pages: %w", err)
		}
	}
	return nil
}

// Text is a version in which something occurs.
type Text struct {
	Page              string
	Version           int64
	Title, Body, Note string
}

// Saying gives the versions in which something occurs that LIKE finds, with ! before
// what stands for itself.
func Saying(tx *database.Tx, like string) ([]Text, error) {
	all, err := database.Collect(tx, func(r *database.Rows) (t Text, err error) {
		err = r.Scan(&t.Page, &t.Version, &t.Title, &t.Body, &t.Note)
		return t, err
	}, `SELECT v.page_id, v.version, v.title, v.body, v.note FROM page_versions v WHERE lower(v.title) LIKE $1 ESCAPE '!' OR lower(v.body) LIKE $1 ESCAPE '!' OR lower(v.note) LIKE $1 ESCAPE '!'
		ORDER BY v.page_id, v.version -- unfiltered: erasure`, like)
	if err != nil {
		return nil, fmt.Errorf("look for what pages say: %w", err)
	}
	return all, nil
}

// Reword changes the words of a version past its editors. It checks no right, and
// counts as no edit.
func Reword(tx *database.Tx, t Text) error {
	if err := hold(tx, t.Page); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE page_versions SET title = $1, body = $2, note = $3 WHERE page_id = $4 AND version = $5", t.Title, t.Body, t.Note, t.Page, t.Version)
	if err != nil {
		return fmt.Errorf("reword a version: %w", err)
	}
	shown, err := tx.Has("SELECT 1 FROM pages p WHERE p.id = $1 AND p.version = $2 -- unfiltered: erasure", t.Page, t.Version)
	if err != nil || !shown {
		return err
	}
	return show(tx, t.Page, t.Version, t.Version+1)
}

// Replay erases a page again that an older copy of the database brought back, and gives
// database.ErrNone if it is not there.
func Replay(tx *database.Tx, e erasure.Erasure) error {
	there, err := tx.Has("SELECT 1 FROM pages p WHERE p.id = $1 -- unfiltered: erasure", e.ID)
	if err != nil {
		return fmt.Errorf("look for an erased page: %w", err)
	}
	if !there {
		return database.ErrNone
	}
	return Erase(tx, e.ID)
}
