package signin_test

import (
	"errors"
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

// refusedAt demands that a proof is refused at a field.
func refusedAt(t *testing.T, what string, err error, field string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Field != field {
		t.Errorf("%s: %v, want it to be refused at %s", what, err, field)
	}
}

// TestLastingAccessNeedsAProof asks for each thing that opens an account for
// good, at times when the session is proved and when it is not.
func TestLastingAccessNeedsAProof(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		ada := access.Member("ada")
		signintest.Codes(t, o, "ada")
		token, id := here(t, o, "ada")
		from := atStreet
		from.Here = id
		asked, err := o.BeginPasskey(ctx, ada, from)
		if err != nil {
			t.Fatalf("just signed in: %v", err)
		}
		clock.Add(4 * time.Minute)
		made := (&signintest.Device{T: t, Origin: street}).Make(asked)
		all := func(here string) map[string]error {
			from.Here = here
			_, codes := o.MakeCodes(ctx, ada, "", here)
			_, begun := o.BeginPasskey(ctx, ada, from)
			return map[string]error{
				"codes": codes, "beginning a passkey": begun, "a passkey": o.MakePasskey(ctx, ada, "", from, made, ""),
				"a first password":          o.ChangePassword(ctx, ada, "", signin.NewPassword{New: right, Here: here, Network: "x"}),
				"a first password, refused": o.ChangePassword(ctx, ada, "", signin.NewPassword{New: "short", Here: here, Network: "x"}),
			}
		}
		for what, err := range all("another session") {
			if !errors.Is(err, signin.ErrProofNeeded) {
				t.Errorf("%s with a session that is none: %v, want ErrProofNeeded", what, err)
			}
		}
		clock.Add(signin.ProofLength - 4*time.Minute)
		for what, err := range all(id) {
			if !errors.Is(err, signin.ErrProofNeeded) {
				t.Errorf("%s after %s: %v, want ErrProofNeeded", what, signin.ProofLength, err)
			}
		}
		v := overview(t, o, ada)
		if v.HasPassword || len(v.Passkeys) != 0 || v.CodesLeft != 10 || v.Proved {
			t.Errorf("there is now %+v", v)
		}
		if fresh, err := o.Renew(ctx, token); err != nil || who(t, o, fresh) != "ada" {
			t.Fatal(err)
		}
		if err := o.ChangePassword(ctx, ada, "", signin.NewPassword{New: right, Here: id}); !errors.Is(err, signin.ErrProofNeeded) {
			t.Errorf("a new token is taken for a proof: %v", err)
		}
	})
}

// TestConfirm proves who somebody is, by everything she has, in one session and
// for a short time.
func TestConfirm(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		ada, device := access.Member("ada"), &signintest.Device{T: t, Origin: street}
		signintest.Password(t, o, "ada", right)
		codes := signintest.Codes(t, o, "ada")
		makePasskey(t, o, device, ada)
		token, id := here(t, o, "ada")
		_, other := here(t, o, "ada")
		sessions := count(t, o, "SELECT count(*) FROM sessions")
		proved := func(here string) bool {
			t.Helper()
			v, err := o.Overview(ctx, ada, here)
			if err != nil {
				t.Fatal(err)
			}
			return v.Proved
		}
		for what, proof := range map[string]func() signin.Proof{
			"password": func() signin.Proof { return signin.Proof{Password: right} },
			"code":     func() signin.Proof { return signin.Proof{Code: codes[0]} },
			"passkey":  func() signin.Proof { return signin.Proof{Passkey: device.Use(ask(t, o)), Origin: street} },
		} {
			clock.Add(signin.ProofLength)
			if proved(id) || proved(other) {
				t.Errorf("before the %s: a session is proved still", what)
			}
			p := proof()
			for range 2 { // a form that was sent twice
				if err := o.Confirm(ctx, ada, what, id, p); err != nil && !errors.Is(err, database.ErrRepeated) {
					t.Errorf("by %s: %v", what, err)
				}
			}
			if !proved(id) || proved(other) {
				t.Errorf("after the %s: this session %v, the other %v; want the first alone", what, proved(id), proved(other))
			}
			clock.Add(signin.ProofLength - time.Second)
			fresh, err := o.Renew(ctx, token)
			if token = fresh; err != nil || !proved(id) {
				t.Errorf("after the %s and a new token: not proved any more (%v)", what, err)
			}
			clock.Add(time.Second)
			if err := o.Confirm(ctx, ada, what, id, p); !fault.Is(err, fault.Conflict) || proved(id) {
				t.Errorf("the form with the %s, once more and late: %v, want fault.Conflict and no proof", what, err)
			}
		}
		if v := overview(t, o, ada); v.CodesLeft != 9 {
			t.Errorf("%d codes are left, want 9", v.CodesLeft)
		}
		if n := count(t, o, "SELECT count(*) FROM sessions"); n != sessions {
			t.Errorf("proving began %d sessions", n-sessions)
		}
		refusedAt(t, "the code that was used", o.Confirm(ctx, ada, "", id, signin.Proof{Code: codes[0]}), "code")
		if err := o.Confirm(ctx, ada, "", "nowhere", signin.Proof{Code: codes[1]}); !fault.Is(err, fault.NotFound) {
			t.Errorf("for a session that has ended: %v", err)
		}
		if v := overview(t, o, ada); v.CodesLeft != 9 {
			t.Error("a proof for nothing used a code up")
		}
	})
}

