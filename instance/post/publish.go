package post

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/space"
)

// Publish says something new in a space and gives the post's id. The key of a secret
// poll is made before, and destroyed if the post is not stored after all.
func (o *Operations) Publish(ctx context.Context, a access.Actor, key string, d Draft) (string, error) {
	if d.Poll == nil || !d.Poll.Secret {
		return o.publish(ctx, a, key, d, poll.Key{})
	}
	if _, err := d.check(); err != nil {
		return "", err
	}
	k, err := o.Polls.NewKey(ctx)
	if err != nil {
		return "", err
	}
	id, err := o.publish(ctx, a, key, d, k)
	if err != nil && !database.Unsure(err) {
		err = errors.Join(err, o.Polls.Drop(context.WithoutCancel(ctx), k))
	}
	return id, err
}

func (o *Operations) publish(ctx context.Context, a access.Actor, key string, d Draft, k poll.Key) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.publish", Actor: a.ID(), Target: d.target(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := enterable(tx, a, d.Space); err != nil {
			return "", err
		}
		if _, err := access.Authorise(tx, a, access.Publish, d.Space); err != nil {
			return "", err
		}
		d, err := d.check()
		if err != nil {
			return "", err
		}
		if err := o.sent(tx, a, key, Aim{Space: d.Space}, d); err != nil {
			return "", err
		}
		id := newID()
		if err := insert(tx, a, row{id: id, root: id, space: d.Space, label: access.InSpace(d.Space)}, d); err != nil || d.Poll == nil {
			return id, err
		}
		return id, attach(tx, a, o.Polls, id, d, k)
	})
}

// attach puts the poll of a post. Polls are for people.
func attach(tx *database.Tx, a access.Actor, polls *poll.Operations, id string, d Draft, k poll.Key) error {
	if a.Kind() != access.KindMember {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if err := polls.Attach(tx, id, *d.Poll, k); err != nil {
		return err
	}
	return Reindex(tx, id)
}

// enterable finds a space for writing: by the read rule for people, by its
// clearance for an agent's run, which need not know the door.
func enterable(tx *database.Tx, a access.Actor, id string) error {
	if a.Kind() != access.KindAgent {
		_, err := space.One(tx, a, id)
		return err
	}
	ok, err := access.CanRead(tx, a, access.InSpace(id))
	if err == nil && !ok {
		err = fault.Missing()
	}
	return err
}

// Reply answers a post or a reply and gives the reply's id. What is said
// below something reaches nobody who may not read that.
func (o *Operations) Reply(ctx context.Context, a access.Actor, key string, d Draft) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.reply", Actor: a.ID(), Target: d.target(), Key: key}, func(tx *database.Tx) (string, error) {
		parent, err := held(tx, a, d.Parent, find)
		if err != nil {
			return "", err
		}
		if err := answerable(tx, a, parent); err != nil {
			return "", err
		}
		if d, err = d.below(); err != nil {
			return "", err
		}
		if d, err = d.check(); err != nil {
			return "", err
		}
		if err := o.sent(tx, a, key, Aim{Parent: d.Parent}, d); err != nil {
			return "", err
		}
		r := below(parent)
		return r.id, insert(tx, a, r, d)
	})
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// row is a post as it is stored.
type row struct {
	id, space, author, root, parent string
	depth                           int
	title, body                     string
	label                           access.Label
	// above is the label of the post that begins the thread: who may not read
	// that reads nothing below it.
	above   access.Label
	version int64
	// created is when it was said. An answer is never older than what it
	// answers, also if the clock went back in between.
	created int64
	deleted bool
	// locked is that of the thread.
	locked, pinned bool
	kind           Kind
	settled        bool
}

// insert stores a post with everything that follows from its words.
func insert(tx *database.Tx, a access.Actor, r row, d Draft) error {
	r.label = a.Mark(r.label)
	label, err := access.Intern(tx, r.label)
	if err != nil {
		return err
	}
	words, mentioned, err := render(tx, a, r, d.Body)
	if err != nil {
		return err
	}
	var parent any
	if r.parent != "" {
		parent = r.parent
	}
	_, err = tx.Exec(`INSERT INTO posts (id, space_id, author_id, root_id, parent_id, depth, title, body, html, label_id, listed, created_at, kind, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, coalesce((SELECT b.listed FROM posts b WHERE b.id = $4), TRUE), $11, $12, 1)
		-- unfiltered: whether its thread is in lists`,
		r.id, r.space, a.ID(), r.root, parent, r.depth, d.Title, d.Body, words.HTML, label, max(r.created, database.Micros(tx.Now())), string(d.Kind))
	if err != nil {
		return fmt.Errorf("store the post: %w", err)
	}
	if err := media.Attach(tx, a, r.id, d.Media); err != nil {
		return err
	}
	if err := index(tx, r.id, d, words.Plain); err != nil {
		return err
	}
	if err := previewed(tx, a, r.id, words.HTML); err != nil {
		return err
	}
	f := fact.Fact{Kind: Published, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: label}
	fact.Record(tx, f)
	return mention(tx, f, mentioned)
}

// find gives a post that the actor may read, and whose thread she may read,
// else fault.Missing.
func find(tx *database.Tx, a access.Actor, id string) (r row, err error) {
	return scanRow(tx, `SELECT `+rowColumns+`
		FROM posts p JOIN posts t ON t.id = p.root_id WHERE p.id = $3 AND `+access.ReadableRow("p", "t"), a.Args(id)...)
}

// own gives a post of the actor's own, by the ownership rule, or one that she
// may read. A run of an agent owns nothing: another run may have written under
// another clearance.
func own(tx *database.Tx, a access.Actor, id string) (row, error) {
	if a.Kind() != access.KindMember {
		return find(tx, a, id)
	}
	r, err := scanRow(tx, `SELECT `+rowColumns+`
		FROM posts p JOIN posts t ON t.id = p.root_id WHERE p.id = $2 AND `+access.Owned("p"), a.ID(), id)
	if fault.Is(err, fault.NotFound) {
		return find(tx, a, id)
	}
	return r, err
}

// rowColumns are those of a post p in the thread that t begins.
const rowColumns = `p.id, p.space_id, p.author_id, p.root_id, p.depth, p.title, p.body, p.label_id, t.label_id, p.version, p.created_at, p.deleted_at IS NOT NULL,
	t.locked_at IS NOT NULL, p.pinned_at IS NOT NULL, p.kind, p.settled_at IS NOT NULL`

func scanRow(tx *database.Tx, query string, args ...any) (r row, err error) {
	var label, above string
	err = tx.One([]any{&r.id, &r.space, &r.author, &r.root, &r.depth, &r.title, &r.body, &label, &above, &r.version, &r.created, &r.deleted, &r.locked, &r.pinned, &r.kind, &r.settled}, query, args...)
	if errors.Is(err, database.ErrNone) {
		return r, fault.Missing()
	}
	if err != nil {
		return r, fmt.Errorf("look for the post: %w", err)
	}
	if r.label, err = access.Parse(label); err != nil {
		return r, err
	}
	r.above, err = access.Parse(above)
	return r, err
}

// Spoken reports whether the actor has said anything yet.
func (o *Operations) Spoken(ctx context.Context, a access.Actor) (spoken bool, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		spoken, err = tx.Has("SELECT 1 FROM posts WHERE author_id = $1 LIMIT 1 -- unfiltered: her own", a.ID())
		return err
	})
	return spoken, err
}
