package post

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/space"
)

// ThreadSize is how many replies a page of a thread has.
const ThreadSize = 200

// Thread is a post with what was said below it.
type Thread struct {
	Root Post
	// Replies are in order of time. Those whose parent the reader may not read
	// name the nearest one above that she may.
	Replies []Post
	// Later continues a long thread; empty at its end.
	Later string
	// Space is where it is, as the actor sees it.
	Space space.Place
	// Look is what the page that is drawn from this shows, of the same read: one
	// that was asked for afterwards could be newer, and what came in between
	// would never be told.
	Look *Look
}

// Thread gives the thread of a post, or of the post that a reply belongs to,
// as the actor may read it. after continues a long thread: Thread.Later.
func (o *Operations) Thread(ctx context.Context, a access.Actor, id, after string) (t Thread, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		version, err := tx.Version()
		if err != nil {
			return fmt.Errorf("ask for the version: %w", err)
		}
		said, err := o.readThread(tx, a, version, id, after)
		if err != nil {
			return err
		}
		if said.missing(after) {
			return fault.Missing()
		}
		posts, err := o.forReader(tx, a, version, id, after, said.posts)
		if err != nil {
			return err
		}
		t.Root, t.Replies, t.Later, t.Look = posts[0], posts[1:], said.later, said.look
		t.Space, err = o.place(tx, a, version, t.Root.SpaceID)
		return err
	})
	return t, err
}

// page of a thread as everybody sees it who reads the same labels.
type said struct {
	posts []Post
	later string
	look  *Look // nil without posts
}

// queryThread reads a thread: the post itself is always among what it gives,
// however long the thread.
func queryThread(tx *database.Tx, a access.Actor, id, after string) (s said, err error) {
	from, fromID := int64(0), ""
	if after != "" {
		if from, fromID, err = parsePlace(after); err != nil {
			return s, err
		}
	}
	s.posts, err = database.Collect(tx, scanPost, `SELECT `+columns+` FROM posts p`+joins+`p.root_id = $3
		AND (p.parent_id IS NULL OR (p.created_at, p.id) > ($4, $5)) AND `+access.Readable("p")+`
		ORDER BY p.created_at, p.id LIMIT 202`, a.Args(id, from, fromID)...)
	if err != nil {
		return s, fmt.Errorf("read the thread: %w", err)
	}
	if len(s.posts) == 0 {
		return s, nil
	}
	if len(s.posts) > ThreadSize+1 {
		s.posts = s.posts[:ThreadSize+1]
		s.later = s.posts[ThreadSize].place()
	}
	if err := reactions(tx, a, s.posts, inThread, id); err != nil {
		return s, fmt.Errorf("read the reactions: %w", err)
	}
	if err := photos(tx, s.posts, photosInThread, id); err != nil {
		return s, err
	}
	if err := polls(tx, s.posts[:1], "q.post_id = $1", id); err != nil {
		return s, err
	}
	if err := previews(tx, s.posts, previewsInThread, id); err != nil {
		return s, err
	}
	if err := answers(tx, a, s.posts[:1]); err != nil {
		return s, err
	}
	s.posts = append(s.posts[:1], prune(s.posts[1:], id)...)
	s.posts[0].Replies = living(s.posts[1:])
	if s.later != "" || after != "" {
		// The rest is on other pages. The number follows from the labels that the
		// reader reads, as the page does.
		if err := replies(tx, a, s.posts[:1]); err != nil {
			return s, fmt.Errorf("count the replies: %w", err)
		}
	}
	s.look = lookOf(s.posts, s.later)
	return s, nil
}

// inThread are the posts of the thread $3.
const inThread = "x.post_id IN (SELECT y.id FROM posts y WHERE y.root_id = $3) -- unfiltered: where to look, not what is shown\n"

// photosInThread are those of the thread $1.
const photosInThread = "m.post_id IN (SELECT y.id FROM posts y WHERE y.root_id = $1) -- unfiltered: where to look, not what is shown\n"

