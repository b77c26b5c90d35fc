package post

import (
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// hold keeps everybody else from changing a post until the transaction ends.
// What is to be decided about it is read afterwards: else somebody's edit brings
// back the words that somebody else deletes.
func hold(tx *database.Tx, id string) error { return tx.Lock("post:" + id) }

// holdThread does the same for all that is decided about a thread as a whole:
// whether it is closed, where it is, and what belongs to it.
func holdThread(tx *database.Tx, root string) error { return tx.Lock("thread:" + root) }

// held gives a post by find or by own, and holds its thread and it, always in
// this order. Where the post has come into another thread meanwhile, it holds
// that one; whoever meets three of them at once is told to try again.
func held(tx *database.Tx, a access.Actor, id string, look func(*database.Tx, access.Actor, string) (row, error)) (row, error) {
	for range 3 {
		root, err := rootOf(tx, id)
		if err != nil {
			return row{}, err
		}
		if err := holdThread(tx, root); err != nil {
			return row{}, err
		}
		if err := hold(tx, id); err != nil {
			return row{}, err
		}
		r, err := look(tx, a, id)
		if err != nil || r.root == root {
			return r, err
		}
	}
	return row{}, fault.New(fault.Conflict, "post.moved_meanwhile")
}

// rootOf names the thread to hold, whether or not the actor may read it: what
// she is told afterwards is for the read rule to say. What is not there is held
// by its own name, so that it takes as long.
func rootOf(tx *database.Tx, id string) (root string, err error) {
	err = tx.One([]any{&root}, "SELECT p.root_id FROM posts p WHERE p.id = $1 -- unfiltered: to hold it", id)
	if errors.Is(err, database.ErrNone) {
		return id, nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the thread to hold: %w", err)
	}
	return root, nil
}

// begun gives the post that begins a thread, by the read rule, and holds it. A
// reply is none.
func begun(tx *database.Tx, a access.Actor, id string) (row, error) {
	r, err := held(tx, a, id, find)
	if err == nil && (r.id != r.root || r.deleted) {
		err = fault.Missing()
	}
	return r, err
}
