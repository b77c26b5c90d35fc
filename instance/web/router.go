package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web/look"
)

// Audience says who gets past a route's door at all. What she finds behind it
// is for the read rule.
type Audience int

const (
	// Members lets in active members and guests of the community. A stranger is
	// asked to sign in, somebody who waits is told so.
	Members Audience = iota
	// Visitors also lets in strangers, unless the community is hidden.
	Visitors
	// Own lets in everybody who is signed in, also who waits or is leaving: her
	// own things.
	Own
	// Anybody lets in strangers even of a hidden community: signing in,
	// invitations, the stylesheet.
	Anybody
)

// Router mounts handlers.
type Router struct {
	shell   *Shell
	echo    *echo.Echo
	feature community.Feature
	routes  *[]Route
}

// Route is a mounted handler, for tests that visit them all.
type Route struct {
	Method, Path string
	Audience     Audience
	Feature      community.Feature
	// Files says that files may come with a form.
	Files bool
}

// NewRouter mounts on e.
func NewRouter(s *Shell, e *echo.Echo) *Router {
	s.public.Max = maxPublic
	return &Router{shell: s, echo: e, routes: &[]Route{}}
}

// Routes are all that were mounted.
func (m *Router) Routes() []Route { return *m.routes }

// Of gives a router whose routes exist only while a feature is switched on.
func (m *Router) Of(f community.Feature) *Router {
	n := *m
	n.feature = f
	return &n
}

// GET mounts a page.
func (m *Router) GET(who Audience, path string, h Handler) { m.add(http.MethodGet, who, path, nil, h) }

// POST mounts what a form is sent to.
func (m *Router) POST(who Audience, path string, h Handler) {
	m.add(http.MethodPost, who, path, nil, h)
}

// Upload mounts what a form with files is sent to. Each file goes to take while
// it comes in, before the handler is called: see Request.Files.
func (m *Router) Upload(who Audience, path string, take Taker, h Handler) {
	m.add(http.MethodPost, who, path, take, h)
}

// TakesFiles reports whether files may be sent to a path: such a body has limits
// of its own.
func (m *Router) TakesFiles(method, path string) bool {
	return slices.ContainsFunc(*m.routes, func(r Route) bool { return r.Files && r.Method == method && r.Path == path })
}

func (m *Router) add(method string, who Audience, path string, take Taker, h Handler) {
	*m.routes = append(*m.routes, Route{method, path, who, m.feature, take != nil})
	m.echo.Add(method, path, func(c echo.Context) error {
		r, err := m.begin(c)
		if err == nil {
			err = m.enter(r, who)
		}
		if take != nil {
			err = m.receive(r, take, err)
		}
		if method != http.MethodGet {
			err = m.sent(r, err)
		}
		if err == nil && (method != http.MethodGet || who != Visitors || !m.shell.showPublic(r)) {
			err = h(r)
		}
		if err != nil {
			return m.shell.refuse(r, err)
		}
		m.shell.count(r)
		return nil
	})
}

// sent looks at a form before its handler does. Somebody whose session has ended
// meanwhile is not led away from what she wrote: it is shown to her again.
func (m *Router) sent(r *Request, err error) error {
	if err == nil {
		return m.shell.checkForm(r)
	}
	var there errElsewhere
	if errors.As(err, &there) && r.Community != nil && !r.SignedIn() && ours(r) == nil && len(typed(r)) > 0 {
		return fault.New(fault.Unauthenticated, "fault.signed_out")
	}
	return err
}

func (m *Router) begin(c echo.Context) (*Request, error) {
	r, err := m.shell.begin(c)
	if !indexed(r) {
		c.Response().Header().Set("X-Robots-Tag", "noindex")
	}
	if there, moved := m.shell.moved(r); moved && err == nil {
		err = errElsewhere{there}
	}
	return r, err
}

// indexed reports whether search engines may keep this answer: what strangers
// see of a community that shows itself.
func indexed(r *Request) bool {
	return !r.SignedIn() && r.Community.Founded() && r.Community.Face == community.Open
}

// Nothing answers every address that no route has, as if it were a page that
// the reader may not see.
func (m *Router) Nothing() echo.HandlerFunc {
	return func(c echo.Context) error {
		r, err := m.begin(c)
		if err == nil {
			err = door(r, Visitors)
		}
		if err == nil {
			err = fault.Missing()
		}
		return m.shell.refuse(r, err)
	}
}

// errElsewhere says that the answer was already given: a redirect.
type errElsewhere struct{ path string }

func (e errElsewhere) Error() string { return "the answer is at another address" }

// enter decides whether a reader gets past the door of a route. What is switched
// off is an address of nothing, for everybody.
func (m *Router) enter(r *Request, who Audience) error {
	if m.feature == "" || r.Community == nil || r.Community.Has(m.feature) {
		return door(r, who)
	}
	if err := door(r, Visitors); err != nil {
		return err
	}
	return fault.Missing()
}

func door(r *Request, who Audience) error {
	if r.Community == nil {
		if who == Anybody {
			return nil
		}
		return errElsewhere{"/setup"}
	}
	switch {
	case who == Anybody:
		return nil
	case who == Visitors && r.Viewer.State != "active" && r.Community.Founded() && r.Community.Face != community.Hidden:
		return nil
	case !r.SignedIn():
		return errElsewhere{signInPath(r)}
	case who == Own:
		return nil
	case !r.Community.Founded() && r.Context.Request().URL.Path == look.NavHome:
		return errElsewhere{"/setup/kind"}
	case r.Viewer.State == "pending":
		return errElsewhere{"/waiting"}
	case r.Viewer.State == "leaving":
		return errElsewhere{"/leaving"}
	}
	return nil
}

// signInPath leads back to where the reader wanted to go. It is the same for
// every address, so that a hidden community tells nothing by it.
func signInPath(r *Request) string {
	at := r.at()
	if path, _, _ := strings.Cut(at, "?"); path == "/" {
		return look.NavSignIn
	}
	return look.NavSignIn + "?next=" + url.QueryEscape(at)
}
