package picture

import (
	"encoding/binary"
	"errors"
	"math"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// lookAtPNG walks over all chunks to IEND (PNG, third edition, 5.3).
func lookAtPNG(f *file, l *look) error {
	var err error
	if l.parts, err = pngParts(f); err != nil {
		return err
	}
	if p, ok := l.parts.first("eXIf"); ok {
		if err := l.orient(f, p.at+8, p.size-12); err != nil {
			return err
		}
	}
	header, err := f.bytes(24, 5)
	if err != nil {
		return err
	}
	_, transparent := l.parts.first("tRNS")
	l.cost = l.pixels() * costOfPNG(header[0], header[1], transparent)
	if interlaced := header[4] != 0; interlaced {
		l.cost *= 2 // each pass is decoded into a picture of its own
	}
	return nil
}

// costOfPNG is what a pixel takes once it is decoded, by its depth and colour
// type (PNG, third edition, 11.2.1).
func costOfPNG(depth, colour byte, transparent bool) int64 {
	const grey, palette = 0, 3
	switch {
	case depth == 16:
		return 8
	case colour == palette, colour == grey && !transparent:
		return 1
	}
	return 4
}

func pngParts(f *file) (parts, error) {
	var ps parts
	for at := int64(len(pngSignature)); ; {
		head, err := f.bytes(at, 8)
		if err != nil {
			return nil, err
		}
		length, kind := binary.BigEndian.Uint32(head), string(head[4:])
		end := at + 12 + int64(length)
		if length > math.MaxInt32 || end > f.size {
			return nil, f.broken(errShort)
		}
		if first := len(ps) == 0; first != (kind == "IHDR") {
			return nil, f.broken(errors.New("its header is not at the beginning"))
		}
		if err := ps.add(kind, at, end); err != nil {
			return nil, f.broken(err)
		}
		if kind == "IEND" {
			if length > 0 {
				return nil, f.broken(errors.New("its end has something in it"))
			}
			return ps, nil
		}
		at = end
	}
}
