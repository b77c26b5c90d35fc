package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web/look"
)

// status is what HTTP calls a kind of fault (RFC 9110, section 15).
var status = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.NotFound:        http.StatusNotFound,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Forbidden:       http.StatusForbidden,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Gone:            http.StatusGone,
	fault.Unauthenticated: http.StatusUnauthorized,
}

// Again answers a form that was refused with the form, what was typed in it,
// and what to put right. What is not about the form goes on as an error.
func (r *Request) Again(err error, form func(p look.Page, problems []look.Problem) templ.Component) error {
	var f *fault.Fault
	if !errors.As(err, &f) || !slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.TooLarge, fault.TooMany, fault.Unavailable}, f.Kind) {
		return err
	}
	r.note(err, status[f.Kind])
	return r.Answer(status[f.Kind], form(r.Page(""), []look.Problem{{Field: f.Field, Text: r.Words(f)}}))
}

// Anew shows a form once more with all that was typed: as Again, because something is
// wrong with it, or without an error because a button in it changed it, or somebody
// wants to look first.
func (r *Request) Anew(err error, form func(p look.Page, problems []look.Problem) templ.Component) error {
	if err == nil {
		return r.Show(form(r.Page(""), nil))
	}
	return r.Again(err, form)
}

// Looks reports whether somebody wants to look first at what she wrote.
func (r *Request) Looks() bool { return r.Value(look.DoField) == look.LookFirst }

// Tell answers a script that sent something for a piece of a page with why that
// was refused.
func (r *Request) Tell(err error, say func(words string) templ.Component) error {
	f := toFault(err)
	r.note(err, status[f.Kind])
	return r.Answer(status[f.Kind], say(r.Words(f)))
}

// Done lets a form that was sent twice end where the first one did.
func Done(err error) error {
	if errors.Is(err, database.ErrRepeated) {
		return nil
	}
	return err
}

// Words says a fault in the reader's language.
func (r *Request) Words(f *fault.Fault) string {
	args := make([]locale.Arg, 0, len(f.Args))
	for name, v := range f.Args {
		args = append(args, locale.Arg{Name: name, Value: v})
	}
	return r.Text.Text(f.Key, args...)
}

// refuse is the one place that tells people about an error.
func (s *Shell) refuse(r *Request, err error) error {
	var there errElsewhere
	if errors.As(err, &there) {
		return r.lead(there.path)
	}
	if errors.Is(err, context.Canceled) && r.Ctx().Err() != nil {
		return nil // the reader has gone
	}
	f := toFault(err)
	code := status[f.Kind]
	r.note(err, code)
	if r.Response().Committed {
		// What has begun and broke off must not look like the whole.
		panic(http.ErrAbortHandler)
	}
	if f.Kind == fault.TooMany {
		r.Response().Header().Set("Retry-After", "60")
	}
	if r.piece() {
		return r.refusePiece(f)
	}
	// The page of something missing must be the same for everybody who may not
	// see it and for every address: it depends on the reader alone.
	p := s.page(r, r.Text.Text("web.error_title_"+titleOf(f.Kind)))
	return r.Answer(code, errorPage(p, r.Words(f), typed(r), r.SignedIn()))
}

// note logs what went wrong with us. What people did is their own business.
func (r *Request) note(err error, code int) {
	if code >= http.StatusInternalServerError {
		r.shell.Log.ErrorContext(r.Ctx(), "request", "route", r.Path(), "status", code, "error", err)
	}
}

// toFault makes a fault of any error.
func toFault(err error) *fault.Fault {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	var h *echo.HTTPError
	if errors.As(err, &h) {
		switch h.Code {
		case http.StatusNotFound, http.StatusMethodNotAllowed:
			return fault.Missing()
		case http.StatusRequestEntityTooLarge:
			return fault.New(fault.TooLarge, "fault.too_large")
		case http.StatusBadRequest:
			return fault.New(fault.Invalid, "fault.bad_request")
		}
	}
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return fault.New(fault.TooLarge, "fault.too_large")
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "fault.busy").Because(err)
	}
	return fault.New(fault.Internal, "fault.internal").Because(err)
}

func titleOf(k fault.Kind) string {
	switch k {
	case fault.NotFound, fault.Gone:
		return "missing"
	case fault.Internal, fault.Unavailable:
		return "trouble"
	}
	return "refused"
}

// Typed is something a person wrote in a form that could not be taken.
type Typed struct{ Name, Text string }

// typed gives back what was written, so that an error loses nothing. Secrets
// and what the form put in by itself are left out.
func typed(r *Request) []Typed {
	req := r.Context.Request()
	if req.Method == http.MethodGet {
		return nil
	}
	// A request may be refused before its form was read. What cannot be read as
	// a form has nothing typed in it.
	if _, err := r.Context.FormParams(); err != nil {
		return nil
	}
	var all []Typed
	for name, values := range req.PostForm {
		secret := strings.Contains(name, "password") || strings.Contains(name, "code") || strings.Contains(name, "token") || name == look.KeyField || name == look.DoField
		for _, v := range values {
			if !secret && written(v) {
				all = append(all, Typed{name, v})
			}
		}
	}
	slices.SortFunc(all, func(a, b Typed) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// written tells what somebody typed from what a choice or a hidden field sends:
// that is one word in small letters, or an id.
func written(v string) bool {
	if len(v) >= 100_000 || uuid.Validate(v) == nil {
		return false
	}
	return len(v) > 20 || strings.ContainsFunc(v, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsUpper(c) || c > unicode.MaxASCII })
}
