package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/preview"
)

// Withdraw deletes a post of the actor's own, wherever it is by now, and gives
// its thread. A tombstone keeps the place of what has replies.
func (o *Operations) Withdraw(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "post.withdraw", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, own)
		if err != nil {
			return "", err
		}
		if !access.Owns(a, r.author) {
			return "", fault.New(fault.Forbidden, "post.not_yours")
		}
		if r.deleted {
			return r.root, nil
		}
		if err := Erase(tx, a, id); err != nil {
			return "", err
		}
		fact.Record(tx, fact.Fact{Kind: Deleted, Actor: a.ID(), SubjectKind: "post", Subject: id, Place: r.space, Label: r.label.ID()})
		return r.root, nil
	})
}

// Erasure is what an erased post is on the list of erasures.
const Erasure = "post"

// Erase removes everything of a post but its tombstone, in the caller's
// transaction. It checks no right.
func Erase(tx *database.Tx, a access.Actor, id string) error {
	if err := hold(tx, id); err != nil {
		return err
	}
	// The rows of posts first, that of the beginning before others, as a move takes
	// them: else each could wait for the other.
	if _, err := tx.Exec("UPDATE posts SET answer_id = NULL WHERE answer_id = $1 AND id IN (SELECT y.root_id FROM posts y WHERE y.id = $1) -- unfiltered: erasure", id); err != nil {
		return fmt.Errorf("take back that it is an answer: %w", err)
	}
	_, err := tx.Exec(`UPDATE posts SET title = '', body = '', html = '', edited_at = NULL, edited_by = NULL, media = 0, pinned_at = NULL, kind = '', settled_at = NULL, answer_id = NULL, deleted_at = $1, deleted_by = $2, version = version + 1 WHERE id = $3`,
		database.Micros(tx.Now()), a.ID(), id)
	if err != nil {
		return fmt.Errorf("erase a post: %w", err)
	}
	for _, q := range []string{
		"DELETE FROM post_versions WHERE post_id = $1",
		"DELETE FROM mentions WHERE post_id = $1",
		"DELETE FROM reactions WHERE post_id = $1",
		"DELETE FROM post_marks WHERE post_id = $1",
		"DELETE FROM saved WHERE post_id = $1",
	} {
		if _, err := tx.Exec(q, id); err != nil {
			return fmt.Errorf("erase a post: %w", err)
		}
	}
	if err := media.EraseOf(tx, id); err != nil {
		return err
	}
	if err := poll.EraseOf(tx, id); err != nil {
		return err
	}
	if err := preview.EraseOf(tx, id); err != nil {
		return err
	}
	if err := tx.Unindex(id); err != nil {
		return err
	}
	if err := closeReview(tx, id); err != nil {
		return err
	}
	if err := erasure.Record(tx, Erasure, id); err != nil {
		return err
	}
	return job.Wipe(tx)
}
