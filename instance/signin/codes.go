package signin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
)

// Codes is how many recovery codes a member gets at a time.
const Codes = 10

// Crockford's alphabet has no letter that looks like a digit.
const codeAlphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// codeLength characters of five bits are 80 bits: nobody guesses one, so codes
// need no account beside them.
const codeLength, codeGroup = 16, 4

// NewCodes makes a member's recovery codes in the caller's transaction, as they
// are shown to her this once: "h3kd-07qm-xw2a-9vtn". Those she had before are
// worth nothing any more. It checks no right.
func (o *Operations) NewCodes(tx *database.Tx, who string) ([]string, error) {
	if _, err := tx.Exec("DELETE FROM recovery_codes WHERE member_id = $1", who); err != nil {
		return nil, fmt.Errorf("remove the former recovery codes: %w", err)
	}
	shown := make([]string, Codes)
	args := []any{who}
	for i := range shown {
		shown[i] = newCode()
		args = append(args, o.codeHash(shown[i]))
	}
	_, err := tx.Exec(`INSERT INTO recovery_codes (member_id, hash) VALUES ($1, $2), ($1, $3), ($1, $4), ($1, $5), ($1, $6),
		($1, $7), ($1, $8), ($1, $9), ($1, $10), ($1, $11)`, args...)
	if err != nil {
		return nil, fmt.Errorf("store recovery codes: %w", err)
	}
	return shown, nil
}

func newCode() string {
	raw := make([]byte, codeLength)
	rand.Read(raw) // never returns an error: crypto/rand
	var b strings.Builder
	for i, r := range raw {
		if i > 0 && i%codeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeAlphabet[r%32]) // 256 is a multiple of 32: no bias
	}
	return b.String()
}

// read takes a code as it may be copied from paper: with other letters for the
// digits that look like them, and with or without what groups it.
func read(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'o':
			return '0'
		case r == 'i' || r == 'l':
			return '1'
		case strings.ContainsRune(codeAlphabet, r):
			return r
		}
		return -1
	}, strings.ToLower(code))
}

// codeHash is what is kept of a code.
func (o *Operations) codeHash(code string) []byte {
	return o.Keys.MAC(keyring.Codes, []byte("recovery code\x00"+read(code)))
}

// MakeCodes gives a member new recovery codes, or ErrProofNeeded; here is the
// session that asks. The form sent twice gives database.ErrRepeated: they cannot
// be shown again, only made anew.
func (o *Operations) MakeCodes(ctx context.Context, a access.Actor, key, here string) (codes []string, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.make_codes", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := lock(tx, a.ID()); err != nil {
			return "", err
		}
		if err := proved(tx, a.ID(), here); err != nil {
			return "", err
		}
		if codes, err = o.NewCodes(tx, a.ID()); err == nil {
			err = renewAll(tx, a.ID())
		}
		return a.ID(), err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// ErrCode is the one answer to a code that opens nothing: never made, used,
// replaced, or of somebody who is gone.
var ErrCode = fault.Bad("code", "signin.code_refused")

// Recovery is how somebody comes back who has lost what she signs in with.
type Recovery struct {
	Code string
	// Password replaces the one she has lost, and ends her other sessions;
	// empty leaves everything as it is.
	Password string
}

// ByCode signs a member in by one of her recovery codes, once. The same form
// sent twice gives fault.Conflict, since its code was used by the first. The
// hash of a new password is computed whether or not the code is right.
func (o *Operations) ByCode(ctx context.Context, key string, r Recovery, v Visit) (Entry, error) {
	if r.Password != "" {
		if err := CheckPassword("", "", r.Password); err != nil {
			return Entry{}, err
		}
	}
	if err := o.Knock(v.Network); err != nil {
		return Entry{}, err
	}
	hash := ""
	if r.Password != "" {
		var err error
		if hash, err = o.HashPassword(ctx, r.Password); err != nil {
			return Entry{}, err
		}
	}
	var e Entry
	_, err := o.DB.Write(ctx, database.Op{Class: database.Own, Name: "signin.by_code", Key: key}, func(tx *database.Tx) (made string, err error) {
		e, err = o.redeem(tx, r, hash, v)
		return e.Member, err
	})
	if errors.Is(err, database.ErrRepeated) {
		return Entry{}, fault.New(fault.Conflict, "signin.code_sent_twice")
	}
	if err != nil {
		return Entry{}, err
	}
	o.limits.Give(o.DB.Now(), perNetwork, v.Network)
	return e, nil
}

// redeem uses a code up and begins a session for whose it was.
func (o *Operations) redeem(tx *database.Tx, r Recovery, hash string, v Visit) (Entry, error) {
	var who, handle, name string
	code := o.codeHash(r.Code)
	err := tx.One([]any{&who, &handle, &name}, `SELECT m.id, m.handle, m.name FROM recovery_codes c
		JOIN members m ON m.id = c.member_id WHERE c.hash = $1 AND c.used_at IS NULL AND m.state <> 'gone' -- unfiltered: who signs in is nobody yet`, code)
	if errors.Is(err, database.ErrNone) {
		return Entry{}, ErrCode
	}
	if err != nil {
		return Entry{}, fmt.Errorf("look for a recovery code: %w", err)
	}
	if err := lock(tx, who); err != nil {
		return Entry{}, err
	}
	n, err := tx.Exec("UPDATE recovery_codes SET used_at = $1 WHERE hash = $2 AND used_at IS NULL", day(tx.Now()), code)
	if err != nil {
		return Entry{}, fmt.Errorf("use a recovery code up: %w", err)
	}
	if n == 0 {
		return Entry{}, ErrCode
	}
	if hash != "" {
		if err := CheckPassword(handle, name, r.Password); err != nil {
			return Entry{}, err
		}
		if err := SetPassword(tx, who, hash); err != nil {
			return Entry{}, err
		}
		if err := endOthers(tx, who, ""); err != nil {
			return Entry{}, err
		}
	}
	return enter(tx, who, v, ErrCode)
}
