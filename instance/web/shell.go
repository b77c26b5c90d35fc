package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web/look"
)

// Shell is what stands around every handler.
type Shell struct {
	DB          *database.DB
	Keys        *keyring.Keyring
	Catalog     *locale.Catalog
	Communities *community.Operations
	SignIn      *signin.Operations
	Spaces      *space.Operations
	Log         *slog.Logger
	// PublicURL is the address the operator configured, or nil.
	PublicURL *url.URL
	// Proxies are the networks whose forwarded headers are believed.
	Proxies []netip.Prefix
	// Shown counts the pages that were shown, to whomever.
	Shown *atomic.Int64

	rails  database.Memo[[]space.Mine]
	public database.Memo[shown]
}

// cookieAge bounds cookies; __Host- makes the browser refuse them from
// anywhere but this host over TLS (RFC 6265bis, 4.1.3.2).
func (s *Shell) cookieName(r *Request) string {
	if s.secure(r.Context.Request()) {
		return "__Host-session"
	}
	return "session"
}

func (s *Shell) cookie(r *Request, token string, age time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: s.cookieName(r), Value: token, Path: "/", MaxAge: int(age.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(r.Context.Request()),
	}
}

// begin finds out who asks. It makes one read for all of it.
func (s *Shell) begin(c echo.Context) (*Request, error) {
	r := &Request{Context: c, shell: s, Actor: access.Stranger(), Now: s.DB.Now()}
	if cookie, err := c.Cookie(s.cookieName(r)); err == nil {
		r.token = cookie.Value
	}
	var session signin.Resumed
	err := s.DB.Read(c.Request().Context(), func(tx *database.Tx) (err error) {
		if r.Community, r.version, err = s.Communities.CurrentAt(tx); err != nil && !errors.Is(err, community.ErrNone) {
			return err
		}
		if r.token == "" {
			return nil
		}
		session, err = signin.Resume(tx, r.token)
		if errors.Is(err, signin.ErrNoSession) {
			r.token = ""
			return nil
		}
		return err
	})
	r.Viewer = session.Viewer
	s.speak(r)
	if err != nil {
		return r, err
	}
	if r.SignedIn() {
		r.Actor = access.Member(r.Viewer.ID)
		s.keepSession(r, session)
	}
	return r, nil
}

// keepSession lets a session last, and renews it after a change of rights. What
// does not work today works with the next request.
func (s *Shell) keepSession(r *Request, session signin.Resumed) {
	if session.Former {
		return
	}
	if session.Changed {
		fresh, err := s.SignIn.Renew(r.Ctx(), r.token)
		if err != nil {
			s.Log.WarnContext(r.Ctx(), "renew the session", "error", err)
		}
		if fresh == "" {
			return
		}
		r.token = fresh
		r.Begin(fresh)
	} else if session.Unsettled {
		if err := s.SignIn.Settle(r.Ctx(), r.token); err != nil {
			s.Log.WarnContext(r.Ctx(), "settle the session", "error", err)
		}
	}
	if signin.Stale(session.LastUsed, r.Now) {
		if err := s.SignIn.Touch(r.Ctx(), r.token); err != nil {
			s.Log.WarnContext(r.Ctx(), "touch the session", "error", err)
		}
		r.Begin(r.token) // the cookie lasts as long as the session
	}
}

// speak chooses the language and the time zone: the reader's own, else what
// her browser asks for among the community's languages.
func (s *Shell) speak(r *Request) {
	offered, fallback, zone := s.Catalog.Languages(), "en", time.UTC
	if r.Community != nil {
		offered, fallback, zone = r.Community.Languages, r.Community.Language(), r.Community.Location()
	}
	lang := r.Viewer.Language
	if lang == "" {
		lang = s.Catalog.Negotiate(r.Context.Request().Header.Get("Accept-Language"), offered, fallback)
	}
	if r.Viewer.Zone != "" {
		if z, err := locale.Zone(r.Viewer.Zone); err == nil {
			zone = z
		}
	}
	r.Text = s.Catalog.Printer(lang, zone)
}

