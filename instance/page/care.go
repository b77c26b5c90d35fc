package page

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Pin puts a page on top of its space, or takes it down, for a moderator of the
// space, and gives its id. If it is so already, it answers fault.Conflict: somebody
// else was first. MaxPins are counted as the actor reads them, so that the answer
// tells nothing of others.
func (o *Operations) Pin(ctx context.Context, a access.Actor, key, id string, on bool) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Care, Name: "page.pin", Actor: a.ID(), Target: fmt.Sprint(id, on), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := tended(tx, a, id)
		if err != nil {
			return "", err
		}
		if err := tx.Lock("page pins:" + r.space); err != nil {
			return "", err
		}
		if r.pinned == on {
			return "", settled()
		}
		kind, at := Unpinned, any(nil)
		if on {
			if err := roomOnTop(tx, a, r.space); err != nil {
				return "", err
			}
			kind, at = Pinned, database.Micros(tx.Now())
		}
		if _, err := tx.Exec("UPDATE pages SET pinned_at = $1 WHERE id = $2", at, id); err != nil {
			return "", fmt.Errorf("pin a page: %w", err)
		}
		r.record(tx, a, kind)
		return id, nil
	})
}

func roomOnTop(tx *database.Tx, a access.Actor, in string) error {
	var n int
	err := tx.One([]any{&n}, "SELECT count(*) FROM pages p WHERE p.space_id = $3 AND p.pinned_at IS NOT NULL AND p.deleted_at IS NULL AND "+access.ReadableRow("p"), a.Args(in)...)
	if err != nil {
		return fmt.Errorf("count what is on top: %w", err)
	}
	if n >= MaxPins {
		return fault.New(fault.Conflict, "page.pins_full").With("max", MaxPins)
	}
	return nil
}

// tended gives a page that is there, and holds it, for a moderator of its space.
func tended(tx *database.Tx, a access.Actor, id string) (row, error) {
	r, err := held(tx, a, id)
	if err != nil {
		return r, err
	}
	if _, err := access.Authorise(tx, a, access.TendPage, r.space); err != nil {
		return r, err
	}
	if r.deleted {
		err = settled()
	}
	return r, err
}

func settled() error { return fault.New(fault.Conflict, "page.settled_meanwhile") }

// Own has the actor look after a page which she may change and that nobody looks
// after, or give that up. A moderator can free a page that somebody else looks after.
func (o *Operations) Own(ctx context.Context, a access.Actor, key, id string, on bool) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "page.own", Actor: a.ID(), Target: fmt.Sprint(id, on), Key: key}, func(tx *database.Tx) (string, error) {
		r, err := cared(tx, a, id)
		if err != nil {
			return "", err
		}
		if (r.owner == "") != on {
			return "", settled()
		}
		if !on && r.owner != a.ID() {
			if _, err := access.Authorise(tx, a, access.TendPage, r.space); err != nil {
				return "", err
			}
		}
		kind, owner := Disowned, any(nil)
		if on {
			kind, owner = Owned, a.ID()
		}
		if _, err := tx.Exec("UPDATE pages SET owner_id = $1 WHERE id = $2", owner, id); err != nil {
			return "", fmt.Errorf("say who looks after a page: %w", err)
		}
		r.record(tx, a, kind)
		return id, nil
	})
}

// cared gives a page that the actor may change, and holds it. To look after one is
// for people.
func cared(tx *database.Tx, a access.Actor, id string) (row, error) {
	r, err := held(tx, a, id)
	if err == nil {
		err = changeable(tx, a, r)
	}
	if err == nil && a.Kind() != access.KindMember {
		err = fault.New(fault.Forbidden, "fault.forbidden")
	}
	return r, err
}

// Review says that the actor has looked a page through, and on which day that is to
// be done next, such as 2026-01-31; empty for none.
func (o *Operations) Review(ctx context.Context, a access.Actor, key, id, next string) (string, error) {
	return o.DB.Write(ctx, database.Op{Class: database.Content, Name: "page.review", Actor: a.ID(), Target: id + next, Key: key}, func(tx *database.Tx) (string, error) {
		r, err := cared(tx, a, id)
		if err != nil {
			return "", err
		}
		on, err := reviewDay(tx.Now(), next)
		if err != nil {
			return "", err
		}
		if _, err := tx.Exec("UPDATE pages SET review_on = $1, reviewed_at = $2 WHERE id = $3", on, database.Micros(tx.Now()), id); err != nil {
			return "", fmt.Errorf("say when a page was looked through: %w", err)
		}
		r.record(tx, a, Reviewed)
		return id, nil
	})
}

// furthest is how many years ahead a page can be looked through next.
const furthest = 10

// reviewDay reads the day as it is stored, NULL for none. What has passed everywhere
// on earth is no day to come.
func reviewDay(now time.Time, next string) (any, error) {
	if next == "" {
		return nil, nil
	}
	day, err := time.Parse(time.DateOnly, next)
	if err != nil {
		return nil, fault.Bad("next", "page.day_wrong")
	}
	if day.Before(now.Add(-36*time.Hour)) || day.After(now.AddDate(furthest, 0, 0)) {
		return nil, fault.Bad("next", "page.day_range").With("max", furthest)
	}
	return day.Format(time.DateOnly), nil
}
