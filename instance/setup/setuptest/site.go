package setuptest

import (
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Pages is a handler of pages.
type Pages interface{ Mount(*web.Router) }

// Serve serves pages, with the words they need, until the test ends. It gives
// the address, plain http on this machine, and the routes there are.
func (p *Place) Serve(words []fs.FS, pages ...Pages) (url string, routes []web.Route) {
	p.T.Helper()
	catalog, err := locale.Load(append([]fs.FS{locale.Messages, look.Messages, web.Messages}, words...)...)
	if err != nil {
		p.T.Fatal(err)
	}
	shell := &web.Shell{
		Shown: new(atomic.Int64),
		DB:    p.DB, Keys: p.Keys, Catalog: catalog, Communities: p.Communities, SignIn: p.SignIn, Spaces: p.Spaces, Log: slog.New(slog.DiscardHandler),
	}
	e := echo.New()
	router := web.NewRouter(shell, e)
	e.HTTPErrorHandler = func(err error, c echo.Context) { shell.Broken(c, err) }
	e.RouteNotFound("/*", router.Nothing())
	e.Use(shell.Headers)
	e.GET("/static/:name", shell.Static)
	for _, one := range pages {
		one.Mount(router)
	}
	server := httptest.NewServer(e)
	p.T.Cleanup(server.Close)
	return server.URL, router.Routes()
}

// Cookie signs somebody in and gives what her browser sends along.
func (p *Place) Cookie(a access.Actor) string {
	p.T.Helper()
	var token string
	_, err := p.DB.Write(p.Ctx, database.Op{Class: database.System}, func(tx *database.Tx) (_ string, err error) {
		token, err = signin.Begin(tx, a.ID(), signin.Computer)
		return "", err
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return "session=" + token
}
