package picture

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The flags of the chunk VP8X (RFC 9649, 2.7.1).
const (
	flagMoving = 1 << 1
	flagExif   = 1 << 3
	flagAlpha  = 1 << 4
	flagICC    = 1 << 5
)

// lookAtWebP walks over all chunks of the file (RFC 9649, 2).
func lookAtWebP(f *file, l *look) error {
	var err error
	if l.parts, err = webpParts(f); err != nil {
		return err
	}
	if err := still(f, l.parts); err != nil {
		return err
	}
	if p, ok := l.parts.first("EXIF"); ok {
		if err := l.orient(f, p.at+8, p.size-8); err != nil {
			return err
		}
	}
	w, h, lossless, err := bitstream(f, l.parts)
	if err != nil {
		return err
	}
	if w != l.width || h != l.height {
		return fmt.Errorf("%w: it claims to be %d by %d and is %d by %d", ErrBroken, l.width, l.height, w, h)
	}
	_, alpha := l.parts.first("ALPH")
	l.cost = costOfWebP(l.pixels(), lossless, alpha)
	return nil
}

// costOfWebP counts what is kept for a pixel. What is lossless, transparency of
// what is not as well, may besides have up to 2600 sets of codes, one for each 16
// pixels, with tables of 20 KiB: so many the decoder takes.
func costOfWebP(pixels int64, lossless, alpha bool) int64 {
	codes := min(2600, pixels/16+1) * 20 << 10
	switch {
	case lossless:
		return 8*pixels + codes
	case alpha:
		return 7*pixels + codes
	}
	return 2 * pixels
}

// still refuses animations.
func still(f *file, ps parts) error {
	if _, ok := ps.first("ANIM"); ok {
		return ErrMoving
	}
	if p, ok := ps.first("VP8X"); ok {
		if ps[0] != p || p.size != 8+10 {
			return f.broken(errors.New("its canvas is not at the beginning"))
		}
		flags, err := f.bytes(p.at+8, 1)
		if err != nil {
			return err
		}
		if flags[0]&flagMoving != 0 {
			return ErrMoving
		}
	}
	return nil
}

// bitstream reads the size of the picture where its pixels are (RFC 6386, 9.1;
// RFC 9649, 3.4).
func bitstream(f *file, ps parts) (w, h int, lossless bool, err error) {
	if p, ok := ps.first("VP8L"); ok {
		b, err := f.bytes(p.at+8, 5)
		if err != nil {
			return 0, 0, true, err
		}
		size := binary.LittleEndian.Uint32(b[1:])
		return int(size&0x3fff) + 1, int(size>>14&0x3fff) + 1, true, nil
	}
	p, ok := ps.first("VP8 ")
	if !ok {
		return 0, 0, false, f.broken(errors.New("it has no image"))
	}
	b, err := f.bytes(p.at+8, 10)
	if err != nil {
		return 0, 0, false, err
	}
	return int(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[8:]) & 0x3fff), false, nil
}

func webpParts(f *file) (parts, error) {
	head, err := f.bytes(0, 12)
	if err != nil {
		return nil, err
	}
	end := 8 + int64(binary.LittleEndian.Uint32(head[4:]))
	if end > f.size {
		return nil, f.broken(errShort)
	}
	var ps parts
	seen := map[string]bool{}
	for at := int64(12); at < end; {
		head, err := f.bytes(at, 8)
		if err != nil {
			return nil, err
		}
		size, kind := int64(binary.LittleEndian.Uint32(head[4:])), string(head[:4])
		next := at + 8 + size + size%2
		if next > end {
			return nil, f.broken(errShort)
		}
		switch kind {
		case "VP8X", "ICCP", "ALPH", "VP8 ", "VP8L", "EXIF":
			if seen[kind] || kind == "VP8L" && seen["VP8 "] || kind == "VP8 " && seen["VP8L"] {
				return nil, f.broken(fmt.Errorf("it has %q twice", kind))
			}
			seen[kind] = true
		}
		if err := ps.add(kind, at, at+8+size); err != nil {
			return nil, f.broken(err)
		}
		at = next
	}
	return ps, nil
}
