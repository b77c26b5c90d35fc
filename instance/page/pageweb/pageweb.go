// Package pageweb shows pages: the lists of them, each by itself, how one is written,
// and what it said before.
package pageweb

import (
	"embed"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves pages.
type Handler struct {
	Pages  *page.Operations
	Spaces *space.Operations
}

// Mount adds the routes. That of a space's pages is package spaceweb's.
func (h *Handler) Mount(m *web.Router) {
	m = m.Of(community.Pages)
	m.GET(web.Visitors, "/pages", h.all)
	m.GET(web.Members, "/pages/new", h.begin)
	m.POST(web.Members, "/pages/new", h.create)
	m.GET(web.Visitors, "/w/:id", h.page)
	m.GET(web.Members, "/w/:id/edit", h.edit)
	m.POST(web.Members, "/w/:id/edit", h.change)
	m.GET(web.Visitors, "/w/:id/history", h.history)
	m.GET(web.Visitors, "/w/:id/diff", h.diff)
	m.GET(web.Members, "/w/:id/revert", h.askRevert)
	m.POST(web.Members, "/w/:id/revert", h.revert)
	m.POST(web.Members, "/w/:id/pin", h.pin)
	m.POST(web.Members, "/w/:id/own", h.own)
	m.GET(web.Members, "/w/:id/review", h.askReview)
	m.POST(web.Members, "/w/:id/review", h.review)
	m.GET(web.Members, "/w/:id/delete", h.askDelete)
	m.POST(web.Members, "/w/:id/delete", h.delete)
	m.POST(web.Members, "/w/:id/restore", h.restore)
}

// person is somebody behind a page. Whoever left is a former member, without a name.
// Somebody who waits or is leaving reads public words, and no pages about people.
func person(r *web.Request, who member.Byline) look.Person {
	if who.Gone || who.Name == "" {
		return look.Person{Name: r.Text.Text("post.former_member"), Agent: who.Agent}
	}
	p := look.Person{Name: who.Name, Handle: who.Handle, URL: "/@" + who.Handle}
	if r.SignedIn() && r.Viewer.State != "active" {
		p.URL = ""
	}
	switch access.Role(who.Role) {
	case access.Owner:
		p.Role = r.Text.Text("web.role_owner")
	case access.Moderator:
		p.Role = r.Text.Text("web.role_moderator")
	case access.Guest:
		p.Role = r.Text.Text("web.role_guest")
	}
	return p
}

// readers says who can read what is in a space, with the community as it is.
func readers(r *web.Request, v space.Visibility, name string) look.Audience {
	switch {
	case v == space.Public && r.Community.Face == community.Open:
		return look.Audience{Kind: "public", Words: r.Text.Text("post.audience_public")}
	case v == space.Public, v == space.Open:
		return look.Audience{Kind: "members", Words: r.Text.Text("post.audience_members")}
	}
	return look.Audience{Kind: "space", Words: r.Text.Text("post.audience_space", locale.S("space", name))}
}

// today is the day in the community's time zone.
func today(r *web.Request) string { return r.Now.In(r.Community.Location()).Format(time.DateOnly) }

// dayWords says a day, such as 2026-01-31, as the reader writes it.
func dayWords(r *web.Request, day string) string {
	at, err := time.ParseInLocation(time.DateOnly, day, r.Community.Location())
	if err != nil {
		return day
	}
	return r.Text.Date(at.Add(12 * time.Hour))
}
