package post

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/poll"
)

// Words are a post's own words, for changing them.
type Words struct {
	ID, RootID, Title, Body string
	Kind                    Kind
	Reply                   bool
	Version                 int64
	Media                   []media.Item
}

// Words gives the words of a post to its author alone.
func (o *Operations) Words(ctx context.Context, a access.Actor, id string) (w Words, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := own(tx, a, id)
		if err != nil {
			return err
		}
		if r.deleted {
			return fault.Missing()
		}
		if !access.Owns(a, r.author) {
			return fault.New(fault.Forbidden, "post.not_yours")
		}
		w = Words{ID: r.id, RootID: r.root, Title: r.title, Body: r.body, Kind: r.kind, Reply: r.id != r.root, Version: r.version}
		w.Media, err = media.Of(tx, r.id)
		return err
	})
	return w, err
}

// Edit changes the words of a post of the actor's own, where she may still
// answer: whoever was put out of a space says nothing new in it. version is the
// one the form was made with: if the words have changed since, Edit answers
// fault.Conflict and nothing is lost. What was said before stays to be read.
func (o *Operations) Edit(ctx context.Context, a access.Actor, key, id string, version int64, d Draft) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "post.edit", Actor: a.ID(), Target: id + d.target(), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, find)
		if err != nil {
			return "", err
		}
		if err := changeable(tx, a, r); err != nil {
			return "", err
		}
		if r.version != version {
			return "", fault.New(fault.Conflict, "post.changed_meanwhile")
		}
		if r.id != r.root {
			if d, err = d.below(); err != nil {
				return "", err
			}
		}
		if d, err = d.check(); err != nil {
			return "", err
		}
		if err := o.sent(tx, a, key, Aim{Post: id}, d); err != nil {
			return "", err
		}
		if d.Media == nil {
			if d.Media, err = placed(tx, r.id); err != nil {
				return "", err
			}
		}
		same, err := unchanged(tx, r, d)
		if err != nil || same {
			return id, err
		}
		return id, change(tx, a, r, d)
	})
}

// unchanged reports whether a post is already as the draft wants it.
func unchanged(tx *database.Tx, r row, d Draft) (bool, error) {
	if d.Title != r.title || d.Body != r.body || d.Kind != r.kind {
		return false, nil
	}
	now, err := media.Of(tx, r.id)
	return slices.EqualFunc(now, d.Media, func(i media.Item, p media.Placed) bool { return i.ID == p.ID && i.Alt == p.Alt }), err
}

// change replaces the words and keeps the former ones as a version.
func change(tx *database.Tx, a access.Actor, r row, d Draft) error {
	words, mentioned, err := render(tx, a, r, d.Body)
	if err != nil {
		return err
	}
	now := database.Micros(tx.Now())
	_, err = tx.Exec(`INSERT INTO post_versions (post_id, version, title, body, label_id, edited_by, edited_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.id, r.version, r.title, r.body, r.label.ID(), a.ID(), now)
	if err != nil {
		return fmt.Errorf("keep the former words: %w", err)
	}
	// What it says now was said where it is now. What becomes another kind has ended no more than it began.
	n, err := tx.Exec(`UPDATE posts SET title = $1, body = $2, html = $3, edited_at = $4, edited_by = $5, version = version + 1, said_in = NULL,
		settled_at = CASE WHEN kind = $8 THEN settled_at END, answer_id = CASE WHEN kind = $8 THEN answer_id END, kind = $8 WHERE id = $6 AND version = $7`,
		d.Title, d.Body, words.HTML, now, a.ID(), r.id, r.version, string(d.Kind))
	if err != nil {
		return fmt.Errorf("change the words: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "post.changed_meanwhile")
	}
	if err := media.Attach(tx, a, r.id, d.Media); err != nil {
		return err
	}
	if err := poll.Reworded(tx, r.id); err != nil {
		return err
	}
	if err := index(tx, r.id, d, words.Plain); err != nil {
		return err
	}
	if err := previewed(tx, a, r.id, words.HTML); err != nil {
		return err
	}
	f := fact.Fact{Kind: Edited, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: r.label.ID()}
	fact.Record(tx, f)
	return mention(tx, f, mentioned)
}

// Version is what a post said before.
type Version struct {
	Title, Body string
	// Until is when it was replaced.
	Until time.Time
}

// History gives what a post said before, newest first, as far as the actor may
// read it.
func (o *Operations) History(ctx context.Context, a access.Actor, id string) (all []Version, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		r, err := find(tx, a, id)
		if err == nil && r.deleted {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		all, err = database.Collect(tx, func(r *database.Rows) (v Version, err error) {
			var at int64
			err = r.Scan(&v.Title, &v.Body, &at)
			v.Until = database.At(at)
			return v, err
		}, "SELECT v.title, v.body, v.edited_at FROM post_versions v WHERE v.post_id = $3 AND "+access.ReadableRow("v")+" ORDER BY v.version DESC", a.Args(id)...)
		return err
	})
	return all, err
}
