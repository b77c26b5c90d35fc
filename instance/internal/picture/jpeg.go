package picture

import (
	"errors"
	"fmt"
)

// maxScans bounds the passes of a progressive JPEG. Real ones have about ten; a
// file can hold a hundred thousand that each touch every block.
const maxScans = 100

// mostWork bounds what all passes touch together, in pixels.
const mostWork = 600_000_000

var (
	errScans = errors.New("it has too many scans")
	errFrame = errors.New("its frame is not whole")
)

// lookAtJPEG walks over all segments to the end of the image (ITU-T T.81, B.1).
func lookAtJPEG(f *file, l *look) error {
	var err error
	if l.parts, err = jpegParts(f); err != nil {
		return f.broken(err)
	}
	scans := int64(0)
	for _, p := range l.parts {
		switch p.kind {
		case "SOS":
			scans++
		case "APP1":
			is, err := f.begins(p, exifName)
			if err == nil && is && scans == 0 && l.orientation == 1 {
				err = l.orient(f, p.at+4, p.size-4)
			}
			if err != nil {
				return err
			}
		}
	}
	switch {
	case scans > maxScans:
		return fmt.Errorf("%w: %w", ErrBroken, errScans)
	case scans*l.pixels() > mostWork:
		return fmt.Errorf("%w: %d scans of it", ErrPixels, scans)
	}
	l.cost, err = costOfJPEG(f, *l)
	return err
}

// begins reports whether what a segment holds begins with a name.
func (f *file) begins(p part, name string) (bool, error) {
	if p.size < 4+int64(len(name)) {
		return false, nil
	}
	b, err := f.bytes(p.at+4, int64(len(name)))
	return string(b) == name, err
}

// costOfJPEG reads the header of the frame (ITU-T T.81, B.2.2). Go keeps all
// coefficients of a progressive picture, four bytes each, and makes a second
// picture of what is neither grey nor YCbCr.
func costOfJPEG(f *file, l look) (int64, error) {
	frame, ok := l.parts.first("SOF")
	if progressive, there := l.parts.first("SOF2"); there {
		frame, ok = progressive, true
	}
	if !ok || frame.size < 10 {
		return 0, f.broken(errFrame)
	}
	head, err := f.bytes(frame.at, frame.size)
	if err != nil {
		return 0, err
	}
	components := head[10:]
	if len(components) < 3 || len(components) != 3*int(head[9]) {
		return 0, f.broken(errFrame)
	}
	across, down := int64(components[1]>>4), int64(components[1]&15)
	if across == 0 || down == 0 {
		return 0, f.broken(errFrame)
	}
	blocks := (int64(l.width) + 8*across - 1) / (8 * across) * ((int64(l.height) + 8*down - 1) / (8 * down))
	cost, ids := int64(0), ""
	for ; len(components) > 0; components = components[3:] {
		cost += 64 * blocks * int64(components[1]>>4) * int64(components[1]&15)
		ids += string(components[:1])
	}
	if frame.kind == "SOF2" {
		cost *= 1 + 4
	}
	adobe, err := adobeRGB(f, l.parts)
	if adobe || ids == "RGB" || len(ids) == 4 {
		cost += 4 * l.pixels()
	}
	return cost, err
}

// adobeSize is how long the segment is that says how the colours were made
// (Adobe Technical Note 5116, 18). Its last byte is 0 for colours that are not
// YCbCr.
const adobeSize = 2 + 2 + 12

func (f *file) isAdobe(p part) (bool, error) {
	if p.kind != "APP14" || p.size < adobeSize {
		return false, nil
	}
	return f.begins(p, "Adobe")
}

func adobeRGB(f *file, ps parts) (bool, error) {
	for _, p := range ps {
		is, err := f.isAdobe(p)
		if err != nil {
			return false, err
		}
		if !is {
			continue
		}
		if b, err := f.bytes(p.at+adobeSize-1, 1); err != nil || b[0] == 0 {
			return true, err
		}
	}
	return false, nil
}

// jpegParts gives the segments, each scan with its data, up to the end of the
// image. What stands between them or behind the end is in none of them.
func jpegParts(f *file) (parts, error) {
	ps := parts{{"SOI", 0, 2}}
	s := f.from(2)
	for {
		marker, at, err := s.marker()
		if err != nil {
			return nil, err
		}
		if last := &ps[len(ps)-1]; last.kind == "SOS" {
			last.size = at - last.at
		}
		kind := segments(marker)
		if kind == "EOI" {
			return ps, ps.add(kind, at, s.at)
		}
		length, err := s.uint16()
		if err != nil {
			return nil, err
		}
		if kind == "" || length < 2 {
			return nil, fmt.Errorf("a segment %x of %d bytes", marker, length)
		}
		if err := s.skip(length - 2); err != nil {
			return nil, err
		}
		if err := ps.add(kind, at, s.at); err != nil {
			return nil, err
		}
	}
}

// marker goes to the next marker that begins a segment: past the data of a scan
// with its restart markers (ITU-T T.81, B.1.1.2 and B.2.1), past fill bytes, and
// past what should not be there, over which decoders go too.
func (s *scan) marker() (marker byte, at int64, err error) {
	for before := byte(0); ; before = marker {
		if marker, err = s.byte(); err != nil {
			return 0, 0, err
		}
		if before == 0xff && marker != 0 && marker != 0xff && (marker < 0xd0 || marker > 0xd7) {
			return marker, s.at - 2, nil
		}
	}
}

// segments names what a marker begins (ITU-T T.81, table B.1), of those that Go
// reads.
func segments(marker byte) string {
	switch marker {
	case 0xc0, 0xc1:
		return "SOF"
	case 0xc2:
		return "SOF2"
	case 0xc4:
		return "DHT"
	case 0xd9:
		return "EOI"
	case 0xda:
		return "SOS"
	case 0xdb:
		return "DQT"
	case 0xdd:
		return "DRI"
	case 0xfe:
		return "COM"
	}
	if marker >= 0xe0 && marker <= 0xef {
		return fmt.Sprintf("APP%d", marker-0xe0)
	}
	return ""
}
