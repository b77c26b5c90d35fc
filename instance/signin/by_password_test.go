package signin_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
)

var ctx = context.Background()

const right, wrong = "zebra-kite", "kite-zebra"

// home is a visit from the network a member lives in.
var home = signin.Visit{Device: signin.Phone, Network: "10.0.0.0/24"}

func with(t *testing.T, test func(t *testing.T, o *signin.Operations, w accesstest.World, clock *databasetest.Clock)) {
	t.Helper()
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		o := signintest.Operations(t, db)
		w := accesstest.World{T: t, DB: db}
		w.Member("ada", "active", access.FullRole)
		test(t, o, w, clock)
	})
}

// who gives the member of a token, or empty.
func who(t *testing.T, o *signin.Operations, token string) string {
	t.Helper()
	var v signin.Resumed
	err := o.DB.Read(ctx, func(tx *database.Tx) (err error) {
		v, err = signin.Resume(tx, token)
		if errors.Is(err, signin.ErrNoSession) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return v.ID
}

func count(t *testing.T, o *signin.Operations, query string, args ...any) (n int) {
	t.Helper()
	if err := o.DB.Read(ctx, func(tx *database.Tx) error { return tx.One([]any{&n}, query, args...) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestByPassword(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, _ *databasetest.Clock) {
		for _, state := range []string{"pending", "leaving", "gone"} {
			w.Member(state, state, access.FullRole)
			signintest.Password(t, o, state, right)
		}
		signintest.Password(t, o, "ada", right)
		for _, c := range []struct{ handle, password, state string }{
			{"ada", right, "active"},
			{" @Ada ", right, "active"},
			{"pending", right, "pending"},
			{"leaving", right, "leaving"},
			{"gone", right, ""},
			{"ada", wrong, ""},
			{"ada", "", ""},
			{"", right, ""},
			{"ada\x00", right, ""},
			{"ada\xff", right, ""},
		} {
			e, err := o.ByPassword(ctx, c.handle, c.password, home)
			if c.state == "" {
				if !errors.Is(err, signin.ErrRefused) || e != (signin.Entry{}) {
					t.Errorf("%q with %q: got %+v, %v; want ErrRefused and nothing else", c.handle, c.password, e, err)
				}
				continue
			}
			if err != nil || e.State != c.state || who(t, o, e.Token) != e.Member {
				t.Errorf("%q with %q: got %+v, %v; want a session of somebody %s", c.handle, c.password, e, err, c.state)
			}
		}
		if n := count(t, o, "SELECT count(*) FROM sessions"); n != 4 {
			t.Errorf("there are %d sessions, want the 4 of who signed in", n)
		}
	})
}

func TestSigningInRotatesTheToken(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		first, err := o.ByPassword(ctx, "ada", right, home)
		if err != nil {
			t.Fatal(err)
		}
		again := home
		again.Former = first.Token
		second, err := o.ByPassword(ctx, "ada", right, again)
		if err != nil {
			t.Fatal(err)
		}
		if second.Token == first.Token || who(t, o, first.Token) != "" || who(t, o, second.Token) != "ada" {
			t.Error("the token from before signing in still opens a session")
		}
	})
}

// refusal is everything about a refusal that somebody outside could measure.
type refusal struct {
	err        string
	kind       fault.Kind
	statements databasetest.Trace
	hashes     int64
}

func refused(t *testing.T, o *signin.Operations, handle, password string, v signin.Visit) refusal {
	t.Helper()
	var err error
	hashes := o.Hashes()
	statements := databasetest.Statements(o.DB, func() { _, err = o.ByPassword(ctx, handle, password, v) })
	if err == nil {
		t.Fatalf("%s was let in", handle)
	}
	return refusal{fmt.Sprintf("%#v", err), fault.KindOf(err), statements, o.Hashes() - hashes}
}

// TestRefusalTellsNothing pairs every reason to refuse with every other (P120).
func TestRefusalTellsNothing(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, _ *databasetest.Clock) {
		for id, state := range map[string]string{"keyless": "active", "gone": "gone", "locked": "active", "pending": "pending"} {
			w.Member(id, state, access.FullRole)
		}
		for _, id := range []string{"ada", "gone", "locked", "pending"} {
			signintest.Password(t, o, id, right)
		}
		for range 5 {
			refused(t, o, "locked", wrong, home)
			refused(t, o, "locked_nobody", wrong, home)
		}
		want := refused(t, o, "ada", wrong, home)
		if want.hashes != 1 || want.kind != fault.Invalid {
			t.Fatalf("a wrong password: %+v, want one hash and fault.Invalid", want)
		}
		for _, c := range []struct{ why, handle, password string }{
			{"an unknown handle", "nobody", wrong},
			{"no handle", "not a handle!", wrong},
			{"a member without a password", "keyless", wrong},
			{"a member without a password, none typed", "keyless", ""},
			{"somebody gone, the right password", "gone", right},
			{"somebody who waits, a wrong password", "pending", wrong},
			{"locked, a wrong password", "locked", wrong},
			{"locked, the right password", "locked", right},
			{"locked and unknown", "locked_nobody", right},
		} {
			if got := refused(t, o, c.handle, c.password, home); got != want {
				t.Errorf("%s: %+v, want %+v as for a wrong password", c.why, got, want)
			}
		}
	})
}

func TestLockOut(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		for range 4 {
			refused(t, o, "ada", wrong, home)
		}
		if _, err := o.ByPassword(ctx, "ada", right, home); err != nil {
			t.Fatalf("the fifth try was the right one: %v", err)
		}
		refused(t, o, "ada", wrong, home)
		refused(t, o, "ada", right, home)
		refused(t, o, "@ADA", right, home)
		elsewhere := home
		elsewhere.Network = "10.9.9.0/24"
		if _, err := o.ByPassword(ctx, "ada", right, elsewhere); err != nil {
			t.Errorf("a stranger locked ada out of her own network: %v", err)
		}
		clock.Add(time.Minute)
		if _, err := o.ByPassword(ctx, "ada", right, home); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

func TestSigningInOftenIsNoGuessing(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		for i := range 70 {
			if _, err := o.ByPassword(ctx, "ada", right, home); err != nil {
				t.Fatalf("the right password was refused the %dth time: %v", i+1, err)
			}
		}
	})
}

// TestNetworkLimit: who tries many handles is stopped by her network, without
// hashing or asking the database, and whatever the handle.
func TestNetworkLimit(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		for i := range 60 {
			refused(t, o, fmt.Sprintf("handle_%d", i), wrong, home)
		}
		want := refused(t, o, "nobody", wrong, home)
		if want.kind != fault.TooMany || want.hashes != 0 || want.statements != "" {
			t.Errorf("the 61st try: %+v, want fault.TooMany for nothing", want)
		}
		if got := refused(t, o, "ada", right, home); got != want {
			t.Errorf("a right password gets %+v, a wrong one %+v", got, want)
		}
		elsewhere := home
		elsewhere.Network = "10.9.9.0/24"
		if _, err := o.ByPassword(ctx, "ada", right, elsewhere); err != nil {
			t.Errorf("another network is stopped too: %v", err)
		}
		clock.Add(2 * time.Second)
		if _, err := o.ByPassword(ctx, "ada", right, home); err != nil {
			t.Errorf("two seconds later: %v", err)
		}
	})
}
