// Package web is the shell of every page: who asks, in which language, with
// which form, and how an answer or an error is said. Handlers live in the *web
// packages beside their features and return errors; this is the one place that
// speaks to people about them.
package web

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/web/look"
)

// Request is one request, with what every handler wants to know.
type Request struct {
	echo.Context
	shell *Shell
	// Actor is whoever asks: a member or a stranger.
	Actor access.Actor
	// Viewer is the member who asks; the zero Viewer is a stranger.
	Viewer signin.Viewer
	// Community is nil until somebody has claimed this place.
	Community *community.Community
	// Text speaks the reader's language in the reader's time zone.
	Text *locale.Printer
	// Now is the time of the request.
	Now time.Time
	// Files are the ids that files got which came with this form, Refused why
	// others could not be taken.
	Files   []string
	Refused []error

	token   string // of the session
	version string // of the data, when this request began
	keep    string // under what this answer may be kept for other strangers
}

// Handler answers a request.
type Handler func(*Request) error

// SignedIn reports whether somebody known asks.
func (r *Request) SignedIn() bool { return r.Viewer.ID != "" }

// Context of the request, for operations.
func (r *Request) Ctx() context.Context { return r.Context.Request().Context() }

// Value is a form field or query parameter without space around it.
func (r *Request) Value(name string) string { return strings.TrimSpace(r.FormValue(name)) }

// Key is the one-time key that the form was sent with. The shell has checked
// that it is ours and this session's.
func (r *Request) Key() string { return r.FormValue(look.KeyField) }

// Token is the session's token, empty for a stranger.
func (r *Request) Token() string { return r.token }

// Page begins a page with this title.
func (r *Request) Page(title string) look.Page { return r.shell.page(r, title) }

// NewKey makes a one-time key for a form that is not part of a whole page.
func (r *Request) NewKey() string { return r.shell.newKey(r) }

// Show answers with a page.
func (r *Request) Show(page templ.Component) error { return r.Answer(http.StatusOK, page) }

// ShowOnce sends a page with a secret on it, which the browser keeps nowhere.
func (r *Request) ShowOnce(page templ.Component) error {
	r.Response().Header().Set("Cache-Control", "no-store")
	return r.Show(page)
}

// Answer answers with a page and a status. The page is put together before a
// byte of it is sent: one that breaks half-way is an error, not half a page.
func (r *Request) Answer(status int, page templ.Component) error {
	b := pages.Get().(*bytes.Buffer)
	defer pages.Put(b)
	b.Reset()
	if err := page.Render(r.Ctx(), b); err != nil {
		return fmt.Errorf("put the page together: %w", err)
	}
	if r.keep != "" && status == http.StatusOK {
		r.shell.keepPublic(r, b.Bytes())
	}
	return r.HTMLBlob(status, b.Bytes())
}

// pages are buffers for pages, used again and again.
var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// See sends the browser to a page of ours after a form (RFC 9110, 303).
func (r *Request) See(path string) error {
	return r.Redirect(http.StatusSeeOther, Local(path))
}

// Say sends the browser to a page of ours, where the message with this key is
// shown once. The key travels in the address: no cookie is needed for it, and
// only keys of messages under "said." are spoken.
func (r *Request) Say(path, key string) error {
	u, err := url.Parse(Local(path))
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("said", strings.TrimPrefix(key, saidPrefix))
	u.RawQuery = q.Encode()
	return r.Redirect(http.StatusSeeOther, u.String())
}

// Local gives path if it leads to a page of ours, else the front page: a
// "next" in an address must never lead to another site.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// Begin signs somebody in: the browser gets the session's token.
func (r *Request) Begin(token string) { r.SetCookie(r.shell.cookie(r, token, signin.SessionLength)) }

// End makes the browser forget the session's token.
func (r *Request) End() { r.SetCookie(r.shell.cookie(r, "", -time.Hour)) }

// Unchanged says whether the reader has this already: what it sends under the tag,
// in quotes, is what she has (RFC 9110, section 13.1.2). Ask it only when the
// answer is made, and so after the read rule: that somebody had something once is
// no right to have it.
func (r *Request) Unchanged(tag string) bool {
	weak := "W/" + tag // packed or not, it is the same
	r.Response().Header().Set("ETag", weak)
	for _, has := range strings.Split(r.Context.Request().Header.Get("If-None-Match"), ",") {
		if has = strings.TrimSpace(has); has == weak || has == tag || has == "*" {
			return true
		}
	}
	return false
}

// Speaking is a printer for what is not for this reader's eyes first, such as a
// feed: in a language, or in the community's if that is empty, and in its time zone.
func (r *Request) Speaking(language string) *locale.Printer {
	return r.shell.Catalog.Printer(cmp.Or(language, r.Community.Language()), r.Community.Location())
}

// Device is the kind of device that asks, and all that is ever taken from its
// user agent.
func (r *Request) Device() signin.Device {
	ua := r.Context.Request().UserAgent()
	switch {
	case strings.Contains(ua, "iPad"), strings.Contains(ua, "Tablet"), strings.Contains(ua, "Android") && !strings.Contains(ua, "Mobile"):
		return signin.Tablet
	case strings.Contains(ua, "Mobi"):
		return signin.Phone
	}
	return signin.Computer
}

// Origin is the address of the community as this reader has it, such as
// https://street.example, for links that are copied elsewhere.
func (r *Request) Origin() string { return r.shell.origin(r) }
