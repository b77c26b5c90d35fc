package post

import (
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Aim is where something is being written: in a Space as a beginning, as an
// answer to a Parent, or in place of what a Post says now.
type Aim struct{ Space, Parent, Post string }

// aimed gives what would be stored if it was said there now, as far as its place
// decides that, by the rules for saying it.
func aimed(tx *database.Tx, a access.Actor, at Aim) (row, error) {
	switch {
	case at.Post != "":
		r, err := find(tx, a, at.Post)
		if err == nil {
			err = changeable(tx, a, r)
		}
		return r, err
	case at.Parent != "":
		parent, err := find(tx, a, at.Parent)
		if err == nil {
			err = answerable(tx, a, parent)
		}
		return below(parent), err
	}
	r := row{space: at.Space, label: access.InSpace(at.Space)}
	if err := enterable(tx, a, at.Space); err != nil {
		return r, err
	}
	_, err := access.Authorise(tx, a, access.Publish, at.Space)
	return r, err
}

// answerable says why something cannot be answered, if it cannot.
func answerable(tx *database.Tx, a access.Actor, parent row) error {
	st, err := access.Authorise(tx, a, access.Reply, parent.space)
	switch {
	case err != nil:
		return err
	case parent.locked && !st.Moderates():
		return fault.New(fault.Conflict, "post.locked")
	case parent.deleted:
		return fault.New(fault.Conflict, "post.parent_deleted")
	case !parent.label.Covers(access.InSpace(parent.space)):
		// Under review: an answer would carry that review for ever.
		return fault.New(fault.Conflict, "post.parent_hidden")
	}
	return nil
}

// below is an answer to something.
func below(parent row) row {
	return row{
		id: newID(), root: parent.root, parent: parent.id, space: parent.space,
		depth: min(parent.depth+1, maxDepth), label: parent.label, above: parent.above, created: parent.created + 1,
	}
}

// changeable says why the words of something cannot be changed, if they cannot.
func changeable(tx *database.Tx, a access.Actor, r row) error {
	if r.deleted {
		return fault.Missing()
	}
	if !access.Owns(a, r.author) {
		return fault.New(fault.Forbidden, "post.not_yours")
	}
	_, err := access.Authorise(tx, a, access.Reply, r.space)
	return err
}
