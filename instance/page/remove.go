package page

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
)

// Erasure is what an erased page is on the list of erasures.
const Erasure = "page"

// Withdraw deletes a page of the actor's own for good, wherever it is by now, while
// nobody else has changed it, and gives the id of its space.
func (o *Operations) Withdraw(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "page.withdraw", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := own(tx, a, id)
		if err != nil {
			return "", err
		}
		if !access.Owns(a, r.author) {
			return "", fault.New(fault.Forbidden, "page.not_yours")
		}
		others, err := tx.Has("SELECT 1 FROM page_versions v WHERE v.page_id = $1 AND (v.author_id <> $2 OR v.edited_by <> $2) -- unfiltered: of her own page", id, a.ID())
		if err != nil {
			return "", err
		}
		if others {
			return "", fault.New(fault.Conflict, "page.not_alone")
		}
		if err := Erase(tx, id); err != nil {
			return "", err
		}
		r.record(tx, a, Deleted)
		return r.space, nil
	})
}

// own holds and gives a page of the actor's own, by the ownership rule, or one that
// she may read. A run of an agent owns nothing.
func own(tx *database.Tx, a access.Actor, id string) (row, error) {
	if err := hold(tx, id); err != nil {
		return row{}, err
	}
	if a.Kind() == access.KindMember {
		r, err := scanRow(tx, "SELECT "+rowColumns+" FROM pages p WHERE p.id = $2 AND "+access.Owned("p"), a.ID(), id)
		if !fault.Is(err, fault.NotFound) {
			return r, err
		}
	}
	return find(tx, a, id)
}

// Erase removes everything of a page, in the caller's transaction. It checks no
// right.
func Erase(tx *database.Tx, id string) error {
	if err := hold(tx, id); err != nil {
		return err
	}
	for _, q := range []string{"DELETE FROM page_versions WHERE page_id = $1", "DELETE FROM pages WHERE id = $1"} {
		if _, err := tx.Exec(q, id); err != nil {
			return fmt.Errorf("erase a page: %w", err)
		}
	}
	if err := tx.Unindex(id); err != nil {
		return err
	}
	if err := erasure.Record(tx, Erasure, id); err != nil {
		return err
	}
	return job.Wipe(tx)
}

// Remove deletes a page for a moderator of its space, and gives the id of the space.
// For Undelete moderators can bring it back; then it is erased.
func (o *Operations) Remove(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "page.remove", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := tended(tx, a, id)
		if err != nil {
			return "", err
		}
		_, err = tx.Exec("UPDATE pages SET deleted_at = $1, deleted_by = $2, pinned_at = NULL WHERE id = $3", database.Micros(tx.Now()), a.ID(), id)
		if err != nil {
			return "", fmt.Errorf("delete a page: %w", err)
		}
		r.record(tx, a, Removed)
		return r.space, nil
	})
}

// Restore brings a page back that a moderator deleted, for a moderator of its space.
func (o *Operations) Restore(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "page.restore", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.TendPage, r.space); err != nil {
			return "", err
		}
		if !r.deleted {
			return "", settled()
		}
		if _, err := tx.Exec("UPDATE pages SET deleted_at = NULL, deleted_by = NULL WHERE id = $1", id); err != nil {
			return "", fmt.Errorf("bring a page back: %w", err)
		}
		r.record(tx, a, Restored)
		return id, nil
	})
}

// forgetAtOnce is how many pages one transaction erases for good.
const forgetAtOnce = 500

// Forget erases what moderators deleted longer ago than Undelete, and gives how much.
func Forget(tx *database.Tx) (n int64, err error) {
	over := database.Micros(tx.Now().Add(-Undelete))
	all, err := ids(tx, "SELECT p.id FROM pages p WHERE p.deleted_at < $1 ORDER BY p.id LIMIT $2 -- unfiltered: retention", over, forgetAtOnce)
	if err != nil {
		return 0, fmt.Errorf("look for deleted pages: %w", err)
	}
	for _, id := range all {
		if err := hold(tx, id); err != nil {
			return n, err
		}
		// A moderator may have brought it back meanwhile.
		still, err := tx.Has("SELECT 1 FROM pages p WHERE p.id = $1 AND p.deleted_at < $2 -- unfiltered: retention", id, over)
		if err != nil {
			return n, fmt.Errorf("look at a deleted page: %w", err)
		}
		if !still {
			continue
		}
		if err := Erase(tx, id); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func ids(tx *database.Tx, query string, args ...any) ([]string, error) {
	return database.Collect(tx, func(r *database.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	}, query, args...)
}
