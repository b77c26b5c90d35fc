package post

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/member"
)

// ReactorsSize is how many entries a page of those who reacted has.
const ReactorsSize = 50

// Reactors is a page of those who reacted to a post.
type Reactors struct {
	// Signs are in the order of Signs, without those that nobody chose.
	Signs []ChosenBy
	// Older continues the list; empty at its end.
	Older string
}

// ChosenBy is a sign with those who chose it.
type ChosenBy struct {
	Kind Sign
	// Count is how many chose it, on whichever page they stand.
	Count int
	// People are those whom the reader may know of, by name. Who is Gone has no
	// name any more, and comes last.
	People []member.Byline
	// Others is how many more there are, told where the People end.
	Others int
}

// Reactors gives a page of those who reacted to a post that the actor may read,
// as far as she may read the reactions. They are named for who takes part in
// the community: for everybody else the page does not exist. before continues:
// Reactors.Older.
//
// No time is told, and none can be: by name they stand in the same order
// whenever they reacted.
func (o *Operations) Reactors(ctx context.Context, a access.Actor, id, before string) (page Reactors, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if err := takesPart(tx, a); err != nil {
			return err
		}
		r, err := find(tx, a, id)
		if err == nil && r.deleted {
			err = fault.Missing()
		}
		if err != nil {
			return err
		}
		all, err := reactors(tx, a, id)
		if err != nil {
			return err
		}
		page, err = o.cut(a, id, before, all)
		return err
	})
	return page, err
}

// takesPart refuses strangers, who waits and who leaves: no list of people is
// for them. A run of an agent is held to its clearance.
func takesPart(tx *database.Tx, a access.Actor) error {
	switch a.Kind() {
	case access.KindAgent, access.KindSystem:
		return nil
	}
	st, err := access.Stand(tx, a, "")
	if err == nil && !st.Active() {
		err = fault.Missing()
	}
	return err
}

// reactor is an entry of the list: somebody, or as the last of a sign how many
// others there are.
type reactor struct {
	kind   Sign
	who    member.Byline
	others int
	sort   string
}

// place is what a cursor says of the entry where a page ended.
func (r reactor) place() string { return string(r.kind) + "." + r.who.ID }

// reactors gives all entries in their order, in one query. Names are compared
// here and not in the database: the two engines sort and fold differently. A
// name that the reader may not know has no place among the others.
func reactors(tx *database.Tx, a access.Actor, id string) (all []reactor, err error) {
	others := map[Sign]int{}
	err = tx.Each(func(rows *database.Rows) error {
		var r reactor
		var state string
		if err := rows.Scan(&r.kind, &r.who.ID, &r.who.Name, &r.who.Handle, &r.who.Role, &state); err != nil {
			return err
		}
		switch state {
		case "": // somebody whom the reader may not know of, or no member
			others[r.kind]++
			return nil
		case "active":
			r.sort = searchtext.Normalise(r.who.Name)
		default:
			r.who = member.Byline{ID: r.who.ID, Gone: true}
		}
		all = append(all, r)
		return nil
	}, `SELECT t.kind, t.actor_id, coalesce(m.name, ''), coalesce(m.handle, ''), coalesce(m.role, ''), coalesce(m.state, '')
		FROM (SELECT DISTINCT x.kind, x.actor_id FROM reactions x WHERE x.post_id = $3 AND `+access.Readable("x")+`) t
		LEFT JOIN members m ON m.id = t.actor_id AND `+member.Knowable(), a.Args(id)...)
	if err != nil {
		return nil, fmt.Errorf("ask who reacted: %w", err)
	}
	for kind, n := range others {
		all = append(all, reactor{kind: kind, others: n})
	}
	slices.SortFunc(all, func(a, b reactor) int {
		return cmp.Or(slices.Index(Signs, a.kind)-slices.Index(Signs, b.kind), cmp.Compare(a.rank(), b.rank()), strings.Compare(a.sort, b.sort), strings.Compare(a.who.ID, b.who.ID))
	})
	return all, nil
}

// rank puts those with a name first, then those who are gone, then the others.
func (r reactor) rank() int {
	switch {
	case r.others > 0:
		return 2
	case r.who.Gone:
		return 1
	}
	return 0
}

// cut gives the page behind a cursor. If the entry where the page before ended
// was taken back meanwhile, the list begins again: nobody is left out.
func (o *Operations) cut(a access.Actor, id, before string, all []reactor) (page Reactors, err error) {
	from := 0
	if before != "" {
		at, err := o.unseal(a, id, before)
		if err != nil {
			return page, err
		}
		from = 1 + slices.IndexFunc(all, func(r reactor) bool { return r.place() == at })
	}
	to := min(from+ReactorsSize, len(all))
	for _, r := range all[from:to] {
		if n := len(page.Signs); n == 0 || page.Signs[n-1].Kind != r.kind {
			page.Signs = append(page.Signs, ChosenBy{Kind: r.kind, Count: chose(all, r.kind)})
		}
		last := &page.Signs[len(page.Signs)-1]
		if r.others > 0 {
			last.Others = r.others
		} else {
			last.People = append(last.People, r.who)
		}
	}
	if to < len(all) {
		page.Older, err = o.seal(a, id, all[to-1].place())
	}
	return page, err
}

// chose counts who chose a sign.
func chose(all []reactor, kind Sign) (n int) {
	for _, r := range all {
		if r.kind == kind {
			n += max(r.others, 1)
		}
	}
	return n
}

// seal turns the place where a page ended into a cursor for this actor and this
// post, which nobody can read: whoever is gone has an id, and no name.
func (o *Operations) seal(a access.Actor, id, place string) (string, error) {
	sealed, err := o.Keys.Seal(keyring.Cursor, []byte(place), []byte(a.ID()+"\n"+id))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func (o *Operations) unseal(a access.Actor, id, cursor string) (string, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		sealed, err = o.Keys.Unseal(keyring.Cursor, sealed, []byte(a.ID()+"\n"+id))
	}
	if err != nil {
		return "", fault.New(fault.Invalid, "fault.cursor").Because(err)
	}
	return string(sealed), nil
}
