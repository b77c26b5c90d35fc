package signinweb_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
)

func TestLogin(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		for _, state := range []string{"pending", "leaving", "gone"} {
			s.world.Member(state, state, access.FullRole)
			signintest.Password(t, s.signIn, state, right)
		}
		signintest.Password(t, s.signIn, "ada", right)
		for _, c := range []struct{ handle, next, leads string }{
			{"ada", "", "/home"},
			{"@Ada", "/s/garden?page=2", "/s/garden?page=2"},
			{"ada", "//evil.example", "/"},
			{"ada", "https://evil.example/", "/"},
			{"ada", "/\\evil.example", "/"},
			{"pending", "/s/garden", "/waiting"},
			{"leaving", "/s/garden", "/leaving"},
		} {
			b := s.client()
			b.send("/login", "/login", "handle", c.handle, "password", right, "next", c.next).leads(t, c.leads)
			if b.session == "" {
				t.Errorf("%s has no session", c.handle)
			}
			b.get("/login?next="+url.QueryEscape(c.next)).leads(t, c.leads)
		}
		b := s.client()
		b.send("/login", "/login", "handle", "gone", "password", right).says(t, http.StatusUnprocessableEntity, "do not open anything here")
		if b.session != "" {
			t.Error("somebody gone has a session")
		}
	})
}

func TestPasswordIsTakenAsTyped(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", "  two spaces in front")
		s.client().send("/login", "/login", "handle", "ada", "password", "  two spaces in front").leads(t, "/home")
		s.client().send("/login", "/login", "handle", "ada", "password", "two spaces in front").says(t, http.StatusUnprocessableEntity, "do not open anything here")
	})
}

// TestSessionCookie: nothing for strangers (P95), and for members a cookie that
// no script reads and no other host sets.
func TestSessionCookie(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		b := s.client()
		for _, path := range []string{"/login", "/login/code", "/.well-known/change-password", "/settings/security"} {
			if c := b.get(path).header.Values("Set-Cookie"); c != nil {
				t.Errorf("a stranger gets a cookie at %s: %v", path, c)
			}
		}
		if c := b.send("/login", "/login", "handle", "ada", "password", wrong).header.Values("Set-Cookie"); c != nil {
			t.Errorf("a refused stranger gets a cookie: %v", c)
		}
		cookies := b.send("/login", "/login", "handle", "ada", "password", right).header.Values("Set-Cookie")
		if len(cookies) != 1 {
			t.Fatalf("there are %d cookies, want 1", len(cookies))
		}
		for _, want := range []string{"__Host-session=", "Path=/", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=5184000"} {
			if !strings.Contains(cookies[0], want) {
				t.Errorf("%s is missing in %s", want, cookies[0])
			}
		}
		former := b.session
		b.send("/settings/security", "/login", "handle", "ada", "password", right).leads(t, "/home")
		if b.session == former {
			t.Error("signing in did not change the token")
		}
		was := s.client()
		was.session = former
		was.get("/settings/security").leads(t, "/login?next=%2Fsettings%2Fsecurity")
	})
}

// outside is everything about an answer that somebody could tell accounts by.
type outside struct {
	status     int
	header     string
	body       string
	statements databasetest.Trace
	hashes     int64
}

var nonce = regexp.MustCompile(`name="form_key" value="[^"]+"`)

func (b *client) measure(handle string, send func() answer) outside {
	hashes := b.signIn.Hashes()
	var a answer
	statements := databasetest.Statements(b.db, func() { a = send() })
	var header strings.Builder
	var names []string
	for name := range a.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintln(&header, name, a.header[name])
	}
	body := nonce.ReplaceAllString(a.body, "")
	if handle != "" {
		body = strings.ReplaceAll(body, handle, "·")
	}
	return outside{a.status, header.String(), body, statements, b.signIn.Hashes() - hashes}
}

