package post

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Remove deletes somebody's post for a moderator of the space, and gives its
// thread. Its author and the other moderators can read why; the audit knows who
// did it. What was hidden can come back, what was removed cannot. What is deleted
// already is fault.Conflict: somebody else was first.
func (o *Operations) Remove(ctx context.Context, a access.Actor, key, id, reason string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.remove", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.Remove, r.space); err != nil {
			return "", err
		}
		if r.deleted {
			return "", fault.New(fault.Conflict, "post.moderated_meanwhile")
		}
		if err := Erase(tx, a, id); err != nil {
			return "", err
		}
		if err := openReview(tx, r); err != nil {
			return "", err
		}
		if err := note(tx, a, r, "removed", reason); err != nil {
			return "", err
		}
		fact.Record(tx, fact.Fact{Kind: Removed, Actor: a.ID(), SubjectKind: "post", Subject: id, Place: r.space, Label: r.label.ID()})
		return r.root, nil
	})
}

// Moderated is what a moderator did to a post.
type Moderated struct {
	// Removed says that it is gone; else it is hidden.
	Removed bool
	Reason  string
}

// Moderated gives what a moderator did to a post and why, to its author and the
// moderators; fault.Missing to everybody else, and if nothing was done.
func (o *Operations) Moderated(ctx context.Context, a access.Actor, id string) (m Moderated, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		err := tx.One([]any{&m.Removed, &m.Reason}, "SELECT k.kind = 'removed', k.reason FROM post_marks k WHERE k.post_id = $3 AND "+access.ReadableRow("k"), a.Args(id)...)
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return fmt.Errorf("look for what a moderator did: %w", err)
		}
		return nil
	})
	return m, err
}

// ModeratedIn gives what moderators did in a thread, by post, as far as the
// actor may know.
func (o *Operations) ModeratedIn(ctx context.Context, a access.Actor, root string) (map[string]Moderated, error) {
	all := map[string]Moderated{}
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.Each(func(r *database.Rows) error {
			var id string
			var m Moderated
			err := r.Scan(&id, &m.Removed, &m.Reason)
			all[id] = m
			return err
		}, "SELECT k.post_id, k.kind = 'removed', k.reason FROM post_marks k JOIN posts p ON p.id = k.post_id WHERE p.root_id = $3 AND "+access.Readable("k"), a.Args(root)...)
	})
	if err != nil {
		return nil, fmt.Errorf("look for what moderators did: %w", err)
	}
	return all, nil
}
