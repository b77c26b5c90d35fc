package feedweb

import (
	"net/http"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
)

// source is what a feed is made of: who reads, what, and what it is called.
type source struct {
	actor access.Actor
	// space is what it is of; empty for all.
	space string
	// id is a UUID that stays, whatever the feed is called and wherever it is.
	id, title string
	// home is the address of its page, self its own; empty where that is a secret.
	home, self string
	// since is when it began, for a feed that has nothing in it.
	since time.Time
	whole bool
	// photos says that it tells of them.
	photos bool
	text   *locale.Printer
}

// public serves all that strangers read.
func (h *Handler) public(f format) web.Handler {
	return func(r *web.Request) error {
		if err := h.Feeds.Public(r.Network()); err != nil {
			return err
		}
		c := r.Community
		if c.Face != community.Open {
			return fault.Missing()
		}
		return h.serve(r, f, source{
			actor: access.Stranger(), id: c.ID, title: c.Name, home: r.Origin() + "/", self: r.Origin() + "/feed." + f.name,
			since: c.FoundedAt, whole: true, text: r.Speaking(""),
		})
	}
}

// ofSpace serves what strangers read in a space. It is read as a stranger whoever
// asks: what a browser or a proxy keeps of it is for everybody.
func (h *Handler) ofSpace(f format) web.Handler {
	return func(r *web.Request) error {
		if err := h.Feeds.Public(r.Network()); err != nil {
			return err
		}
		s, err := h.Spaces.Find(r.Ctx(), access.Stranger(), r.Param("space"))
		if err != nil {
			return err
		}
		at := s.Path() + "/feed." + f.name
		if s.Path() != "/s/"+r.Param("space") {
			return r.Redirect(http.StatusMovedPermanently, at)
		}
		return h.serve(r, f, source{
			actor: access.Stranger(), space: s.ID, id: s.ID, title: s.Name + " · " + r.Community.Name, home: r.Origin() + s.Path(), self: r.Origin() + at,
			since: s.CreatedAt, whole: true, text: r.Speaking(""),
		})
	}
}

// personal serves what the member reads whose address this is. The feed does not
// name its own address, so that whoever passes it on does not pass on the key.
func (h *Handler) personal(f format) web.Handler {
	return func(r *web.Request) error {
		opened, err := h.Feeds.Open(r.Ctx(), r.Param("token"))
		if err != nil {
			return err
		}
		if opened.Stale {
			// A community that is read-only, or has no room left, is still read.
			if err := h.Feeds.Used(r.Ctx(), opened); err != nil && !fault.Is(err, fault.Unavailable) {
				return err
			}
		}
		s := source{
			actor: opened.Actor, space: opened.Space, id: opened.ID, title: r.Community.Name, home: r.Origin() + "/home",
			since: opened.MadeOn, whole: opened.Whole, text: r.Speaking(opened.Language),
		}
		if s.space != "" {
			in, err := h.Spaces.Find(r.Ctx(), s.actor, s.space)
			if err != nil {
				return err
			}
			s.title, s.home = in.Name+" · "+r.Community.Name, r.Origin()+in.Path()
		}
		r.Response().Header().Set("X-Robots-Tag", "noindex")
		return h.serve(r, f, s)
	}
}

// serve reads what is in a feed, by the one way in which lists are read, and sends
// it unless the reader has it already.
func (h *Handler) serve(r *web.Request, f format, s source) error {
	page, err := h.Posts.Threads(r.Ctx(), s.actor, post.Query{Space: s.space, Order: post.Newest})
	if err != nil {
		return err
	}
	s.photos = r.Community.Has(community.Media)
	body, err := f.write(compose(s, r.Origin(), page.Posts))
	if err != nil {
		return err
	}
	if r.Unchanged(tagOf(body)) {
		return r.NoContent(http.StatusNotModified)
	}
	return r.Blob(http.StatusOK, f.kind+"; charset=utf-8", body)
}

// uuid is an id as a name that is the same everywhere (RFC 9562, section 4).
func uuid(id string) string { return "urn:uuid:" + strings.ToLower(id) }
