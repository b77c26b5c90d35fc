package cut

import (
	"encoding/binary"
	"fmt"
)

// MaxBytes is how long an encoded cut may be. Those of photos have a few dozen
// bytes, those of films some thousand.
const MaxBytes = 1 << 20

// version is the first byte of each encoded cut, so that no bytes at all, a
// column that was never filled, are no cut.
const version = 1

// Bytes encodes c: the version, then each piece as Len*4+Kind, behind which a
// Copy says how far its From lies behind the end of the last Copy, and a Literal
// has its bytes. Numbers are the variable-length ones of encoding/binary. A cut
// that takes more than MaxBytes, or fits no original at all, is ErrBroken.
func (c Cut) Bytes() ([]byte, error) {
	if err := c.Check(longest); err != nil {
		return nil, err
	}
	b := []byte{version}
	var end int64
	for _, p := range c {
		b = binary.AppendUvarint(b, uint64(p.Len)<<2|uint64(p.Kind))
		switch p.Kind {
		case Copy:
			b = binary.AppendVarint(b, p.From-end)
			end = p.From + p.Len
		case Literal:
			b = append(b, p.Bytes...)
		}
		if len(b) > MaxBytes {
			return nil, fmt.Errorf("%w: it takes more than %d bytes", ErrBroken, MaxBytes)
		}
	}
	return b, nil
}

// Parse reads what Bytes wrote. Whether the cut fits its original is asked by
// Reader, which knows it. What is no cut is ErrBroken. The cut keeps b.
func Parse(b []byte) (Cut, error) {
	if len(b) == 0 || b[0] != version || len(b) > MaxBytes {
		return nil, fmt.Errorf("%w: no version, or too long", ErrBroken)
	}
	var c Cut
	var end int64
	for rest := b[1:]; len(rest) > 0; {
		if len(c) == MaxPieces {
			return nil, fmt.Errorf("%w: too many pieces", ErrBroken)
		}
		p, n := parsePiece(rest, end)
		if n <= 0 {
			return nil, fmt.Errorf("%w: piece %d cannot be read", ErrBroken, len(c))
		}
		if p.Kind == Copy {
			end = p.From + p.Len
		}
		c, rest = append(c, p), rest[n:]
	}
	return c, c.Check(longest)
}

// parsePiece gives the first piece and how many bytes it took, 0 if it is none.
func parsePiece(b []byte, end int64) (Piece, int) {
	head, n := binary.Uvarint(b)
	p := Piece{Kind: Kind(head & 3), Len: int64(head >> 2)}
	if n <= 0 {
		return p, 0
	}
	switch p.Kind {
	case Copy:
		step, m := binary.Varint(b[n:])
		if m <= 0 {
			return p, 0
		}
		p.From = end + step // a sum that goes round is negative: Check refuses it
		return p, n + m
	case Literal:
		if p.Len > int64(len(b)-n) {
			return p, 0
		}
		p.Bytes = b[n : n+int(p.Len) : n+int(p.Len)]
		return p, n + int(p.Len)
	case Zeros:
		return p, n
	}
	return p, 0
}
