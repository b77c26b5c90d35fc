package signinweb

import (
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// nameView is the page that calls a session or a passkey something.
type nameView struct {
	Action, Name, Lead string
	Problems           []look.Problem
}

func (h *Handler) askSessionName(r *web.Request) error {
	return h.askName(r, func(v signin.Overview) (nameView, bool) {
		i := slices.IndexFunc(v.Sessions, func(s signin.Session) bool { return s.ID == r.Param("id") })
		if i < 0 {
			return nameView{}, false
		}
		return nameView{Action: sessionPath(v.Sessions[i], "name"), Name: v.Sessions[i].Name, Lead: r.Text.Text(deviceKey(v.Sessions[i].Device))}, true
	})
}

func (h *Handler) askPasskeyName(r *web.Request) error {
	return h.askName(r, func(v signin.Overview) (nameView, bool) {
		i := slices.IndexFunc(v.Passkeys, func(k signin.KeptPasskey) bool { return k.ID == r.Param("id") })
		if i < 0 {
			return nameView{}, false
		}
		return nameView{Action: keyPath(v.Passkeys[i], "name"), Name: v.Passkeys[i].Name, Lead: r.Text.Text("signin.passkey")}, true
	})
}

// askName shows the form for a name; find looks among what is hers alone.
func (h *Handler) askName(r *web.Request, find func(signin.Overview) (nameView, bool)) error {
	o, err := h.SignIn.Overview(r.Ctx(), r.Actor, r.Viewer.Session)
	if err != nil {
		return err
	}
	v, ok := find(o)
	if !ok {
		return fault.Missing()
	}
	return r.Show(namePage(namedPage(r, r.Page("")), v))
}

func namedPage(r *web.Request, p look.Page) look.Page {
	p.Title = r.Text.Text("signin.name_title")
	p.Nav, p.Narrow = look.NavYou, true
	return p
}

func (h *Handler) nameSession(r *web.Request) error {
	return h.named(r, h.SignIn.NameSession(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("name")))
}

func (h *Handler) namePasskey(r *web.Request) error {
	return h.named(r, h.SignIn.NamePasskey(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("name")))
}

func (h *Handler) named(r *web.Request, err error) error {
	if err = web.Done(err); err == nil {
		return r.Say(securityPath, "said.named")
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		return namePage(namedPage(r, p), nameView{Action: r.Context.Request().URL.Path, Name: r.Value("name"), Problems: problems})
	})
}
