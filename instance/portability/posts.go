package portability

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/post"
)

// batch is how many posts are erased in one transaction: with SQLite nobody
// else writes meanwhile.
const batch = 100

// Chosen are posts and replies of somebody's own.
type Chosen struct {
	// Space leaves those said in one space; empty leaves all.
	Space string
	// From and Until bound when they were written, Until is not included; the
	// zero time bounds nothing.
	From, Until time.Time
}

func (c Chosen) args(author string) []any {
	from, until := int64(0), int64(1)<<62
	if !c.From.IsZero() {
		from = database.Micros(c.From)
	}
	if !c.Until.IsZero() {
		until = database.Micros(c.Until)
	}
	return []any{author, c.Space, from, until}
}

// chosen is the condition of Chosen: by the ownership rule, so that she can take
// back what she may not read any more.
var chosen = access.Owned("p") + " AND p.deleted_at IS NULL AND ($2 = '' OR p.space_id = $2) AND p.created_at >= $3 AND p.created_at < $4"

// CountPosts gives how many of the actor's posts and replies are chosen.
func (o *Operations) CountPosts(ctx context.Context, a access.Actor, c Chosen) (n int, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		return tx.One([]any{&n}, "SELECT count(*) FROM posts p WHERE "+chosen, c.args(a.ID())...)
	})
	return n, err
}

// ErasePosts takes back all chosen posts and replies of the actor's own, and
// gives how many. Doing it twice is doing it once, so it needs no key; if it is
// interrupted, what was taken back is.
func (o *Operations) ErasePosts(ctx context.Context, a access.Actor, c Chosen) (total int, err error) {
	return o.erasePosts(ctx, a, c, func(*database.Tx) {})
}

// erasePosts calls first at the beginning of each transaction.
func (o *Operations) erasePosts(ctx context.Context, a access.Actor, c Chosen, first func(*database.Tx)) (total int, err error) {
	for {
		n, err := o.eraseSome(ctx, a, c, first)
		total += n
		if err != nil {
			return total, err
		}
		if n < batch {
			return total, nil
		}
	}
}

// said is one of somebody's posts, as far as erasing it needs.
type said struct{ id, space, label string }

func (o *Operations) eraseSome(ctx context.Context, a access.Actor, c Chosen, first func(*database.Tx)) (n int, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "portability.erase_posts", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		first(tx)
		some, err := database.Collect(tx, func(r *database.Rows) (s said, err error) {
			err = r.Scan(&s.id, &s.space, &s.label)
			return s, err
		}, "SELECT p.id, p.space_id, p.label_id FROM posts p WHERE "+chosen+" ORDER BY p.id LIMIT $5", append(c.args(a.ID()), batch)...)
		if err != nil {
			return "", fmt.Errorf("choose posts: %w", err)
		}
		for _, s := range some {
			if err := s.erase(tx, a); err != nil {
				return "", err
			}
		}
		n = len(some)
		return a.ID(), nil
	})
	return n, err
}

func (s said) erase(tx *database.Tx, a access.Actor) error {
	if err := post.Erase(tx, a, s.id); err != nil {
		return err
	}
	fact.Record(tx, fact.Fact{Kind: post.Deleted, Actor: a.ID(), SubjectKind: "post", Subject: s.id, Place: s.space, Label: s.label})
	return nil
}
