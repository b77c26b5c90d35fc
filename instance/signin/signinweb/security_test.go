package signinweb_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/signin/signintest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

const security = "/settings/security"

func device(t *testing.T) *signintest.Device { return &signintest.Device{T: t, Origin: origin} }

// makePasskey does what passkey.js does.
func (b *client) makePasskey(d *signintest.Device) {
	b.t.Helper()
	asked := b.send(security, security+"/passkeys/begin")
	b.send(security, security+"/passkeys", "passkey_token", d.Make([]byte(asked.body))).leads(b.t, security+"?said=passkey_made")
}

func TestPasskeyPages(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		ada, phone := s.signedIn("ada"), device(t)
		ada.makePasskey(phone)
		ada.get(security).says(t, http.StatusOK, "Computer Since 12 March 2026, not used yet")
		if strings.Contains(ada.get(security).body, "/remove\"") {
			t.Error("the last way to sign in is offered for removal")
		}

		b := s.client()
		asked := b.send("/login", "/login/passkey/begin")
		if typ := asked.header.Get("Content-Type"); !strings.HasPrefix(typ, "application/json") {
			t.Errorf("what to ask the device comes as %s", typ)
		}
		b.send("/login", "/login/passkey/finish", "passkey_token", phone.Use([]byte(asked.body)), "next", "/s/garden").leads(t, "/s/garden")
		b.get(security).says(t, http.StatusOK, "Computer Since 12 March 2026, last used 12 March 2026")

		name := regexp.MustCompile(security + `/passkeys/[^/"]+/name`).FindString(ada.get(security).body)
		ada.get(name).says(t, http.StatusOK, "Give it a name")
		ada.send(name, name, "name", "Ada's <phone>").leads(t, security+"?said=named")
		ada.get(security).says(t, http.StatusOK, "Ada's <phone>")
		ada.send(name, name, "name", strings.Repeat("x", 81)).says(t, http.StatusUnprocessableEntity, "One thing needs another look")
		s.world.Member("bob", "active", access.FullRole)
		if a := s.signedIn("bob").get(name); a.status != http.StatusNotFound {
			t.Errorf("bob sees ada's passkey: %d", a.status)
		}

		remove := strings.TrimSuffix(name, "name") + "remove"
		ada.send(security, remove).says(t, http.StatusConflict, "the last thing you can sign in with")
		ada.send(security, security+"/password", "password", right).leads(t, security+"?said=password_changed")
		if b.get(security).status != http.StatusSeeOther {
			t.Error("the other session outlived the new password")
		}
		ada.send(security, remove).leads(t, security+"?said=passkey_removed")
		refused := s.client()
		asked = refused.send("/login", "/login/passkey/begin")
		refused.send("/login", "/login/passkey/finish", "passkey_token", phone.Use([]byte(asked.body))).says(t, http.StatusUnprocessableEntity, "That passkey does not open anything here")
	})
}

func TestPasswordPage(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		ada := s.signedIn("ada")
		change := security + "/password"
		ada.send(security, change, "current_password", wrong, "password", "window tree").says(t, http.StatusUnprocessableEntity, "That is not your password now")
		ada.send(security, change, "current_password", right, "password", "short").says(t, http.StatusUnprocessableEntity, "at least 10 characters")
		page := ada.send(security, change, "current_password", right, "password", "ada12345678")
		page.says(t, http.StatusUnprocessableEntity, "Everybody here knows your name")
		if strings.Contains(page.body, "ada12345678") || strings.Contains(page.body, right) {
			t.Error("a password comes back in the page")
		}
		form := url.Values{"form_key": {ada.key(security)}, "current_password": {right}, "password": {"window tree"}}
		for range 2 {
			ada.do(http.MethodPost, change, form).leads(t, security+"?said=password_changed")
		}
		ada.send(security, change+"/remove").says(t, http.StatusConflict, "the last thing you can sign in with")
		s.client().send("/login", "/login", "handle", "ada", "password", "window tree").leads(t, "/home")
	})
}

var shownCode = regexp.MustCompile(`<code>([^<]+)</code>`)

