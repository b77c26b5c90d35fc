package signin

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// ErrRefused is the one answer to a handle and a password that do not open
// anything, whatever the reason: an unknown handle, a wrong password, a member
// without one, too many tries at this account.
var ErrRefused = fault.New(fault.Invalid, "signin.refused")

// ByPassword signs a member in by her handle and password. Up to its refusal it
// runs one statement and one hash, whatever the reason for refusing. It gives
// fault.TooMany to a network that tries too much.
func (o *Operations) ByPassword(ctx context.Context, handle, password string, v Visit) (Entry, error) {
	if err := o.Knock(v.Network); err != nil {
		return Entry{}, err
	}
	now := o.DB.Now()
	handle = plain(handle)
	allowed := o.limits.Take(now, perAccount, handle, v.Network)
	who, hash, err := o.findPassword(ctx, handle)
	if err != nil {
		return Entry{}, err
	}
	right, err := o.fits(ctx, hash, password)
	if err != nil {
		return Entry{}, err
	}
	if !right || !allowed {
		return Entry{}, ErrRefused
	}
	var e Entry
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.by_password", Actor: who}, func(tx *database.Tx) (string, error) {
		if err := lock(tx, who); err != nil {
			return "", err
		}
		same, err := tx.Has("SELECT 1 FROM passwords WHERE member_id = $1 AND hash = $2", who, hash)
		if err != nil {
			return "", fmt.Errorf("look whether the password changed: %w", err)
		}
		if !same {
			return "", ErrRefused
		}
		e, err = enter(tx, who, v, ErrRefused)
		return who, err
	})
	if err != nil {
		return Entry{}, err
	}
	o.limits.Give(now, perAccount, handle, v.Network)
	o.limits.Give(now, perNetwork, v.Network)
	return e, nil
}

// findPassword gives a member's id and hash, or nothing.
func (o *Operations) findPassword(ctx context.Context, handle string) (who, hash string, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		err := tx.One([]any{&who, &hash}, `SELECT m.id, coalesce(p.hash, '') FROM members m
			LEFT JOIN passwords p ON p.member_id = m.id WHERE m.handle = $1 AND m.state <> 'gone' -- unfiltered: who signs in is nobody yet`, handle)
		if errors.Is(err, database.ErrNone) {
			return nil
		}
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("look up a password: %w", err)
	}
	return who, hash, nil
}

var handleForm = regexp.MustCompile(`^[a-z0-9_]{1,40}$`)

// plain gives a handle as it is stored, also if it was typed with an @ or in
// capitals. What cannot be one becomes empty, which nobody is called.
func plain(handle string) string {
	handle = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(handle), "@"))
	if !handleForm.MatchString(handle) {
		return ""
	}
	return handle
}
