package signin_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
)

func byCode(o *signin.Operations, code string) (signin.Entry, error) {
	return o.ByCode(ctx, "", signin.Recovery{Code: code}, home)
}

func TestCodes(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		codes := signintest.Codes(t, o, "ada")
		form := regexp.MustCompile(`^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$`)
		seen := map[string]bool{}
		for _, c := range codes {
			if !form.MatchString(c) || seen[c] {
				t.Errorf("%q is no code of 80 bits in four groups, or is there twice", c)
			}
			seen[c] = true
		}
		if len(codes) != 10 {
			t.Errorf("there are %d codes, want 10", len(codes))
		}

		if e, err := byCode(o, codes[0]); err != nil || e.State != "active" || who(t, o, e.Token) != "ada" {
			t.Fatalf("a good code: %+v, %v", e, err)
		}
		if _, err := byCode(o, codes[0]); !errors.Is(err, signin.ErrCode) {
			t.Errorf("the code opened a second time: %v", err)
		}
		sloppy := strings.NewReplacer("-", " ", "0", "O", "1", "l").Replace(strings.ToUpper(codes[1]))
		if _, err := byCode(o, " "+sloppy+"\n"); err != nil {
			t.Errorf("%q typed from paper as %q: %v", codes[1], sloppy, err)
		}
		if v := overview(t, o, access.Member("ada")); v.CodesLeft != 8 || v.CodesMade != 10 {
			t.Errorf("%d of %d codes are left, want 8 of 10", v.CodesLeft, v.CodesMade)
		}

		_, id := here(t, o, "ada")
		fresh, err := o.MakeCodes(ctx, access.Member("ada"), "form-1", id)
		if err != nil || len(fresh) != 10 {
			t.Fatal(fresh, err)
		}
		if _, err := byCode(o, codes[2]); !errors.Is(err, signin.ErrCode) {
			t.Errorf("a replaced code opened: %v", err)
		}
		if _, err := byCode(o, fresh[2]); err != nil {
			t.Errorf("a code of the new set: %v", err)
		}
		if again, err := o.MakeCodes(ctx, access.Member("ada"), "form-1", id); !errors.Is(err, database.ErrRepeated) || again != nil {
			t.Errorf("the same form twice: %v, %v; want ErrRepeated and no codes", again, err)
		}
	})
}

func TestCodesLieHashedUnderAKey(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		code := signintest.Codes(t, o, "ada")[0]
		plain := sha256.Sum256([]byte(strings.ReplaceAll(code, "-", "")))
		err := o.DB.Read(ctx, func(tx *database.Tx) error {
			for _, written := range [][]byte{[]byte(code), []byte(strings.ReplaceAll(code, "-", "")), plain[:]} {
				found, err := tx.Has("SELECT 1 FROM recovery_codes WHERE hash = $1", written)
				if err != nil || found {
					t.Errorf("%q lies open, or under no key (%v)", written, err)
				}
			}
			var hash []byte
			if err := tx.One([]any{&hash}, "SELECT hash FROM recovery_codes LIMIT 1"); err != nil || len(hash) != 32 || bytes.Contains(hash, []byte(code)) {
				t.Errorf("%x, %v", hash, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// TestOneCodeTwiceAtOnce: of many who hold the same code, one gets in.
func TestOneCodeTwiceAtOnce(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		for _, code := range signintest.Codes(t, o, "ada")[:5] {
			var in atomic.Int32
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					_, err := byCode(o, code)
					switch {
					case err == nil:
						in.Add(1)
					case !errors.Is(err, signin.ErrCode):
						t.Error(err)
					}
				})
			}
			all.Wait()
			if in.Load() != 1 {
				t.Errorf("one code let %d in", in.Load())
			}
		}
		if n := count(t, o, "SELECT count(*) FROM sessions"); n != 5 {
			t.Errorf("five codes began %d sessions", n)
		}
	})
}

func TestCodeRefusalTellsNothing(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, _ *databasetest.Clock) {
		w.Member("gone", "gone", access.FullRole)
		gone := signintest.Codes(t, o, "gone")
		codes := signintest.Codes(t, o, "ada")
		if _, err := byCode(o, codes[0]); err != nil {
			t.Fatal(err)
		}
		measure := func(code, password string) refusal {
			t.Helper()
			var err error
			hashes := o.Hashes()
			statements := databasetest.Statements(o.DB, func() {
				_, err = o.ByCode(ctx, "", signin.Recovery{Code: code, Password: password}, home)
			})
			if err == nil {
				t.Fatalf("%q opened", code)
			}
			return refusal{err.Error(), fault.KindOf(err), statements, o.Hashes() - hashes}
		}
		for _, password := range []string{"", "window tree"} {
			want := measure("0000-0000-0000-0000", password)
			for _, code := range []string{codes[0], gone[0], "", "x", strings.Repeat("z", 5000)} {
				if got := measure(code, password); got != want {
					t.Errorf("%.20q with %q: %+v, want %+v as for a code nobody has", code, password, got, want)
				}
			}
		}
	})
}

// TestCodeWithNewPassword is the way back for who has lost everything else.
func TestCodeWithNewPassword(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		stolen := signintest.Session(t, o.DB, "ada")
		codes := signintest.Codes(t, o, "ada")
		for _, bad := range []string{"short", "password123", "ada1234567"} {
			if _, err := o.ByCode(ctx, "", signin.Recovery{Code: codes[0], Password: bad}, home); !fault.Is(err, fault.Invalid) {
				t.Errorf("%q was taken: %v", bad, err)
			}
		}
		e, err := o.ByCode(ctx, "form-1", signin.Recovery{Code: codes[0], Password: "window tree"}, home)
		if err != nil {
			t.Fatalf("a refused password used the code up: %v", err)
		}
		if who(t, o, stolen) != "" || who(t, o, e.Token) != "ada" {
			t.Error("a session from before outlived the recovery, or hers did not")
		}
		if _, err := o.ByPassword(ctx, "ada", "window tree", home); err != nil {
			t.Errorf("the new password: %v", err)
		}
		if _, err := o.ByPassword(ctx, "ada", right, home); !errors.Is(err, signin.ErrRefused) {
			t.Errorf("the lost password: %v", err)
		}
		_, err = o.ByCode(ctx, "form-1", signin.Recovery{Code: codes[0], Password: "window tree"}, home)
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("the same form twice: %v, want fault.Conflict, which explains it", err)
		}
	})
}

func TestCodeWithoutPasswordChangesNothingElse(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		other := signintest.Session(t, o.DB, "ada")
		if _, err := byCode(o, signintest.Codes(t, o, "ada")[0]); err != nil {
			t.Fatal(err)
		}
		if _, err := o.ByPassword(ctx, "ada", right, home); err != nil || who(t, o, other) != "ada" {
			t.Errorf("the password or the other session is gone: %v", err)
		}
	})
}
