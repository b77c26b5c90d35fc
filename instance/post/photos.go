package post

import (
	"fmt"

	"github.com/opengather/opengather/instance/internal/database"
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
		all = append(all, media.Placed{ID: i.ID, Alt: i.Alt})
	}
	return all, err
}

// Reindex has a post found by what it says now, where that was changed past its
// author. It checks no right.
func Reindex(tx *database.Tx, id string) (err error) {
	var d Draft
	if err := tx.One([]any{&d.Title, &d.Body}, "SELECT title, body FROM posts WHERE id = $1 -- unfiltered: erasure", id); err != nil {
		return fmt.Errorf("read what a post says: %w", err)
	}
	if d.Media, err = placed(tx, id); err != nil {
		return err
	}
	return tx.Index("post", id, d.words(markup.Render(d.Body, markup.Options{}).Plain))
}
