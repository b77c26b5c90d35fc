package signinweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
)

const (
	confirmation = security + "/confirm"
	back         = "%2Fsettings%2Fsecurity"
	proveFirst   = confirmation + "?next=" + back + "&said=proof_needed"
)

// posted sends the form of a page that was opened before.
func (b *client) posted(key, action string, fields ...string) answer {
	b.t.Helper()
	form := url.Values{"form_key": {key}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return b.do(http.MethodPost, action, form)
}

// ask gives what a device is asked that is to prove who it belongs to.
func (b *client) ask() []byte {
	b.t.Helper()
	return []byte(b.posted(b.key(confirmation), "/login/passkey/begin").body)
}

// adds is what gives lasting access, as a page sends it that lay open: with a
// passkey that was asked for in time.
func (b *client) adds() func() map[string]answer {
	b.t.Helper()
	phone := device(b.t)
	made := phone.Make([]byte(b.send(security, security+"/passkeys/begin").body))
	keys := [4]string{b.key(security), b.key(security), b.key(security), b.key(security)}
	return func() map[string]answer {
		b.t.Helper()
		return map[string]answer{
			"codes": b.posted(keys[0], security+"/codes"), "beginning a passkey": b.posted(keys[1], security+"/passkeys/begin"),
			"a passkey": b.posted(keys[2], security+"/passkeys", "passkey_token", made), "a password": b.posted(keys[3], security+"/password", "password", "window tree"),
		}
	}
}

// refusesAll demands that nothing comes of it but the way to the proof.
func (s *site) refusesAll(why string, all map[string]answer) {
	s.t.Helper()
	for what, a := range all {
		if at := a.header.Get("Location"); a.status != http.StatusSeeOther || at != proveFirst {
			s.t.Errorf("%s, %s: %d to %q, want the way to the proof", why, what, a.status, at)
		}
		if shownCode.MatchString(a.body) {
			s.t.Errorf("%s, %s: codes are shown", why, what)
		}
	}
}

// TestASessionAloneAddsNothing is the borrowed phone: nothing that is sent from
// it opens the account for good, until she has proved who she is, in this
// session, and ten minutes after that again nothing.
func TestASessionAloneAddsNothing(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		codes := signintest.Codes(t, s.signIn, "ada")
		ada, other := s.signedIn("ada"), s.signedIn("ada")
		hers, theirs := ada.adds(), other.adds()
		s.clock.Add(signin.ProofLength)
		s.refusesAll("too late", hers())
		page := ada.get(security)
		page.says(t, http.StatusOK, "To change something here, confirm first that it is you. Confirm that it is you")
		for _, dead := range []string{security + `/codes"`, security + `/passkeys"`, security + `/password"`} {
			if strings.Contains(page.body, `action="`+dead) {
				t.Errorf("there is a button that does nothing: %s", dead)
			}
		}

		ada.get(proveFirst).says(t, http.StatusOK, "It is a while since you said who you are.")
		ada.send(confirmation, confirmation, "code", "0000-0000-0000-0000", "next", security).says(t, http.StatusUnprocessableEntity, "That is not one of your recovery codes")
		s.refusesAll("after a wrong proof", hers())
		ada.send(confirmation, confirmation, "code", strings.ToUpper(codes[2]), "next", security).leads(t, security+"?said=confirmed")
		ada.get(security+"?said=confirmed").says(t, http.StatusOK, "Thank you. For ten minutes")
		s.refusesAll("in a session that was not proved", theirs())

		more := ada.adds()
		done := more()
		done["a passkey"].leads(t, security+"?said=passkey_made")
		done["a password"].leads(t, security+"?said=password_changed")
		if n := len(shownCode.FindAllString(done["codes"].body, -1)); n != 10 {
			t.Errorf("%d codes are shown, want 10", n)
		}
		if a := done["beginning a passkey"]; a.status != http.StatusOK || !strings.Contains(a.body, "challenge") {
			t.Errorf("the device is asked %d %s", a.status, a.body)
		}

		ada.send(security, security+"/password/remove").leads(t, security+"?said=password_removed")
		late := ada.adds()
		s.clock.Add(signin.ProofLength)
		s.refusesAll("ten minutes after the proof", late())
	})
}

