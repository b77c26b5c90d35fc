package page

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// row is a page as far as deciding about it needs.
type row struct {
	id, space, author, owner string
	label                    access.Label
	version                  int64
	pinned, deleted          bool
}

// hold keeps everybody else from changing a page until the transaction ends. What is
// to be decided about it is read afterwards.
func hold(tx *database.Tx, id string) error { return tx.Lock("page:" + id) }

// held gives a page by the read rule and holds it.
func held(tx *database.Tx, a access.Actor, id string) (row, error) {
	if err := hold(tx, id); err != nil {
		return row{}, err
	}
	return find(tx, a, id)
}

// find gives a page that the actor may read, else fault.Missing. What a moderator
// deleted is there for moderators alone.
func find(tx *database.Tx, a access.Actor, id string) (row, error) {
	r, err := scanRow(tx, "SELECT "+rowColumns+" FROM pages p WHERE p.id = $3 AND "+access.ReadableRow("p"), a.Args(id)...)
	if err == nil && !r.deleted || err != nil && !fault.Is(err, fault.NotFound) {
		return r, err
	}
	// Asked also where there is nothing, so that it takes as long.
	st, failed := access.Stand(tx, a, cmp.Or(r.space, id))
	if failed != nil {
		return r, failed
	}
	if err == nil && !st.May(access.TendPage) {
		err = fault.Missing()
	}
	return r, err
}

const rowColumns = "p.id, p.space_id, p.author_id, coalesce(p.owner_id, ''), p.label_id, p.version, p.pinned_at IS NOT NULL, p.deleted_at IS NOT NULL"

func scanRow(tx *database.Tx, query string, args ...any) (r row, err error) {
	var label string
	err = tx.One([]any{&r.id, &r.space, &r.author, &r.owner, &label, &r.version, &r.pinned, &r.deleted}, query, args...)
	if errors.Is(err, database.ErrNone) {
		return r, fault.Missing()
	}
	if err != nil {
		return r, fmt.Errorf("look for the page: %w", err)
	}
	r.label, err = access.Parse(label)
	return r, err
}

// record records what happened to a page.
func (r row) record(tx *database.Tx, a access.Actor, k fact.Kind) {
	fact.Record(tx, fact.Fact{Kind: k, Actor: a.ID(), SubjectKind: "page", Subject: r.id, Place: r.space, Label: r.label.ID()})
}
