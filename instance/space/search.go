package space

import (
	"cmp"
	"context"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Known lists the spaces that the actor may know of, by name. It counts nobody.
func (o *Operations) Known(ctx context.Context, a access.Actor) (all []Space, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		all, err = database.Collect(tx, func(r *database.Rows) (s Space, err error) {
			var created int64
			err = r.Scan(s.fields(&created)...)
			s.CreatedAt = database.At(created)
			return s, err
		}, "SELECT "+columns+" FROM spaces s WHERE "+access.Readable("s")+" ORDER BY s.id", a.Args()...)
		return err
	})
	byName(all, func(s Space) string { return s.Name })
	return all, err
}

// Fitting gives those of the spaces that fit what is sought, at most so many:
// first those that have it in their names. There are never many, so that nothing
// is stored to find them by.
func Fitting(all []Space, sought searchtext.Sought, most int) (some []Space) {
	tiers := map[string]searchtext.Tier{}
	for _, s := range all {
		if tier := sought.In(s.Name, s.Purpose+" "+s.Handle); tier != 0 {
			tiers[s.ID] = tier
			some = append(some, s)
		}
	}
	slices.SortStableFunc(some, func(a, b Space) int { return cmp.Compare(tiers[a.ID], tiers[b.ID]) })
	return some[:min(len(some), most)]
}
