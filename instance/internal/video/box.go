package video

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// box is a piece of a film that has a length and a kind (ISO/IEC 14496-12, 4.2;
// QuickTime says atom). Places are counted from the start of the file.
type box struct {
	kind string
	at   int64
	// head is the length of what comes before the body, 8 or 16, and size that
	// of the whole box.
	head, size int64
}

func (b box) body() int64 { return b.at + b.head }
func (b box) end() int64  { return b.at + b.size }

// header reads what begins at a place of something that ends at end. raw are
// the bytes from that place on, of which 16 are enough.
func header(raw []byte, at, end int64) (box, error) {
	if len(raw) < 8 {
		return box{}, broken("a box ends within its header at %d", at)
	}
	b := box{kind: string(raw[4:8]), at: at, head: 8, size: int64(binary.BigEndian.Uint32(raw))}
	switch {
	case b.size == 0: // up to the end
		b.size = end - at
	case b.size == 1 && len(raw) >= 16:
		b.head = 16
		b.size = int64(min(binary.BigEndian.Uint64(raw[8:]), math.MaxInt64))
	}
	if b.size < b.head || b.size > end-at {
		return box{}, broken("the box %q at %d does not fit where it is", b.kind, at)
	}
	return b, nil
}

// maxBoxes is how many boxes may stand side by side. Real films have about ten.
const maxBoxes = 1000

// file is a film: the boxes of which it consists, and what stands in two of them.
type file struct {
	size   int64
	boxes  []box
	brands []byte
	moov   box
	// index is all of moov, its header too.
	index []byte
}

// open reads the brands of a film, the headers of its boxes, and its index.
func open(r io.ReaderAt, size int64) (*file, error) {
	f := &file{size: size}
	if err := f.begin(r); err != nil {
		return nil, err
	}
	if err := f.outline(r); err != nil {
		return nil, err
	}
	if f.moov.size > MaxIndex {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrIndex, f.moov.size)
	}
	f.index = make([]byte, f.moov.size)
	return f, fill(r, f.index, f.moov.at)
}

// begin reads the brands.
func (f *file) begin(r io.ReaderAt) error {
	raw := make([]byte, min(16, f.size))
	if err := fill(r, raw, 0); err != nil {
		return err
	}
	b, err := header(raw, 0, f.size)
	if err != nil || b.kind != "ftyp" || b.size > maxBrands {
		return unlike("it does not begin with its brands")
	}
	raw = make([]byte, b.size)
	if err := fill(r, raw, 0); err != nil {
		return err
	}
	if !Begins(raw) {
		return unlike("it is of no brand that is taken")
	}
	f.brands = raw[b.head:]
	return nil
}

// outline finds the boxes of a film. Fewer than eight bytes at the end are none.
func (f *file) outline(r io.ReaderAt) error {
	for at := int64(0); f.size-at >= 8; {
		if len(f.boxes) == maxBoxes {
			return fmt.Errorf("%w: more than %d boxes", ErrIndex, maxBoxes)
		}
		raw := make([]byte, min(16, f.size-at))
		if err := fill(r, raw, at); err != nil {
			return err
		}
		b, err := header(raw, at, f.size)
		if err != nil {
			return err
		}
		switch {
		case b.kind == "moof":
			return unlike("it is in fragments")
		case b.kind == "moov" && f.moov.size > 0:
			return broken("it has two indexes")
		case b.kind == "moov":
			f.moov = b
		}
		f.boxes = append(f.boxes, b)
		at = b.end()
	}
	if f.moov.size == 0 {
		return broken("it has no index")
	}
	return nil
}

// fill reads len(b) bytes.
func fill(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read the film: %w", err)
	}
	return nil
}

// body gives the bytes of a box of the index.
func (f *file) body(b box) []byte {
	return f.index[b.body()-f.moov.at : b.end()-f.moov.at]
}

// inside gives the boxes in a box of the index, which begin skip bytes into its
// body. Fewer than eight bytes at its end are none: QuickTime may end a list
// with four zeros.
func (f *file) inside(b box, skip int64) ([]box, error) {
	if b.head+skip > b.size {
		return nil, broken("the box %q at %d is too short", b.kind, b.at)
	}
	var all []box
	for at := b.body() + skip; b.end()-at >= 8; {
		if len(all) == maxBoxes {
			return nil, fmt.Errorf("%w: more than %d boxes in %q", ErrIndex, maxBoxes, b.kind)
		}
		raw := f.index[at-f.moov.at : b.end()-f.moov.at]
		c, err := header(raw, at, b.end())
		if err != nil {
			return nil, err
		}
		if binary.BigEndian.Uint32(raw) == 0 {
			return nil, broken("the box %q at %d has no length", c.kind, at)
		}
		all = append(all, c)
		at = c.end()
	}
	return all, nil
}

// find goes down along kinds, by the first box of each. It gives a box of no
// size if there is none.
func (f *file) find(b box, kinds ...string) (box, error) {
	for _, kind := range kinds {
		all, err := f.inside(b, 0)
		if err != nil {
			return box{}, err
		}
		b = box{}
		for _, c := range all {
			if c.kind == kind {
				b = c
				break
			}
		}
		if b.size == 0 {
			return box{}, nil
		}
	}
	return b, nil
}

// need is find for what must be there, with at least n bytes of body.
func (f *file) need(b box, n int64, kinds ...string) ([]byte, error) {
	c, err := f.find(b, kinds...)
	switch {
	case err != nil:
		return nil, err
	case c.size == 0 || c.size < c.head+n:
		return nil, broken("there is no box %q that could be read", kinds[len(kinds)-1])
	}
	return f.body(c), nil
}
