package signin

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// KeptPasskey is one of a member's passkeys.
type KeptPasskey struct {
	// ID names it in addresses.
	ID   string
	Name string
	// Made and Used are days: noon of them in UTC. Used is the zero time for
	// one that was never used.
	Made, Used time.Time
}

func passkeys(tx *database.Tx, who string) ([]KeptPasskey, error) {
	return database.Collect(tx, func(r *database.Rows) (k KeptPasskey, err error) {
		var id []byte
		var made, used int64
		err = r.Scan(&id, &k.Name, &made, &used)
		k.ID, k.Made = base64.RawURLEncoding.EncodeToString(id), atDay(made)
		if used > 0 {
			k.Used = atDay(used)
		}
		return k, err
	}, "SELECT id, name, created_day, coalesce(last_used_day, 0) FROM passkeys WHERE member_id = $1 ORDER BY created_day, id", who)
}

// passkeyID reads what KeptPasskey.ID wrote.
func passkeyID(text string) ([]byte, error) {
	id, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, fault.Missing()
	}
	return id, nil
}

// NamePasskey lets a member call one of her passkeys something; an empty name
// takes it away.
func (o *Operations) NamePasskey(ctx context.Context, a access.Actor, key, id, name string) error {
	raw, err := passkeyID(id)
	if err != nil {
		return err
	}
	name, err = label(name)
	if err != nil {
		return err
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.name_passkey", Actor: a.ID(), Key: said(key, id, name)}, func(tx *database.Tx) (string, error) {
		return id, one(tx.Exec("UPDATE passkeys SET name = $1 WHERE id = $2 AND member_id = $3", name, raw, a.ID()))
	})
	return err
}

// RemovePasskey takes one of a member's passkeys away, unless it is the last
// thing she signs in with, and ends her other sessions: whoever has the device
// may be somebody else.
func (o *Operations) RemovePasskey(ctx context.Context, a access.Actor, key, id, here string) error {
	raw, err := passkeyID(id)
	if err != nil {
		return err
	}
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.remove_passkey", Actor: a.ID(), Key: said(key, id)}, func(tx *database.Tx) (string, error) {
		if err := lock(tx, a.ID()); err != nil {
			return "", err
		}
		mine, err := tx.Has("SELECT 1 FROM passkeys WHERE id = $1 AND member_id = $2", raw, a.ID())
		if err != nil {
			return "", err
		}
		if !mine {
			return "", fault.Missing()
		}
		if err := keep(tx, a.ID()); err != nil {
			return "", err
		}
		if _, err := tx.Exec("DELETE FROM passkeys WHERE id = $1", raw); err != nil {
			return "", err
		}
		return id, endOthers(tx, a.ID(), here)
	})
	return err
}
