package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web/look"
)

// A script that asks for a piece of a page puts whatever it is given into the
// page, and follows redirects without saying so. An error or a way to somewhere
// else is therefore told it in headers (htmx 4, HX-Redirect and HX-Refresh):
// the page that answers must never be a page within the page.

// piece reports whether a script of ours asks for a piece of a page.
func (r *Request) piece() bool { return r.Context.Request().Header.Get("HX-Request") != "" }

// lead sends the reader to another address.
func (r *Request) lead(path string) error {
	if !r.piece() {
		return r.Redirect(http.StatusSeeOther, path)
	}
	r.Response().Header().Set("HX-Redirect", path)
	return r.NoContent(http.StatusNoContent)
}

// at is the page that the reader sees: what she asks for, or the page around
// the piece that a script asks for. Where a form is sent is no page.
func (r *Request) at() string {
	req := r.Context.Request()
	switch {
	case r.piece():
		u, err := url.Parse(req.Header.Get("HX-Current-URL"))
		if err != nil {
			return "/"
		}
		return Local(u.RequestURI())
	case req.Method == http.MethodGet:
		return req.URL.RequestURI()
	}
	return "/"
}

// refusePiece tells a script about an error.
func (r *Request) refusePiece(f *fault.Fault) error {
	req := r.Context.Request()
	if req.Method == http.MethodGet {
		// A link that somebody pressed leads where it would without scripts. What
		// the page asks for by itself, again and again, leaves it as it is.
		if tag, _, _ := strings.Cut(req.Header.Get("HX-Source"), "#"); tag == "a" {
			return r.lead(Local(req.URL.RequestURI()))
		}
		return r.NoContent(http.StatusNoContent)
	}
	switch f.Kind {
	case fault.NotFound, fault.Gone, fault.Forbidden, fault.Unauthenticated:
		// The page is older than what it is about: a new one shows how things are.
		r.Response().Header().Set("HX-Refresh", "true")
		return r.NoContent(status[f.Kind])
	}
	return r.Answer(status[f.Kind], look.Toast(r.Words(f), look.Action{}))
}
