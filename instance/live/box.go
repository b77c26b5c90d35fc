package live

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/opengather/opengather/instance/post"
)

// Stream is what one browser listens to. What waits in it is bounded, however
// long nobody takes it: for each page what was told last, and what is now.
type Stream struct {
	hub      *Hub
	reader   Reader
	watched  []*watch
	standing string // when it had its first round
	begun    bool   // it has had its first round
	greeted  bool
	gone     []string // pages that there are no more, to be said
	end      *Event
	over     bool
	signal   chan struct{}
}

// watch is a page in a stream.
type watch struct {
	address, root, after string
	// states are those that windows came with; they say what she has.
	states []post.Sum
	none   bool // one of them has none, or one that does not open
	// told is what she knows, nil at first; now is what there is. Looks belong
	// to all who read the same.
	told, now *post.Look
	at        time.Time // when she was told last
	due       bool      // it is to be told now
	news      bool      // of /home: something is new, or may be
}

// start decides what she knows from what she came with.
func (w *watch) start() {
	same := !w.none && len(w.states) > 0
	for _, s := range w.states {
		same = same && s == w.now.Sum
	}
	if same {
		w.told = w.now
	}
}

// owes reports whether she does not know what there is.
func (w *watch) owes() bool {
	return w.news || w.now != nil && (w.told == nil || w.told.Sum != w.now.Sum)
}

// Next waits for what is to be said next. After the event End it gives io.EOF,
// and when ctx ends its error.
func (s *Stream) Next(ctx context.Context) (Event, error) {
	for {
		e, ok, err := s.next()
		if ok || err != nil {
			return e, err
		}
		select {
		case <-ctx.Done():
			return Event{}, ctx.Err()
		case <-s.signal:
		}
	}
}

// saying is what is to be said, and for Changed what it is worked out from.
type saying struct {
	Event
	was, now *post.Look // was is nil if nobody knows
}

// next gives what is to be said, if anything is. What is told of is taken down
// while the hub is locked; words are made of it afterwards, so that nobody waits
// for that.
func (s *Stream) next() (Event, bool, error) {
	s.hub.mu.Lock()
	x, ok, err := s.take()
	s.hub.mu.Unlock()
	if !ok || err != nil || x.now == nil {
		return x.Event, ok, err
	}
	e, err := s.hub.hint(x, s.reader.Member)
	return e, err == nil, err
}

// take takes what is to be said, if anything is. The hub is locked.
func (s *Stream) take() (x saying, ok bool, err error) {
	switch {
	case s.over:
		return x, false, io.EOF
	case !s.greeted:
		s.greeted = true
		x.Kind = Hello
		for _, w := range s.watched {
			x.Pages = append(x.Pages, w.address)
		}
		return x, true, nil
	case len(s.gone) > 0:
		x.Kind, x.Page = Gone, s.gone[0]
		s.gone = s.gone[1:]
		return x, true, nil
	case s.end != nil:
		s.over = true
		return saying{Event: *s.end}, true, nil
	}
	for _, w := range s.watched {
		if !w.due {
			continue
		}
		w.due, w.at = false, s.hub.DB.Now()
		if w.news {
			w.news = false
			return saying{Event: Event{Kind: News, Page: w.address}}, true, nil
		}
		x = saying{Event{Kind: Changed, Page: w.address}, w.told, w.now}
		w.told = w.now
		return x, true, nil
	}
	return x, false, nil
}

// hint says what differs between what she knows and what there is.
func (h *Hub) hint(x saying, member string) (Event, error) {
	e := x.Event
	if x.was != nil {
		d := h.compared.difference(x.was, x.now)
		e.Parts, e.Parted = d.changed, d.parted
	}
	if x.was == nil || len(e.Parts)+len(e.Parted) > mostParts {
		e.Parts, e.Parted, e.All = nil, nil, true
	}
	var err error
	e.State, err = State(h.Keys, member, e.Page, x.now.Sum)
	return e, err
}

// comparisons are those of looks with others, worked out once for all who are
// told of the same.
type comparisons struct {
	mu sync.Mutex
	of map[[2]*post.Look]comparison
}

type comparison struct{ changed, parted []string }

func (c *comparisons) difference(was, now *post.Look) comparison {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, there := c.of[[2]*post.Look{was, now}]
	if !there {
		d.changed, d.parted = difference(was, now)
		if c.of == nil {
			c.of = map[[2]*post.Look]comparison{}
		}
		c.of[[2]*post.Look{was, now}] = d
	}
	return d
}

// forget lets go of the looks of before.
func (c *comparisons) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of = nil
}

// difference gives the parts that are new or look different, in the order of the
// page, and those that are not there any more.
func difference(was, now *post.Look) (changed, parted []string) {
	before := make(map[string]post.Sum, len(was.Parts))
	for _, p := range was.Parts {
		before[p.ID] = p.Sum
	}
	for _, p := range now.Parts {
		if sum, there := before[p.ID]; !there || sum != p.Sum {
			changed = append(changed, p.ID)
		}
		delete(before, p.ID)
	}
	for _, p := range was.Parts {
		if _, left := before[p.ID]; left {
			parted = append(parted, p.ID)
		}
	}
	return changed, parted
}

// finish empties the box and says that this is the end: what was to be said is
// not said any more. The hub is locked.
func (s *Stream) finish(e Event) {
	if s.end != nil {
		return
	}
	s.end, s.gone = &e, nil
	s.wake()
}

// lose takes a page out of the stream: nothing is said about it any more but that
// it is gone. The hub is locked.
func (s *Stream) lose(w *watch) {
	s.watched = slices.DeleteFunc(s.watched, func(x *watch) bool { return x == w })
	s.gone = append(s.gone, w.address)
	if len(s.watched) == 0 {
		e := later(soon)
		s.end = &e
	}
	s.wake()
}

func (s *Stream) wake() {
	select {
	case s.signal <- struct{}{}:
	default: // it is awake
	}
}

// Leave ends the stream from the side of its reader.
func (s *Stream) Leave() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.over = true
	s.hub.streams = slices.DeleteFunc(s.hub.streams, func(x *Stream) bool { return x == s })
}
