package server

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/feed/feedweb"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/internal/limit"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/joining/joiningweb"
	"github.com/opengather/opengather/instance/live"
	"github.com/opengather/opengather/instance/live/liveweb"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/member/memberweb"
	"github.com/opengather/opengather/instance/numbers"
	"github.com/opengather/opengather/instance/numbers/numbersweb"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/poll/pollweb"
	"github.com/opengather/opengather/instance/portability"
	"github.com/opengather/opengather/instance/portability/portabilityweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/preview"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/setup/setupweb"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/signin/signinweb"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/space/spaceweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// catalogue are the folders of messages of every package that speaks.
func catalogue() []fs.FS {
	return []fs.FS{
		locale.Messages, look.Messages, web.Messages, postweb.Messages, signinweb.Messages, setupweb.Messages,
		communityweb.Messages, joiningweb.Messages, spaceweb.Messages, memberweb.Messages, mediaweb.Messages, portabilityweb.Messages, numbersweb.Messages, feedweb.Messages, liveweb.Messages, pollweb.Messages, pageweb.Messages,
	}
}

// mounter is a handler that adds its routes.
type mounter interface{ Mount(*web.Router) }

// pages is the table of everything that has pages.
func (p *Program) pages() []mounter {
	photos := &mediaweb.Handler{Media: p.Media}
	pages := &pageweb.Handler{Pages: p.Pages, Spaces: p.Spaces}
	posts := &postweb.Handler{Posts: p.Posts, Pages: pages, Spaces: p.Spaces, Members: p.Members, Joining: p.Joining, Media: photos, Previews: p.Previews}
	return []mounter{
		posts,
		photos,
		pages,
		&signinweb.Handler{SignIn: p.SignIn},
		&setupweb.Handler{Setup: p.Setup, Communities: p.Communities, Joining: p.Joining},
		&communityweb.Handler{
			Communities: p.Communities, Spaces: p.Spaces,
			Build:     communityweb.Build{Version: p.Version, Commit: p.Commit, Source: p.Config.SourceURL},
			Elsewhere: p.elsewhere(),
		},
		&joiningweb.Handler{Joining: p.Joining, Spaces: p.Spaces, Members: p.Members, Communities: p.Communities, Posts: p.Posts},
		&spaceweb.Handler{Spaces: p.Spaces, Posts: posts, Pages: pages},
		&memberweb.Handler{Members: p.Members, Spaces: p.Spaces, Joining: p.Joining, Communities: p.Communities},
		&liveweb.Handler{Live: p.Live},
		&numbersweb.Handler{Numbers: &numbers.Operations{DB: p.DB}},
		&feedweb.Handler{Feeds: p.Feeds, Posts: p.Posts, Spaces: p.Spaces},
		&portabilityweb.Handler{Portability: p.Portability, Spaces: p.Spaces},
	}
}

// Handler answers every request.
func (p *Program) Handler() (http.Handler, error) {
	e, router, err := p.mount()
	if err != nil {
		return nil, err
	}
	patterns := []string{"/up", "/static/:name"}
	for _, r := range router.Routes() {
		patterns = append(patterns, r.Path)
	}
	p.Telemetry.Routes(patterns)
	// Level 3 takes a third of the time of the standard library's 4, for pages
	// that are one twentieth larger. What is packed already stays as it is.
	pack, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(3), gzhttp.MinSize(1024))
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	return p.Telemetry.Middleware(pack(web.Head(e))), nil
}

// Routes are all pages and what forms are sent to, for tests that visit them.
func (p *Program) Routes() ([]web.Route, error) {
	_, router, err := p.mount()
	if err != nil {
		return nil, err
	}
	return router.Routes(), nil
}

