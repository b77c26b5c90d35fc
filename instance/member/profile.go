package member

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Entry is a field with what its member wrote in it.
type Entry struct {
	Field Field
	Value string
	// Audience is told to the member herself only.
	Audience Audience
}

// Profile is a member as an actor may see her.
type Profile struct {
	ID, Handle, Name string
	Role             access.Role
	// JoinedAt is zero for who may read a field of hers, but not her place in
	// the community: strangers and guests.
	JoinedAt time.Time
	// Entries are the fields that the actor may read.
	Entries []Entry
	// Mine says that this is the actor herself.
	Mine bool
}

// knowable is the condition that an actor may know of the member m: it is she
// herself, or she reads her row, or a field of hers (whose words those are is
// part of what she may read), or is in a space with her. It takes $1 and $2: see access.Readable.
var knowable = `(m.id = $1 OR ` + access.Readable("m") + besides

// knowableRow is the same for a query that looks at a few members.
var knowableRow = `(m.id = $1 OR ` + access.ReadableRow("m") + besides

var besides = ` OR EXISTS (SELECT 1 FROM profile_fields f WHERE f.member_id = m.id AND ` + access.ReadableRow("f") + `)
	OR EXISTS (SELECT 1 FROM space_members hers JOIN space_members mine ON mine.space_id = hers.space_id JOIN members me ON me.id = mine.member_id AND me.state = 'active'
		WHERE hers.member_id = m.id AND mine.member_id = $1))`

// Knowable is the condition that an actor may know of a member, for queries of
// other packages on a row m of the table of members, of which they look at a few.
func Knowable() string { return knowableRow }

// Profile gives the member with this handle as the actor may see her, else
// fault.Missing. A former handle works as the current one does: compare Handle
// to redirect.
func (o *Operations) Profile(ctx context.Context, a access.Actor, handle string) (p Profile, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		// A handle that nobody has is looked for like one of somebody hidden: the
		// time it takes tells nothing.
		h, err := Resolve(tx, handle)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		p, err = Look(tx, a, h.ID)
		return err
	})
	return p, err
}

// Look gives a member as the actor may see her, in the caller's transaction.
func Look(tx *database.Tx, a access.Actor, id string) (p Profile, err error) {
	if err := outside(tx, a); err != nil {
		return p, err
	}
	var joined int64
	var full bool
	err = tx.One([]any{&p.ID, &p.Handle, &p.Name, &p.Role, &joined, &full},
		`SELECT m.id, m.handle, m.name, m.role, coalesce(m.joined_at, 0), `+access.ReadableRow("m")+` FROM members m
			WHERE m.id = $3 AND m.state = 'active' AND `+knowableRow, a.Args(id)...)
	if errors.Is(err, database.ErrNone) {
		return p, fault.Missing()
	}
	if err != nil {
		return p, fmt.Errorf("look for the member: %w", err)
	}
	if full {
		p.JoinedAt = database.At(joined)
	} else {
		p.Role = access.FullRole
	}
	p.Mine = a.Kind() == access.KindMember && a.ID() == p.ID
	entries, err := entries(tx, a, "f.member_id = $3", id)
	if err != nil {
		return p, err
	}
	p.Entries = entries[id]
	return p, nil
}

// outside refuses whoever is not here unless the community itself is public: what
// a member shows to everybody is seen no further than the community is. Who
// waits, or is no longer here, sees no more than a stranger.
func outside(tx *database.Tx, a access.Actor) error {
	switch a.Kind() {
	case access.KindStranger:
	case access.KindMember:
		here, err := tx.Has("SELECT 1 FROM members WHERE id = $1 AND state = 'active' -- unfiltered: her own row", a.ID())
		if err != nil || here {
			return err
		}
	default:
		return nil
	}
	public, err := tx.Has("SELECT 1 FROM community WHERE face = 'public'")
	if err == nil && !public {
		err = fault.Missing()
	}
	return err
}

// entries gives the fields that the actor may read of the members whom which
// chooses, by member and in the order of Fields.
func entries(tx *database.Tx, a access.Actor, which string, args ...any) (map[string][]Entry, error) {
	all := map[string][]Entry{}
	err := tx.Each(func(r *database.Rows) error {
		var who string
		var e Entry
		if err := r.Scan(&who, &e.Field, &e.Value); err != nil {
			return err
		}
		all[who] = append(all[who], e)
		return nil
	}, "SELECT f.member_id, f.name, f.value FROM profile_fields f WHERE "+which+" AND "+access.Readable("f"), a.Args(args...)...)
	if err != nil {
		return nil, fmt.Errorf("read the fields: %w", err)
	}
	for _, list := range all {
		slices.SortFunc(list, inOrder)
	}
	return all, nil
}

func inOrder(a, b Entry) int {
	return slices.Index(Fields, a.Field) - slices.Index(Fields, b.Field)
}

// Own gives all fields of the actor's own with their audiences, also the empty
// ones, for changing them.
func (o *Operations) Own(ctx context.Context, a access.Actor) (all []Entry, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		written, err := own(tx, a)
		if err != nil {
			return err
		}
		for _, f := range Fields {
			e, ok := written[f]
			if !ok {
				e.Entry = Entry{Field: f, Audience: f.Audience()}
			}
			all = append(all, e.Entry)
		}
		return nil
	})
	return all, err
}

// stored is an entry with the id of its row.
type stored struct {
	Entry
	id string
}

func own(tx *database.Tx, a access.Actor) (map[Field]stored, error) {
	all := map[Field]stored{}
	err := tx.Each(func(r *database.Rows) error {
		var s stored
		var label string
		if err := r.Scan(&s.id, &s.Field, &s.Value, &label); err != nil {
			return err
		}
		l, err := access.Parse(label)
		s.Audience = audienceOf(l)
		all[s.Field] = s
		return err
	}, "SELECT id, name, value, label_id FROM profile_fields WHERE member_id = $1 -- unfiltered: her own fields", a.ID())
	if err != nil {
		return nil, fmt.Errorf("read her own fields: %w", err)
	}
	return all, nil
}

// Conceal keeps for themselves what people show of themselves to the people of a
// space alone, when others come to read what is in it: they chose those who read
// it until now. It belongs to the caller's transaction and checks no right.
func Conceal(tx *database.Tx, id string) error {
	shown := access.InSpace(id).ID()
	people, err := database.Collect(tx, func(r *database.Rows) (who string, err error) {
		err = r.Scan(&who)
		return who, err
	}, "SELECT DISTINCT member_id FROM profile_fields WHERE label_id = $1 -- unfiltered: whose fields are to be hidden", shown)
	if err != nil {
		return fmt.Errorf("look for profile fields: %w", err)
	}
	for _, who := range people {
		label, err := access.Intern(tx, access.ForSelf(who))
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE profile_fields SET label_id = $1, version = version + 1 WHERE member_id = $2 AND label_id = $3", label, who, shown); err != nil {
			return fmt.Errorf("hide profile fields: %w", err)
		}
	}
	return nil
}
