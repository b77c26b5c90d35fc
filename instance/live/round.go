package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
)

// findings are what a round found out, by stream.
type findings struct {
	ends  map[*Stream]Event
	alive map[*Stream]string // how her session stands
	// looks are what she sees of a page; nil is nothing.
	looks map[*watch]*post.Look
	news  map[string]bool // for which members something is new
	// failed is why pages could not be looked at: their streams end.
	failed []error
}

// Round goes through the streams once. Run does it when something was written;
// tests call it.
func (h *Hub) Round(ctx context.Context) error {
	h.rounds.Lock()
	defer h.rounds.Unlock()
	all, fresh := h.present()
	if len(all) == 0 {
		h.known = known{}
		return nil
	}
	var found findings
	var due []*Stream
	k := h.known.clone()
	err := h.DB.Read(ctx, func(tx *database.Tx) error {
		version, err := tx.Version()
		if err != nil {
			return fmt.Errorf("ask for the version: %w", err)
		}
		due = fresh
		if version != k.version || tx.Now().Sub(k.at) >= whole {
			k.version, k.at, due = version, tx.Now(), all
			k.keep(all)
		}
		if len(due) > 0 {
			found, err = h.look(tx, &k, due)
		}
		return err
	})
	if err != nil {
		return err
	}
	h.known = k
	h.compared.forget()
	for _, err := range found.failed {
		h.Log.ErrorContext(ctx, "look at a page that is watched", "error", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.apply(found, due)
	h.ripen()
	return nil
}

// present gives the streams that are to be looked at, and those among them that
// are new.
func (h *Hub) present() (all, fresh []*Stream) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.streams {
		switch {
		case s.end != nil:
		case s.begun:
			all = append(all, s)
		case len(fresh) < mostNew:
			all, fresh = append(all, s), append(fresh, s)
		}
	}
	return all, fresh
}

// look works out, in one snapshot, what each of the streams is to be told. What
// it does not find in the snapshot it does not know.
func (h *Hub) look(tx *database.Tx, k *known, streams []*Stream) (f findings, err error) {
	f = findings{ends: map[*Stream]Event{}, alive: map[*Stream]string{}, looks: map[*watch]*post.Look{}}
	c, version, err := h.Communities.CurrentAt(tx)
	if err != nil {
		return f, fmt.Errorf("read the community: %w", err)
	}
	if !c.Has(community.Live) {
		for _, s := range streams {
			f.ends[s] = Event{Kind: End, Why: Off}
		}
		return f, nil
	}
	if err := f.stand(tx, streams); err != nil {
		return f, err
	}
	first, from := k.pages == nil, k.position
	if err := k.touch(tx); err != nil {
		return f, err
	}
	var readers []string
	for s := range f.alive {
		for _, w := range s.watched {
			if w.root == "" {
				readers = append(readers, s.reader.Member)
			}
		}
	}
	reads, err := f.ask(tx, k)
	if err != nil {
		return f, err
	}
	if err := h.seeAll(tx, &f, version, k, reads); err != nil {
		return f, err
	}
	if !first {
		f.news, err = post.NewsFor(tx, from, readers)
	}
	return f, err
}

// stand asks how the sessions stand.
func (f *findings) stand(tx *database.Tx, streams []*Stream) error {
	var sessions []string
	for _, s := range streams {
		sessions = append(sessions, s.reader.Session)
	}
	stand, err := signin.Standings(tx, sessions)
	if err != nil {
		return err
	}
	for _, s := range streams {
		now, there := stand[s.reader.Session]
		switch {
		case !there:
			f.ends[s] = Event{Kind: End, Why: Out}
		case s.begun && s.standing != now:
			f.ends[s] = later(soon) // she comes again, through the whole door
		default:
			f.alive[s] = now
		}
	}
	return nil
}

// touch forgets what may look different by now.
func (k *known) touch(tx *database.Tx) error {
	head, err := fact.Head(tx)
	if err != nil {
		return fmt.Errorf("read where the facts end: %w", err)
	}
	if k.pages == nil {
		k.position, k.pages = head, map[string]*page{}
		return nil
	}
	t, err := post.TouchedSince(tx, k.position)
	if err != nil {
		return err
	}
	k.position = head
	for address, p := range k.pages {
		root, _, _ := parsed(address)
		gone := p.failed != nil || t.All || t.Roots[root] || t.Spaces[p.space]
		for who := range t.Authors {
			gone = gone || p.authors[who]
		}
		if gone {
			delete(k.pages, address)
		}
	}
	return nil
}

// keep forgets pages that nobody watches any more.
func (k *known) keep(all []*Stream) {
	watched := map[string]bool{}
	for _, s := range all {
		for _, w := range s.watched {
			watched[w.address] = true
		}
	}
	maps.DeleteFunc(k.pages, func(address string, _ *page) bool { return !watched[address] })
}

// apply puts what was found into the streams. The hub is locked.
func (h *Hub) apply(f findings, streams []*Stream) {
	for _, s := range streams {
		if e, ends := f.ends[s]; ends {
			s.finish(e)
			continue
		}
		standing, there := f.alive[s]
		if !there || s.end != nil {
			continue
		}
		first := !s.begun
		s.begun, s.standing = true, standing
		for _, w := range append([]*watch(nil), s.watched...) {
			if w.root == "" {
				// Between the page and the first round anything may have been said.
				w.news = w.news || first || f.news[s.reader.Member]
				continue
			}
			if w.now = f.looks[w]; w.now == nil {
				s.lose(w)
				continue
			}
			if first {
				w.start()
			}
		}
		s.ripen(h)
	}
}

// ripen lets be said what was not said because the page was told of only now.
// The hub is locked.
func (h *Hub) ripen() {
	for _, s := range h.streams {
		if s.begun {
			s.ripen(h)
		}
	}
}

func (s *Stream) ripen(h *Hub) {
	for _, w := range s.watched {
		w.due = w.owes() && (w.at.IsZero() || h.DB.Now().Sub(w.at) >= pause)
		if w.due {
			s.wake()
		}
	}
}

func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
