// Package joiningweb shows the way in: the page behind an invitation, asking to
// join, waiting, the page that greets newcomers, making invitations and answering requests.
package joiningweb

import (
	"embed"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves the way in.
type Handler struct {
	Joining     *joining.Operations
	Spaces      *space.Operations
	Members     *member.Operations
	Communities *community.Operations
	Posts       *post.Operations
}

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	invitations := m.Of(community.Invitations)
	invitations.GET(web.Anybody, "/invite/:token", h.invitation)
	invitations.POST(web.Anybody, "/invite/:token", h.accept)
	invitations.GET(web.Members, "/invitations", h.invitations)
	invitations.GET(web.Members, "/invitations/new", h.compose)
	invitations.POST(web.Members, "/invitations", h.invite)
	invitations.POST(web.Members, "/invitations/:id/revoke", h.revoke)
	m.GET(web.Anybody, "/join", h.join)
	m.POST(web.Anybody, "/join", h.ask)
	m.GET(web.Members, welcomePath, h.welcome)
	m.GET(web.Own, "/waiting", h.waiting)
	m.POST(web.Own, "/waiting", h.reword)
	m.POST(web.Own, "/waiting/withdraw", h.withdraw)
	m.GET(web.Members, "/requests", h.requests)
	m.POST(web.Members, "/requests/:id", h.decide)
	m.POST(web.Members, "/requests/:id/back", h.readmit)
}
