package live

import (
	"context"
	"errors"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Join begins a stream about some pages. What is no page is left out, and so are
// those beyond the first eight; without any there is no stream, and nil. A
// session's fourth stream ends its oldest. It gives fault.TooMany if the member
// has too many, and fault.Unavailable if there are too many altogether.
func (h *Hub) Join(r Reader, pages []Page) (*Stream, error) {
	s := h.stream(r, pages)
	if s == nil {
		return nil, nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	var hers, session []*Stream
	for _, x := range h.streams {
		if x.end != nil {
			continue
		}
		if x.reader.Member == r.Member {
			hers = append(hers, x)
		}
		if x.reader.Session == r.Session {
			session = append(session, x)
		}
	}
	switch {
	case h.closed, len(h.streams) >= mostStreams:
		return nil, fault.New(fault.Unavailable, "live.full")
	case len(hers) >= mostMember && len(session) < mostSession:
		return nil, fault.New(fault.TooMany, "live.many")
	case len(session) >= mostSession:
		session[0].finish(Event{Kind: End, Why: Full})
	}
	h.streams = append(h.streams, s)
	if h.joined != nil {
		close(h.joined)
		h.joined = nil
	}
	return s, nil
}

// stream makes one that is not in the hub yet.
func (h *Hub) stream(r Reader, pages []Page) *Stream {
	s := &Stream{hub: h, reader: r, signal: make(chan struct{}, 1)}
	at := map[string]*watch{}
	for _, p := range pages[:min(len(pages), mostPages)] {
		root, after, ok := parsed(p.Address)
		if !ok {
			continue
		}
		w := at[p.Address]
		if w == nil {
			w = &watch{address: p.Address, root: root, after: after}
			at[p.Address] = w
			s.watched = append(s.watched, w)
		}
		sum, ok := opened(h.Keys, r.Member, p.Address, p.State)
		w.none = w.none || !ok
		w.states = append(w.states, sum)
	}
	if len(s.watched) == 0 {
		return nil
	}
	return s
}

// Once gives what a stream about these pages would say now, from its Hello on,
// and ends: for who is behind something that keeps answers back. Nil is that
// there is no page. It is a round of its own, and costs what a page costs.
func (h *Hub) Once(ctx context.Context, r Reader, pages []Page) ([]Event, error) {
	s := h.stream(r, pages)
	if s == nil {
		return nil, nil
	}
	var found findings
	err := h.DB.Read(ctx, func(tx *database.Tx) (err error) {
		found, err = h.look(tx, &known{}, []*Stream{s})
		return errors.Join(append(found.failed, err)...)
	})
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	h.apply(found, []*Stream{s})
	h.mu.Unlock()
	var all []Event
	for {
		e, ok, err := s.next()
		if err != nil || !ok || e.Kind == End && e.Why == Later {
			return all, ended(err)
		}
		all = append(all, e)
	}
}

// Close ends all streams and takes no more.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, s := range h.streams {
		s.finish(later(anew))
	}
}
