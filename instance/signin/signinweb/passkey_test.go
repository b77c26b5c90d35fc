package signinweb_test

import (
	"context"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signintest"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	os.Exit(code)
}

// localhost serves the site where browsers let passkeys be made.
func (s *site) localhost() string {
	server := httptest.NewServer(s.pages)
	s.t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// TestPasskeyInABrowser makes a passkey with passkey.js and signs in with it.
func TestPasskeyInABrowser(t *testing.T) {
	withSQLite(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		at := s.localhost()
		ada := browser.Start(t).Person("Ada", browser.Desktop, browser.Light, browser.WithScripts)
		ada.Passkeys()
		ada.Open(at + "/login")
		ada.Axe(t)
		ada.Fill("Handle", "ada")
		ada.Fill("Password", right)
		ada.Click("button", "Sign in")
		ada.Open(at + "/settings/security")
		ada.NotSee("your browser has to run scripts")
		ada.Click("button", "Make a passkey on this device")
		ada.See("Your new passkey works from now on.")
		ada.Axe(t)
		ada.Click("button", "Sign out")
		ada.Open(at + "/login?next=%2Fsettings%2Fsecurity")
		ada.Click("button", "Sign in with a passkey")
		ada.See("last used")
		ada.NoProblems(t)
	})
}

// TestConfirmInABrowser leads who pressed a button on a page that lay open for
// too long to the proof, and back; without scripts too.
func TestConfirmInABrowser(t *testing.T) {
	withSQLite(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		at := s.localhost()
		ada := browser.Start(t).Person("Ada", browser.Phone, browser.Light, browser.WithScripts)
		ada.Passkeys()
		ada.Open(at + "/login?next=%2Fsettings%2Fsecurity")
		ada.Fill("Handle", "ada")
		ada.Fill("Password", right)
		ada.Click("button", "Sign in")
		s.unproved()
		ada.Click("button", "Make a passkey on this device")
		ada.See("It is a while since you said who you are.")
		ada.Axe(t)
		ada.Fill("Your password", wrong)
		ada.Click("button", "Confirm")
		ada.See("That is not your password.")
		ada.Axe(t)
		ada.Fill("Your password", right)
		ada.Click("button", "Confirm")
		ada.See("Thank you.")
		ada.Click("button", "Make a passkey on this device")
		ada.See("Your new passkey works from now on.")
		s.unproved()
		ada.Open(at + "/settings/security")
		ada.NotSee("Make new codes")
		ada.Axe(t)
		ada.Within("region", "Recovery codes").Click("link", "Confirm that it is you")
		ada.Click("button", "Confirm with a passkey")
		ada.See("Thank you.")
		ada.NoProblems(t)

		bob := browser.Start(t).Person("Bob", browser.Desktop, browser.Dark, browser.WithoutScripts)
		bob.Open(at + "/login?next=%2Fsettings%2Fsecurity")
		bob.Fill("Handle", "ada")
		bob.Fill("Password", right)
		bob.Click("button", "Sign in")
		s.unproved()
		bob.Click("button", "Make new codes")
		bob.See("It is a while since you said who you are.")
		bob.Fill("Your password", right)
		bob.Click("button", "Confirm")
		bob.Click("button", "Make new codes")
		bob.See("shown only now")
	})
}

// TestChoice makes a passkey in a form of joining's or setup's, and a password.
func TestChoice(t *testing.T) {
	withSQLite(t, func(t *testing.T, s *site) {
		s.router.GET(web.Anybody, "/join", func(r *web.Request) error { return r.Show(joinPage(r.Page("Join"), nil)) })
		s.router.POST(web.Anybody, "/join", func(r *web.Request) error {
			c, err := s.signIn.Prepare(r.Ctx(), signin.Wish{
				Name: r.Value("name"), Password: r.FormValue(signinweb.PasswordField), Passkey: r.FormValue(signinweb.PasskeyField),
				Origin: r.Origin(), Network: r.Network(),
			})
			if err != nil {
				return r.Again(err, joinPage)
			}
			signintest.Write(t, s.db, func(tx *database.Tx) error { return c.Store(tx, "ada") })
			return r.See("/login")
		})
		at := s.localhost()
		ada := browser.Start(t).Person("Ada", browser.Phone, browser.Light, browser.WithScripts)
		ada.Passkeys()
		ada.Open(at + "/join")
		ada.Fill("Password", "ada1234567")
		ada.Fill("Your name", "Ada")
		ada.Click("button", "Join")
		ada.See("Everybody here knows your name")
		ada.Fill("Your name", "Ada")
		ada.Axe(t)
		ada.Click("button", "Use a passkey instead")
		ada.See("Sign in with a passkey")
		ada.Open(at + "/login?next=%2Fsettings%2Fsecurity")
		ada.Click("button", "Sign in with a passkey")
		ada.See("You have no password.")
		ada.NoProblems(t)
	})
}

// joinPage is a form as joining's.
func joinPage(p look.Page, problems []look.Problem) templ.Component {
	p.Title, p.Modules = "Join", []string{signinweb.Module}
	form := templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		parts := []templ.Component{
			look.Heading(p.Title, ""), templ.Raw(`<form class="form" method="post" action="/join">`), look.Key(p.FormKey),
			look.Input(p.Text, look.Field{Name: "name", Label: "Your name"}),
			signinweb.Choice(p, signinweb.Chosen{Passkeys: true, Problems: problems}),
			look.Button(look.Action{Label: "Join", Kind: look.Primary}), templ.Raw(`</form>`),
		}
		for _, part := range parts {
			if err := part.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return look.Bare(p).Render(templ.WithChildren(ctx, form), w)
	})
}

// TestNoPasskeyCame says so and leaves the password.
func TestNoPasskeyCame(t *testing.T) {
	withSQLite(t, func(t *testing.T, s *site) {
		at := s.localhost()
		ada := browser.Start(t).Person("Ada", browser.Phone, browser.Dark, browser.WithScripts)
		ada.Passkeys()
		ada.Open(at + "/login")
		ada.NotSee("did not answer with a passkey")
		ada.Click("button", "Sign in with a passkey")
		ada.See("Your device did not answer with a passkey")
		ada.Axe(t)
	})
}

func TestPagesWithoutScripts(t *testing.T) {
	withSQLite(t, func(t *testing.T, s *site) {
		signintest.Password(t, s.signIn, "ada", right)
		at := s.localhost()
		ada := browser.Start(t).Person("Ada", browser.Phone, browser.Light, browser.WithoutScripts)
		ada.Open(at + "/login?next=%2Fsettings%2Fsecurity")
		ada.NotSee("Sign in with a passkey")
		ada.Fill("Handle", "ada")
		ada.Fill("Password", right)
		ada.Click("button", "Sign in")
		ada.See("your browser has to run scripts")
		ada.Click("button", "Make new codes")
		ada.See("shown only now")
		ada.Click("link", "I have kept them")
		ada.See("You have 10 codes left.")
		ada.Fill("Your password now", right)
		ada.Fill("New password", "window tree")
		ada.Click("button", "Change password")
		ada.See("Your new password works from now on.")
	})
}