// same checks that two answers cannot be told apart, and shows where they can.
func (o outside) same(t *testing.T, want outside, why string) {
	t.Helper()
	if o == want {
		return
	}
	i := 0
	for i < min(len(o.body), len(want.body)) && o.body[i] == want.body[i] {
		i++
	}
	got := o.body[max(0, i-60):min(len(o.body), i+60)]
	t.Errorf("%s can be told by its answer: %d, %q, %d hashes; want %d, %q, %d\n%s\n%s\n…%s…",
		why, o.status, o.statements, o.hashes, want.status, want.statements, want.hashes, o.header, want.header, got)
}

// TestRefusalsLookAlike pairs the answers to everything that does not open an
// account: status, headers, every byte of the page but what was typed and the
// form's key, statements and hashes (P119, P120).
func TestRefusalsLookAlike(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		for id, state := range map[string]string{"keyless": "active", "someone": "gone", "waiting": "pending", "shut_out": "active"} {
			s.world.Member(id, state, access.FullRole)
		}
		for _, id := range []string{"ada", "someone", "shut_out"} {
			signintest.Password(t, s.signIn, id, right)
		}
		for range 5 {
			s.client().send("/login", "/login", "handle", "shut_out", "password", wrong)
			s.client().send("/login", "/login", "handle", "shut_out_too", "password", wrong)
		}
		for _, path := range []string{"/login", "/login?next=%2Fs%2Fgarden"} {
			refused := func(handle, password string) outside {
				b := s.client()
				key := b.key(path)
				return b.measure(handle, func() answer {
					return b.do(http.MethodPost, path, url.Values{"form_key": {key}, "handle": {handle}, "password": {password}, "next": {"/s/garden"}})
				})
			}
			want := refused("ada", wrong)
			if want.status != http.StatusUnprocessableEntity || want.hashes != 1 {
				t.Fatalf("a wrong password: %d with %d hashes", want.status, want.hashes)
			}
			for why, c := range map[string][2]string{
				"an unknown handle": {"nobody", wrong}, "a member without a password": {"keyless", wrong},
				"without a password, nothing typed": {"keyless", ""}, "somebody gone": {"someone", right},
				"somebody who waits": {"waiting", wrong}, "locked": {"shut_out", wrong},
				"locked, the right password": {"shut_out", right}, "locked and unknown": {"shut_out_too", wrong},
			} {
				refused(c[0], c[1]).same(t, want, why)
			}
		}
	})
}

func TestCodeRefusalsLookAlike(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		s.world.Member("someone", "gone", access.FullRole)
		codes, gone := signintest.Codes(t, s.signIn, "ada"), signintest.Codes(t, s.signIn, "someone")
		s.client().send("/login/code", "/login/code", "code", codes[0]).leads(t, "/settings/security?said=code_used")
		for _, password := range []string{"", "window tree"} {
			refused := func(code string) outside {
				b := s.client()
				key := b.key("/login/code")
				return b.measure("", func() answer {
					return b.do(http.MethodPost, "/login/code", url.Values{"form_key": {key}, "code": {code}, "password": {password}})
				})
			}
			want := refused("0000-0000-0000-0000")
			if want.status != http.StatusUnprocessableEntity {
				t.Fatalf("a code nobody has: %d", want.status)
			}
			for _, code := range []string{codes[0], gone[0], "x"} {
				refused(code).same(t, want, code)
			}
		}
	})
}

