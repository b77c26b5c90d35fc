package look

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"
	"sync"
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Posts and replies look the same to nearly everybody who reads them, and again
// a moment later. What was drawn is therefore kept under all that it was drawn
// from, words and language included: whoever asks for the same gets the same,
// and nobody gets anything out of it that she did not bring. The one thing that
// differs for each reader, the form's key, is put in afterwards.
type kept struct {
	mu     sync.RWMutex
	minute int64
	drawn  map[pieceName][][]byte
}

// pieceName is everything that a piece was drawn from, besides the form's key.
type pieceName struct {
	words any // the language, of which catalogue
	from  string
}

var pieces kept

// mostPieces bounds the memory: a piece takes about 2 KB. All are forgotten
// after a minute, so that nothing that was deleted stays much longer.
const mostPieces = 3_000

// keyMark stands for the form's key in what is kept. Nobody can write it into a
// post, since nobody knows it.
var keyMark = rand.Text()

// piece draws what as it is, or gives what was drawn from the same before.
// marked is the same thing with keyMark in place of the form's key.
func piece(from *source, what, marked func() templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		defer sources.Put(from)
		if from.alone {
			return what().Render(ctx, w)
		}
		parts, ok := pieces.get(from)
		if !ok {
			var b bytes.Buffer
			if err := marked().Render(ctx, &b); err != nil {
				return err
			}
			parts = bytes.Split(b.Bytes(), []byte(keyMark))
			pieces.put(from, parts)
		}
		for i, part := range parts {
			if i > 0 {
				if _, err := io.WriteString(w, templ.EscapeString(from.formKey)); err != nil {
					return err
				}
			}
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k *kept) get(from *source) ([][]byte, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	parts, ok := k.drawn[pieceName{from.t.Words(), string(from.bytes)}]
	return parts, ok && k.minute == from.minute()
}

func (k *kept) put(from *source, parts [][]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.minute != from.minute() || len(k.drawn) >= mostPieces {
		k.minute, k.drawn = from.minute(), map[pieceName][][]byte{}
	}
	k.drawn[pieceName{from.t.Words(), string(from.bytes)}] = parts
}

// source collects all that a piece is drawn from. Each entry says where it
// ends, so that no two different lists look the same.
type source struct {
	bytes   []byte
	formKey string
	alone   bool // something in it cannot be named: draw it each time
	t       *locale.Printer
	now     time.Time
}

// sources are used again and again.
var sources = sync.Pool{New: func() any { return new(source) }}

func newSource(t *locale.Printer, now time.Time, kind string) *source {
	s := sources.Get().(*source)
	*s = source{bytes: s.bytes[:0], t: t, now: now}
	s.text(kind)
	return s
}

func (s *source) minute() int64 { return s.now.Unix() / 60 }

// Write takes what a component draws.
func (s *source) Write(b []byte) (int, error) {
	s.bytes = append(s.bytes, b...)
	return len(b), nil
}

func (s *source) text(all ...string) {
	for _, x := range all {
		s.bytes = binary.AppendUvarint(s.bytes, uint64(len(x)))
		s.bytes = append(s.bytes, x...)
	}
}

func (s *source) number(n int) { s.bytes = binary.AppendVarint(s.bytes, int64(n)) }

func (s *source) flag(all ...bool) {
	for _, x := range all {
		if x {
			s.bytes = append(s.bytes, 1)
		} else {
			s.bytes = append(s.bytes, 0)
		}
	}
}

// when is a moment as it is read: in the reader's zone, from where she stands.
func (s *source) when(at time.Time) {
	s.flag(at.IsZero())
	if at.IsZero() {
		return
	}
	s.bytes = binary.AppendVarint(s.bytes, at.Unix())
	s.bytes = binary.AppendVarint(s.bytes, int64(s.t.Offset(at)))
	s.text(s.t.Ago(at, s.now))
}

func (s *source) component(c templ.Component) {
	s.flag(c == nil)
	if c == nil {
		return
	}
	const room = 8 // for how long it is
	at := len(s.bytes)
	s.bytes = append(s.bytes, make([]byte, room)...)
	if err := c.Render(context.Background(), s); err != nil {
		s.alone = true // and the page will say why
	}
	binary.BigEndian.PutUint64(s.bytes[at:], uint64(len(s.bytes)-at-room))
}

// key notes a form's key. All forms of a piece have the same one.
func (s *source) key(key string) {
	s.flag(key == "")
	s.alone = s.alone || key != "" && s.formKey != "" && key != s.formKey
	if key != "" {
		s.formKey = key
	}
}

func (s *source) person(p Person) {
	s.text(p.Name, p.Handle, p.URL, p.AvatarURL, p.Role)
	s.flag(p.Agent)
}

func (s *source) link(l Link) { s.text(l.Label, l.URL) }

func (s *source) actions(all []Action) {
	s.number(len(all))
	for _, a := range all {
		s.text(a.Label, a.URL, string(a.Kind), a.Icon, a.Name, a.Value, a.Confirm)
		s.flag(a.Post, a.IconOnly)
		s.key(a.Key)
		s.alone = s.alone || len(a.Attrs) > 0
	}
}

func (s *source) notice(n Notice) {
	s.text(string(n.Tone), n.Title, n.Text)
	s.actions(n.Actions)
}

func (s *source) signs(all []Sign) {
	for _, x := range all {
		s.text(x.Icon, x.Words)
	}
	s.number(len(all))
}

// keyed gives the same actions with another form's key.
func keyed(all []Action, key string) []Action {
	var changed []Action
	for _, a := range all {
		if a.Key != "" {
			a.Key = key
		}
		changed = append(changed, a)
	}
	return changed
}

func (s *source) reactions(r Reactions) {
	s.text(r.URL, r.More, r.Who)
	s.key(r.FormKey)
	s.number(len(r.Items))
	for _, x := range r.Items {
		s.text(x.Key, x.Label, x.Icon, x.Names)
		s.number(x.Count)
		s.flag(x.Mine)
	}
}

func (s *source) save(v Save) {
	s.text(v.URL)
	s.key(v.FormKey)
	s.flag(v.On)
}

func (s *source) gallery(g Gallery) {
	s.number(len(g.Photos))
	for _, p := range g.Photos {
		s.text(p.URL, p.Alt)
		s.flag(p.Eager, p.Video)
		s.number(len(p.Copies))
		for _, c := range p.Copies {
			s.text(c.URL)
			s.number(c.Width)
			s.number(c.Height)
		}
	}
	s.number(g.More)
	s.text(g.URL)
}

func (s *source) preview(p Preview) {
	s.text(p.URL, p.Title, p.Description, p.Site, p.Picture)
	s.number(p.Width)
	s.number(p.Height)
}
