package picture

import (
	"encoding/binary"

	"github.com/opengather/opengather/instance/internal/cut"
)

// cleanWebP builds the file anew around its pixels, in the order that RFC 9649,
// 2.7 demands.
func cleanWebP(f *file, l look, p profile) (cut.Cut, error) {
	head, err := canvas(f, l, p)
	if err != nil {
		return nil, err
	}
	var body cut.Cut
	if len(head) > 0 {
		putChunk(&body, "VP8X", head)
	}
	if icc, ok := l.parts.first("ICCP"); ok && len(p.data) > 0 {
		body.Keep(icc.at, 8)
		p.copy(&body, icc.at+8, 0, icc.size-8)
		body.Blank(icc.size % 2)
	}
	for _, kind := range []string{"ALPH", "VP8 ", "VP8L"} {
		if s, ok := l.parts.first(kind); ok && (kind != "ALPH" || seeThrough(l, head)) {
			keep(&body, s)
			body.Blank(s.size % 2)
		}
	}
	if l.orientation != 1 {
		putChunk(&body, "EXIF", held(l.orientation))
	}
	var c cut.Cut
	c.Put(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+body.Size())))
	c.Put([]byte("WEBP"))
	return append(c, body...), nil
}

// seeThrough reports whether the chunk ALPH counts. Where it does not, it is
// ignored by whoever draws the picture.
func seeThrough(l look, canvas []byte) bool {
	_, lossy := l.parts.first("VP8 ")
	return lossy && len(canvas) > 0 && canvas[0]&flagAlpha != 0
}

// canvas is what the chunk VP8X says (RFC 9649, 2.7.1), nothing for a file that
// needs none.
func canvas(f *file, l look, p profile) ([]byte, error) {
	b := make([]byte, 10)
	if extended, ok := l.parts.first("VP8X"); ok {
		flags, err := f.bytes(extended.at+8, 1)
		if err != nil {
			return nil, err
		}
		b[0] = flags[0] & flagAlpha
	} else if l.orientation == 1 && len(p.data) == 0 {
		return nil, nil
	} else if lossless, ok := l.parts.first("VP8L"); ok {
		header, err := f.bytes(lossless.at+8, 5)
		if err != nil {
			return nil, err
		}
		b[0] = header[4] & flagAlpha // the bit stands at the same place
	}
	if len(p.data) > 0 {
		b[0] |= flagICC
	}
	if l.orientation != 1 {
		b[0] |= flagExif
	}
	w, h := l.width-1, l.height-1
	b[4], b[5], b[6] = byte(w), byte(w>>8), byte(w>>16)
	b[7], b[8], b[9] = byte(h), byte(h>>8), byte(h>>16)
	return b, nil
}

// putChunk adds a chunk of an even number of bytes.
func putChunk(c *cut.Cut, kind string, body []byte) {
	c.Put(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(body))))
	c.Put(body)
}
