package poll

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/member"
)

// Chosen is somebody's choice of an option in a named poll.
type Chosen struct {
	Place int
	// Rank is how she placed it, from 0, where options are ranked.
	Rank int
	// Who chose; Gone without a name.
	Who member.Byline
	// Others is how many more chose it whom the reader may not know of: then nobody
	// is named.
	Others int

	sort string
}

// Voters gives who chose what in a named poll of a post that the actor may read, by
// option and name, for who takes part in the community. For everybody else, and of
// a secret poll, there is no such list. No time is told, and none is kept.
func (o *Operations) Voters(ctx context.Context, a access.Actor, post string) (p Poll, all []Chosen, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		st, err := access.Stand(tx, a, "")
		if err != nil {
			return err
		}
		r, err := find(tx, a, post)
		if err == nil && (r.Secret || !st.Active()) {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		p = r.Poll
		all, err = voters(tx, a, post)
		return err
	})
	return p, all, err
}

// voters are all entries in their order, in one query. Names are compared here: the
// two engines sort differently.
func voters(tx *database.Tx, a access.Actor, post string) (all []Chosen, err error) {
	others := map[int]int{}
	err = tx.Each(func(rows *database.Rows) error {
		var c Chosen
		var state string
		if err := rows.Scan(&c.Place, &c.Rank, &c.Who.ID, &c.Who.Name, &c.Who.Handle, &c.Who.Role, &state); err != nil {
			return err
		}
		switch state {
		case "": // somebody whom the reader may not know of
			others[c.Place]++
			return nil
		case "active":
			c.sort = searchtext.Normalise(c.Who.Name)
		default:
			c.Who = member.Byline{ID: c.Who.ID, Gone: true}
		}
		all = append(all, c)
		return nil
	}, `SELECT v.place, v.rank, v.actor_id, coalesce(m.name, ''), coalesce(m.handle, ''), coalesce(m.role, ''), coalesce(m.state, '')
		FROM poll_votes v LEFT JOIN members m ON m.id = v.actor_id AND `+member.Knowable()+` WHERE v.post_id = $3`, a.Args(post)...)
	if err != nil {
		return nil, fmt.Errorf("ask who voted: %w", err)
	}
	for place, n := range others {
		all = append(all, Chosen{Place: place, Others: n})
	}
	slices.SortFunc(all, func(a, b Chosen) int {
		return cmp.Or(a.Place-b.Place, a.last()-b.last(), strings.Compare(a.sort, b.sort), strings.Compare(a.Who.ID, b.Who.ID))
	})
	return all, nil
}

// last puts those with a name first, then those who are gone, then the others.
func (c Chosen) last() int {
	switch {
	case c.Others > 0:
		return 2
	case c.Who.Gone:
		return 1
	}
	return 0
}
