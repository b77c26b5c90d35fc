package member

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"unicode"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"golang.org/x/text/unicode/norm"
)

var handleForm = regexp.MustCompile(`^[a-z0-9_]{2,30}$`)

// reserved words would read as somebody in charge, or as a page.
var reserved = map[string]bool{
	"admin": true, "owner": true, "moderator": true, "system": true, "everyone": true, "here": true,
	"opengather": true, "support": true, "security": true, "root": true, "postmaster": true, "abuse": true,
}

// TakeHandle gives a handle to a member, a space or an agent: all share one set
// of names. Every refusal of a well-formed handle reads the same, whether it is
// taken, was taken once, or is reserved.
func TakeHandle(tx *database.Tx, k *keyring.Keyring, handle, kind, id string) error {
	if !handleForm.MatchString(handle) {
		return fault.Bad("handle", "member.handle_form")
	}
	unavailable := fault.Bad("handle", "member.handle_unavailable")
	if reserved[handle] {
		return unavailable
	}
	// Somebody may go back to a handle she had before.
	if _, err := tx.Exec("UPDATE handles SET current = $1 WHERE subject_id = $2", false, id); err != nil {
		return fmt.Errorf("retire the former handle: %w", err)
	}
	// One statement asks whether it is taken and whether it was once, so that the
	// time it takes does not tell which.
	n, err := tx.Exec(`INSERT INTO handles (handle, subject_kind, subject_id, current)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BOOLEAN) WHERE NOT EXISTS (SELECT 1 FROM spent_handles WHERE hash = $5)
		ON CONFLICT (handle) DO UPDATE SET current = excluded.current WHERE handles.subject_id = excluded.subject_id`,
		handle, kind, id, true, k.MAC(keyring.Handles, []byte(handle)))
	if err != nil {
		return fmt.Errorf("take the handle: %w", err)
	}
	if n == 0 {
		return unavailable
	}
	// On PostgreSQL the line above may have waited for whoever had the handle to
	// be erased: then it was spent in the meantime.
	if was, err := spent(tx, k, handle); err != nil {
		return err
	} else if was {
		_, err := tx.Exec("DELETE FROM handles WHERE handle = $1", handle)
		return errors.Join(unavailable, err)
	}
	return few(tx, id)
}

// maxHandles is how many handles one subject may have had: former ones stay its
// own, so that links last, and nobody collects them.
const maxHandles = 6

// few refuses a handle that is one too many.
func few(tx *database.Tx, id string) error {
	var n int
	if err := tx.One([]any{&n}, "SELECT count(*) FROM handles WHERE subject_id = $1", id); err != nil {
		return fmt.Errorf("count the handles: %w", err)
	}
	if n > maxHandles {
		return fault.Bad("handle", "member.handle_often")
	}
	return nil
}

// spent says whether somebody who was erased had a handle.
func spent(tx *database.Tx, k *keyring.Keyring, handle string) (bool, error) {
	was, err := tx.Has("SELECT 1 FROM spent_handles WHERE hash = $1", k.MAC(keyring.Handles, []byte(handle)))
	if err != nil {
		return false, fmt.Errorf("look for a spent handle: %w", err)
	}
	return was, nil
}

// Handle says what a handle leads to.
type Handle struct {
	// Kind is member or space; ID is its id.
	Kind, ID string
	// Current is the subject's handle of today, to which a former one redirects.
	Current string
}

// Holder gives the id of the member to whom a handle leads, empty for nobody. It
// does not look whether the actor may know of her: the operation that she asks
// for does, behind the write gate, where a form that is sent twice is recognised
// although the first sending has hidden her.
func (o *Operations) Holder(ctx context.Context, handle string) (id string, err error) {
	err = o.DB.Read(ctx, func(tx *database.Tx) error {
		h, err := Resolve(tx, handle)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		id = h.ID
		return nil
	})
	return id, err
}

// Resolve finds what a handle leads to, also a former one. It gives fault.Missing
// if there is none. Whether the actor may see the subject is for the caller.
func Resolve(tx *database.Tx, handle string) (Handle, error) {
	var h Handle
	err := tx.One([]any{&h.Kind, &h.ID, &h.Current}, `SELECT h.subject_kind, h.subject_id, c.handle FROM handles h
		JOIN handles c ON c.subject_id = h.subject_id AND c.current WHERE h.handle = $1`, handle)
	if errors.Is(err, database.ErrNone) {
		return h, fault.Missing()
	}
	return h, err
}

// spelled are letters that lose more than a mark on the way to a handle.
var spelled = strings.NewReplacer(
	"ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "æ", "ae", "ø", "oe", "å", "aa", "œ", "oe",
	"ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i",
)

// suggested makes a handle of a name, without knowing whether it is free. A
// name that has no letter of the Latin alphabet gives "member".
func suggested(name string) string {
	plain := norm.NFD.String(spelled.Replace(norm.NFC.String(strings.ToLower(name))))
	words := strings.FieldsFunc(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, plain), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	h := strings.Join(words, "_")
	// Room for an underscore and digits.
	h = strings.Trim(h[:min(len(h), MaxHandle-8)], "_")
	if len(h) < 2 {
		return "member"
	}
	return h
}

// tries is how many numbers are tried behind a suggested handle, each a digit
// longer than the one before.
const tries = 5

// takeSuggested gives somebody a handle made of her name. Numbered ones carry a
// number in any case, so that it tells nothing about who else is here.
func takeSuggested(tx *database.Tx, k *keyring.Keyring, name, id string, numbered bool) (string, error) {
	base := suggested(name)
	for try := range tries {
		h := base
		if numbered || try > 0 {
			n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(try+3)), nil))
			if err != nil {
				return "", err
			}
			h += fmt.Sprintf("_%0*d", try+3, n)
		}
		err := TakeHandle(tx, k, h, "member", id)
		if err == nil || !fault.Is(err, fault.Invalid) {
			return h, err
		}
	}
	return "", fault.New(fault.Conflict, "member.handle_unavailable")
}
