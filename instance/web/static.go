package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web/look"
)

// Static serves the stylesheet, scripts and icons. Their names carry a hash of
// what is in them, so a browser may keep them for ever.
func (s *Shell) Static(c echo.Context) error {
	f, ok := look.Files()["/static/"+c.Param("name")]
	if !ok {
		var err error
		if f, err = s.accent(c); err != nil {
			return err
		}
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", f.ETag)
	if c.Request().Header.Get("If-None-Match") == f.ETag {
		return c.NoContent(http.StatusNotModified)
	}
	body := f.Body
	if f.Gzip != nil && strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.Gzip
	}
	return c.Blob(http.StatusOK, f.Type, body)
}

// accent is the stylesheet with the community's colour of today.
func (s *Shell) accent(c echo.Context) (look.File, error) {
	now, err := s.Communities.Read(c.Request().Context())
	if err != nil && !errors.Is(err, community.ErrNone) {
		return look.File{}, err
	}
	if now == nil || look.AccentURL(look.AccentVersion(now.Accent)) != "/static/"+c.Param("name") {
		return look.File{}, echo.ErrNotFound
	}
	return look.File{Body: []byte(look.AccentCSS(now.Accent)), Type: "text/css; charset=utf-8", ETag: `"` + c.Param("name") + `"`}, nil
}

// Broken answers what went wrong outside every handler: a file that is not
// there, a body that is too large, a panic.
func (s *Shell) Broken(c echo.Context, err error) {
	if c.Response().Committed {
		return
	}
	r, berr := s.begin(c)
	if berr != nil {
		err = fault.New(fault.Internal, "fault.internal").Because(berr)
	}
	if rerr := s.refuse(r, err); rerr != nil {
		s.Log.ErrorContext(c.Request().Context(), "answer an error", "error", rerr)
	}
}