// page begins a page for this request.
func (s *Shell) page(r *Request, title string) look.Page {
	p := look.Page{Title: title, Text: r.Text, Now: r.Now, Host: r.Context.Request().Host, NoIndex: true}
	p.FormKey = s.newKey(r)
	if key := r.QueryParam("said"); key != "" && s.Catalog.Has(saidPrefix+key) {
		p.Flash = append(p.Flash, look.Notice{Tone: look.Success, Text: r.Text.Text(saidPrefix + key)})
	}
	if c := r.Community; c != nil {
		p.Community = look.Community{Name: c.Name, Locale: c.Language()}
		if !r.SignedIn() && c.Face == community.Hidden {
			// Somebody outside must not even learn the name.
			p.Community.Name = r.Text.Text("web.hidden_name")
			return p
		}
		if c.Accent != "" {
			p.Community.AccentVersion = look.AccentVersion(c.Accent)
		}
		if c.HasPicture {
			p.Community.Picture = "/picture?v=" + versionText(c)
		}
		for place, f := range featured {
			if !c.Has(f) {
				p.Without = append(p.Without, place)
			}
		}
		p.NoIndex = r.SignedIn() || c.Face != community.Open
		if c.Face != community.Hidden || r.SignedIn() {
			p.Foot = s.foot(r)
		}
	}
	if !r.SignedIn() {
		return p
	}
	p.Viewer = look.Viewer{
		SignedIn: true, Name: r.Viewer.Name, Handle: r.Viewer.Handle, NoShortcuts: !r.Viewer.Shortcuts,
		Role: r.roleWord(),
	}
	if r.Viewer.Theme != "auto" {
		p.Theme = r.Viewer.Theme
	}
	if r.Viewer.State == "active" {
		p.Spaces = s.rail(r)
	}
	return p
}

// featured are the places in the menu that are features.
var featured = map[string]community.Feature{look.NavPeople: community.Directory, look.NavSearch: community.Search}

// saidPrefix begins the keys of messages that an address may ask to be shown.
const saidPrefix = "said."

func (r *Request) roleWord() string {
	switch r.Viewer.Role {
	case access.Owner:
		return r.Text.Text("web.role_owner")
	case access.Moderator:
		return r.Text.Text("web.role_moderator")
	case access.Guest:
		return r.Text.Text("web.role_guest")
	}
	return ""
}

// rail lists the viewer's spaces. A page without it is better than no page.
func (s *Shell) rail(r *Request) []look.NavSpace {
	mine, err := s.rails.Get(r.version, r.Viewer.ID, func() ([]space.Mine, error) { return s.Spaces.Mine(r.Ctx(), r.Actor) })
	if err != nil && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(r.Ctx(), "list the viewer's spaces", "error", err)
	}
	spaces := make([]look.NavSpace, 0, len(mine))
	for _, m := range mine {
		spaces = append(spaces, look.NavSpace{Name: m.Name, URL: m.Path(), Unread: m.Unread, Kind: string(m.Visibility)})
	}
	return spaces
}

func (s *Shell) foot(r *Request) []look.Link {
	links := []look.Link{{Label: r.Text.Text("web.about"), URL: "/about"}}
	if r.Community.Rules != "" {
		links = append(links, look.Link{Label: r.Text.Text("web.rules"), URL: "/about/rules"})
	}
	links = append(links, look.Link{Label: r.Text.Text("web.privacy"), URL: "/privacy"})
	if r.Community.Imprint != "" {
		links = append(links, look.Link{Label: r.Text.Text("web.imprint"), URL: "/about/imprint"})
	}
	return links
}

func versionText(c *community.Community) string {
	return strings.ToLower(c.ID[:8]) + "." + itoa(c.Version)
}
