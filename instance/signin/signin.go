package signin

import (
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/limit"
)

// Operations are what can be done to sign in and to look after it. One value
// serves the whole program: it holds the limits and the turns of hashing.
type Operations struct {
	DB   *database.DB
	Keys *keyring.Keyring
	// Cost of hashing a password; the zero Cost is the right one.
	Cost Cost

	hasher hasher
	limits limit.Limits
}

// Visit is what signing in takes from the request.
type Visit struct {
	Device Device
	// Network is what tries are counted by: see web.Request.Network. It is not
	// kept.
	Network string
	// Former is the token that the browser had until now. Its session ends, so
	// that a token from before signing in is worth nothing after.
	Former string
}

// Entry is what somebody gets who has signed in.
type Entry struct {
	// Token is the new session's, for the browser alone.
	Token string
	// Member is her id; State is pending, active or leaving.
	Member, State string
}

// lock serialises, for one member, beginning a session with changing what she
// signs in with. Else a session could begin with the old password after the
// change has ended the others, or two passkeys go at once that were the last.
func lock(tx *database.Tx, member string) error { return tx.Lock("signin:" + member) }

// enter begins a session for who has proved who she is. The caller holds the
// member's lock. It gives refused if she is gone.
func enter(tx *database.Tx, member string, v Visit, refused error) (Entry, error) {
	e := Entry{Member: member}
	err := tx.One([]any{&e.State}, "SELECT state FROM members WHERE id = $1 AND state <> 'gone' -- unfiltered: her own row", member)
	if errors.Is(err, database.ErrNone) {
		return Entry{}, refused
	}
	if err != nil {
		return Entry{}, fmt.Errorf("look up who signs in: %w", err)
	}
	if v.Former != "" {
		if _, err := tx.Exec("DELETE FROM sessions WHERE token_hash = $1 OR former_hash = $1", tokenHash(v.Former)); err != nil {
			return Entry{}, fmt.Errorf("end the former session: %w", err)
		}
	}
	e.Token, err = Begin(tx, member, v.Device)
	return e, err
}

// keep refuses to take away the last password or passkey. Recovery codes do
// not count: they run out.
func keep(tx *database.Tx, member string) error {
	ways := 0
	err := tx.Each(func(r *database.Rows) error {
		var n int
		err := r.Scan(&n)
		ways += n
		return err
	}, "SELECT count(*) FROM passwords WHERE member_id = $1 UNION ALL SELECT count(*) FROM passkeys WHERE member_id = $1", member)
	if err != nil {
		return fmt.Errorf("count the ways to sign in: %w", err)
	}
	if ways < 2 {
		return fault.New(fault.Conflict, "signin.last_way")
	}
	return nil
}

// said binds a form's one-time key to what the form says. A page that the
// browser kept from before can be sent once more about something else; that is
// no second sending, and must not be answered as if it were done.
func said(key string, what ...string) string {
	if key == "" {
		return ""
	}
	return strings.Join(append([]string{key}, what...), "\x00")
}

// Erase removes everything that is kept here of a member, in the caller's
// transaction. It checks no right.
func Erase(tx *database.Tx, member string) error {
	for _, statement := range []string{
		"DELETE FROM sessions WHERE member_id = $1",
		"DELETE FROM passwords WHERE member_id = $1",
		"DELETE FROM passkeys WHERE member_id = $1",
		"DELETE FROM recovery_codes WHERE member_id = $1",
	} {
		if _, err := tx.Exec(statement, member); err != nil {
			return fmt.Errorf("erase what a member signs in with: %w", err)
		}
	}
	return nil
}
