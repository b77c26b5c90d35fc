package space

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// PageSize is how many people a page of a list has.
const PageSize = 50

// Person is somebody in a space.
type Person struct {
	ID, Handle, Name string
	// Role is what she is in the community, Here what she is in the space.
	Role access.Role
	Here Role
	// Since is when she came into the space.
	Since time.Time
}

// People is a page of those in a space.
type People struct {
	List []Person
	// Total is how many there are, Page this page, Pages how many pages; both
	// count from 1.
	Total, Page, Pages int
}

const inSpace = `SELECT m.id, m.handle, m.name, m.role, sm.role, sm.joined_at FROM space_members sm JOIN members m ON m.id = sm.member_id AND m.state = 'active' `

func scanPerson(r *database.Rows) (p Person, err error) {
	var since int64
	err = r.Scan(&p.ID, &p.Handle, &p.Name, &p.Role, &p.Here, &since)
	p.Since = database.At(since)
	return p, err
}

// inside gives everybody in a space, for deciding and not for showing.
func inside(tx *database.Tx, id string) ([]Person, error) {
	all, err := database.Collect(tx, scanPerson, inSpace+"WHERE sm.space_id = $1 -- unfiltered: to decide who moderates", id)
	if err != nil {
		return nil, fmt.Errorf("list who is in a space: %w", err)
	}
	return all, nil
}

// Members gives a page of those in a space, moderators first, then by name. It
// is for who reads what is said there, and shows whom she may know of: full
// members, and those who are in the space with her.
func (o *Operations) Members(ctx context.Context, a access.Actor, id string, page int) (p People, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := One(tx, a, id); err != nil {
			return err
		}
		if reads, err := access.CanRead(tx, a, access.InSpace(id)); err != nil || !reads {
			return cmp.Or(err, error(fault.Missing()))
		}
		all, err := database.Collect(tx, scanPerson, inSpace+`WHERE sm.space_id = $3 AND (`+access.Readable("m")+` OR EXISTS (SELECT 1 FROM space_members mine
			JOIN members me ON me.id = mine.member_id AND me.state = 'active' WHERE mine.space_id = sm.space_id AND mine.member_id = $1))`, a.Args(id)...)
		if err != nil {
			return fmt.Errorf("list the members of a space: %w", err)
		}
		inOrder(all)
		p = People{Total: len(all), Pages: max(1, (len(all)+PageSize-1)/PageSize)}
		p.Page = min(max(page, 1), p.Pages)
		from := (p.Page - 1) * PageSize
		p.List = all[from:min(from+PageSize, len(all))]
		return nil
	})
	return p, err
}

// inOrder puts moderators first, then sorts by name. Names are compared here
// and not in the database: the two engines sort and fold differently.
func inOrder(people []Person) {
	names := make(map[string]string, len(people))
	for _, p := range people {
		names[p.ID] = searchtext.Normalise(p.Name)
	}
	slices.SortFunc(people, func(a, b Person) int {
		if (a.Here == Moderator) != (b.Here == Moderator) {
			if a.Here == Moderator {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(names[a.ID], names[b.ID]), strings.Compare(a.ID, b.ID))
	})
}
