package signin_test

import (
	"errors"
	"sync"
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

func TestSessions(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, clock *databasetest.Clock) {
		w.Member("bob", "active", access.FullRole)
		ada, bob := access.Member("ada"), access.Member("bob")
		old, oldID := here(t, o, "ada")
		clock.Add(48 * time.Hour)
		mine, id := here(t, o, "ada")
		bobs, _ := here(t, o, "bob")
		if err := o.NameSession(ctx, ada, "", oldID, "  The old  laptop\n"); err != nil {
			t.Fatal(err)
		}

		v, err := o.Overview(ctx, ada, id)
		if err != nil {
			t.Fatal(err)
		}
		want := []signin.Session{
			{ID: id, Device: signin.Computer, Began: noon(14), Used: noon(14), Here: true},
			{ID: oldID, Device: signin.Computer, Name: "The old laptop", Began: noon(12), Used: noon(12)},
		}
		if len(v.Sessions) != 2 || v.Sessions[0] != want[0] || v.Sessions[1] != want[1] {
			t.Errorf("got %+v, want %+v", v.Sessions, want)
		}

		for what, err := range map[string]error{
			"name":             o.NameSession(ctx, bob, "", id, "mine now"),
			"end":              o.EndSession(ctx, bob, "", id),
			"end a stranger's": o.EndSession(ctx, access.Stranger(), "", id),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("bob could %s ada's session: %v", what, err)
			}
		}
		if err := o.EndSession(ctx, ada, "", oldID); err != nil {
			t.Fatal(err)
		}
		if who(t, o, old) != "" || who(t, o, mine) != "ada" {
			t.Error("the wrong session ended")
		}
		for range 2 {
			_, another := here(t, o, "ada")
			if err := o.EndSession(ctx, ada, "form-1", another); err != nil {
				t.Errorf("a form from a page that the browser kept was taken for a second sending: %v", err)
			}
		}
		other := signintest.Session(t, o.DB, "ada")
		if err := o.EndOthers(ctx, ada, id); err != nil {
			t.Fatal(err)
		}
		if who(t, o, other) != "" || who(t, o, mine) != "ada" || who(t, o, bobs) != "bob" {
			t.Error("another session is left, or hers or bob's is gone")
		}
	})
}

func noon(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }

// TestSessionsEndWhenAMemberLeaves at the moment the transaction commits.
func TestSessionsEndWhenAMemberLeaves(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, _ *databasetest.Clock) {
		w.Member("bob", "active", access.FullRole)
		phone, laptop, bobs := signintest.Session(t, o.DB, "ada"), signintest.Session(t, o.DB, "ada"), signintest.Session(t, o.DB, "bob")
		signintest.Write(t, o.DB, func(tx *database.Tx) error { return signin.EndAll(tx, "ada") })
		if who(t, o, phone) != "" || who(t, o, laptop) != "" || who(t, o, bobs) != "bob" {
			t.Error("a session outlived leaving, or bob's ended too")
		}
		kept := signintest.Session(t, o.DB, "ada")
		w.Do("UPDATE members SET state = 'gone' WHERE id = 'ada'")
		if who(t, o, kept) != "" {
			t.Error("somebody gone still has a session")
		}
	})
}

func TestErase(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, _ *databasetest.Clock) {
		w.Member("bob", "active", access.FullRole)
		for _, id := range []string{"ada", "bob"} {
			signintest.Session(t, o.DB, id)
			signintest.Password(t, o, id, right)
			signintest.Codes(t, o, id)
			makePasskey(t, o, &signintest.Device{T: t, Origin: street}, access.Member(id))
		}
		signintest.Write(t, o.DB, func(tx *database.Tx) error { return signin.Erase(tx, "ada") })
		for _, table := range []string{"sessions", "passwords", "passkeys", "recovery_codes"} {
			if n := count(t, o, "SELECT count(*) FROM "+table+" WHERE member_id = 'ada'"); n != 0 {
				t.Errorf("%d rows of ada are left in %s", n, table)
			}
			if n := count(t, o, "SELECT count(*) FROM "+table+" WHERE member_id = 'bob'"); n == 0 {
				t.Errorf("bob's rows in %s are gone too", table)
			}
		}
	})
}

// TestEndASessionInUse: what a session does at the moment it is ended does not
// bring it back.
func TestEndASessionInUse(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		token, id := here(t, o, "ada")
		clock.Add(24 * time.Hour)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if err := o.Touch(ctx, token); err != nil {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			if err := o.EndSession(ctx, access.Member("ada"), "", id); err != nil {
				t.Error(err)
			}
		})
		all.Wait()
		if err := o.Touch(ctx, token); err != nil {
			t.Error(err)
		}
		if who(t, o, token) != "" {
			t.Error("the session is back")
		}
	})
}

