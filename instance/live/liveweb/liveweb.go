// Package liveweb lets a browser listen to what changes in the pages that it
// shows.
package liveweb

import (
	"context"
	"embed"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/live"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of refusals.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves streams.
type Handler struct{ Live *live.Hub }

// Mount adds the route.
func (h *Handler) Mount(m *web.Router) {
	m.Of(community.Live).GET(web.Members, look.NavLive, h.listen)
}

// life is how long a stream lasts, about: the next one comes through the whole
// door again.
const life = 10 * time.Minute

// listen answers with what changes in the pages that the address names, each
// with its state, until the reader goes. once=1, or somebody who takes no
// stream, gets what is to be said now. Without a page to watch, or for who
// switched it off, there is nothing.
func (h *Handler) listen(r *web.Request) error {
	if !r.Viewer.Live {
		return r.NoContent(http.StatusNoContent)
	}
	reader := live.Reader{Member: r.Viewer.ID, Session: r.Viewer.Session}
	q := r.QueryParams()
	var pages []live.Page
	for i, address := range q["page"] {
		p := live.Page{Address: address}
		if i < len(q["state"]) {
			p.State = q["state"][i]
		}
		pages = append(pages, p)
	}
	if r.Value("once") == "1" || !strings.Contains(r.Context.Request().Header.Get("Accept"), "text/event-stream") {
		return h.once(r, reader, pages)
	}
	s, err := h.Live.Join(reader, pages)
	if fault.Is(err, fault.Unavailable) {
		r.Response().Header().Set("Retry-After", "30")
	}
	if err != nil {
		return err
	}
	if s == nil {
		return r.NoContent(http.StatusNoContent)
	}
	defer s.Leave()
	until, cancel := context.WithTimeout(r.Ctx(), life*9/10+rand.N(life/5))
	defer cancel()
	over := false
	return r.Stream(func(ctx context.Context) (string, any, error) {
		if over {
			return "", nil, io.EOF
		}
		ctx, cancel := within(ctx, until)
		defer cancel()
		e, err := s.Next(ctx)
		if err != nil && until.Err() != nil && r.Ctx().Err() == nil && !errors.Is(err, io.EOF) {
			over = true
			e, err = live.Event{Kind: live.End, Why: live.Later, In: 1}, nil
		}
		return string(e.Kind), e, err
	})
}

// within is a context that ends with either.
func within(ctx, other context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(other, func() { cancel(context.Cause(other)) })
	return ctx, func() { stop(); cancel(nil) }
}

// once answers with what is to be said now, at least with the greeting: no
// content always means that there is nothing to listen to.
func (h *Handler) once(r *web.Request, reader live.Reader, pages []live.Page) error {
	events, err := h.Live.Once(r.Ctx(), reader, pages)
	if err != nil {
		return err
	}
	if events == nil {
		return r.NoContent(http.StatusNoContent)
	}
	return r.Stream(func(context.Context) (string, any, error) {
		if len(events) == 0 {
			return "", nil, io.EOF
		}
		e := events[0]
		events = events[1:]
		return string(e.Kind), e, nil
	})
}
