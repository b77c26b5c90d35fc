package post

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Hide takes a post from everybody but its author and the moderators of its
// space. A run of an agent may hide only where everybody who sees the effect
// may read all that the run may: else the effect would tell. What is deleted or
// hidden already is fault.Conflict: somebody else was first.
func (o *Operations) Hide(ctx context.Context, a access.Actor, key, id, reason string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.hide", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.Hide, r.space); err != nil {
			return "", err
		}
		if !r.label.Covers(a.Clearance()) {
			return "", fault.New(fault.Forbidden, "fault.forbidden")
		}
		inSpace := access.Atom{Kind: access.Space, Ref: r.space}
		if r.deleted || !r.label.Covers(access.Of(inSpace)) {
			return "", fault.New(fault.Conflict, "post.moderated_meanwhile")
		}
		return id, hide(tx, a, r, inSpace, reason)
	})
}

func hide(tx *database.Tx, a access.Actor, r row, inSpace access.Atom, reason string) error {
	if err := openReview(tx, r); err != nil {
		return err
	}
	label, err := access.Intern(tx, r.label.Without(inSpace).With(access.UnderReview(r.id)))
	if err != nil {
		return err
	}
	if err := note(tx, a, r, "hidden", reason); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE posts SET label_id = $1 WHERE id = $2", label, r.id); err != nil {
		return fmt.Errorf("hide: %w", err)
	}
	fact.Record(tx, fact.Fact{Kind: Hidden, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: label})
	return nil
}

// note keeps what was done to a post and why, for its author and the moderators.
func note(tx *database.Tx, a access.Actor, r row, done, reason string) error {
	reason = strings.ReplaceAll(strings.ToValidUTF8(strings.TrimSpace(reason), ""), "\x00", "")
	if utf8.RuneCountInString(reason) > MaxReason {
		return fault.Bad("reason", "post.reason_long").With("max", MaxReason)
	}
	label, err := access.Intern(tx, a.Mark(access.UnderReview(r.id)))
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO post_marks (post_id, kind, actor_id, reason, label_id, former_id, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		r.id, done, a.ID(), reason, label, r.label.ID(), database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("note that it is %s: %w", done, err)
	}
	return nil
}

// Restore undoes Hide. What the post said before it was hidden is everybody's
// to read again; what it said only meanwhile stays with those who read it then.
func (o *Operations) Restore(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "post.restore", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.Hide, r.space); err != nil {
			return "", err
		}
		var former string
		err = tx.One([]any{&former}, "DELETE FROM post_marks WHERE post_id = $1 AND kind = 'hidden' RETURNING former_id", id)
		if errors.Is(err, database.ErrNone) {
			return id, nil
		}
		if err != nil {
			return "", fmt.Errorf("unmark: %w", err)
		}
		return id, restore(tx, a, r, former)
	})
}

func restore(tx *database.Tx, a access.Actor, r row, former string) error {
	before, err := access.Parse(former)
	if err != nil {
		return err
	}
	meanwhile, err := access.Intern(tx, before.With(access.UnderReview(r.id)))
	if err != nil {
		return err
	}
	hidden := r.label.ID()
	if _, err := tx.Exec("UPDATE posts SET label_id = $1 WHERE id = $2", former, r.id); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	// The first version that was replaced while it was hidden is what it had
	// said in front of everybody. The others get a label of their own, so that
	// they are not taken for the first when it is hidden once more.
	_, err = tx.Exec("UPDATE post_versions SET label_id = $1 WHERE post_id = $2 AND label_id = $3 AND version = (SELECT min(v.version) FROM post_versions v WHERE v.post_id = $2 AND v.label_id = $3) -- unfiltered: to be read by who read it before",
		former, r.id, hidden)
	if err == nil {
		_, err = tx.Exec("UPDATE post_versions SET label_id = $1 WHERE post_id = $2 AND label_id = $3", meanwhile, r.id, hidden)
	}
	if err != nil {
		return fmt.Errorf("restore the former words: %w", err)
	}
	if err := closeReview(tx, r.id); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: Restored, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: former})
	return nil
}

// openReview says who wrote a post and where, for those who read what is under
// review.
func openReview(tx *database.Tx, r row) error {
	_, err := tx.Exec("INSERT INTO reviews (object_id, author_id, space_id, opened_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", r.id, r.author, r.space, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("open a review: %w", err)
	}
	return nil
}

// closeReview forgets it when nothing of the post is under review any more.
func closeReview(tx *database.Tx, id string) error {
	_, err := tx.Exec(`DELETE FROM reviews WHERE object_id = $1 AND NOT EXISTS (
		SELECT 1 FROM label_atoms la WHERE la.kind = 'review' AND la.ref = $1 AND la.label_id IN (
			SELECT p.label_id FROM posts p WHERE p.id = $1 UNION ALL SELECT v.label_id FROM post_versions v WHERE v.post_id = $1
			UNION ALL SELECT x.label_id FROM reactions x WHERE x.post_id = $1 UNION ALL SELECT k.label_id FROM post_marks k WHERE k.post_id = $1)) -- unfiltered: whether anything is under review`, id)
	if err != nil {
		return fmt.Errorf("close the review: %w", err)
	}
	return nil
}
