package member

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Limits of lists.
const (
	MaxListName = 60
	MaxLists    = 50
)

// List is a set of people whom a member chose, to show them what others need
// not see. Nobody else knows of it, not even who is on it.
type List struct {
	ID, Name string
	People   []Person
}

// Lists gives the actor's own lists by name, with who is on them and still here.
func (o *Operations) Lists(ctx context.Context, a access.Actor) (all []List, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		at := map[string]int{}
		err := tx.Each(func(r *database.Rows) error {
			var l List
			if err := r.Scan(&l.ID, &l.Name); err != nil {
				return err
			}
			at[l.ID] = len(all)
			all = append(all, l)
			return nil
		}, "SELECT id, name FROM lists WHERE owner_id = $1 ORDER BY lower(name), id", a.ID())
		if err != nil {
			return fmt.Errorf("read her lists: %w", err)
		}
		return tx.Each(func(r *database.Rows) error {
			var list string
			var p Person
			err := r.Scan(&list, &p.ID, &p.Handle, &p.Name, &p.Role)
			all[at[list]].People = append(all[at[list]].People, p)
			return err
		}, `SELECT l.id, m.id, m.handle, m.name, m.role FROM lists l JOIN list_members lm ON lm.list_id = l.id JOIN members m ON m.id = lm.member_id
			WHERE l.owner_id = $1 AND m.state = 'active' AND `+knowable+` ORDER BY lower(m.name), m.id`, a.Args()...)
	})
	return all, err
}

// MakeList begins a list and gives its id.
func (o *Operations) MakeList(ctx context.Context, a access.Actor, key, name string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "member.make_list", Actor: a.ID(), Target: name, Key: key}, func(tx *database.Tx) (string, error) {
		if _, err := self(tx, a); err != nil {
			return "", err
		}
		name, err := checkListName(name)
		if err != nil {
			return "", err
		}
		id := uuid.NewString()
		n, err := tx.Exec("INSERT INTO lists (id, owner_id, name) SELECT $1, $2, $3 WHERE (SELECT count(*) FROM lists WHERE owner_id = $2) < $4", id, a.ID(), name, MaxLists)
		if err == nil && n == 0 {
			err = fault.New(fault.TooLarge, "member.lists_many").With("max", MaxLists)
		}
		return id, err
	})
}

// RenameList gives one of the actor's lists another name.
func (o *Operations) RenameList(ctx context.Context, a access.Actor, key, id, name string) (string, error) {
	return o.change(ctx, a, "member.rename_list", key, id, name, func(tx *database.Tx) error {
		name, err := checkListName(name)
		if err != nil {
			return err
		}
		_, err = tx.Exec("UPDATE lists SET name = $1 WHERE id = $2", name, id)
		return err
	})
}

// Choose puts somebody, whom the actor may know of, on one of her lists.
func (o *Operations) Choose(ctx context.Context, a access.Actor, key, id, who string) (string, error) {
	return o.change(ctx, a, "member.choose", key, id, who, func(tx *database.Tx) error {
		if _, err := Look(tx, a, who); err != nil {
			return err
		}
		_, err := tx.Exec("INSERT INTO list_members (list_id, member_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, who)
		return err
	})
}

// Unchoose takes somebody off one of the actor's lists. What is shown to the
// list is not shown to her any more.
func (o *Operations) Unchoose(ctx context.Context, a access.Actor, key, id, who string) (string, error) {
	return o.change(ctx, a, "member.unchoose", key, id, who, func(tx *database.Tx) error {
		_, err := tx.Exec("DELETE FROM list_members WHERE list_id = $1 AND member_id = $2", id, who)
		return err
	})
}

// DropList ends one of the actor's lists. What was shown to it is for herself
// alone from then on.
func (o *Operations) DropList(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.change(ctx, a, "member.drop_list", key, id, "", func(tx *database.Tx) error {
		mine, err := access.Intern(tx, access.ForSelf(a.ID()))
		if err != nil {
			return err
		}
		if _, err := tx.Exec("UPDATE profile_fields SET label_id = $1, version = version + 1 WHERE member_id = $2 AND label_id = $3",
			mine, a.ID(), access.ForList(id).ID()); err != nil {
			return fmt.Errorf("take back what the list was shown: %w", err)
		}
		if _, err := tx.Exec("DELETE FROM list_members WHERE list_id = $1", id); err != nil {
			return err
		}
		_, err = tx.Exec("DELETE FROM lists WHERE id = $1", id)
		return err
	})
}

// change runs do on a list of the actor's own. Any other list is missing.
func (o *Operations) change(ctx context.Context, a access.Actor, name, key, id, more string, do func(*database.Tx) error) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: name, Actor: a.ID(), Target: id + more, Key: key}, func(tx *database.Tx) (string, error) {
		if _, err := self(tx, a); err != nil {
			return "", err
		}
		var found string
		err := tx.One([]any{&found}, "SELECT id FROM lists WHERE id = $1 AND owner_id = $2", id, a.ID())
		if errors.Is(err, database.ErrNone) {
			return "", fault.Missing()
		}
		if err != nil {
			return "", err
		}
		return id, do(tx)
	})
}

func checkListName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", fault.Bad("name", "member.list_name_empty")
	case n > MaxListName:
		return "", fault.Bad("name", "member.list_name_long").With("max", MaxListName)
	}
	return name, nil
}
