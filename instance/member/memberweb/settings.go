package memberweb

import (
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// accountView is the page of name, handle, language and time zone.
type accountView struct {
	Name, Handle   string
	Language, Zone string
	Languages      []look.Option
	// CommunityZone is what an empty zone stands for.
	CommunityZone string
	Problems      []look.Problem
}

func (v accountView) error(field string) string { return look.ProblemOf(v.Problems, field) }

func (h *Handler) account(r *web.Request) error {
	return r.Show(accountPage(settings(r, "member.account"), h.accountOf(r)))
}

func (h *Handler) accountOf(r *web.Request) accountView {
	v := accountView{
		Name: r.Viewer.Name, Handle: r.Viewer.Handle, Language: r.Viewer.Language, Zone: r.Viewer.Zone, CommunityZone: r.Community.Zone,
		Languages: []look.Option{{Value: "", Label: r.Text.Text("member.language_browser")}},
	}
	for _, l := range h.Communities.Offered {
		v.Languages = append(v.Languages, look.Option{Value: l, Label: communityweb.LanguageName(l)})
	}
	return v
}

func (h *Handler) rename(r *web.Request) error {
	name, handle := r.Value("name"), r.Value("handle")
	_, err := h.Members.Rename(r.Ctx(), r.Actor, r.Key(), name, handle)
	if web.Done(err) == nil {
		return r.Say("/settings/account", "said.renamed")
	}
	return again(r, err, r.Text.Text("member.account"), look.NavYou, func(p look.Page, problems []look.Problem) templ.Component {
		v := h.accountOf(r)
		v.Name, v.Handle, v.Problems = name, handle, problems
		return accountPage(p, v)
	})
}

// preferences are the viewer's as they are now.
func preferences(r *web.Request) member.Preferences {
	v := r.Viewer
	return member.Preferences{Language: v.Language, Zone: v.Zone, Theme: v.Theme, Order: v.Order, Shortcuts: v.Shortcuts, Live: v.Live}
}

func (h *Handler) speak(r *web.Request) error {
	p := preferences(r)
	p.Language, p.Zone = r.Value("language"), r.Value("zone")
	var err error
	if p.Language != "" && !slices.Contains(h.Communities.Offered, p.Language) {
		err = fault.Bad("language", "member.language_unknown")
	}
	if err == nil {
		_, err = h.Members.Prefer(r.Ctx(), r.Actor, r.Key(), p)
	}
	if web.Done(err) == nil {
		return r.Say("/settings/account", "said.saved")
	}
	return again(r, err, r.Text.Text("member.account"), look.NavYou, func(page look.Page, problems []look.Problem) templ.Component {
		v := h.accountOf(r)
		v.Language, v.Zone, v.Problems = p.Language, p.Zone, problems
		return accountPage(page, v)
	})
}

func (h *Handler) appearance(r *web.Request) error {
	return r.Show(appearancePage(settings(r, "member.appearance"), preferences(r), r.Community.Has(community.Live), nil))
}

func (h *Handler) appear(r *web.Request) error {
	p := preferences(r)
	p.Theme, p.Order, p.Shortcuts = r.Value("theme"), r.Value("order"), r.Value("shortcuts") == "yes"
	if r.Community.Has(community.Live) { // else the form does not ask
		p.Live = r.Value("live") == "yes"
	}
	_, err := h.Members.Prefer(r.Ctx(), r.Actor, r.Key(), p)
	if web.Done(err) == nil {
		return r.Say("/settings/appearance", "said.saved")
	}
	return again(r, err, r.Text.Text("member.appearance"), look.NavYou, func(page look.Page, problems []look.Problem) templ.Component {
		return appearancePage(page, p, r.Community.Has(community.Live), problems)
	})
}