// previewsInThread are those of the thread $1.
const previewsInThread = "v.post_id IN (SELECT y.id FROM posts y WHERE y.root_id = $1) -- unfiltered: where to look, not what is shown\n"

func living(posts []Post) (n int) {
	for _, p := range posts {
		if p.DeletedAt.IsZero() {
			n++
		}
	}
	return n
}

// prune hangs each reply below the nearest one above it that is there, and
// drops tombstones with nothing below. A page that continues a thread knows
// nothing of the pages before: there, what is missing hangs below the root.
func prune(replies []Post, root string) []Post {
	here := map[string]bool{root: true}
	needed := map[string]bool{}
	for i := range replies {
		if !here[replies[i].ParentID] {
			replies[i].ParentID = root
		}
		here[replies[i].ID] = true
	}
	kept := replies[:0]
	for i := len(replies) - 1; i >= 0; i-- {
		if p := replies[i]; p.DeletedAt.IsZero() || needed[p.ID] {
			needed[p.ParentID] = true
		}
	}
	for _, p := range replies {
		if p.DeletedAt.IsZero() || needed[p.ID] {
			kept = append(kept, p)
		}
	}
	return kept
}

// Spot is where a post or reply stands.
type Spot struct {
	// Root is its thread. After continues that with the page on which it is;
	// empty on the first.
	Root, After string
}

// ThreadOf gives where a post or reply stands, if the actor may read it there.
func (o *Operations) ThreadOf(ctx context.Context, a access.Actor, id string) (s Spot, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := find(tx, a, id)
		if err != nil {
			return err
		}
		s.Root = r.root
		if r.id != r.root {
			s.After, err = pageBefore(tx, a, r)
		}
		return err
	})
	return s, err
}

// pageBefore gives where the page ends that comes before a reply, as the actor
// reads the thread from its beginning. What she may not read moves no page.
func pageBefore(tx *database.Tx, a access.Actor, r row) (string, error) {
	var at int64
	var id string
	err := tx.One([]any{&at, &id}, `SELECT b.created_at, b.id FROM (
		SELECT p.created_at, p.id, row_number() OVER (ORDER BY p.created_at, p.id) AS number FROM posts p
		WHERE p.root_id = $3 AND p.parent_id IS NOT NULL AND (p.created_at, p.id) < ($4, $5) AND `+access.Readable("p")+`
		) b WHERE b.number % $6 = 0 ORDER BY b.number DESC LIMIT 1`, a.Args(r.root, r.created, r.id, ThreadSize)...)
	if errors.Is(err, database.ErrNone) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the page of a reply: %w", err)
	}
	return place(at, id), nil
}

// One gives a single post or reply with its reactions, if the actor may read it.
func (o *Operations) One(ctx context.Context, a access.Actor, id string) (p Post, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		posts, err := database.Collect(tx, scanBelow,
			`SELECT `+columns+`, b.label_id FROM posts p JOIN posts b ON b.id = p.root_id`+joins+`p.id = $3 AND `+access.ReadableRow("p", "b"), a.Args(id)...)
		if err != nil {
			return fmt.Errorf("read the post: %w", err)
		}
		if len(posts) == 0 {
			return fault.Missing()
		}
		if err := reactions(tx, a, posts, "x.post_id = $3", id); err != nil {
			return fmt.Errorf("read the reactions: %w", err)
		}
		if err := photos(tx, posts, "m.post_id = $1", id); err != nil {
			return err
		}
		if err := polls(tx, posts, "q.post_id = $1", id); err != nil {
			return err
		}
		if err := previews(tx, posts, "v.post_id = $1", id); err != nil {
			return err
		}
		if err := answers(tx, a, posts); err != nil {
			return err
		}
		if err := unplace(tx, a, posts); err != nil {
			return err
		}
		if err := relink(tx, a, posts, "x.post_id = $3", id); err != nil {
			return err
		}
		if err := mark(tx, a, posts, "x.post_id = $2", id); err != nil {
			return fmt.Errorf("read her own reactions: %w", err)
		}
		p = posts[0]
		return nil
	})
	return p, err
}
