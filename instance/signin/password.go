package signin

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"golang.org/x/text/unicode/norm"
)

// Bounds of a password in characters. There are no rules about what kind of
// characters it consists of: they make passwords worse (NIST SP 800-63B, 3.1.1.2).
const (
	MinPassword = 10
	MaxPassword = 200
)

// CheckPassword refuses a password that is too short, too long, among the first
// that anybody would try, or made of the handle or the name.
func CheckPassword(handle, name, password string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return fault.Bad("password", "signin.password_short").With("min", MinPassword)
	case n > MaxPassword:
		return fault.Bad("password", "signin.password_long").With("max", MaxPassword)
	}
	folded := strings.ToLower(norm.NFKC.String(password))
	if common(folded) {
		return fault.Bad("password", "signin.password_common")
	}
	if ownName(folded, handle, name) {
		return fault.Bad("password", "signin.password_own_name")
	}
	return nil
}

//go:embed common.txt
var commonText string

// commonWords are what the most common passwords are made of. A word counts
// with digits and signs before and after it, so that short words matter too.
var commonWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.Fields(commonText) {
		words[w] = true
	}
	return words
})

// likeLetters are digits and signs that people write for letters.
var likeLetters = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

func common(folded string) bool {
	words := commonWords()
	for _, form := range []string{folded, bare(folded), bare(likeLetters.Replace(folded)), likeLetters.Replace(bare(folded))} {
		if words[form] {
			return true
		}
	}
	return repeats(folded) || bare(folded) == "" && sequence(folded)
}

// bare takes from both ends what is no letter.
func bare(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
}

// repeats reports whether a password is a few characters over and over.
func repeats(s string) bool {
	all := []rune(s)
	for period := 1; period <= 4; period++ {
		same := true
		for i := period; i < len(all); i++ {
			same = same && all[i] == all[i-period]
		}
		if same {
			return true
		}
	}
	return false
}

// sequence reports whether every character is the neighbour of the one before,
// as in 4567890123 or 9876543210.
func sequence(s string) bool {
	up, down := true, true
	for i := 1; i < len(s); i++ {
		up = up && (s[i] == s[i-1]+1 || s[i-1] == '9' && s[i] == '0')
		down = down && (s[i]+1 == s[i-1] || s[i-1] == '0' && s[i] == '9')
	}
	return up || down
}

// ownName reports whether nothing but digits and signs is added to what
// everybody can see of the member.
func ownName(folded, handle, name string) bool {
	name = strings.ToLower(norm.NFKC.String(name))
	known := append(strings.Fields(name), handle, name)
	for _, k := range known {
		if k = letters(k); k != "" && (letters(folded) == k || letters(folded) == k+k) {
			return true
		}
	}
	return folded == strings.ToLower(handle)
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

// SetPassword gives a member a password by its hash, in the caller's
// transaction. It checks no right and ends no session.
func SetPassword(tx *database.Tx, member, hash string) error {
	_, err := tx.Exec(`INSERT INTO passwords (member_id, hash, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (member_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
		member, hash, database.Micros(tx.Now()))
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return nil
}
