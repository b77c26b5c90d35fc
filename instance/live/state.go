package live

import (
	"encoding/base64"
	"strings"

	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/post"
)

// State seals what a page shows for its reader: nobody else can use it, nor can
// she for another page. When she comes again with it, it tells whether she has
// missed anything, however long ago that was.
func State(k *keyring.Keyring, member, page string, sum post.Sum) (string, error) {
	sealed, err := k.Seal(keyring.Cursor, sum[:], bound(member, page))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// opened gives the sum of a state. One that is not hers, or not of that page, is
// as good as none.
func opened(k *keyring.Keyring, member, page, state string) (sum post.Sum, ok bool) {
	sealed, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil {
		return sum, false
	}
	b, err := k.Unseal(keyring.Cursor, sealed, bound(member, page))
	if err != nil || len(b) != len(sum) {
		return sum, false
	}
	return post.Sum(b), true
}

func bound(member, page string) []byte { return []byte("live\n" + member + "\n" + page) }

// Page is a page as a browser names it.
type Page struct {
	// Address is /home or that of a thread, perhaps with after.
	Address string
	// State is what the page shows; empty if nobody knows.
	State string
}

const home = "/home"

// parsed gives the root and the place of a page of a thread; ok is false for
// what is no page that can be watched. There is one way to write each.
func parsed(address string) (root, after string, ok bool) {
	if address == home {
		return "", "", true
	}
	rest, ok := strings.CutPrefix(address, "/p/")
	if !ok {
		return "", "", false
	}
	root, after, more := strings.Cut(rest, "?after=")
	if !isID(root) || more && !isPlace(after) {
		return "", "", false
	}
	return root, after, true
}

func isID(s string) bool { return len(s) == 36 && strings.Trim(s, "0123456789abcdef-") == "" }

// isPlace reports whether a text is a place in a thread as pages of it say it: a
// time and the id of a post. What a place may be besides stays out of rounds,
// in which all readers share one question.
func isPlace(s string) bool {
	at, id, ok := strings.Cut(s, ".")
	at = strings.TrimPrefix(at, "-")
	return ok && at != "" && strings.Trim(at, "0123456789abcdefghijklmnopqrstuvwxyz") == "" && isID(id) && post.IsPlace(s)
}
