package post

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/erasure"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/media"
)

// photos adds to posts, which the caller has read by the rule, their photos, in
// one query and only if there are any.
func photos(tx *database.Tx, posts []Post, which string, args ...any) error {
	some := false
	for _, p := range posts {
		some = some || p.photos > 0
	}
	if !some {
		return nil
	}
	all, err := media.In(tx, which, args...)
	for i := range posts {
		posts[i].Media = all[posts[i].ID]
	}
	return err
}

// placed are the photos that a post has, as a draft names them.
func placed(tx *database.Tx, id string) (all []media.Placed, err error) {
	now, err := media.Of(tx, id)
	for _, i := range now {
		all = append(all, media.Placed{ID: i.ID, Alt: i.Alt, Video: i.Video})
	}
	return all, err
}

// RemovePhoto erases a photo of the actor's own, wherever it is by now, and gives
// the post that it was in, empty for none. A post of which nothing else is left
// goes with it.
func (o *Operations) RemovePhoto(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "post.remove_photo", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		in, err := media.Where(tx, a, id)
		if err != nil {
			return "", err
		}
		if in == "" {
			return "", media.RemoveLoose(tx, a, id)
		}
		r, err := held(tx, a, in, own)
		if err != nil {
			return "", err
		}
		return in, removePhoto(tx, a, r, id)
	})
}

func removePhoto(tx *database.Tx, a access.Actor, r row, id string) error {
	if err := media.Remove(tx, a, id); err != nil {
		return err
	}
	left, err := media.Of(tx, r.id)
	if err != nil {
		return err
	}
	f := fact.Fact{Kind: Edited, Actor: a.ID(), SubjectKind: "post", Subject: r.id, Place: r.space, Label: r.label.ID()}
	if len(left) == 0 && r.body == "" && r.title == "" {
		f.Kind = Deleted
		fact.Record(tx, f)
		return Erase(tx, a, r.id)
	}
	if err := Reindex(tx, r.id); err != nil {
		return err
	}
	// A form that is open on it has to see first what is there now.
	if _, err := tx.Exec("UPDATE posts SET version = version + 1 WHERE id = $1", r.id); err != nil {
		return fmt.Errorf("count the change: %w", err)
	}
	fact.Record(tx, f)
	return nil
}

// Reindex has a post found by what it says now, where that was changed past its
// author, or by new rules. It checks no right, and gives database.ErrNone if there
// is no such post.
func Reindex(tx *database.Tx, id string) (err error) {
	var d Draft
	if err := tx.One([]any{&d.Title, &d.Body}, "SELECT title, body FROM posts WHERE id = $1 -- unfiltered: erasure, and the program makes its search text", id); err != nil {
		return fmt.Errorf("read what a post says: %w", err)
	}
	if d.Media, err = placed(tx, id); err != nil {
		return err
	}
	return index(tx, id, d, markup.Render(d.Body, markup.Options{}).Plain)
}

// ReplayPhoto erases a photo again that an older copy of the database brought
// back, and reports whether it was there.
func ReplayPhoto(tx *database.Tx, e erasure.Erasure) (bool, error) {
	in, again, err := media.Replay(tx, e)
	if err == nil && in != "" {
		err = Reindex(tx, in)
	}
	return again, err
}
