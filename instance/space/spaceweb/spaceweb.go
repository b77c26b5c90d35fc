// Package spaceweb shows the spaces: the list of them, each one's own page, who
// is in it, and its settings. The posts on a space's page are package postweb's.
package spaceweb

import (
	"embed"
	"net/http"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves spaces.
type Handler struct {
	Spaces *space.Operations
	// Posts shows what is said in them, Pages what is looked up again.
	Posts *postweb.Handler
	Pages *pageweb.Handler
}

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Visitors, "/spaces", h.list)
	m.GET(web.Members, "/spaces/new", h.compose)
	m.POST(web.Members, "/spaces/new", h.create)
	m.GET(web.Visitors, "/s/:space", h.at(h.page))
	m.GET(web.Visitors, "/s/:space/months", h.at(inside(h.Posts.Months)))
	m.GET(web.Visitors, "/s/:space/months/:month", h.at(inside(h.Posts.Month)))
	m.Of(community.Media).GET(web.Visitors, "/s/:space/photos", h.at(inside(h.Posts.Media.Album)))
	m.Of(community.Media).GET(web.Visitors, "/s/:space/photos/:month/download", h.at(inside(h.Posts.Media.Pack)))
	m.POST(web.Members, "/s/:space/join", h.at(h.join))
	m.POST(web.Members, "/s/:space/ask", h.at(h.ask))
	m.Of(community.Pages).GET(web.Visitors, "/s/:space/pages", h.at(inside(h.Pages.In)))
	m.GET(web.Members, "/s/:space/leave", h.at(h.parting))
	m.POST(web.Members, "/s/:space/leave", h.at(h.leave))
	m.GET(web.Members, "/s/:space/members", h.at(h.members))
	m.GET(web.Members, "/s/:space/members/add", h.at(h.addable))
	m.POST(web.Members, "/s/:space/members/add", h.at(h.add))
	m.POST(web.Members, "/s/:space/members/:member/remove", h.at(h.remove))
	m.POST(web.Members, "/s/:space/members/:member/role", h.at(h.setRole))
	m.POST(web.Members, "/s/:space/requests/:member", h.at(h.answer))
	m.GET(web.Members, "/s/:space/settings", h.at(h.settings))
	m.POST(web.Members, "/s/:space/settings", h.at(h.change))
}

// at finds the space of an address for a handler. A page at a former address is
// at the current one for good, whatever stands behind the space's part of it.
func (h *Handler) at(handle func(*web.Request, space.View) error) web.Handler {
	return func(r *web.Request) error {
		v, err := h.Spaces.Find(r.Ctx(), r.Actor, r.Param("space"))
		if err != nil {
			return err
		}
		req := r.Context.Request()
		if req.Method != http.MethodGet || v.Path() == "/s/"+r.Param("space") {
			return handle(r, v)
		}
		there := *req.URL
		there.Path, there.RawPath = v.Path()+strings.TrimPrefix(req.URL.Path, "/s/"+r.Param("space")), ""
		return r.Redirect(http.StatusMovedPermanently, there.RequestURI())
	}
}

// inside leads whoever knows of a space and does not read it to its door.
func inside(handle func(*web.Request, space.View) error) func(*web.Request, space.View) error {
	return func(r *web.Request, s space.View) error {
		if !s.Reads {
			return r.See(s.Path())
		}
		return handle(r, s)
	}
}

// may refuses a page for what the viewer may not do.
func may(st access.Standing, v access.Verb) error {
	if !st.May(v) {
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	return nil
}

// readers says in words who reads what is said in a space, with the community
// as it is: what is public in one that shows nothing outside is for members.
func readers(r *web.Request, v space.Visibility) look.Audience {
	switch {
	case v == space.Public && r.Community.Face == community.Open:
		return look.Audience{Kind: "public", Words: r.Text.Text("space.readers_public")}
	case v == space.Public || v == space.Open:
		return look.Audience{Kind: "members", Words: r.Text.Text("space.readers_open")}
	case v == space.Closed:
		return look.Audience{Kind: "few", Words: r.Text.Text("space.readers_closed")}
	}
	return look.Audience{Kind: "few", Words: r.Text.Text("space.readers_secret")}
}

// prefetched reports whether a browser loads the page without anybody looking
// at it (Sec-Purpose, in the Fetch standard; some send what it was called before).
func prefetched(req *http.Request) bool {
	for _, name := range []string{"Sec-Purpose", "Purpose", "X-Moz"} {
		if strings.HasPrefix(req.Header.Get(name), "prefetch") {
			return true
		}
	}
	return false
}