// TestProofOfSomebodyElse: what proves that one is bob does not prove that one
// is ada, nor does it cost him anything.
func TestProofOfSomebodyElse(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, w accesstest.World, clock *databasetest.Clock) {
		w.Member("bob", "active", access.FullRole)
		ada, bob := access.Member("ada"), access.Member("bob")
		hers, his := &signintest.Device{T: t, Origin: street}, &signintest.Device{T: t, Origin: street}
		signintest.Password(t, o, "ada", right)
		signintest.Password(t, o, "bob", "window tree")
		signintest.Codes(t, o, "ada")
		codes := signintest.Codes(t, o, "bob")
		makePasskey(t, o, hers, ada)
		makePasskey(t, o, his, bob)
		_, id := here(t, o, "ada")
		_, bobs := here(t, o, "bob")
		clock.Add(signin.ProofLength)
		for what, c := range map[string]struct {
			proof signin.Proof
			field string
		}{
			"nothing":                        {signin.Proof{}, "password"},
			"his password":                   {signin.Proof{Password: "window tree"}, "password"},
			"his code":                       {signin.Proof{Code: codes[0]}, "code"},
			"his passkey":                    {signin.Proof{Passkey: his.Use(ask(t, o)), Origin: street}, "passkey_token"},
			"no passkey":                     {signin.Proof{Passkey: "{}", Origin: street}, "passkey_token"},
			"her passkey, asked to make one": {signin.Proof{Passkey: (&signintest.Device{T: t, Origin: street}).Make(begin(t, o, access.Stranger())), Origin: street}, "passkey_token"},
		} {
			refusedAt(t, what, o.Confirm(ctx, ada, "", id, c.proof), c.field)
		}
		if err := o.Confirm(ctx, ada, "", bobs, signin.Proof{Password: right}); !fault.Is(err, fault.NotFound) {
			t.Errorf("ada proves bob's session: %v", err)
		}
		if n := count(t, o, "SELECT count(*) FROM sessions WHERE proved_until > $1", database.Micros(clock.Now())); n != 0 {
			t.Errorf("%d sessions are proved", n)
		}
		if v := overview(t, o, bob); v.CodesLeft != 10 {
			t.Errorf("bob has %d codes left, want 10", v.CodesLeft)
		}
		w.Member("cy", "active", access.FullRole)
		makePasskey(t, o, &signintest.Device{T: t, Origin: street}, access.Member("cy"))
		refusedAt(t, "a password of who has none", o.Confirm(ctx, access.Member("cy"), "", "x", signin.Proof{Password: right}), "code")
	})
}

// TestProofCannotBeGuessed: tries are counted with those at the current password.
func TestProofCannotBeGuessed(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, _ *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		ada := access.Member("ada")
		_, id := here(t, o, "ada")
		for range 3 {
			refusedAt(t, "a wrong password", o.Confirm(ctx, ada, "", id, signin.Proof{Password: wrong, Network: "x"}), "password")
		}
		change := signin.NewPassword{Current: wrong, New: "window tree", Here: id, Network: "x"}
		for range 2 {
			refusedAt(t, "a wrong current password", o.ChangePassword(ctx, ada, "", change), "current_password")
		}
		if err := o.Confirm(ctx, ada, "", id, signin.Proof{Password: right, Network: "x"}); !fault.Is(err, fault.TooMany) {
			t.Errorf("after five wrong ones: %v, want fault.TooMany", err)
		}
		change.Current = right
		if err := o.ChangePassword(ctx, ada, "", change); !fault.Is(err, fault.TooMany) {
			t.Errorf("after five wrong ones: %v, want fault.TooMany", err)
		}
		if err := o.Confirm(ctx, ada, "", id, signin.Proof{Password: right, Network: "elsewhere"}); err != nil {
			t.Errorf("from another network: %v", err)
		}
	})
}

// TestProofIsForgotten: what is kept of the moment at which somebody proved who
// she is goes with the next run of the jobs (P98).
func TestProofIsForgotten(t *testing.T) {
	with(t, func(t *testing.T, o *signin.Operations, _ accesstest.World, clock *databasetest.Clock) {
		signintest.Password(t, o, "ada", right)
		due := func() time.Duration {
			t.Helper()
			var at int64
			err := o.DB.Read(ctx, func(tx *database.Tx) error {
				return tx.One([]any{&at}, "SELECT run_at FROM jobs WHERE kind = $1", signin.TidyJob)
			})
			if err != nil {
				t.Fatal(err)
			}
			return database.At(at).Sub(clock.Now()).Round(time.Second)
		}
		kept := func() int { return count(t, o, "SELECT count(*) FROM sessions WHERE proved_until > 0") }
		_, id := here(t, o, "ada")
		for _, do := range []func(){func() {}, func() {
			signintest.Write(t, o.DB, func(tx *database.Tx) error {
				_, err := tx.Exec("DELETE FROM jobs")
				return err
			})
			if err := o.Confirm(ctx, access.Member("ada"), "", id, signin.Proof{Password: right}); err != nil {
				t.Fatal(err)
			}
		}} {
			do()
			if got := due(); got != signin.ProofLength || kept() != 1 {
				t.Fatalf("the job is due in %s, want %s; %d sessions are proved", got, signin.ProofLength, kept())
			}
			clock.Add(time.Minute)
			if next, err := o.Tidy(ctx, ""); err != nil || kept() != 1 || next.Sub(clock.Now()).Round(time.Second) != signin.ProofLength-time.Minute {
				t.Errorf("before its time: %d are kept, next in %s, %v", kept(), next.Sub(clock.Now()), err)
			}
			clock.Add(signin.ProofLength - time.Minute)
			if next, err := o.Tidy(ctx, ""); err != nil || kept() != 0 || next.Sub(clock.Now()) < 24*time.Hour {
				t.Errorf("after its time: %d are kept, next in %s, %v", kept(), next.Sub(clock.Now()), err)
			}
		}
	})
}
