package signin

import (
	"context"
	"fmt"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
)

// Session is one of a member's sessions, and all that is known of it.
type Session struct {
	// ID names it on pages. It opens nothing: the token does.
	ID     string
	Device Device
	// Name is what she calls it, often nothing.
	Name string
	// Began and Used are days: noon of them in UTC.
	Began, Used time.Time
	// Here is true for the session that asks.
	Here bool
}

// sessions lists a member's sessions, the one that asks first, then by last use.
func sessions(tx *database.Tx, who, here string) ([]Session, error) {
	return database.Collect(tx, func(r *database.Rows) (s Session, err error) {
		var began, used int64
		err = r.Scan(&s.ID, &s.Device, &s.Name, &began, &used)
		s.Began, s.Used, s.Here = atDay(began), atDay(used), s.ID == here
		return s, err
	}, `SELECT id, device, name, created_day, last_used_day FROM sessions WHERE member_id = $1 AND expires_at > $2
		ORDER BY CASE WHEN id = $3 THEN 0 ELSE 1 END, last_used_day DESC, id`, who, database.Micros(tx.Now()), here)
}

// atDay is noon of a stored day, so that it is the same day nearly everywhere.
func atDay(micros int64) time.Time { return database.At(micros).Add(12 * time.Hour) }

// NameSession lets a member call one of her sessions something; an empty name
// takes it away.
func (o *Operations) NameSession(ctx context.Context, a access.Actor, key, id, name string) error {
	name, err := label(name)
	if err != nil {
		return err
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.name_session", Actor: a.ID(), Key: said(key, id, name)}, func(tx *database.Tx) (string, error) {
		return id, one(tx.Exec("UPDATE sessions SET name = $1 WHERE id = $2 AND member_id = $3", name, id, a.ID()))
	})
	return err
}

// EndSession ends one of a member's sessions at once, whatever it is doing.
func (o *Operations) EndSession(ctx context.Context, a access.Actor, key, id string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.end_session", Actor: a.ID(), Key: said(key, id)}, func(tx *database.Tx) (string, error) {
		if err := one(tx.Exec("DELETE FROM sessions WHERE id = $1 AND member_id = $2", id, a.ID())); err != nil {
			return "", err
		}
		return id, tx.Wake()
	})
	return err
}

// EndOthers ends all of a member's sessions but the one she is here with. It
// takes no form key: sent again, it means the sessions that there are then.
func (o *Operations) EndOthers(ctx context.Context, a access.Actor, here string) error {
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.end_others", Actor: a.ID()}, func(tx *database.Tx) (string, error) {
		if err := lock(tx, a.ID()); err != nil {
			return "", err
		}
		return a.ID(), endOthers(tx, a.ID(), here)
	})
	return err
}

// EndAll ends every session of a member in the caller's transaction: she leaves
// or is removed. It checks no right.
func EndAll(tx *database.Tx, who string) error {
	if err := lock(tx, who); err != nil {
		return err
	}
	return endOthers(tx, who, "")
}

// endOthers leaves the session that asks, with a new token at its next request.
func endOthers(tx *database.Tx, who, here string) error {
	if _, err := tx.Exec("DELETE FROM sessions WHERE member_id = $1 AND id <> $2", who, here); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	if err := tx.Wake(); err != nil {
		return err
	}
	return renewAll(tx, who)
}

// one makes fault.Missing of a change that found no row: there is no such
// thing, or it is somebody else's.
func one(n int64, err error) error {
	if err == nil && n == 0 {
		return fault.Missing()
	}
	return err
}

// label is a name for a session or a passkey as it is stored.
func label(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	return member.CheckName(name)
}
