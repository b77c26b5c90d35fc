package joiningweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// entrance is what the form of somebody new looks like.
type entrance struct {
	Action string
	// Rules are the community's, made safe; empty if there are none.
	Rules templ.Component
	// AsksHandle says that she may choose a handle.
	AsksHandle bool
	// Question is asked of her; empty asks nothing.
	Question string
	// Waits says that somebody decides first.
	Waits bool
	// SignIn is where she goes who has an account already.
	SignIn string
	// Passkeys says whether her browser makes them at this address.
	Passkeys bool
	// Typed is what she wrote, Problems what has to be put right.
	Typed    joining.Newcomer
	Problems []look.Problem
}

func (e entrance) error(field string) string { return look.ProblemOf(e.Problems, field) }

// invitationView is the page behind a link.
type invitationView struct {
	joining.View
	Community string
	Form      entrance
	Open      bool // the community can be read from outside
	Token     string
}

func (h *Handler) invitation(r *web.Request) error {
	v, err := h.Joining.Look(r.Ctx(), r.Actor, r.Param("token"))
	if err != nil {
		return err
	}
	if path := elsewhere(r); path != "" {
		return r.See(path)
	}
	return r.Show(invitationPage(h.named(r, r.Page(title(r.Text, v, r.Community.Name))), view(r, v, r.Param("token"))))
}

// elsewhere is where somebody belongs who is signed in and neither a stranger
// nor a member.
func elsewhere(r *web.Request) string {
	switch r.Viewer.State {
	case "pending":
		return "/waiting"
	case "leaving":
		return "/leaving"
	}
	return ""
}

// named shows the community's name and colour to who holds an invitation, also
// of a hidden community, and lets her make a passkey.
func (h *Handler) named(r *web.Request, p look.Page) look.Page {
	p.Community.Name = r.Community.Name
	if r.Community.Accent != "" {
		p.Community.AccentVersion = look.AccentVersion(r.Community.Accent)
	}
	p.Modules = []string{signinweb.Module}
	return p
}

func title(t *locale.Printer, v joining.View, community string) string {
	return t.Text("joining.invitation_title", locale.S("name", v.Inviter), locale.S("community", community))
}

func view(r *web.Request, v joining.View, token string) invitationView {
	return invitationView{
		View: v, Community: r.Community.Name, Open: r.Community.Face == community.Open, Token: token,
		Form: entrance{
			Action: "/invite/" + token, Rules: prose(r.Community.Rules), AsksHandle: !v.Approval, Question: v.Question, Waits: v.Approval,
			SignIn: look.NavSignIn + "?next=/invite/" + token, Passkeys: signin.PasskeysAt(r.Origin()),
		},
	}
}

// prose is a text of the community as it is shown, nil if it is empty.
func prose(text string) templ.Component {
	if text == "" {
		return nil
	}
	return templ.Raw(markup.Render(text, markup.Options{}).HTML)
}

// newcomer reads the form of somebody new.
func newcomer(r *web.Request) joining.Newcomer {
	return joining.Newcomer{
		Wish: signin.Wish{
			Name: r.Value("name"), Handle: r.Value("handle"), Password: r.FormValue(signinweb.PasswordField),
			Passkey: r.FormValue(signinweb.PasskeyField), Origin: r.Origin(), Network: r.Network(),
		},
		Agreed: r.Value("rules") == "yes", Answer: r.Value("answer"), Language: r.Text.Lang(), Device: r.Device(),
	}
}

func (h *Handler) accept(r *web.Request) error {
	token := r.Param("token")
	if r.SignedIn() {
		return h.follow(r, token)
	}
	v, err := h.Joining.Look(r.Ctx(), r.Actor, token)
	if err != nil && !errors.Is(err, joining.ErrInvitation) {
		return err
	}
	n := newcomer(r)
	arrival, err := h.Joining.Accept(r.Ctx(), r.Key(), token, n)
	if err == nil {
		return h.arrived(r, arrival)
	}
	if errors.Is(err, database.ErrRepeated) {
		return r.See("/home")
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = title(r.Text, v, r.Community.Name)
		shown := view(r, v, token)
		shown.Form.Typed, shown.Form.Problems = n, problems
		return invitationPage(h.named(r, p), shown)
	})
}

func (h *Handler) follow(r *web.Request, token string) error {
	if path := elsewhere(r); path != "" {
		return r.See(path)
	}
	led, err := h.Joining.Follow(r.Ctx(), r.Actor, r.Key(), token)
	if err != nil {
		return err
	}
	if led.Waits {
		return r.Say(led.Path, "said.space_asked")
	}
	return r.See(led.Path)
}

// arrived answers somebody who has just come in, or asked to, with a page of
// its own, because the recovery codes on it are shown this once.
func (h *Handler) arrived(r *web.Request, a joining.Arrival) error {
	r.Begin(a.Session)
	key := "joining.arrived_title"
	if a.Waits {
		key = "joining.asked_title"
	}
	return r.ShowOnce(arrivedPage(h.named(r, r.Page(r.Text.Text(key, locale.S("community", r.Community.Name)))), a))
}

// handleField asks what somebody wants to be called in mentions.
func handleField(t *locale.Printer, e entrance) look.Field {
	return look.Field{
		Name: "handle", Label: t.Text("joining.handle"), Hint: t.Text("joining.handle_hint"), Value: e.Typed.Handle, Optional: true,
		Error: e.error("handle"), MaxLength: member.MaxHandle, Autocomplete: "username",
		Attrs: templ.Attributes{"autocapitalize": "none", "spellcheck": "false"},
	}
}

// roleWords say what an invitation makes of somebody, if it is not the usual.
func roleWords(t *locale.Printer, v joining.View) string {
	switch v.Role {
	case access.Guest:
		return t.Text("joining.as_guest")
	case access.Moderator:
		return t.Text("joining.as_moderator")
	}
	return ""
}