func TestTidy(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		if n := count(t, o, "SELECT count(*) FROM jobs WHERE kind = $1", signin.TidyJob); n != 0 {
			t.Fatal("a job waits although there is no session")
		}
		unused := signintest.Session(t, o.DB, "ada")
		clock.Add(24 * time.Hour)
		used := signintest.Session(t, o.DB, "ada")
		ask(t, o)
		if n := count(t, o, "SELECT count(*) FROM jobs WHERE kind = $1", signin.TidyJob); n != 1 {
			t.Fatalf("%d jobs wait, want 1", n)
		}
		clock.Add(signin.SessionLength)
		if who(t, o, unused) != "" || who(t, o, used) != "ada" {
			t.Error("a session lasted too long, or not long enough")
		}
		if err := o.Touch(ctx, used); err != nil {
			t.Fatal(err)
		}
		next, err := o.Tidy(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		if until := next.Sub(clock.Now()); until < signin.SessionLength || until > signin.SessionLength+24*time.Hour {
			t.Errorf("it wants to run again in %s, want when the session ends that was used just now", until)
		}
		if n := count(t, o, "SELECT count(*) FROM sessions"); n != 1 {
			t.Errorf("%d sessions are left, want 1", n)
		}
		if n := count(t, o, "SELECT count(*) FROM ceremonies"); n != 0 {
			t.Errorf("%d ceremonies are left", n)
		}
		clock.Add(2 * signin.SessionLength)
		if next, err := o.Tidy(ctx, ""); err != nil || !next.IsZero() {
			t.Errorf("nothing is left: %v, %v; want no further run", next, err)
		}
	})
}

// TestSessionKeepsOnlyDays holds what a session's row may say (P98).
func TestSessionKeepsOnlyDays(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		clock.Add(7*time.Hour + 13*time.Minute)
		token := signintest.Session(t, o.DB, "ada")
		if err := o.Touch(ctx, token); err != nil {
			t.Fatal(err)
		}
		const aDay = 24 * 3600 * 1_000_000
		if n := count(t, o, "SELECT count(*) FROM sessions WHERE created_day % $1 <> 0 OR last_used_day % $1 <> 0 OR expires_at % $1 <> 0", int64(aDay)); n != 0 {
			t.Error("a session keeps the hour")
		}
		codes := signintest.Codes(t, o, "ada")
		if _, err := byCode(o, codes[0]); err != nil && !errors.Is(err, signin.ErrCode) {
			t.Fatal(err)
		}
		if n := count(t, o, "SELECT count(*) FROM recovery_codes WHERE used_at IS NOT NULL AND used_at % $1 = 0", int64(aDay)); n != 1 {
			t.Error("a used code keeps the hour")
		}
	})
}

// TestWhoIsHereCountsOnceADay whatever she does, and only if she is in (P107).
func TestWhoIsHereCountsOnceADay(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, clock *databasetest.Clock) {
		w.Member("pia", "pending", access.FullRole)
		clock.Add(24 * time.Hour)
		before := count(t, o, "SELECT coalesce(sum(n), 0) FROM numbers WHERE kind = 'here'")
		phone, laptop := signintest.Session(t, o.DB, "ada"), signintest.Session(t, o.DB, "ada")
		signintest.Session(t, o.DB, "pia")
		if n := count(t, o, "SELECT coalesce(sum(n), 0) FROM numbers WHERE kind = 'here'"); n != before+1 {
			t.Errorf("two devices of one and somebody who waits count %d", n-before)
		}
		clock.Add(24 * time.Hour)
		for range 2 {
			for _, token := range []string{phone, laptop} {
				if err := o.Touch(ctx, token); err != nil {
					t.Fatal(err)
				}
			}
		}
		if n := count(t, o, "SELECT coalesce(sum(n), 0) FROM numbers WHERE kind = 'here'"); n != before+2 {
			t.Errorf("the next day counts %d", n-before-1)
		}
	})
}

// Whoever watches on behalf of a session hears at once that it has ended.
func TestEndingASessionWakes(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		ada := access.Member("ada")
		token, _ := here(t, o, "ada")
		_, other := here(t, o, "ada")
		_, stays := here(t, o, "ada")
		for _, c := range []struct {
			name string
			end  func() error
		}{
			{"signing out", func() error { return o.Out(ctx, token) }},
			{"ending one", func() error { return o.EndSession(ctx, ada, "", other) }},
			{"ending the others", func() error { return o.EndOthers(ctx, ada, stays) }},
		} {
			woken := o.DB.Woken()
			if err := c.end(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			select {
			case <-woken:
			case <-time.After(20 * time.Second):
				t.Errorf("%s wakes nobody", c.name)
			}
		}
	})
}
