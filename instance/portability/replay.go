package portability

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/job"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// What an erased member is on the list of erasures: her words stay, or went
// with her.
const (
	withoutWords = "member"
	withWords    = "everything"
)

func listed(words bool) string {
	if words {
		return withWords
	}
	return withoutWords
}

// Replayed is how much was erased once more.
type Replayed struct{ Members, Posts, Photos, Pages int }

// Replay erases once more what the list says was erased, where an older copy of
// the database was put back, or a process ended in between. What is on the list
// was decided for good: nobody is asked again. Doing it twice is doing it once.
func (o *Operations) Replay(ctx context.Context, all []erasure.Erasure) (r Replayed, err error) {
	var posts, photos, pages []erasure.Erasure
	for _, e := range all {
		switch e.Kind {
		case post.Erasure:
			posts = append(posts, e)
		case page.Erasure:
			pages = append(pages, e)
		case media.Erasure:
			photos = append(photos, e)
		case withWords, withoutWords:
			again, err := o.replayMember(ctx, e)
			if err != nil {
				return r, err
			}
			if again {
				r.Members++
			}
		}
	}
	for some := range slices.Chunk(posts, batch) {
		n, err := o.replayPosts(ctx, some)
		if err != nil {
			return r, err
		}
		r.Posts += n
	}
	for some := range slices.Chunk(photos, batch) {
		n, err := o.replayPhotos(ctx, some)
		if err != nil {
			return r, err
		}
		r.Photos += n
	}
	for some := range slices.Chunk(pages, batch) {
		n, err := o.replayPages(ctx, some)
		if err != nil {
			return r, err
		}
		r.Pages += n
	}
	return r, nil
}

var replay = database.Op{Class: database.System, Name: "portability.replay"}

func (o *Operations) replayMember(ctx context.Context, e erasure.Erasure) (again bool, err error) {
	words := e.Kind == withWords
	_, err = o.DB.Write(ctx, replay, func(tx *database.Tx) (string, error) {
		n, err := tx.Exec(`UPDATE members SET state = 'gone', left_at = coalesce(left_at, $1), erase_at = $1, erase_posts = $2, version = version + 1
			WHERE id = $3 AND NOT (state = 'gone' AND erase_at IS NULL)`, database.Micros(tx.Now()), words, e.ID)
		if err != nil {
			return "", fmt.Errorf("erase a member again: %w", err)
		}
		if again = n == 1; !again {
			return "", erasure.Learn(tx, e)
		}
		if err := job.Cancel(tx, EraseJob, e.ID); err != nil {
			return "", err
		}
		// Here and now: when facts are heard she is in no space any more.
		if err := space.Succeed(tx, fact.Fact{Kind: member.Left, Actor: access.SystemID, Subject: e.ID}); err != nil {
			return "", err
		}
		return "", signin.EndAll(tx, e.ID)
	})
	if err != nil || !again {
		return false, err
	}
	return true, o.finish(ctx, e.ID, words)
}

func (o *Operations) replayPosts(ctx context.Context, some []erasure.Erasure) (n int, err error) {
	_, err = o.DB.Write(ctx, replay, func(tx *database.Tx) (string, error) {
		n = 0
		erasure.Listed(tx)
		for _, e := range some {
			author, s := "", said{id: e.ID}
			err := tx.One([]any{&author, &s.space, &s.label}, "SELECT author_id, space_id, label_id FROM posts WHERE id = $1 AND deleted_at IS NULL -- unfiltered: erasure", e.ID)
			if errors.Is(err, database.ErrNone) {
				err = erasure.Learn(tx, e)
			} else if err == nil {
				n++
				err = s.erase(tx, access.Member(author))
			}
			if err != nil {
				return "", fmt.Errorf("erase a post again: %w", err)
			}
		}
		return "", nil
	})
	return n, err
}

func (o *Operations) replayPhotos(ctx context.Context, some []erasure.Erasure) (n int, err error) {
	_, err = o.DB.Write(ctx, replay, func(tx *database.Tx) (string, error) {
		n = 0
		for _, e := range some {
			again, err := post.ReplayPhoto(tx, e)
			if err != nil {
				return "", fmt.Errorf("erase a photo again: %w", err)
			}
			if again {
				n++
			}
		}
		return "", nil
	})
	return n, err
}
