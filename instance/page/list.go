package page

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/space"
)

// Shelf are the pages of a space, with what the actor may do there.
type Shelf struct {
	// Pages are those on top first, then by title.
	Pages []Page
	// Deleted are those that a moderator can bring back, for moderators.
	Deleted  []Page
	Standing access.Standing
}

// In gives the pages of a space that the actor may read.
func (o *Operations) In(ctx context.Context, a access.Actor, in string) (s Shelf, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := space.One(tx, a, in); err != nil {
			return err
		}
		all, err := database.Collect(tx, scanPage, `SELECT `+columns+` FROM pages p`+joins+`p.space_id = $3 AND `+access.Readable("p")+` ORDER BY p.id`, a.Args(in)...)
		if err != nil {
			return fmt.Errorf("list the pages of a space: %w", err)
		}
		if s.Standing, err = access.Stand(tx, a, in); err != nil {
			return err
		}
		s.sort(all)
		return nil
	})
	return s, err
}

// sort puts the pages of a space into their order.
func (s *Shelf) sort(all []Page) {
	inOrder(all)
	for _, p := range all {
		switch {
		case p.DeletedAt.IsZero():
			s.Pages = append(s.Pages, p)
		case s.Standing.May(access.TendPage):
			s.Deleted = append(s.Deleted, p)
		}
	}
}

// All gives the pages of all spaces that the actor may read: those on top of their
// space first, then by title.
func (o *Operations) All(ctx context.Context, a access.Actor) (all []Page, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, scanPage, `SELECT `+columns+` FROM pages p`+joins+`p.deleted_at IS NULL AND `+access.Readable("p")+` ORDER BY p.id`, a.Args()...)
		if err != nil {
			return fmt.Errorf("list the pages: %w", err)
		}
		inOrder(all)
		return nil
	})
	return all, err
}

// inOrder sorts what is in order of ids. Titles are compared here and not in the
// database: the two engines sort and fold differently.
func inOrder(all []Page) {
	words := map[string]string{}
	for _, p := range all {
		words[p.ID] = searchtext.Normalise(p.Title)
	}
	slices.SortStableFunc(all, func(a, b Page) int {
		return cmp.Or(cmp.Compare(later(a), later(b)), strings.Compare(words[a.ID], words[b.ID]))
	})
}

func later(p Page) int {
	if p.Pinned {
		return 0
	}
	return 1
}
