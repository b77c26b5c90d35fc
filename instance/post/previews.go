package post

import (
	"context"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/preview"
)

// previewed has the preview of a post follow its words. What an agent's run writes
// makes the program ask nobody: an address could carry to its server what the run has
// read.
func previewed(tx *database.Tx, a access.Actor, id, words string) error {
	if a.Kind() != access.KindMember {
		return nil
	}
	return preview.Worded(tx, id, a.ID(), words)
}

// previews adds to posts, which the caller has read by the rule, their previews, in
// one query and only if there are any.
func previews(tx *database.Tx, posts []Post, which string, args ...any) error {
	some := false
	for _, p := range posts {
		some = some || p.previewed
	}
	if !some {
		return nil
	}
	all, err := preview.In(tx, which, args...)
	for i := range posts {
		if c, ok := all[posts[i].ID]; ok && posts[i].DeletedAt.IsZero() {
			posts[i].Preview = &c
		}
	}
	return err
}

// RemovePreview takes the preview away from a post of the actor's own, wherever it is
// by now, for as long as the post has the same link, and gives the post.
func (o *Operations) RemovePreview(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "post.remove_preview", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := held(tx, a, id, own)
		if err != nil {
			return "", err
		}
		if r.deleted {
			return "", fault.Missing()
		}
		if !access.Owns(a, r.author) {
			return "", fault.New(fault.Forbidden, "post.not_yours")
		}
		gone, err := preview.RemoveOf(tx, id)
		if err == nil && gone {
			fact.Record(tx, fact.Fact{Kind: Edited, Actor: a.ID(), SubjectKind: "post", Subject: id, Place: r.space, Label: r.label.ID()})
		}
		return id, err
	})
}
