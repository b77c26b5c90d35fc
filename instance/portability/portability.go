// Package portability is what a person may do with everything she has here:
// see what is kept, take back what she said, and leave so that nothing of hers
// remains. Taking it along as an archive comes into this package too.
//
// # Leaving
//
// DeleteAccount ends every session and makes the member invisible at once
// (member.Depart). For member.Grace she can sign in and change her mind (Stay).
// Then the job EraseJob erases her: EraseDue
// first makes her gone, and from there no way leads back. What is left of her is an id in
// the audit, the keyed hash of her handles, so that nobody takes them, and, if
// she chose so, her words as said by a former member.
//
// That she was erased is written down outside the database as well (package
// erasure). Where an older copy is put back, Replay erases her once more before
// anybody is served.
package portability

import (
	"context"
	"errors"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
)

// Operations are what a person can do with everything of hers.
type Operations struct {
	DB     *database.DB
	Keys   *keyring.Keyring
	SignIn *signin.Operations
	Polls  *poll.Operations
}

// EraseJob is the kind of the job that EraseDue does.
const EraseJob = member.EraseJob

// Kept is what the community keeps about a member, counted.
type Kept struct {
	Name, Handle string
	// Former are handles she had before: links to them lead to her.
	Former                     []string
	Role                       access.Role
	JoinedAt                   time.Time
	Fields, Lists, Invitations int
	Posts, Replies, Reactions  int
	// Votes are the named polls that she took part in. Of secret ones nobody knows.
	Votes  int
	Photos int
	// Pages are those that have words of hers.
	Pages                      int
	Spaces, Sessions, Passkeys int
	RecoveryCodes, FormerWords int
	Feeds                      int
	// Saved is what she keeps for later, of what she may read now.
	Saved int
	// Drafts are what she began to write and has not said.
	Drafts      int
	HasPassword bool
}

// Kept gives what is kept about the actor, for her own eyes. What she wrote is
// counted whether or not she may still read it where it stands.
func (o *Operations) Kept(ctx context.Context, a access.Actor) (k Kept, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		var joined int64
		err := tx.One([]any{
			&k.Name, &k.Handle, &k.Role, &joined, &k.Fields, &k.Lists, &k.Invitations, &k.Posts, &k.Replies, &k.Reactions,
			&k.Spaces, &k.Sessions, &k.Passkeys, &k.RecoveryCodes, &k.FormerWords, &k.Photos, &k.Feeds, &k.Votes, &k.Pages, &k.HasPassword,
		}, kept, a.ID())
		if errors.Is(err, database.ErrNone) {
			return fault.Missing()
		}
		if err != nil {
			return err
		}
		k.JoinedAt = database.At(joined)
		if k.Saved, err = post.CountSaved(tx, a); err != nil {
			return err
		}
		if k.Drafts, err = post.CountDrafts(tx, a); err != nil {
			return err
		}
		k.Former, err = database.Collect(tx, func(r *database.Rows) (h string, err error) {
			err = r.Scan(&h)
			return h, err
		}, "SELECT handle FROM handles WHERE subject_id = $1 AND NOT current ORDER BY handle", a.ID())
		return err
	})
	return k, err
}

const kept = `SELECT m.name, m.handle, m.role, coalesce(m.joined_at, m.asked_at, 0),
	(SELECT count(*) FROM profile_fields x WHERE x.member_id = m.id), (SELECT count(*) FROM lists x WHERE x.owner_id = m.id),
	(SELECT count(*) FROM invitations x WHERE x.made_by = m.id),
	(SELECT count(*) FROM posts x WHERE x.author_id = m.id AND x.parent_id IS NULL AND x.deleted_at IS NULL),
	(SELECT count(*) FROM posts x WHERE x.author_id = m.id AND x.parent_id IS NOT NULL AND x.deleted_at IS NULL),
	(SELECT count(*) FROM reactions x WHERE x.actor_id = m.id),
	(SELECT count(*) FROM space_members x WHERE x.member_id = m.id), (SELECT count(*) FROM sessions x WHERE x.member_id = m.id),
	(SELECT count(*) FROM passkeys x WHERE x.member_id = m.id), (SELECT count(*) FROM recovery_codes x WHERE x.member_id = m.id),
	(SELECT count(*) FROM post_versions x JOIN posts p ON p.id = x.post_id WHERE p.author_id = m.id),
	(SELECT count(*) FROM media x WHERE x.author_id = m.id),
	(SELECT count(*) FROM feeds x WHERE x.member_id = m.id),
	(SELECT count(DISTINCT x.post_id) FROM poll_votes x WHERE x.actor_id = m.id),
	(SELECT count(DISTINCT x.page_id) FROM page_versions x WHERE x.author_id = m.id),
	EXISTS (SELECT 1 FROM passwords x WHERE x.member_id = m.id)
	FROM members m WHERE m.id = $1 -- unfiltered: her own things, by the ownership rule`
