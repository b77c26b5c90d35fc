package video

import (
	"fmt"

	"github.com/opengather/opengather/instance/internal/cut"
)

// clean builds the film as others get it. Nothing stays unless it is named here
// or in stays.go.
func (f *file) clean(kept []track) (cut.Cut, error) {
	places, err := f.places(kept)
	if err != nil {
		return nil, err
	}
	p := &plan{}
	for i, b := range f.boxes {
		switch {
		case i == 0:
			p.keep(b.at, b.body())
			p.put(b.body(), plainBrands(f.brands))
		case b.kind == "moov":
			if err := f.keepIndex(p, kept); err != nil {
				return nil, err
			}
		case b.kind == "mdat":
			p.keep(b.at, b.body())
			for ; len(places) > 0 && places[0].to <= b.end(); places = places[1:] {
				if places[0].from < b.body() {
					return nil, broken("samples lie outside of the media data, at %d", places[0].from)
				}
				p.keep(places[0].from, places[0].to)
			}
		default:
			p.free(b)
		}
	}
	if len(places) > 0 {
		return nil, broken("samples lie outside of the media data, at %d", places[0].from)
	}
	return p.cut(f.size)
}

// places gives where the samples of the tracks lie, in order.
func (f *file) places(kept []track) ([]span, error) {
	var all []span
	for i, t := range kept {
		s, err := f.samples(t)
		if err != nil {
			return nil, err
		}
		places, err := s.spans(f.size)
		if err != nil {
			return nil, err
		}
		if i == 0 && len(places) == 0 {
			return nil, broken("there is nothing to see")
		}
		all = append(all, places...)
	}
	all = union(all)
	return all, pieces(len(all))
}

// pieces refuses as ErrIndex what could not be stored as a cut. Between two that
// stay is one of zeros.
func pieces(n int) error {
	if n > cut.MaxPieces/2 {
		return fmt.Errorf("%w: %d pieces stay", ErrIndex, n)
	}
	return nil
}

// keepIndex keeps of the index what the film and the kept tracks need.
func (f *file) keepIndex(p *plan, kept []track) error {
	all, err := f.inside(f.moov, 0)
	if err != nil {
		return err
	}
	p.keep(f.moov.at, f.moov.body())
	once := false
	for _, b := range all {
		switch {
		case b.kind == "mvhd" && once:
			return broken("it has two headers")
		case b.kind == "mvhd":
			once = true
			err = filmHeader(f, p, b)
		case b.kind == "trak" && has(kept, b):
			err = trackBoxes(f, p, b)
		default:
			p.free(b)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func has(kept []track, b box) bool {
	for _, t := range kept {
		if t.box == b {
			return true
		}
	}
	return false
}

// plan is what stays of a film, in the order of places. What it does not name
// becomes zeros, so that what is forgotten here is taken out.
type plan struct{ parts []part }

// part is a range that stays, or that has other bytes.
type part struct {
	span
	bytes []byte
}

func (p *plan) keep(from, to int64) {
	if from == to {
		return
	}
	if n := len(p.parts); n > 0 && p.parts[n-1].to == from && p.parts[n-1].bytes == nil {
		p.parts[n-1].to = to
		return
	}
	p.parts = append(p.parts, part{span: span{from, to}})
}

func (p *plan) put(at int64, b []byte) {
	p.parts = append(p.parts, part{span{at, at + int64(len(b))}, b})
}

// free makes a box one that holds nothing, of the same length
// (ISO/IEC 14496-12, 8.1.2).
func (p *plan) free(b box) {
	p.keep(b.at, b.at+4)
	p.put(b.at+4, []byte("free"))
	p.keep(b.at+8, b.body())
}

// cut gives the plan as a cut of a film of the given size. One that could not
// be stored is refused as ErrIndex.
func (p *plan) cut(size int64) (cut.Cut, error) {
	if err := pieces(len(p.parts)); err != nil {
		return nil, err
	}
	var c cut.Cut
	at := int64(0)
	for _, part := range p.parts {
		c.Blank(part.from - at)
		if part.bytes != nil {
			c.Put(part.bytes)
		} else {
			c.Keep(part.from, part.to-part.from)
		}
		at = part.to
	}
	c.Blank(size - at)
	if _, err := c.Bytes(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrIndex, err)
	}
	return c, nil
}
