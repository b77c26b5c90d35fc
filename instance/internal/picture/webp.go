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
	w, h, cost, err := bitstream(f, l.parts)
	if err != nil {
		return err
	}
	if w != l.width || h != l.height {
		return fmt.Errorf("%w: it claims to be %d by %d and is %d by %d", ErrBroken, l.width, l.height, w, h)
	}
	l.cost = l.pixels() * cost
	return nil
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
// RFC 9649, 3.4), and says what one of them takes.
func bitstream(f *file, ps parts) (w, h int, cost int64, err error) {
	if p, ok := ps.first("VP8L"); ok {
		b, err := f.bytes(p.at+8, 5)
		if err != nil {
			return 0, 0, 0, err
		}
		size := binary.LittleEndian.Uint32(b[1:])
		return int(size&0x3fff) + 1, int(size>>14&0x3fff) + 1, 8, nil
	}
	p, ok := ps.first("VP8 ")
	if !ok {
		return 0, 0, 0, f.broken(errors.New("it has no image"))
	}
	b, err := f.bytes(p.at+8, 10)
	if err != nil {
		return 0, 0, 0, err
	}
	cost = 2
	if _, ok := ps.first("ALPH"); ok {
		cost = 7
	}
	return int(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[8:]) & 0x3fff), cost, nil
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
