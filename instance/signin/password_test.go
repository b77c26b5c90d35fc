package signin_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/signin"
)

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct{ name, password, want string }{
		{"nine characters", "zebra-kit", "signin.password_short"},
		{"nine letters of two bytes", "äöüäöüßxy", "signin.password_short"},
		{"ten characters", "zebra-kite", ""},
		{"no digit, no capital, no sign", "yellow window tree", ""},
		{"200 letters of two bytes", strings.Repeat("äfgt", 50), "signin.password_common"},
		{"200 letters", strings.Repeat("äfgtk", 40), ""},
		{"201 letters", strings.Repeat("äfgtk", 40) + "x", "signin.password_long"},
		{"a common one", "qwertyuiop", "signin.password_common"},
		{"in capitals", "QWERTYUIOP", "signin.password_common"},
		{"a common word with digits", "password123", "signin.password_common"},
		{"a German one", "Passwort2026!", "signin.password_common"},
		{"with signs for letters", "P@ssw0rd!!", "signin.password_common"},
		{"digits that begin a word", "1l0vey0u2026", "signin.password_common"},
		{"one letter", "aaaaaaaaaaaa", "signin.password_common"},
		{"one word over and over", "abc1abc1abc1", "signin.password_common"},
		{"digits in their order", "4567890123", "signin.password_common"},
		{"and backwards", "109876543210", "signin.password_common"},
		{"full width", "ｐａｓｓｗｏｒｄ１２", "signin.password_common"},
		{"a date is not a sequence", "1938-11-27", ""},
		{"the handle", "amira_haddad", "signin.password_own_name"},
		{"the handle with digits", "Amira.Haddad.1984", "signin.password_own_name"},
		{"the first name", "amira12345", "signin.password_own_name"},
		{"the first name twice", "AmiraAmira", "signin.password_own_name"},
		{"the name among others", "amira likes figs", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := signin.CheckPassword("amira_haddad", "Amira Haddad", c.password)
			var f *fault.Fault
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%q was refused: %v", c.password, err)
			case c.want != "" && (!errors.As(err, &f) || f.Key != c.want || f.Field != "password"):
				t.Errorf("%q: got %v, want %s about the field password", c.password, err, c.want)
			}
		})
	}
}

func TestPasswordMayBeAHandleOfDigits(t *testing.T) {
	if err := signin.CheckPassword("1938_11_27", "Bo", "1938_11_27"); !fault.Is(err, fault.Invalid) {
		t.Errorf("the handle itself: %v", err)
	}
	if err := signin.CheckPassword("", "", "zebra-kite"); err != nil {
		t.Errorf("nobody's name in particular: %v", err)
	}
}

// TestHashSaysWhatItCost reads the stored form: whoever raises the cost later
// must still be able to check today's hashes.
func TestHashSaysWhatItCost(t *testing.T) {
	o := &signin.Operations{}
	hash, err := o.HashPassword(context.Background(), "zebra-kite")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=65536,t=3,p=2$") {
		t.Errorf("got %s, want argon2id with 64 MiB, three passes, two threads", hash)
	}
	if other, err := o.HashPassword(context.Background(), "zebra-kite"); err != nil || other == hash {
		t.Errorf("the same password twice gives the same hash: no salt (%v)", err)
	}
	if o.Hashes() != 2 {
		t.Errorf("counted %d hashes, want 2", o.Hashes())
	}
}
