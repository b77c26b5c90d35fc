package portability

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/signin"
)

// EraseDue does the job EraseJob: it erases the member if her time is up. Each
// step can be done again, so a process may die between them; the last makes
// her gone.
func (o *Operations) EraseDue(ctx context.Context, id string) (again time.Time, err error) {
	due, err := o.due(ctx, id)
	if err != nil || due.IsZero() {
		return time.Time{}, err
	}
	if due.After(o.DB.Now()) {
		return due, nil
	}
	begun, words, err := o.begin(ctx, id)
	if err != nil || !begun {
		return time.Time{}, err
	}
	// Not earlier, for until now she could change her mind; and not later, for
	// what is erased in the database has to be known outside of it.
	if err := erasure.List(o.DB, listed(words), id); err != nil {
		return time.Time{}, err
	}
	return time.Time{}, o.finish(ctx, id, words)
}

// finish erases whom begin has made gone.
func (o *Operations) finish(ctx context.Context, id string, words bool) error {
	if words {
		if _, err := o.erasePosts(ctx, access.Member(id), Chosen{}, erasure.Covered); err != nil {
			return fmt.Errorf("erase what she said: %w", err)
		}
		if err := o.erasePages(ctx, id, erasure.Covered); err != nil {
			return fmt.Errorf("erase what she wrote on pages: %w", err)
		}
	}
	if err := o.Polls.Forgo(ctx, id); err != nil {
		return fmt.Errorf("take her out of secret polls: %w", err)
	}
	if err := o.unname(ctx, id); err != nil {
		return fmt.Errorf("erase her name from what others said: %w", err)
	}
	if err := o.erase(ctx, id, words); err != nil {
		return fmt.Errorf("erase a member: %w", err)
	}
	return nil
}

// begin makes her gone for everybody and says whether she is: from here on she
// cannot change her mind any more, so that nobody who was told that she stays
// is erased. That she is not erased yet shows in erase_at. words is what she chose
// in the end about what she said.
func (o *Operations) begin(ctx context.Context, id string) (begun, words bool, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.System, Name: "portability.begin_erasure"}, func(tx *database.Tx) (string, error) {
		n, err := tx.Exec("UPDATE members SET state = 'gone', version = version + 1 WHERE id = $1 AND state IN ('leaving', 'gone') AND erase_at <= $2", id, database.Micros(tx.Now()))
		if err != nil {
			return "", fmt.Errorf("begin to erase a member: %w", err)
		}
		begun = n == 1
		if !begun {
			return "", nil
		}
		if err := tx.One([]any{&words}, "SELECT erase_posts FROM members WHERE id = $1 -- unfiltered: erasure", id); err != nil {
			return "", err
		}
		return "", signin.EndAll(tx, id)
	})
	return begun, words, err
}

// due is when a member is to be erased, zero if she is not, or not any more.
func (o *Operations) due(ctx context.Context, id string) (at time.Time, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var erase int64
		err := tx.One([]any{&erase}, "SELECT erase_at FROM members WHERE id = $1 AND state IN ('leaving', 'gone') AND erase_at IS NOT NULL -- unfiltered: erasure", id)
		if errors.Is(err, database.ErrNone) {
			return nil
		}
		at = database.At(erase)
		return err
	})
	return at, err
}

// erased is what goes in one transaction, in an order that foreign keys allow.
// All take the member's id.
var erased = []string{
	// Versions hold what she took back by editing: they go also where her words stay.
	"DELETE FROM post_versions WHERE post_id IN (SELECT id FROM posts WHERE author_id = $1) -- unfiltered: erasure",
	"DELETE FROM reactions WHERE actor_id = $1",
	"DELETE FROM poll_votes WHERE actor_id = $1",
	"DELETE FROM mentions WHERE member_id = $1",
	"DELETE FROM requests WHERE member_id = $1",
	"DELETE FROM transfers WHERE to_member = $1 OR from_member = $1",
	"DELETE FROM invitations WHERE made_by = $1",
	"DELETE FROM list_members WHERE member_id = $1 OR list_id IN (SELECT id FROM lists WHERE owner_id = $1)",
	"DELETE FROM profile_fields WHERE member_id = $1",
	"DELETE FROM lists WHERE owner_id = $1",
	"DELETE FROM feeds WHERE member_id = $1",
	"DELETE FROM saved WHERE member_id = $1",
	"DELETE FROM drafts WHERE author_id = $1",
	"DELETE FROM space_requests WHERE member_id = $1",
	"DELETE FROM space_members WHERE member_id = $1",
	"DELETE FROM handles WHERE subject_id = $1",
	// Her id is the handle now: it cannot be taken for one, nor typed.
	`UPDATE members SET handle = id, name = '', role = 'member', state = 'gone', language = '', zone = '', theme = 'auto', home_order = 'newest', shortcuts = TRUE, live = TRUE,
		invited_by = NULL, asked_at = NULL, joined_at = NULL, left_at = NULL, erase_at = NULL, version = version + 1 WHERE id = $1`,
}

