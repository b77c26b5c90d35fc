// Package memberweb shows the people here: the directory, profiles, one's own
// settings, and what owners and moderators decide about somebody.
package memberweb

import (
	"embed"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves people.
type Handler struct {
	Members     *member.Operations
	Spaces      *space.Operations
	Joining     *joining.Operations
	Communities *community.Operations
}

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.Of(community.Directory).GET(web.Members, look.NavPeople, h.directory)
	m.GET(web.Visitors, "/@:handle", h.profile)
	m.GET(web.Members, "/people/:handle/role", h.role)
	m.POST(web.Members, "/people/:handle/role", h.changeRole)
	m.POST(web.Members, "/people/:handle/owner", h.offer)
	m.POST(web.Members, "/people/:handle/owner/withdraw", h.withdrawOffer)
	m.GET(web.Members, "/people/:handle/remove", h.askRemove)
	m.POST(web.Members, "/people/:handle/remove", h.remove)
	m.POST(web.Members, "/you/ownership", h.answerOffer)

	m.GET(web.Members, look.NavYou, h.you)
	m.GET(web.Members, "/settings/profile", h.profileForm)
	m.POST(web.Members, "/settings/profile", h.describe)
	m.GET(web.Members, "/settings/account", h.account)
	m.POST(web.Members, "/settings/account", h.rename)
	m.POST(web.Members, "/settings/account/language", h.speak)
	m.GET(web.Members, "/settings/appearance", h.appearance)
	m.POST(web.Members, "/settings/appearance", h.appear)
	m.GET(web.Members, "/settings/lists", h.lists)
	m.POST(web.Members, "/settings/lists", h.makeList)
	m.GET(web.Members, "/settings/lists/:id", h.list)
	m.POST(web.Members, "/settings/lists/:id", h.renameList)
	m.POST(web.Members, "/settings/lists/:id/choose", h.choose)
	m.POST(web.Members, "/settings/lists/:id/unchoose", h.unchoose)
	m.POST(web.Members, "/settings/lists/:id/drop", h.dropList)
}

// roleWord is a role in words, empty for a plain member.
func roleWord(t *locale.Printer, role access.Role) string {
	switch role {
	case access.Owner:
		return t.Text("web.role_owner")
	case access.Moderator:
		return t.Text("web.role_moderator")
	case access.Guest:
		return t.Text("web.role_guest")
	}
	return ""
}

// shown is somebody as components show people.
func shown(t *locale.Printer, p member.Person) look.Person {
	return look.Person{Name: p.Name, Handle: p.Handle, URL: "/@" + p.Handle, Role: roleWord(t, p.Role)}
}

// again shows a form again under its title.
func again(r *web.Request, err error, title, nav string, form func(look.Page, []look.Problem) templ.Component) error {
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav, p.Narrow = title, nav, true
		return form(p, problems)
	})
}

// settings begins a page of the viewer's own settings.
func settings(r *web.Request, key string) look.Page {
	p := r.Page(r.Text.Text(key))
	p.Nav, p.Narrow = look.NavYou, true
	return p
}
