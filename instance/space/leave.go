package space

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
)

// Leave takes the actor out of a space, or takes her request back. Everybody
// may leave always; what she wrote stays hers, and reading ends at once. If
// nobody is left who moderates the space, whoever has been in it longest does.
func (o *Operations) Leave(ctx context.Context, a access.Actor, key, id string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Own, Name: "space.leave", Actor: a.ID(), Target: id, Key: key}, func(tx *database.Tx) (string, error) {
		if err := hold(tx, id); err != nil {
			return "", err
		}
		if _, err := One(tx, a, id); err != nil {
			return "", err
		}
		return id, exit(tx, a, id, a.ID())
	})
}

// exit takes somebody out of a space, withdraws her request, and records it.
func exit(tx *database.Tx, by access.Actor, id, who string) error {
	if _, err := tx.Exec("DELETE FROM space_requests WHERE space_id = $1 AND member_id = $2", id, who); err != nil {
		return fmt.Errorf("withdraw a request: %w", err)
	}
	n, err := tx.Exec("DELETE FROM space_members WHERE space_id = $1 AND member_id = $2", id, who)
	if err != nil {
		return fmt.Errorf("leave a space: %w", err)
	}
	if n == 0 {
		return nil
	}
	record(tx, Left, by.ID(), id, who)
	return handOver(tx, by.ID(), id)
}

// handOver makes somebody the moderator of a space that has people in it and
// no moderator among them.
func handOver(tx *database.Tx, by, id string) error {
	left, err := inside(tx, id)
	if err != nil {
		return err
	}
	if p, ok := heir(left); ok {
		return setRole(tx, by, id, p.ID, Moderator)
	}
	return nil
}

// heir says who of those in a space becomes its moderator, if nobody among them
// is one: whoever has been in it longest, and a guest only where there are none
// but guests.
func heir(people []Person) (Person, bool) {
	if len(people) == 0 || slices.ContainsFunc(people, func(p Person) bool { return p.Here == Moderator }) {
		return Person{}, false
	}
	return slices.MinFunc(people, func(a, b Person) int {
		return cmp.Or(last(a)-last(b), a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID))
	}), true
}

func last(p Person) int {
	if p.Role == access.Guest {
		return 1
	}
	return 0
}

// Succeed reacts to somebody's leaving the community, or becoming a guest of it:
// spaces that she alone moderated get another moderator, and a guest moderates
// only where there are none but guests. It does nothing the second time.
func Succeed(tx *database.Tx, f fact.Fact) error {
	if f.Kind != member.Left && f.Kind != member.RoleChanged {
		return nil
	}
	spaces, err := database.Collect(tx, func(r *database.Rows) (id string, err error) {
		err = r.Scan(&id)
		return id, err
	}, "SELECT space_id FROM space_members WHERE member_id = $1 AND role = 'moderator' ORDER BY space_id", f.Subject)
	if err != nil {
		return fmt.Errorf("look for the spaces she moderates: %w", err)
	}
	for _, id := range spaces {
		if err := hold(tx, id); err != nil {
			return err
		}
		if err := yield(tx, f.Actor, id, f.Subject); err != nil {
			return err
		}
		if err := handOver(tx, f.Actor, id); err != nil {
			return err
		}
	}
	return nil
}

// yield takes from a guest that she moderates a space in which there is
// somebody who is no guest.
func yield(tx *database.Tx, by, id, who string) error {
	people, err := inside(tx, id)
	if err != nil {
		return err
	}
	guest := slices.ContainsFunc(people, func(p Person) bool { return p.ID == who && p.Role == access.Guest && p.Here == Moderator })
	if !guest || !slices.ContainsFunc(people, func(p Person) bool { return p.Role != access.Guest }) {
		return nil
	}
	return setRole(tx, by, id, who, Member)
}

// Parting says what a space will be when the actor has left it.
type Parting struct {
	// Heir will moderate it, because nobody else does; without an ID nobody
	// has to.
	Heir Person
	// Last says that nobody is left in it.
	Last bool
}

// Parting gives what will happen if the actor leaves a space that she is in.
func (o *Operations) Parting(ctx context.Context, a access.Actor, id string) (p Parting, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		if _, err := One(tx, a, id); err != nil {
			return err
		}
		people, err := inside(tx, id)
		if err != nil {
			return err
		}
		others := slices.DeleteFunc(slices.Clone(people), func(x Person) bool { return x.ID == a.ID() })
		if len(others) == len(people) {
			return fault.Missing()
		}
		p.Last = len(others) == 0
		p.Heir, _ = heir(others)
		return nil
	})
	return p, err
}
