package portabilityweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// askLeave shows what leaving means, and asks who it is once more.
func (h *Handler) askLeave(r *web.Request) error {
	switch r.Viewer.State {
	case "pending":
		return r.See("/waiting")
	case "leaving":
		return r.See(wayOut)
	}
	v, err := h.leaveView(r)
	if err != nil {
		return err
	}
	return r.Show(leavePage(leaveShell(r, r.Page("")), v))
}

func leaveShell(r *web.Request, p look.Page) look.Page {
	p = settings(r, p, "portability.leave")
	p.Modules = []string{signinweb.Module}
	return p
}

func (h *Handler) leaveView(r *web.Request) (v leaveView, err error) {
	v.Kept, err = h.Portability.Kept(r.Ctx(), r.Actor)
	v.Asked = signinweb.Asked{
		HasPassword: v.Kept.HasPassword, Passkeys: v.Kept.Passkeys > 0 && signin.PasskeysAt(r.Origin()),
		ByPasskey: r.Text.Text("portability.proof_passkey"),
	}
	v.Words = "keep"
	if r.Value("words") == "erase" {
		v.Words = "erase"
	}
	return v, err
}

func (h *Handler) leave(r *web.Request) error {
	err := h.Portability.DeleteAccount(r.Ctx(), r.Actor, r.Key(), signinweb.ProofOf(r), r.Value("words") == "erase")
	if web.Done(err) == nil {
		r.End()
		return r.Say(look.NavSignIn, "said.left")
	}
	v, failed := h.leaveView(r)
	if failed != nil {
		return failed
	}
	return again(r, err, "portability.leave", func(p look.Page, problems []look.Problem) templ.Component {
		v.Asked.Problems = problems
		p.Modules = []string{signinweb.Module}
		return leavePage(p, v)
	})
}

// leavingView is the page of somebody on her way out.
type leavingView struct {
	portability.Leaving
	Community, Words string
}

func (h *Handler) leaving(r *web.Request) error {
	l, err := h.Portability.Leaving(r.Ctx(), r.Actor)
	if fault.Is(err, fault.NotFound) {
		return r.See(look.NavHome)
	}
	if err != nil {
		return err
	}
	v := leavingView{Leaving: l, Community: r.Community.Name, Words: "keep"}
	if l.ErasePosts {
		v.Words = "erase"
	}
	key := "portability.leaving"
	switch {
	case l.Removed:
		key = "portability.removed"
	case l.Recalled:
		key = "portability.recalled"
	}
	return r.Show(leavingPage(r.Page(r.Text.Text(key)), v))
}

func (h *Handler) stay(r *web.Request) error {
	if err := h.Portability.Stay(r.Ctx(), r.Actor, r.Key()); web.Done(err) != nil {
		return err
	}
	return r.Say(look.NavHome, "said.stayed")
}

func (h *Handler) decide(r *web.Request) error {
	if err := h.Portability.Decide(r.Ctx(), r.Actor, r.Key(), r.Value("words") == "erase"); web.Done(err) != nil {
		return err
	}
	return r.Say(wayOut, "said.words_decided")
}
