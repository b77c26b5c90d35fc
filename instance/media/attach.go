package media

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Check gives what somebody wants to have in a post as it is stored, or what is
// wrong with it. Nil, which says nothing of photos, stays nil.
func Check(all []Placed) ([]Placed, error) {
	if all == nil {
		return nil, nil
	}
	if len(all) > MaxPhotos {
		return nil, fault.Bad("file", "media.many").With("max", MaxPhotos)
	}
	checked := make([]Placed, len(all))
	for n, p := range all {
		p.Alt = strings.Join(strings.Fields(strings.ReplaceAll(strings.ToValidUTF8(p.Alt, ""), "\x00", "")), " ")
		if utf8.RuneCountInString(p.Alt) > MaxAlt {
			return nil, fault.Bad("alt-"+p.ID, "media.alt_long").With("n", n+1).With("max", MaxAlt)
		}
		if slices.ContainsFunc(checked[:n], func(c Placed) bool { return c.ID == p.ID }) {
			return nil, fault.Bad("file", "media.twice").With("n", n+1)
		}
		checked[n] = p
	}
	return checked, nil
}

// Attach makes the photos of a post be these, in this order, in the caller's
// transaction: those of the actor's own that are in no post come in, those that
// are left out are erased for good. It does not ask whether she may change the post.
func Attach(tx *database.Tx, a access.Actor, post string, all []Placed) error {
	if len(all) > 0 && a.Kind() != access.KindMember {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	if len(all) > 0 {
		if err := holdOwn(tx, a); err != nil {
			return err
		}
	}
	before, err := Of(tx, post)
	if err != nil {
		return err
	}
	for _, i := range before {
		if !slices.ContainsFunc(all, func(p Placed) bool { return p.ID == i.ID }) {
			if err := remove(tx, i.ID); err != nil {
				return err
			}
		}
	}
	for place, p := range all {
		n, err := tx.Exec("UPDATE media SET post_id = $1, place = $2, alt = $3 WHERE id = $4 AND author_id = $5 AND (post_id IS NULL OR post_id = $1)",
			post, place, p.Alt, p.ID, a.ID())
		if err != nil {
			return fmt.Errorf("put a photo into a post: %w", err)
		}
		if n == 0 {
			return fault.Bad("file", "media.gone").With("n", place+1)
		}
	}
	if len(before) == 0 && len(all) == 0 {
		return nil
	}
	if err := oneVideo(tx, post); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE posts SET media = $1 WHERE id = $2", len(all), post); err != nil {
		return fmt.Errorf("count the photos: %w", err)
	}
	return nil
}

// oneVideo refuses a second video in a post: they are long, and lists load the
// beginning of each.
func oneVideo(tx *database.Tx, post string) error {
	all, err := Of(tx, post)
	if err != nil {
		return err
	}
	videos := 0
	for n, i := range all {
		if i.Video {
			videos++
		}
		if videos > 1 {
			return fault.Bad("file", "media.one_video").With("n", n+1)
		}
	}
	return nil
}

// Of gives the photos of a post that the caller has read by the rule.
func Of(tx *database.Tx, post string) ([]Item, error) {
	all, err := In(tx, "m.post_id = $1", post)
	return all[post], err
}

// In gives the photos of posts that the caller has read by the rule, by post.
func In(tx *database.Tx, which string, args ...any) (map[string][]Item, error) {
	all := map[string][]Item{}
	err := tx.Each(func(r *database.Rows) error {
		var post string
		var i Item
		err := r.Scan(&post, &i.ID, &i.Alt, &i.Width, &i.Height, &i.Video)
		all[post] = append(all[post], i)
		return err
	}, "SELECT m.post_id, m.id, m.alt, m.width, m.height, "+asVideo+" FROM media m WHERE "+which+" ORDER BY m.post_id, m.place -- unfiltered: of posts that were read by the rule", args...)
	if err != nil {
		return nil, fmt.Errorf("read the photos: %w", err)
	}
	return all, nil
}
