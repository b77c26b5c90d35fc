package space

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/searchtext"
)

// Addable gives full members who are not in a space, for who may add them: a
// page of them by name, and whether there are more. A query leaves those whose
// name or handle has every word of it. Where the community keeps no directory,
// only a whole handle finds somebody.
func (o *Operations) Addable(ctx context.Context, a access.Actor, id, query string) (some []Person, more bool, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := One(tx, a, id); err != nil {
			return err
		}
		if _, err := access.Authorise(tx, a, access.AdmitToSpace, id); err != nil {
			return err
		}
		hidden, err := tx.Has("SELECT 1 FROM features WHERE name = $1 AND NOT enabled", string(community.Directory))
		if err != nil {
			return err
		}
		all, err := database.Collect(tx, scanPerson, `SELECT m.id, m.handle, m.name, m.role, '', 0 FROM members m WHERE m.state = 'active' AND m.role <> 'guest'
			AND NOT EXISTS (SELECT 1 FROM space_members sm WHERE sm.space_id = $3 AND sm.member_id = m.id) AND `+access.Readable("m"), a.Args(id)...)
		if err != nil {
			return fmt.Errorf("list who can be added: %w", err)
		}
		some = called(all, query, hidden)
		inOrder(some)
		more = len(some) > PageSize
		some = some[:min(len(some), PageSize)]
		return nil
	})
	return some, more, err
}

// called leaves those whose name or handle has every word of the query in it,
// or, if there is no directory, whose handle it is.
func called(people []Person, query string, hidden bool) []Person {
	handle := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(query)), "@")
	words := strings.Fields(searchtext.Normalise(query))
	return slices.DeleteFunc(people, func(p Person) bool {
		if hidden || strings.HasPrefix(query, "@") {
			return p.Handle != handle
		}
		name := searchtext.Normalise(p.Name)
		return slices.ContainsFunc(words, func(w string) bool {
			return !strings.Contains(name, w) && !strings.Contains(p.Handle, w)
		})
	})
}

// Add puts full members into a space. It is the way into a secret one.
func (o *Operations) Add(ctx context.Context, a access.Actor, key, id string, who []string) (string, error) {
	op := database.Op{Class: database.Care, Name: "space.add", Actor: a.ID(), Target: id + " " + strings.Join(who, " "), Key: key}
	return o.in(ctx, a, op, id, access.AdmitToSpace, func(tx *database.Tx, _ Space) error {
		switch {
		case len(who) == 0:
			return fault.Bad("who", "space.add_nobody")
		case len(who) > PageSize:
			return fault.Bad("who", "space.add_many").With("max", PageSize)
		}
		for _, m := range who {
			known, err := tx.Has("SELECT 1 FROM members m WHERE m.id = $3 AND m.state = 'active' AND m.role <> 'guest' AND "+access.ReadableRow("m"), a.Args(m)...)
			if err != nil {
				return fmt.Errorf("look for who is added: %w", err)
			}
			if !known {
				return fault.Missing()
			}
			if err := enter(tx, a, id, m); err != nil {
				return err
			}
		}
		return nil
	})
}
