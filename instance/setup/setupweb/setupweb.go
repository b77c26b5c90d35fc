// Package setupweb shows how a place becomes a community: the claim behind the
// one-time link, and four short pages that can each be skipped.
package setupweb

import (
	"embed"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves the pages of setting up.
type Handler struct {
	Setup       *setup.Operations
	Communities *community.Operations
	Joining     *joining.Operations
}

// Mount adds the routes. The first page is for whoever has the link: it decides
// by itself whether it exists. The others are for the owner.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Anybody, "/setup", h.begin)
	m.POST(web.Anybody, "/setup", h.claim)
	m.GET(web.Members, "/setup/kind", h.kind)
	m.POST(web.Members, "/setup/kind", h.choose)
	m.GET(web.Members, "/setup/look", h.look)
	m.POST(web.Members, "/setup/look", h.changeLook)
	m.GET(web.Members, "/setup/door", h.door)
	m.POST(web.Members, "/setup/door", h.changeDoor)
	m.GET(web.Members, "/setup/people", h.people)
	m.POST(web.Members, "/setup/people", h.finish)
}

// settingUp gives the community as it is now to its owner while it is being set
// up. Afterwards, and for everybody else, there is nothing here.
func (h *Handler) settingUp(r *web.Request) (*community.Community, error) {
	if r.Viewer.Role != access.Owner {
		return nil, fault.Missing()
	}
	c, err := h.Communities.Read(r.Ctx())
	if err == nil && c.Founded() {
		err = fault.Missing()
	}
	return c, err
}

// The steps, counted from 1.
const (
	stepYou = iota + 1
	stepKind
	stepLook
	stepDoor
	stepPeople
)

func steps(t *locale.Printer) []look.Link {
	return []look.Link{
		{Label: t.Text("setup.step_you")},
		{Label: t.Text("setup.step_kind"), URL: "/setup/kind"},
		{Label: t.Text("setup.step_look"), URL: "/setup/look"},
		{Label: t.Text("setup.step_door"), URL: "/setup/door"},
		{Label: t.Text("setup.step_people"), URL: "/setup/people"},
	}
}
