package joiningweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// joinView is the page for who comes without an invitation.
type joinView struct {
	Community string
	Door      community.Door
	// Shut says that people come in by invitation and invitations are switched off.
	Shut bool
	Form entrance
}

// join shows how to come in. A community that is hidden and asks for an
// invitation answers here as at every address: with the sign-in page.
func (h *Handler) join(r *web.Request) error {
	if r.SignedIn() {
		if path := elsewhere(r); path != "" {
			return r.See(path)
		}
		return r.See(look.NavHome)
	}
	c := r.Community
	if c == nil {
		return r.See("/setup")
	}
	if c.Door == community.ByInvitation && c.Face == community.Hidden {
		return r.See(look.NavSignIn + "?next=%2Fjoin")
	}
	return r.Show(joinPage(h.named(r, r.Page(joinTitle(r))), h.joinView(r)))
}

func joinTitle(r *web.Request) string {
	return r.Text.Text("joining.join_title", locale.S("community", r.Community.Name))
}

func (h *Handler) joinView(r *web.Request) joinView {
	c := r.Community
	v := joinView{Community: c.Name, Door: c.Door, Shut: c.Door == community.ByInvitation && !c.Has(community.Invitations), Form: entrance{
		Action: "/join", Rules: prose(c.Rules), Waits: c.Door == community.ByAsking, SignIn: look.NavSignIn,
		Passkeys: signin.PasskeysAt(r.Origin()),
	}}
	if v.Form.Waits {
		v.Form.Question = c.Question
	}
	return v
}

func (h *Handler) ask(r *web.Request) error {
	if r.SignedIn() || r.Community == nil {
		return r.See("/")
	}
	n := newcomer(r)
	arrival, err := h.Joining.Ask(r.Ctx(), r.Key(), n)
	if err == nil {
		return h.arrived(r, arrival)
	}
	if errors.Is(err, database.ErrRepeated) {
		return r.See(look.NavHome)
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = joinTitle(r)
		v := h.joinView(r)
		v.Form.Typed, v.Form.Problems = n, problems
		return joinPage(h.named(r, p), v)
	})
}

// waitingView is the page of somebody who has asked to come in.
type waitingView struct {
	joining.Mine
	Community, Handle string
	// Rules are what she has agreed to, to read again; nil if there are none.
	Rules templ.Component
	// Open says that some of the community can be read from outside.
	Open     bool
	Problems []look.Problem
}

func (h *Handler) waiting(r *web.Request) error {
	mine, err := h.Joining.Mine(r.Ctx(), r.Actor)
	if fault.Is(err, fault.NotFound) {
		return r.See(look.NavHome)
	}
	if err != nil {
		return err
	}
	return r.Show(waitingPage(h.waitingHead(r, r.Page(""), mine), waitingOf(r, mine)))
}

func (h *Handler) waitingHead(r *web.Request, p look.Page, mine joining.Mine) look.Page {
	p.Title = r.Text.Text("joining.waiting_title")
	if mine.Declined {
		p.Title = r.Text.Text("joining.declined_title")
	}
	return h.named(r, p)
}

func waitingOf(r *web.Request, mine joining.Mine) waitingView {
	return waitingView{
		Mine: mine, Community: r.Community.Name, Handle: r.Viewer.Handle,
		Rules: prose(r.Community.Rules), Open: r.Community.Face == community.Open,
	}
}

// reword changes what somebody answered who waits.
func (h *Handler) reword(r *web.Request) error {
	err := h.Joining.Reword(r.Ctx(), r.Actor, r.Key(), r.FormValue("answer"))
	if err == nil || errors.Is(err, database.ErrRepeated) {
		return r.Say("/waiting", "said.request_reworded")
	}
	mine, failed := h.Joining.Mine(r.Ctx(), r.Actor)
	if failed != nil {
		return failed
	}
	mine.Answer = r.FormValue("answer")
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		v := waitingOf(r, mine)
		v.Problems = problems
		return waitingPage(h.waitingHead(r, p, mine), v)
	})
}

func (h *Handler) withdraw(r *web.Request) error {
	err := h.Joining.Withdraw(r.Ctx(), r.Actor, r.Key())
	if err != nil && !errors.Is(err, database.ErrRepeated) {
		return err
	}
	r.End()
	return r.Say(look.NavSignIn, "said.request_withdrawn")
}
