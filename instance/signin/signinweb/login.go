package signinweb

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// loginView is the page of signing in.
type loginView struct {
	Handle, Next string
	// Passkeys says whether browsers make them for this address.
	Passkeys bool
	Problems []look.Problem
	// JoinKey is what a stranger is invited to, empty for nothing.
	JoinKey string
}

func (v loginView) codeURL() string { return withNext(codePath, v.Next) }

func withNext(path, next string) string {
	if next == "" {
		return path
	}
	return path + "?next=" + url.QueryEscape(next)
}

// login asks for handle and password. It sets no cookie.
func (h *Handler) login(r *web.Request) error {
	if r.Community == nil {
		return r.See("/setup")
	}
	if r.SignedIn() {
		return r.See(landing(r.Viewer.State, r.Value("next")))
	}
	return r.Show(loginShown(r, r.Page(""), nil))
}

func loginShown(r *web.Request, p look.Page, problems []look.Problem) templ.Component {
	p.Title = r.Text.Text("signin.title")
	p.Modules = []string{Module}
	return loginPage(p, loginView{
		Handle: r.Value("handle"), Next: r.Value("next"), Passkeys: signin.PasskeysAt(r.Origin()),
		Problems: problems, JoinKey: joinKey(r.Community),
	})
}

// joinKey tells a stranger how to come in, where strangers may know.
func joinKey(c *community.Community) string {
	switch {
	case c == nil || c.Face == community.Hidden || c.Door == community.ByInvitation:
		return ""
	case c.Door == community.ByAsking:
		return "signin.join_ask"
	}
	return "signin.join_open"
}

// byPassword signs in. A password is taken as it was typed, with its spaces.
func (h *Handler) byPassword(r *web.Request) error {
	e, err := h.SignIn.ByPassword(r.Ctx(), r.Value("handle"), r.FormValue(PasswordField), visit(r))
	return h.enter(r, e, err)
}

// enter answers signing in by whatever way: with the page she wanted, or with
// the form again.
func (h *Handler) enter(r *web.Request, e signin.Entry, err error) error {
	if err != nil {
		return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component { return loginShown(r, p, problems) })
	}
	r.Begin(e.Token)
	return r.See(landing(e.State, r.Value("next")))
}

// askPasskey gives what the device is asked, as JSON.
func (h *Handler) askPasskey(r *web.Request) error {
	options, err := h.SignIn.AskPasskey(r.Ctx(), signin.Asker{Origin: r.Origin(), Network: r.Network()})
	if err != nil {
		return err
	}
	return r.JSON(http.StatusOK, options)
}

func (h *Handler) byPasskey(r *web.Request) error {
	e, err := h.SignIn.ByPasskey(r.Ctx(), r.Origin(), r.FormValue(PasskeyField), visit(r))
	return h.enter(r, e, err)
}

// logout ends the session. Its form carries data-sign-out, so that drafts kept
// in the browser go too: see SignOut.
func (h *Handler) logout(r *web.Request) error {
	if err := h.SignIn.Out(r.Ctx(), r.Token()); err != nil {
		return err
	}
	r.End()
	return r.See("/")
}

// wellKnown is where password managers look for the form
// (W3C, A Well-Known URL for Changing Passwords).
func (h *Handler) wellKnown(r *web.Request) error { return r.See(securityPath) }
