package space

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/member"
)

// takeHandle gives a space its handle, and nil to a secret one: a name that is
// taken would tell that it exists. Without a wish one is made of the name.
func takeHandle(tx *database.Tx, k *keyring.Keyring, d Draft, id string) (any, error) {
	switch {
	case d.Visibility == Secret:
		return nil, nil
	case d.Handle == "":
		return takeSuggested(tx, k, d.Name, id)
	}
	return d.Handle, member.TakeHandle(tx, k, d.Handle, "space", id)
}

// changeHandle gives a space the handle that goes with its change. Former ones
// stay its own and lead to it, as long as it has one. A space that becomes
// secret gives its handle up: the name stays taken, as by anybody, and leads
// nowhere.
func changeHandle(tx *database.Tx, k *keyring.Keyring, s Space, d Draft) (any, error) {
	switch {
	case d.Visibility == Secret:
		_, err := tx.Exec("UPDATE handles SET current = $1 WHERE subject_id = $2", false, s.ID)
		return nil, err
	case d.Handle == s.Handle && s.Handle != "":
		return s.Handle, nil
	}
	return takeHandle(tx, k, d, s.ID)
}

// tries is how often a number is put behind a suggested handle, each time with
// three digits more.
const tries = 3

// takeSuggested gives a space a handle made of its name. The number behind one
// that is not available is random, so that it counts nothing.
func takeSuggested(tx *database.Tx, k *keyring.Keyring, name, id string) (string, error) {
	base := suggested(name)
	var refused error
	for try := range tries {
		h := base
		if try > 0 {
			n, err := rand.Int(rand.Reader, new(big.Int).Exp(big.NewInt(1000), big.NewInt(int64(try)), nil))
			if err != nil {
				return "", fmt.Errorf("draw a number: %w", err)
			}
			h = fmt.Sprintf("%s_%0*d", base, 3*try, n)
		}
		refused = member.TakeHandle(tx, k, h, "space", id)
		if !fault.Is(refused, fault.Invalid) {
			return h, refused
		}
	}
	return "", refused
}

// german spells umlauts as people do who have none on their keyboard.
var german = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue")

// suggested makes a handle of a name, without knowing whether it is free. A
// name without two letters of the Latin alphabet gives "space".
func suggested(name string) string {
	words := strings.FieldsFunc(searchtext.Normalise(german.Replace(strings.ToLower(name))), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	h := strings.Join(words, "_")
	h = strings.Trim(h[:min(len(h), member.MaxHandle-7)], "_") // room for a number
	if len(h) < 2 {
		return "space"
	}
	return h
}
