// Package feedweb serves feeds, as Atom (RFC 4287) and as JSON Feed 1.1, the page
// where somebody makes addresses for her feed reader, and the map of the site for
// search engines.
package feedweb

import (
	"embed"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves feeds.
type Handler struct {
	Feeds  *feed.Operations
	Posts  *post.Operations
	Spaces *space.Operations
}

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Visitors, mapPath, h.sitemap)
	m.GET(web.Visitors, "/robots.txt", h.robots)
	m = m.Of(community.Feeds)
	for _, f := range []format{atom, jsonFeed} {
		m.GET(web.Visitors, "/feed."+f.name, h.public(f))
		m.GET(web.Visitors, "/s/:space/feed."+f.name, h.ofSpace(f))
		m.GET(web.Anybody, "/feed/:token/"+f.name, h.personal(f))
	}
	m.GET(web.Members, settingsPath, h.settings)
	m.POST(web.Members, settingsPath, h.make)
	m.POST(web.Members, settingsPath+"/:id/revoke", h.revoke)
}
