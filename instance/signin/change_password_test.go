package signin_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
)

// here gives a new session of a member: its token and its id.
func here(t *testing.T, o *signin.Operations, member string) (token, id string) {
	t.Helper()
	token = signintest.Session(t, o.DB, member)
	err := o.DB.Read(ctx, func(tx *database.Tx) error {
		v, err := signin.Resume(tx, token)
		id = v.Session
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token, id
}

func TestChangePassword(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, _ *databasetest.Clock) {
		w.Member("bob", "active", access.FullRole)
		signintest.Password(t, o, "ada", right)
		ada := access.Member("ada")
		mine, id := here(t, o, "ada")
		other, bobs := signintest.Session(t, o.DB, "ada"), signintest.Session(t, o.DB, "bob")

		for _, c := range []struct{ current, chosen, field, key string }{
			{wrong, "window tree", "current_password", "signin.current_wrong"},
			{"", "window tree", "current_password", "signin.current_wrong"},
			{right, "short", "password", "signin.password_short"},
			{right, "ada1234567", "password", "signin.password_own_name"},
		} {
			err := o.ChangePassword(ctx, ada, "", signin.NewPassword{Current: c.current, New: c.chosen, Here: id, Network: "x"})
			var f *fault.Fault
			if !errors.As(err, &f) || f.Field != c.field || f.Key != c.key {
				t.Errorf("from %q to %q: got %v, want %s about %s", c.current, c.chosen, err, c.key, c.field)
			}
		}
		if who(t, o, other) != "ada" {
			t.Error("a refused change ended a session")
		}

		change := signin.NewPassword{Current: right, New: "window tree", Here: id, Network: "x"}
		if err := o.ChangePassword(ctx, ada, "form-1", change); err != nil {
			t.Fatal(err)
		}
		if who(t, o, other) != "" {
			t.Error("another session outlived the password")
		}
		if who(t, o, mine) != "ada" || who(t, o, bobs) != "bob" {
			t.Error("the change ended her own session, or somebody else's")
		}
		if _, err := o.ByPassword(ctx, "ada", right, home); !errors.Is(err, signin.ErrRefused) {
			t.Errorf("the former password: %v", err)
		}
		if _, err := o.ByPassword(ctx, "ada", "window tree", home); err != nil {
			t.Errorf("the new password: %v", err)
		}
		if err := o.ChangePassword(ctx, ada, "form-1", change); !errors.Is(err, database.ErrRepeated) {
			t.Errorf("the same form twice: %v, want ErrRepeated", err)
		}
		change.New = "another window"
		if err := o.ChangePassword(ctx, ada, "form-1", change); !fault.Is(err, fault.Conflict) {
			t.Errorf("a used form with another password: %v, want fault.Conflict, since it was not changed", err)
		}
	})
}

func TestFirstPassword(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		_, id := here(t, o, "ada")
		if err := o.ChangePassword(ctx, access.Member("ada"), "", signin.NewPassword{New: right, Here: id}); err != nil {
			t.Fatal(err)
		}
		if _, err := o.ByPassword(ctx, "ada", right, home); err != nil {
			t.Error(err)
		}
	})
}

func TestCurrentPasswordCannotBeGuessed(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		_, id := here(t, o, "ada")
		change := signin.NewPassword{Current: wrong, New: "window tree", Here: id, Network: "x"}
		for range 5 {
			if err := o.ChangePassword(ctx, access.Member("ada"), "", change); !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
		}
		change.Current = right
		if err := o.ChangePassword(ctx, access.Member("ada"), "", change); !fault.Is(err, fault.TooMany) {
			t.Errorf("after five wrong ones: %v, want fault.TooMany", err)
		}
	})
}

// TestNoSessionByAFormerPassword lets people sign in with a password while it
// is changed: whatever the order, none of them is left.
func TestNoSessionByAFormerPassword(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		mine, id := here(t, o, "ada")
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				if _, err := o.ByPassword(ctx, "ada", right, home); err != nil && !errors.Is(err, signin.ErrRefused) {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			change := signin.NewPassword{Current: right, New: "window tree", Here: id}
			if err := o.ChangePassword(ctx, access.Member("ada"), "", change); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		if n := count(t, o, "SELECT count(*) FROM sessions WHERE member_id = 'ada'"); n != 1 || who(t, o, mine) != "ada" {
			t.Errorf("%d sessions are left, want the one that changed the password", n)
		}
	})
}

func TestLastWayStays(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		ada := access.Member("ada")
		signintest.Password(t, o, "ada", right)
		signintest.Codes(t, o, "ada")
		_, id := here(t, o, "ada")
		if err := o.RemovePassword(ctx, ada, "", id); !fault.Is(err, fault.Conflict) {
			t.Errorf("the only password was removed: %v", err)
		}
		device := &signintest.Device{T: t, Origin: street}
		makePasskey(t, o, device, ada)
		other := signintest.Session(t, o.DB, "ada")
		if err := o.RemovePassword(ctx, ada, "", id); err != nil {
			t.Fatal(err)
		}
		if who(t, o, other) != "" {
			t.Error("another session outlived the password")
		}
		if err := o.RemovePassword(ctx, ada, "", id); !fault.Is(err, fault.Conflict) {
			t.Errorf("a password that is not there, with one passkey left: %v", err)
		}
		keys := overview(t, o, ada).Passkeys
		if err := o.RemovePasskey(ctx, ada, "", keys[0].ID, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("the only passkey was removed: %v", err)
		}
	})
}

// TestTwoLastWaysAtOnce removes password and passkey in the same moment: one
// has to stay.
func TestTwoLastWaysAtOnce(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		ada := access.Member("ada")
		for range 5 {
			signintest.Password(t, o, "ada", right)
			if len(overview(t, o, ada).Passkeys) == 0 {
				makePasskey(t, o, &signintest.Device{T: t, Origin: street}, ada)
			}
			id := overview(t, o, ada).Passkeys[0].ID
			var all sync.WaitGroup
			for _, remove := range []func() error{
				func() error { return o.RemovePassword(ctx, ada, "", "") },
				func() error { return o.RemovePasskey(ctx, ada, "", id, "") },
			} {
				all.Go(func() {
					if err := remove(); err != nil && !fault.Is(err, fault.Conflict) {
						t.Error(err)
					}
				})
			}
			all.Wait()
			if n := overview(t, o, ada).Ways(); n != 1 {
				t.Fatalf("%d ways to sign in are left, want 1", n)
			}
		}
	})
}

func overview(t *testing.T, o *signin.Operations, a access.Actor) signin.Overview {
	t.Helper()
	v, err := o.Overview(ctx, a, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}