// erase is the last step: everything but what she said.
func (o *Operations) erase(ctx context.Context, id string, words bool) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.System, Name: EraseJob}, func(tx *database.Tx) (string, error) {
		// Another process may have done it meanwhile.
		n, err := tx.Exec("UPDATE members SET version = version + 1 WHERE id = $1 AND erase_at IS NOT NULL", id)
		if err != nil || n == 0 {
			return "", err
		}
		erasure.Listed(tx)
		if err := erasure.Record(tx, listed(words), id); err != nil {
			return "", err
		}
		if err := signin.Erase(tx, id); err != nil {
			return "", err
		}
		if err := o.spend(tx, id); err != nil {
			return "", err
		}
		if err := unindex(tx, id); err != nil {
			return "", err
		}
		if err := dropTombstones(tx, id); err != nil {
			return "", err
		}
		if err := media.EraseLoose(tx, id); err != nil {
			return "", err
		}
		if err := media.Bare(tx, id); err != nil {
			return "", err
		}
		if err := page.Forgo(tx, id); err != nil {
			return "", err
		}
		for _, statement := range erased {
			if _, err := tx.Exec(statement, id); err != nil {
				return "", err
			}
		}
		if err := tx.RewriteIndex(); err != nil {
			return "", err
		}
		fact.Record(tx, fact.Fact{Kind: member.Erased, Actor: access.SystemID, SubjectKind: "member", Subject: id, Label: access.ForMembers().ID()})
		return id, job.Wipe(tx)
	})
	return err
}

// spend keeps the hashes of her handles, so that nobody is taken for her.
func (o *Operations) spend(tx *database.Tx, id string) error {
	all, err := handles(tx, id)
	if err != nil {
		return err
	}
	for _, h := range all {
		_, err := tx.Exec("INSERT INTO spent_handles (hash) VALUES ($1) ON CONFLICT DO NOTHING", o.Keys.MAC(keyring.Handles, []byte(h)))
		if err != nil {
			return fmt.Errorf("spend a handle: %w", err)
		}
	}
	return nil
}

func handles(tx *database.Tx, id string) ([]string, error) {
	return database.Collect(tx, func(r *database.Rows) (h string, err error) {
		err = r.Scan(&h)
		return h, err
	}, "SELECT handle FROM handles WHERE subject_id = $1", id)
}

// unindex drops the search texts of her name and her fields.
func unindex(tx *database.Tx, id string) error {
	fields, err := database.Collect(tx, func(r *database.Rows) (f string, err error) {
		err = r.Scan(&f)
		return f, err
	}, "SELECT id FROM profile_fields WHERE member_id = $1 -- unfiltered: erasure", id)
	if err != nil {
		return err
	}
	for _, doc := range append(fields, id) {
		if err := tx.Unindex(doc); err != nil {
			return err
		}
	}
	return nil
}

// dropTombstones removes what only marks the place of something she said, where
// nobody has answered it, from the leaves up.
func dropTombstones(tx *database.Tx, id string) error {
	if _, err := tx.Exec("DELETE FROM post_marks WHERE kind = 'removed' AND post_id IN (SELECT p.id FROM posts p WHERE p.author_id = $1) -- unfiltered: erasure", id); err != nil {
		return fmt.Errorf("remove why her posts were removed: %w", err)
	}
	for {
		n, err := tx.Exec(`DELETE FROM posts WHERE author_id = $1 AND deleted_at IS NOT NULL AND body = '' AND NOT EXISTS (SELECT 1 FROM posts c WHERE c.parent_id = posts.id) -- unfiltered: erasure`, id)
		if err != nil {
			return fmt.Errorf("remove tombstones: %w", err)
		}
		if n == 0 {
			break
		}
	}
	_, err := tx.Exec("DELETE FROM reviews WHERE author_id = $1 AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = reviews.object_id) -- unfiltered: erasure", id)
	return err
}
