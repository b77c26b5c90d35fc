// Package portabilityweb shows a person everything that is hers: what is kept
// about her, taking back what she said, and leaving.
package portabilityweb

import (
	"embed"

	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves what is somebody's own.
type Handler struct {
	Portability *portability.Operations
	Spaces      *space.Operations
}

const (
	dataPath  = "/settings/data"
	postsPath = dataPath + "/posts"
	leavePath = dataPath + "/leave"
	wayOut    = "/leaving"
)

// Mount adds the routes. All are open to who waits, leaves or was removed: it is
// their own.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Own, dataPath, h.data)
	m.GET(web.Own, postsPath, h.choosePosts)
	m.POST(web.Own, postsPath, h.erasePosts)
	m.GET(web.Own, leavePath, h.askLeave)
	m.POST(web.Own, leavePath, h.leave)
	m.GET(web.Own, wayOut, h.leaving)
	m.POST(web.Own, wayOut+"/stay", h.stay)
	m.POST(web.Own, wayOut+"/posts", h.decide)
}

// settings begins a page of the viewer's own settings.
func settings(r *web.Request, p look.Page, key string) look.Page {
	p.Title = r.Text.Text(key)
	p.Nav, p.Narrow = look.NavYou, true
	return p
}
