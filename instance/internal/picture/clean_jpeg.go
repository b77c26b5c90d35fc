package picture

import (
	"encoding/binary"

	"github.com/opengather/opengather/instance/internal/cut"
)

// cleanJPEG keeps what decoding needs (ITU-T T.81, B.1). Of the application
// segments it keeps the profile and what says how colours are meant: JFIF without
// its small picture, and Adobe.
func cleanJPEG(f *file, l look, p profile) (cut.Cut, error) {
	var c cut.Cut
	c.Put([]byte{0xff, 0xd8})
	head, err := jfif(f, l.parts)
	if err != nil {
		return nil, err
	}
	c.Put(head)
	if l.orientation != 1 {
		c.Put(named(0xe1, exifName, held(l.orientation)))
	}
	done := int64(0) // bytes of the profile
	for _, s := range l.parts {
		switch s.kind {
		case "SOF", "SOF2", "DHT", "DQT", "DRI", "SOS", "EOI":
			keep(&c, s)
		case "APP14":
			if is, err := f.isAdobe(s); err != nil {
				return nil, err
			} else if is {
				c.Put([]byte{0xff, 0xee, 0, adobeSize - 2})
				c.Keep(s.at+4, adobeSize-4)
			}
		case "APP2":
			if n := p.has(s); n > 0 {
				c.Keep(s.at, s.size-n)
				p.copy(&c, s.end()-n, done, n)
				done += n
			}
		}
	}
	return c, nil
}

// jfif gives the segment that says so, with the density of the picture (ITU-T
// T.871, 10.1). The last one counts, and none does if another application has
// the last: so Go understands it, which draws the variants.
func jfif(f *file, ps parts) ([]byte, error) {
	var last part
	for _, p := range ps {
		if p.kind == "APP0" && p.size >= 4+5 {
			last = p
		}
	}
	if is, err := f.begins(last, "JFIF\x00"); err != nil || !is {
		return nil, err
	}
	density := []byte{1, 1, 0, 0, 1, 0, 1} // version 1.1, square dots
	if last.size >= 4+12 {
		var err error
		if density, err = f.bytes(last.at+9, 7); err != nil {
			return nil, err
		}
	}
	return named(0xe0, "JFIF\x00", append(density, 0, 0)), nil
}

// named is a segment of an application.
func named(marker byte, name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(name)+len(body)))
	return append(append(b, name...), body...)
}
