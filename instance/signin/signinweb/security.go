package signinweb

import (
	"errors"
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// securityView is the page of everything a member signs in with.
type securityView struct {
	signin.Overview
	// Others says that she has other sessions than this one, Pager leads to
	// those that the page does not show.
	Others   bool
	Pager    look.Pager
	Handle   string
	Passkeys bool
	Problems []look.Problem
}

// fewCodes is when the page says that new ones are due.
const fewCodes = 3

// loose are the problems that are not about a field of this page.
func (v securityView) loose() []look.Problem {
	return except(v.Problems, PasswordField, "current_password")
}

// except gives the problems that are about none of these fields.
func except(problems []look.Problem, fields ...string) []look.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p look.Problem) bool { return slices.Contains(fields, p.Field) })
}

func (h *Handler) security(r *web.Request) error {
	page, err := h.overview(r)
	if err != nil {
		return err
	}
	return r.Show(page(r.Page(""), nil))
}

// overview reads what the page shows and gives the page.
func (h *Handler) overview(r *web.Request) (func(look.Page, []look.Problem) templ.Component, error) {
	o, err := h.SignIn.Overview(r.Ctx(), r.Actor, r.Viewer.Session)
	others := len(o.Sessions) > 1
	some, pager := web.Cut(r, o.Sessions, securityPath, "sessions")
	o.Sessions = some
	return func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("signin.security_title")
		p.Nav, p.Narrow, p.Modules = look.NavYou, true, []string{Module}
		return securityPage(p, securityView{o, others, pager, r.Viewer.Handle, signin.PasskeysAt(r.Origin()), problems})
	}, err
}

// changed answers a form of the page: with what was done, or with the page and
// what to put right.
func (h *Handler) changed(r *web.Request, err error, said string) error {
	if err = web.Done(err); err == nil {
		return r.Say(securityPath, said)
	}
	if unproved(err) {
		return proveFirst(r)
	}
	page, failed := h.overview(r)
	if failed != nil {
		return errors.Join(err, failed)
	}
	return r.Again(err, page)
}

func (h *Handler) changePassword(r *web.Request) error {
	err := h.SignIn.ChangePassword(r.Ctx(), r.Actor, r.Key(), signin.NewPassword{
		Current: r.FormValue("current_password"), New: r.FormValue(PasswordField), Here: r.Viewer.Session, Network: r.Network(),
	})
	return h.changed(r, err, "said.password_changed")
}

func (h *Handler) removePassword(r *web.Request) error {
	return h.changed(r, h.SignIn.RemovePassword(r.Ctx(), r.Actor, r.Key(), r.Viewer.Session), "said.password_removed")
}

// makeCodes shows new codes this once: the page is kept nowhere.
func (h *Handler) makeCodes(r *web.Request) error {
	codes, err := h.SignIn.MakeCodes(r.Ctx(), r.Actor, r.Key(), r.Viewer.Session)
	if unproved(err) {
		return proveFirst(r)
	}
	if err != nil && !errors.Is(err, database.ErrRepeated) {
		return err
	}
	p := r.Page(r.Text.Text("signin.codes_title"))
	p.Nav, p.Narrow = look.NavYou, true
	return r.ShowOnce(codesPage(p, codes))
}

func (h *Handler) endOthers(r *web.Request) error {
	return h.changed(r, h.SignIn.EndOthers(r.Ctx(), r.Actor, r.Viewer.Session), "said.sessions_ended")
}

// endSession ends one of her sessions; the one she is here with is signed out.
func (h *Handler) endSession(r *web.Request) error {
	id := r.Param("id")
	err := h.SignIn.EndSession(r.Ctx(), r.Actor, r.Key(), id)
	if id == r.Viewer.Session && web.Done(err) == nil {
		r.End()
		return r.See("/")
	}
	return h.changed(r, err, "said.session_ended")
}

func sessionPath(s signin.Session, verb string) string {
	return securityPath + "/sessions/" + s.ID + "/" + verb
}

func keyPath(k signin.KeptPasskey, verb string) string {
	return securityPath + "/passkeys/" + k.ID + "/" + verb
}

// deviceKey is the message that names a kind of device.
func deviceKey(d signin.Device) string {
	switch d {
	case signin.Phone:
		return "signin.device_phone"
	case signin.Tablet:
		return "signin.device_tablet"
	}
	return "signin.device_computer"
}

func keyName(p look.Page, k signin.KeptPasskey) string {
	if k.Name == "" {
		return p.Text.Text("signin.passkey")
	}
	return k.Name
}

func sessionName(p look.Page, s signin.Session) string {
	if s.Name == "" {
		return p.Text.Text(deviceKey(s.Device))
	}
	return s.Name
}

// deviceIcon draws a kind of device.
func deviceIcon(d signin.Device) string {
	switch d {
	case signin.Phone:
		return "smartphone"
	case signin.Tablet:
		return "tablet"
	}
	return "laptop"
}

// keyActions are what can be done about a passkey. The last way to sign in is
// not offered for removal; the operation would refuse it.
func keyActions(p look.Page, v securityView, k signin.KeptPasskey) []look.Action {
	actions := []look.Action{{Label: p.Text.Text("signin.name_it"), URL: keyPath(k, "name"), Icon: "pencil"}}
	if v.Ways() > 1 {
		actions = append(actions, look.Action{Label: p.Text.Text("signin.passkey_remove"), URL: keyPath(k, "remove"), Post: true, Key: p.FormKey, Kind: look.Danger, Icon: "trash-2"})
	}
	return actions
}
