package picture

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/binary"
	"io"
	"slices"

	"github.com/opengather/opengather/instance/internal/cut"
)

// profile is a colour profile: what its numbers say stays, names of people,
// screens and programs in it, and when it was made, become zeros (ICC.1:2022).
type profile struct {
	// data are its bytes in the file, none if there is no profile of use.
	data []byte
	// keeps are the stretches that stay, in order and apart from each other.
	keeps []stretch
	// at are the parts of a JPEG file that have it.
	at []part
}

type stretch struct{ from, to int64 }

// mostProfile is longer than the profiles of printers.
const mostProfile = 1 << 20

// profileOf gives the profile of a picture, without data if it has none or has
// one that is broken.
func profileOf(f *file, l look) (profile, error) {
	if l.format.profile == nil {
		return profile{}, nil
	}
	p, err := l.format.profile(f, l.parts)
	if err != nil {
		return profile{}, err
	}
	if p.keeps = scrub(p.data); p.keeps == nil {
		return profile{}, nil
	}
	return p, nil
}

// tags are those that say how colours are meant (ICC.1:2022, 9.2).
var tags = map[string]bool{
	"A2B0": true, "A2B1": true, "A2B2": true, "B2A0": true, "B2A1": true, "B2A2": true, "D2B0": true, "D2B1": true,
	"D2B2": true, "D2B3": true, "B2D0": true, "B2D1": true, "B2D2": true, "B2D3": true, "gamt": true,
	"rXYZ": true, "gXYZ": true, "bXYZ": true, "rTRC": true, "gTRC": true, "bTRC": true, "kTRC": true,
	"wtpt": true, "bkpt": true, "chad": true, "chrm": true, "lumi": true, "cicp": true,
}

// scrub gives the stretches of a profile that may stay, none if it is not one.
// Of the header (ICC.1:2022, 7.2) go the program, the time, the platform, maker
// and model of the device, and the sum, which is no longer right.
func scrub(data []byte) []stretch {
	const header = 128
	size := int64(len(data))
	if size < header+4 || size > mostProfile || string(data[36:40]) != "acsp" || int64(binary.BigEndian.Uint32(data)) > size {
		return nil
	}
	count := int64(binary.BigEndian.Uint32(data[header:]))
	if count > 100 || header+4+12*count > size {
		return nil
	}
	table := header + 4 + 12*count
	all := []stretch{{0, 4}, {8, 24}, {36, 40}, {44, 48}, {56, 80}, {header, table}}
	for tag := data[header+4 : table]; len(tag) > 0; tag = tag[12:] {
		from, n := int64(binary.BigEndian.Uint32(tag[4:])), int64(binary.BigEndian.Uint32(tag[8:]))
		if from < table || from+n > size {
			return nil
		}
		if !tags[string(tag[:4])] {
			n = min(n, 4) // its type, so that it is an empty one of its kind
		}
		all = append(all, stretch{from, from + n})
	}
	return joined(all)
}

// joined sorts stretches and makes one of those that touch.
func joined(all []stretch) []stretch {
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	out := all[:1]
	for _, s := range all[1:] {
		if last := &out[len(out)-1]; s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// copy adds n bytes of the profile, of which the first is the one with the
// number off and stands at the given place of the file.
func (p profile) copy(c *cut.Cut, at, off, n int64) {
	done := off
	for _, s := range p.keeps {
		from, to := max(s.from, done), min(s.to, off+n)
		if from >= to {
			continue
		}
		c.Blank(from - done)
		c.Keep(at+from-off, to-from)
		done = to
	}
	c.Blank(off + n - done)
}

// scrubbed is the profile with zeros for what goes.
func (p profile) scrubbed() []byte {
	b := make([]byte, len(p.data))
	for _, s := range p.keeps {
		copy(b[s.from:s.to], p.data[s.from:s.to])
	}
	return b
}

// mostShown is the longest profile that each variant has: those of cameras and
// screens have less.
const mostShown = 4 << 10

// shown is the profile for the variants, whose colours would be pale without it:
// Go leaves the numbers of the pixels as they are. Nothing is needed for sRGB,
// which is what no profile means, and of no use is one for grey or inks, for the
// variants are RGB.
func (p profile) shown() []byte {
	if len(p.data) == 0 || len(p.data) > mostShown || string(p.data[16:20]) != "RGB " {
		return nil
	}
	for _, name := range []string{"sRGB", "s\x00R\x00G\x00B"} {
		if bytes.Contains(p.data, []byte(name)) {
			return nil
		}
	}
	return p.scrubbed()
}

const iccName = "ICC_PROFILE\x00"

// iccFrame is what stands before the profile in a segment of JPEG: its marker,
// length and name, the number of the segment and how many there are (ICC.1:2022,
// B.4).
const iccFrame = 4 + 12 + 2

// profileOfJPEG puts the segments together in which a profile stands. Where one
// is missing there is none.
func profileOfJPEG(f *file, ps parts) (profile, error) {
	var p profile
	for _, s := range ps {
		if s.kind != "APP2" || s.size < iccFrame {
			continue
		}
		if is, err := f.begins(s, iccName); err != nil {
			return p, err
		} else if !is {
			continue
		}
		b, err := f.bytes(s.at+iccFrame-2, s.size-iccFrame+2)
		if err != nil {
			return p, err
		}
		p.at = append(p.at, s)
		if int(b[0]) != len(p.at) || len(p.at) > int(b[1]) || len(p.data) > mostProfile {
			return profile{}, nil
		}
		p.data = append(p.data, b[2:]...)
		if len(p.at) == int(b[1]) {
			return p, nil
		}
	}
	return profile{}, nil
}

// has says how many bytes of the profile a segment has.
func (p profile) has(s part) int64 {
	if slices.Contains(p.at, s) {
		return s.size - iccFrame
	}
	return 0
}

func profileOfWebP(f *file, ps parts) (profile, error) {
	s, ok := ps.first("ICCP")
	if !ok || s.size > 8+mostProfile {
		return profile{}, nil
	}
	b, err := f.bytes(s.at+8, s.size-8)
	return profile{data: b}, err
}

// profileOfPNG unpacks a profile, up to as much as one may have. One that cannot
// be unpacked is none.
func profileOfPNG(f *file, ps parts) (profile, error) {
	s, ok := ps.first("iCCP")
	if !ok || s.size > 12+mostProfile {
		return profile{}, nil
	}
	b, err := f.bytes(s.at+8, s.size-12)
	if err != nil {
		return profile{}, err
	}
	_, packed, ok := bytes.Cut(b, []byte{0})
	if !ok || len(packed) == 0 {
		return profile{}, nil
	}
	return profile{data: unpack(packed[1:])}, nil
}

func unpack(packed []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(z, mostProfile+1))
	if err != nil {
		return nil
	}
	return data
}