func TestPasskeyRefusalsLookAlike(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		s.world.Member("someone", "active", access.FullRole)
		known, gone, unknown := device(t), device(t), device(t)
		s.signedIn("ada").makePasskey(known)
		s.signedIn("someone").makePasskey(gone)
		s.world.Do("UPDATE members SET state = 'gone' WHERE id = 'someone'")
		stranger := s.client()
		unknown.Make([]byte(stranger.send("/login", "/login/passkey/new", "handle", "nobody").body))
		refused := func(d *signintest.Device, careless bool) outside {
			b := s.client()
			asked := b.send("/login", "/login/passkey/begin")
			key := b.key("/login")
			d.Careless = careless
			token := d.Use([]byte(asked.body))
			return b.measure("", func() answer {
				return b.do(http.MethodPost, "/login/passkey/finish", url.Values{"form_key": {key}, "passkey_token": {token}})
			})
		}
		want := refused(unknown, false)
		if want.status != http.StatusUnprocessableEntity {
			t.Fatalf("an unknown passkey: %d", want.status)
		}
		for why, got := range map[string]outside{"somebody gone": refused(gone, false), "a known one, used by nobody in particular": refused(known, true)} {
			got.same(t, want, why)
		}
	})
}

func TestNetworkThatTriesTooMuch(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		b := s.client()
		key := b.key("/login")
		try := func(b *client, handle, password string) answer {
			return b.do(http.MethodPost, "/login", url.Values{"form_key": {key}, "handle": {handle}, "password": {password}})
		}
		for i := range 60 {
			try(b, fmt.Sprintf("handle_%d", i), wrong)
		}
		b.network = "10.0.0.200"
		try(b, "ada", right).says(t, http.StatusTooManyRequests, "Wait a minute")
		b.network = "10.0.1.7"
		try(b, "ada", right).leads(t, "/home")
		s.clock.Add(time.Minute)
	})
}

func TestSigningOut(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		b := s.signedIn("ada")
		token := b.session
		b.send("/settings/security", "/logout").leads(t, "/")
		if b.session != "" {
			t.Error("the browser keeps the cookie")
		}
		b.session = token
		b.get("/settings/security").leads(t, "/login?next=%2Fsettings%2Fsecurity")
	})
}

func TestFormsOfOthersAreRefused(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		b := s.signedIn("ada")
		for _, path := range []string{
			"/login", "/login/code", "/login/passkey/begin", "/login/passkey/finish", "/login/passkey/new", "/logout",
			"/settings/security/confirm", "/settings/security/password", "/settings/security/password/remove", "/settings/security/passkeys", "/settings/security/passkeys/begin",
			"/settings/security/codes", "/settings/security/sessions/end", "/settings/security/sessions/x/end", "/settings/security/sessions/x/name",
			"/settings/security/passkeys/x/name", "/settings/security/passkeys/x/remove",
		} {
			if a := b.do(http.MethodPost, path, url.Values{"handle": {"ada"}, "password": {right}}); a.status != http.StatusForbidden {
				t.Errorf("%s without a form key: %d, want 403", path, a.status)
			}
		}
		s.client().get("/.well-known/change-password").leads(t, "/settings/security")
	})
}

func TestDeviceIsAllThatIsKept(t *testing.T) {
	with(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		for agent, want := range map[string]string{
			"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148": "Phone",
			"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0":         "Computer",
		} {
			b := s.client()
			b.agent = agent
			b.send("/login", "/login", "handle", "ada", "password", right).leads(t, "/home")
			b.get("/settings/security").says(t, http.StatusOK, want+" this one")
		}
	})
}

// TestPasskeysNeedHTTPS: over plain http in the house there is no button.
func TestPasskeysNeedHTTPS(t *testing.T) {
	for origin, want := range map[string]bool{"http://192.168.1.4:8080": false, "http://localhost:8080": true, "https://street.example": true} {
		with(t, func(t *testing.T, s *site) {
			public, err := url.Parse(origin)
			if err != nil {
				t.Fatal(err)
			}
			s.shell.PublicURL = public
			for _, page := range []string{s.client().get("/login").body, s.signedIn("ada").get("/settings/security").body} {
				if got := strings.Contains(page, "data-passkey="); got != want || want != signin.PasskeysAt(origin) {
					t.Errorf("at %s a passkey button is there: %v, want %v", origin, got, want)
				}
			}
		})
	}
}
