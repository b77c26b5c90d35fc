package space

import (
	"context"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Mine is a space somebody is in.
type Mine struct {
	Space
	// Role is moderator or member.
	Role string
	// Unread counts posts and replies by others that she may read, in threads
	// that she may read, and has not seen, up to MaxUnread.
	Unread int
}

// MaxUnread is where counting what is unread ends: more is just "many".
const MaxUnread = 99

// Mine lists the spaces that the actor is in, by name.
func (o *Operations) Mine(ctx context.Context, a access.Actor) (all []Mine, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, func(r *database.Rows) (m Mine, err error) {
			var created int64
			err = r.Scan(append(m.fields(&created), &m.Role, &m.Unread)...)
			m.CreatedAt = database.At(created)
			return m, err
		}, `SELECT `+columns+`, sm.role, (SELECT count(*) FROM (SELECT 1 AS one FROM posts p JOIN posts b ON b.id = p.root_id
				WHERE p.space_id = s.id AND p.created_at > sm.seen_at AND p.author_id <> $1 AND p.deleted_at IS NULL AND p.listed
				AND `+access.Readable("p")+` AND `+access.Readable("b")+` LIMIT 99) unread)
			FROM space_members sm JOIN spaces s ON s.id = sm.space_id
			WHERE sm.member_id = $1 AND `+access.Readable("s")+` ORDER BY s.id`, a.Args()...)
		return err
	})
	byName(all, func(m Mine) string { return m.Name })
	return all, err
}

// Writable lists the spaces in which the actor may begin a thread, by name.
func (o *Operations) Writable(ctx context.Context, a access.Actor) ([]Mine, error) {
	mine, err := o.Mine(ctx, a)
	if err != nil {
		return nil, err
	}
	var all []Mine
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		community, err := access.Stand(tx, a, "")
		if err != nil {
			return err
		}
		for _, m := range mine {
			if m.standing(community, m.Role).May(access.Publish) {
				all = append(all, m)
			}
		}
		return nil
	})
	return all, err
}

// Listed is a space in the list of all.
type Listed struct {
	Space
	// Standing is the actor's here.
	Standing access.Standing
	// In says what the actor is in it: moderator, member or nothing.
	In string
	// Members is how many people are in it, for who may know who they are.
	Members int
	// Asking says that she has asked to be let in.
	Asking bool
}

// List gives every space that the actor may know of, by name.
func (o *Operations) List(ctx context.Context, a access.Actor) (all []Listed, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		community, err := access.Stand(tx, a, "")
		if err != nil {
			return err
		}
		all, err = database.Collect(tx, func(r *database.Rows) (l Listed, err error) {
			var created int64
			err = r.Scan(append(l.fields(&created), &l.In, &l.Members, &l.Asking)...)
			l.CreatedAt = database.At(created)
			l.Standing = l.standing(community, l.In)
			if !knowsPeople(l.Standing) {
				l.Members = 0
			}
			return l, err
		}, `SELECT `+columns+`, coalesce((SELECT sm.role FROM space_members sm WHERE sm.space_id = s.id AND sm.member_id = $1), ''),
			(SELECT count(*) FROM space_members sm JOIN members m ON m.id = sm.member_id AND m.state = 'active' WHERE sm.space_id = s.id),
			EXISTS (SELECT 1 FROM space_requests r WHERE r.space_id = s.id AND r.member_id = $1)
			FROM spaces s WHERE `+access.Readable("s")+` ORDER BY s.id`, a.Args()...)
		return err
	})
	byName(all, func(l Listed) string { return l.Name })
	return all, err
}

// byName sorts what is in order of ids by name. Names are compared here and not
// in the database: the two engines sort and fold differently.
func byName[T any](all []T, name func(T) string) {
	slices.SortStableFunc(all, func(a, b T) int {
		return strings.Compare(searchtext.Normalise(name(a)), searchtext.Normalise(name(b)))
	})
}
