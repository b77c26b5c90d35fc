package memberweb

import (
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"

	"github.com/a-h/templ"
)

// roleView is the page on which owners decide what somebody is.
type roleView struct {
	member.Profile
	Role string
	// Offered says that an owner has asked her to be one too.
	Offered  bool
	Roles    []look.Option
	Problems []look.Problem
}

func (h *Handler) role(r *web.Request) error {
	v, err := h.roleView(r)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("member.role_title", locale.S("name", v.Name)))
	p.Nav, p.Narrow = look.NavPeople, true
	return r.Show(rolePage(p, v))
}

func (h *Handler) roleView(r *web.Request) (v roleView, err error) {
	if v.Profile, err = h.somebody(r); err != nil {
		return v, err
	}
	if _, v.Offered, err = h.Members.Offered(r.Ctx(), r.Actor, v.ID); err != nil {
		return v, err
	}
	if v.Mine && v.Profile.Role != access.Owner {
		return v, fault.New(fault.Forbidden, "fault.forbidden")
	}
	v.Role = string(v.Profile.Role)
	for _, role := range []access.Role{access.Moderator, access.FullRole, access.Guest} {
		v.Roles = append(v.Roles, look.Option{
			Value: string(role), Label: r.Text.Text("member.role_" + string(role)), Hint: r.Text.Text("member.role_" + string(role) + "_hint"),
		})
	}
	return v, nil
}

func (h *Handler) changeRole(r *web.Request) error {
	v, err := h.roleView(r)
	if err != nil {
		return err
	}
	role := access.Role(r.Value("role"))
	_, err = h.Members.ChangeRole(r.Ctx(), r.Actor, r.Key(), v.ID, role)
	if web.Done(err) == nil {
		return r.Say("/@"+v.Handle, "said.role_changed")
	}
	v.Role = string(role)
	return again(r, err, r.Text.Text("member.role_title", locale.S("name", v.Name)), look.NavPeople, func(p look.Page, problems []look.Problem) templ.Component {
		v.Problems = problems
		return rolePage(p, v)
	})
}

func (h *Handler) offer(r *web.Request) error {
	p, err := h.somebody(r)
	if err != nil {
		return err
	}
	if _, err := h.Members.OfferOwnership(r.Ctx(), r.Actor, r.Key(), p.ID); web.Done(err) != nil {
		return err
	}
	return r.Say("/people/"+p.Handle+"/role", "said.ownership_offered")
}

func (h *Handler) withdrawOffer(r *web.Request) error {
	p, err := h.somebody(r)
	if err != nil {
		return err
	}
	if _, err := h.Members.DeclineOwnership(r.Ctx(), r.Actor, r.Key(), p.ID); web.Done(err) != nil {
		return err
	}
	return r.Say("/people/"+p.Handle+"/role", "said.ownership_withdrawn")
}

// answerOffer is the answer of somebody whom an owner asked to be one too.
func (h *Handler) answerOffer(r *web.Request) error {
	if r.Value("answer") != "yes" {
		if _, err := h.Members.DeclineOwnership(r.Ctx(), r.Actor, r.Key(), r.Actor.ID()); web.Done(err) != nil {
			return err
		}
		return r.Say(look.NavYou, "said.ownership_declined")
	}
	if _, err := h.Members.AcceptOwnership(r.Ctx(), r.Actor, r.Key()); web.Done(err) != nil {
		return err
	}
	return r.Say(look.NavYou, "said.ownership_accepted")
}

func (h *Handler) askRemove(r *web.Request) error {
	p, err := h.somebody(r)
	if err != nil {
		return err
	}
	if !member.Above(r.Viewer.Role, p.Role) || p.Mine {
		return fault.New(fault.Forbidden, "member.remove_rank")
	}
	page := r.Page(r.Text.Text("member.remove_title", locale.S("name", p.Name)))
	page.Nav, page.Narrow = look.NavPeople, true
	return r.Show(removePage(page, p))
}

func (h *Handler) remove(r *web.Request) error {
	id, err := h.Members.Holder(r.Ctx(), r.Param("handle"))
	if err != nil {
		return err
	}
	if _, err := h.Members.Remove(r.Ctx(), r.Actor, r.Key(), id); web.Done(err) != nil {
		return err
	}
	return r.Say("/home", "said.member_removed")
}