// TestConfirmPage proves by password and by passkey; a wrong one says so where
// it was typed, and everything leads to pages of ours only.
func TestConfirmPage(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		s.world.Member("bob", "active", access.FullRole)
		signintest.Password(t, s.signIn, "ada", right)
		ada, bob, hers, his := s.signedIn("ada"), s.signedIn("bob"), device(t), device(t)
		page := ada.get(confirmation)
		page.says(t, http.StatusOK, "Your password Or a recovery code")
		if strings.Contains(page.body, "data-passkey=") {
			t.Error("who has no passkey is offered to use one")
		}
		ada.makePasskey(hers)
		bob.makePasskey(his)
		bob.get(confirmation).says(t, http.StatusOK, "Confirm with a passkey")
		if strings.Contains(bob.get(confirmation).body, `name="password"`) {
			t.Error("who has no password is asked for it")
		}
		codes := signintest.Codes(t, s.signIn, "bob")
		s.clock.Add(signin.ProofLength)
		send := ada.posted
		for what, a := range map[string]answer{
			"a wrong password": send(ada.key(confirmation), confirmation, "password", wrong),
			"nothing":          send(ada.key(confirmation), confirmation),
			"bob's code":       send(ada.key(confirmation), confirmation, "code", codes[0]),
			"bob's passkey":    send(ada.key(confirmation), confirmation, "passkey_token", his.Use(ada.ask())),
		} {
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.words(), "nothing was changed") || strings.Contains(a.body, codes[0]) || strings.Contains(a.body, wrong) {
				t.Errorf("%s: %d\n%s", what, a.status, a.words())
			}
		}
		s.refusesAll("after proofs of others", map[string]answer{"codes": ada.posted(ada.key(confirmation), security+"/codes")})
		bob.send(confirmation, confirmation, "code", codes[0], "next", "//evil.example/").leads(t, "/?said=confirmed")
		bob.send(confirmation, confirmation, "code", codes[1], "next", "https://evil.example/").leads(t, "/?said=confirmed")
		for field, proof := range map[string]func() string{
			"password": func() string { return right }, "passkey_token": func() string { return hers.Use(ada.ask()) },
		} {
			key, next := ada.key(confirmation), []string{field, proof(), "next", "/settings/account"}
			for range 2 {
				ada.posted(key, confirmation, next...).leads(t, "/settings/account?said=confirmed")
			}
			s.clock.Add(signin.ProofLength)
			ada.posted(key, confirmation, next...).says(t, http.StatusConflict, "Confirm once more")
		}
		ada.network = "10.9.9.9"
		for range 5 {
			ada.send(confirmation, confirmation, "password", wrong)
		}
		ada.send(confirmation, confirmation, "password", right).says(t, http.StatusTooManyRequests, "")
		ada.send(security, security+"/password", "current_password", right, "password", "window tree").says(t, http.StatusTooManyRequests, "")
	})
}

// TestWithAPasswordNoFurtherProof: the current password is one.
func TestWithAPasswordNoFurtherProof(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		ada := s.signedIn("ada")
		s.clock.Add(time.Hour)
		ada.send(security, security+"/password", "current_password", right, "password", "window tree").leads(t, security+"?said=password_changed")
	})
}

// TestSigningInIsAProof, by whatever way. Who waits or leaves proves it too.
func TestSigningInIsAProof(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		for _, state := range []string{"active", "pending", "leaving"} {
			name := "a" + state
			s.world.Member(name, state, access.FullRole)
			signintest.Password(t, s.signIn, name, right)
			b := s.client()
			b.send("/login", "/login", "handle", name, "password", right)
			if n := len(shownCode.FindAllString(b.send(security, security+"/codes").body, -1)); n != 10 {
				t.Errorf("%s, just signed in: %d codes are shown, want 10", state, n)
			}
			s.clock.Add(signin.ProofLength)
			s.refusesAll(state, map[string]answer{"codes": b.posted(b.key(security), security+"/codes")})
			b.send(confirmation, confirmation, "password", right).leads(t, security+"?said=confirmed")
			if n := len(shownCode.FindAllString(b.send(security, security+"/codes").body, -1)); n != 10 {
				t.Errorf("%s, proved: %d codes are shown, want 10", state, n)
			}
		}
		s.client().get(confirmation).leads(t, "/login?next=%2Fsettings%2Fsecurity%2Fconfirm")
	})
}

// unproved lets every session be as if its member had proved nothing.
func (s *site) unproved() {
	signintest.Write(s.t, s.db, func(tx *database.Tx) error {
		_, err := tx.Exec("UPDATE sessions SET proved_until = 0")
		return err
	})
}