func TestCodePages(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		ada := s.signedIn("ada")
		ada.get(security).says(t, http.StatusOK, "You have none.")
		form := url.Values{"form_key": {ada.key(security)}}
		page := ada.do(http.MethodPost, security+"/codes", form)
		codes := shownCode.FindAllStringSubmatch(page.body, -1)
		if page.status != http.StatusOK || len(codes) != 10 {
			t.Fatalf("%d codes are shown, want 10", len(codes))
		}
		if kept := page.header.Get("Cache-Control"); kept != "no-store" {
			t.Errorf("browsers may keep the page of codes: %q", kept)
		}
		again := ada.do(http.MethodPost, security+"/codes", form)
		again.says(t, http.StatusOK, "shown once already")
		if shownCode.MatchString(again.body) {
			t.Error("codes are shown a second time")
		}
		ada.get(security).says(t, http.StatusOK, "You have 10 codes left")

		b := s.client()
		b.send("/login/code", "/login/code", "code", strings.ToUpper(codes[3][1]), "password", "short").says(t, http.StatusUnprocessableEntity, "at least 10 characters")
		form = url.Values{"form_key": {b.key("/login/code")}, "code": {codes[3][1]}, "password": {"window tree"}}
		b.do(http.MethodPost, "/login/code", form).leads(t, security+"?said=code_used")
		b.get(security).says(t, http.StatusOK, "You have 9 codes left")
		twice := s.client().do(http.MethodPost, "/login/code", form)
		twice.says(t, http.StatusConflict, "sent twice")
		if strings.Contains(twice.body, codes[3][1]) {
			t.Error("the page repeats a code")
		}
		if ada.get(security).status != http.StatusSeeOther {
			t.Error("another session outlived the lost password")
		}
	})
}

func TestSessionPages(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		s.world.Member("bob", "active", access.FullRole)
		phone, laptop, library := s.signedIn("ada"), s.signedIn("ada"), s.signedIn("ada")
		paths := regexp.MustCompile(security+`/sessions/[^/"]+/name`).FindAllString(phone.get(security).body, -1)
		if len(paths) != 3 {
			t.Fatalf("%d sessions are listed, want 3", len(paths))
		}
		phone.send(paths[0], paths[0], "name", "Mine").leads(t, security+"?said=named")
		phone.get(security).says(t, http.StatusOK, "Mine this one")
		bob := s.signedIn("bob")
		if a := bob.get(paths[1]); a.status != http.StatusNotFound {
			t.Errorf("bob sees ada's session: %d", a.status)
		}
		end := func(path string) string { return strings.TrimSuffix(path, "name") + "end" }
		if a := bob.send(security, end(paths[1])); a.status != http.StatusNotFound {
			t.Errorf("bob ended ada's session: %d", a.status)
		}
		phone.send(security, end(paths[1])).leads(t, security+"?said=session_ended")
		left := 0
		for _, b := range []*client{laptop, library} {
			if b.get(security).status == http.StatusOK {
				left++
			}
		}
		if left != 1 {
			t.Errorf("%d of two other sessions are left, want 1", left)
		}
		phone.send(security, security+"/sessions/end").leads(t, security+"?said=sessions_ended")
		if laptop.get(security).status == http.StatusOK || library.get(security).status == http.StatusOK {
			t.Error("another session is left")
		}
		phone.send(security, end(paths[0])).leads(t, "/")
		if phone.session != "" {
			t.Error("ending the session that asks leaves its cookie")
		}
	})
}

// TestWhoWaitsOrLeavesKeepsHerOwn: what opens her account is hers in every state.
func TestWhoWaitsOrLeavesKeepsHerOwn(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		for _, state := range []string{"pending", "leaving"} {
			s.world.Member(state, state, access.FullRole)
			s.signedIn(state).get(security).says(t, http.StatusOK, "Where you are signed in")
		}
		s.client().get(security).leads(t, "/login?next=%2Fsettings%2Fsecurity")
	})
}

func TestBeforeThereIsACommunity(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		s.world.Do("DELETE FROM community")
		for _, path := range []string{"/login", "/login/code"} {
			s.client().get(path).leads(t, "/setup")
		}
	})
}

// TestWords: every key exists in every language and is said somewhere.
func TestWords(t *testing.T) {
	catalog, err := locale.Load(locale.Messages, look.Messages, web.Messages, signinweb.Messages)
	if err != nil {
		t.Fatal(err)
	}
	if problems := locale.Check(catalog); len(problems) > 0 {
		t.Errorf("the messages: %v", problems)
	}
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		signintest.Codes(t, s.signIn, "ada")
		ada := s.signedIn("ada")
		ada.makePasskey(device(t))
		for _, a := range []answer{ada.get(security), ada.get(security + "/confirm"), s.client().get("/login"), s.client().get("/login/code")} {
			if strings.ContainsAny(a.body, "⟦⟧{}") {
				t.Errorf("a word is missing:\n%s", a.words())
			}
			if strings.Contains(a.body, "<script>") || strings.Contains(a.body, "style=") || strings.Contains(a.body, "onclick") {
				t.Error("there is something inline that the policy refuses")
			}
		}
	})
}
