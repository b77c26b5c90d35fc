package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Lock closes a thread for replies, or opens it again, for a moderator of its
// space, and gives its id. Moderators still answer in it, and everybody still
// reacts, changes her own words and withdraws them. If it is so already, it
// answers fault.Conflict: somebody else was first.
func (o *Operations) Lock(ctx context.Context, a access.Actor, key, id string, on bool) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.lock", Actor: a.ID(), Target: fmt.Sprint(id, on), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := begun(tx, a, id)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.Lock, r.space); err != nil {
			return "", err
		}
		if r.locked == on {
			return "", fault.New(fault.Conflict, "post.settled_meanwhile")
		}
		return id, sign(tx, a, r, "locked_at", on, Locked, Unlocked)
	})
}

// sign sets or clears the time at which something was done to a thread, and
// records it. It counts no version up: no word changes.
func sign(tx *database.Tx, a access.Actor, r row, column string, on bool, done, undone fact.Kind) error {
	var at any
	kind := undone
	if on {
		at, kind = database.Micros(tx.Now()), done
	}
	if _, err := tx.Exec("UPDATE posts SET "+column+" = $1 WHERE id = $2", at, r.id); err != nil {
		return fmt.Errorf("set %s: %w", column, err)
	}
	fact.Record(tx, fact.Fact{Kind: kind, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: r.label.ID()})
	return nil
}
