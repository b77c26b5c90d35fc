// Package cut describes a file by what is taken from another one: pieces of the
// original, a few bytes put between them, and stretches of zeros. So a copy that
// lacks what others shall not get needs no room on disk, and what stays is the
// original byte for byte. It is pure: it opens and stores nothing.
package cut

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// Kind says where the bytes of a Piece come from.
type Kind uint8

const (
	// Copy is Len bytes of the original from From on.
	Copy Kind = iota
	// Literal is Bytes.
	Literal
	// Zeros is Len bytes of value 0.
	Zeros
)

// Piece is one stretch of the file that a Cut describes.
type Piece struct {
	Kind Kind
	// Len is how many bytes the piece gives, at least one.
	Len int64
	// From is where a Copy begins in the original.
	From int64
	// Bytes are those of a Literal, Len of them.
	Bytes []byte
}

// Cut is a file as a list of pieces, one behind the other. A Cut without pieces
// is an empty file: nothing of the original is given by oversight.
type Cut []Piece

// MaxPieces bounds the memory that a cut takes: about four megabytes.
const MaxPieces = 1 << 16

// longest is more than any file has: eight petabytes. It keeps every sum in 64
// bits.
const longest = 1 << 53

// ErrBroken says that something is no cut, or is none of that original.
var ErrBroken = errors.New("the cut is broken")

// Whole is the cut that takes nothing out.
func Whole(size int64) Cut {
	var c Cut
	c.Keep(0, size)
	return c
}

// Keep adds n bytes of the original, from the given offset on. Behind a piece
// that ends there it makes that one longer.
func (c *Cut) Keep(from, n int64) {
	if last := c.last(Copy); last != nil && last.From+last.Len == from && n > 0 {
		last.Len += n
		return
	}
	c.add(Piece{Kind: Copy, From: from, Len: n})
}

// Put adds bytes that are not in the original.
func (c *Cut) Put(b []byte) {
	if last := c.last(Literal); last != nil {
		last.Bytes = append(last.Bytes, b...)
		last.Len = int64(len(last.Bytes))
		return
	}
	c.add(Piece{Kind: Literal, Len: int64(len(b)), Bytes: slices.Clone(b)})
}

// Blank adds n zeros.
func (c *Cut) Blank(n int64) {
	if last := c.last(Zeros); last != nil && n > 0 {
		last.Len += n
		return
	}
	c.add(Piece{Kind: Zeros, Len: n})
}

// last gives the last piece if it is of that kind.
func (c *Cut) last(kind Kind) *Piece {
	if n := len(*c); n > 0 && (*c)[n-1].Kind == kind {
		return &(*c)[n-1]
	}
	return nil
}

// add leaves out pieces of no length. One of negative length stays, so that
// Check finds the mistake that made it.
func (c *Cut) add(p Piece) {
	if p.Len != 0 {
		*c = append(*c, p)
	}
}

// Size is how many bytes the file has that c describes.
func (c Cut) Size() int64 {
	var size int64
	for _, p := range c {
		size += p.Len
	}
	return size
}

// Check reports as ErrBroken what c cannot take from an original of that size.
func (c Cut) Check(original int64) error {
	if len(c) > MaxPieces {
		return fmt.Errorf("%w: it has %d pieces", ErrBroken, len(c))
	}
	var size int64
	for i, p := range c {
		if p.Len <= 0 || p.Len > longest-size {
			return fmt.Errorf("%w: piece %d has %d bytes", ErrBroken, i, p.Len)
		}
		size += p.Len
		switch {
		case p.Kind > Zeros:
			return fmt.Errorf("%w: piece %d is of kind %d", ErrBroken, i, p.Kind)
		case p.Kind == Literal && p.Len != int64(len(p.Bytes)):
			return fmt.Errorf("%w: piece %d has %d bytes and says %d", ErrBroken, i, len(p.Bytes), p.Len)
		case p.Kind == Copy && (p.From < 0 || p.Len > original || p.From > original-p.Len):
			return fmt.Errorf("%w: piece %d reaches from %d over %d bytes of an original of %d", ErrBroken, i, p.From, p.Len, original)
		}
	}
	return nil
}

// Reader gives the file that c describes, for http.ServeContent as for io.Copy.
// The original has the given size; a cut that is not one of it is ErrBroken.
// An original that turns out shorter ends with io.ErrUnexpectedEOF.
func (c Cut) Reader(original io.ReaderAt, size int64) (io.ReadSeeker, error) {
	if err := c.Check(size); err != nil {
		return nil, err
	}
	r := &reader{cut: c, original: original, starts: make([]int64, len(c))}
	for i, p := range c {
		r.starts[i] = r.size
		r.size += p.Len
	}
	return r, nil
}