// mount puts the shell around the pages.
func (p *Program) mount() (*echo.Echo, *web.Router, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	shell := &web.Shell{
		DB: p.DB, Keys: p.Keys, Catalog: p.Catalog, Communities: p.Communities, SignIn: p.SignIn, Spaces: p.Spaces,
		Log: p.Log, PublicURL: p.publicURL, Proxies: p.proxies, Shown: &p.shown.n,
	}
	router := web.NewRouter(shell, e)
	e.HTTPErrorHandler = func(err error, c echo.Context) { shell.Broken(c, err) }
	e.RouteNotFound("/*", router.Nothing())
	e.Use(route, shell.Headers, middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: "6M", Skipper: func(c echo.Context) bool { return web.Multipart(c) && router.TakesFiles(c.Request().Method, c.Path()) }}), middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}))
	e.GET("/up", p.up)
	e.GET("/static/:name", shell.Static)
	for _, m := range p.pages() {
		m.Mount(router)
	}
	return e, router, nil
}

// route tells the log the pattern of the route, never the address itself.
func route(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		telemetry.SetRoute(c.Request().Context(), c.Path())
		return next(c)
	}
}

// up answers whether the community can be served: for whoever watches it.
func (p *Program) up(c echo.Context) error {
	if err := p.DB.Ping(c.Request().Context()); err != nil {
		p.Log.ErrorContext(c.Request().Context(), "up", "error", err)
		return c.String(http.StatusServiceUnavailable, "the database does not answer\n")
	}
	return c.String(http.StatusOK, "ok\n")
}

// assemble makes the operations and what speaks and watches.
func (p *Program) assemble(ctx context.Context) (err error) {
	if p.Catalog, err = locale.Load(catalogue()...); err != nil {
		return fmt.Errorf("load the messages: %w", err)
	}
	if p.Pseudo {
		p.Catalog = p.Catalog.WithPseudo()
	}
	if p.Telemetry, err = telemetry.Setup(ctx, telemetry.Options{Log: p.Log, Version: p.Version, Endpoint: p.Config.OTLPEndpoint, Transport: p.collector(), Now: p.Now}); err != nil {
		return fmt.Errorf("set up telemetry: %w", err)
	}
	p.Communities = &community.Operations{DB: p.DB, Offered: p.Catalog.Languages()}
	p.Members = &member.Operations{DB: p.DB, Keys: p.Keys}
	p.Spaces = &space.Operations{DB: p.DB, Keys: p.Keys}
	if err := p.openMedia(); err != nil {
		return err
	}
	if err := p.openPolls(); err != nil {
		return err
	}
	p.Previews = &preview.Operations{DB: p.DB, Door: p.Door, Press: &p.Communities.Pictures}
	p.Posts = &post.Operations{DB: p.DB, Keys: p.Keys, Polls: p.Polls, Searching: limit.NewGate(3, 2, 2*time.Second)} // SQLite has four readers
	p.Pages = &page.Operations{DB: p.DB, Searching: p.Posts.Searching}
	p.Feeds = &feed.Operations{DB: p.DB}
	p.Live = &live.Hub{DB: p.DB, Keys: p.Keys, Posts: p.Posts, Communities: p.Communities, Log: p.Log}
	p.SignIn = &signin.Operations{DB: p.DB, Keys: p.Keys}
	p.Joining = &joining.Operations{DB: p.DB, Keys: p.Keys, SignIn: p.SignIn, Communities: p.Communities}
	p.Portability = &portability.Operations{DB: p.DB, Keys: p.Keys, SignIn: p.SignIn, Polls: p.Polls}
	p.Setup = &setup.Operations{DB: p.DB, Keys: p.Keys, SignIn: p.SignIn, Communities: p.Communities}
	return nil
}

// elsewhere is what the configuration keeps on or sends to other computers.
func (p *Program) elsewhere() communityweb.Elsewhere {
	return communityweb.Elsewhere{Database: p.Config.Database != "", Media: host(p.Config.S3Endpoint), Traces: host(p.Config.OTLPEndpoint)}
}

// host is that of an address which config has read, empty without one.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// collector is the way to the operator's own collector of traces, and nil
// without one.
func (p *Program) collector() http.RoundTripper {
	u, err := url.Parse(p.Config.OTLPEndpoint)
	if err != nil || u.Host == "" {
		return nil
	}
	host := u.Host
	if u.Port() == "" {
		host += map[bool]string{true: ":443", false: ":80"}[strings.EqualFold(u.Scheme, "https")]
	}
	dialer, err := p.Door.Named(fetch.Telemetry, host)
	if err != nil {
		return nil
	}
	return dialer.Transport()
}
