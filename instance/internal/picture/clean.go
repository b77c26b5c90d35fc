package picture

import (
	"encoding/binary"
	"io"

	"github.com/opengather/opengather/instance/internal/cut"
)

// Clean says which pieces of a picture others get in full size: its pixels byte
// for byte, its colour profile without the names in it, and which way is up.
// Everything else goes, above all what is unknown: place, time and device, words,
// small pictures, what stands behind the end. A refusal is one of the errors of
// Inspect; any other error comes from the reader.
//
// That the pixels are whole is found out by Variants, which decodes them. What
// somebody hid inside the packed pixels themselves stays.
func Clean(r io.ReaderAt, size int64) (cut.Cut, error) {
	f := &file{r: r, size: size}
	l, err := inspect(f)
	if err != nil {
		return nil, err
	}
	p, err := profileOf(f, l)
	if err != nil {
		return nil, err
	}
	c, err := l.format.clean(f, l, p)
	if err != nil {
		return nil, err
	}
	if _, err := c.Bytes(); err != nil {
		return nil, f.broken(err)
	}
	return c, nil
}

// held is Exif that says one thing: how the camera was held (Exif 2.32, 4.6.4,
// tag 0x0112; TIFF 6.0, section 2).
func held(orientation int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	b = binary.BigEndian.AppendUint16(b, uint16(orientation))
	return append(b, make([]byte, 2+4)...) // the value has four bytes; no more of them
}

// keep adds a part as it is.
func keep(c *cut.Cut, p part) { c.Keep(p.at, p.size) }
