package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/opengather/opengather/instance/internal/cut"
)

// exact are the sizes of the chunks that say how colours are meant (PNG, third
// edition, 11.3.2 and 11.3.4.3). One of another size has something else in it.
var exact = map[string]int64{"gAMA": 4, "cHRM": 32, "sRGB": 1, "cICP": 4, "pHYs": 9}

// cleanPNG keeps the pixels and what says how colours are meant. Of an animation
// the picture stays that programs show which know none.
func cleanPNG(_ *file, l look, p profile) (cut.Cut, error) {
	var c cut.Cut
	c.Put([]byte(pngSignature))
	seen := map[string]bool{}
	behind := false
	for _, s := range l.parts {
		// The pixels are one run of chunks. Of what comes behind only the end stays.
		if behind = behind || seen["IDAT"] && s.kind != "IDAT"; behind && s.kind != "IEND" {
			continue
		}
		first := !seen[s.kind]
		seen[s.kind] = true
		switch s.kind {
		case "IHDR":
			keep(&c, s)
			if l.orientation != 1 {
				c.Put(pngChunk("eXIf", held(l.orientation)))
			}
		case "IDAT", "PLTE", "tRNS", "IEND":
			keep(&c, s)
		case "gAMA", "cHRM", "sRGB", "cICP", "pHYs":
			if first && s.size == 12+exact[s.kind] {
				keep(&c, s)
			}
		case "sBIT":
			if first && s.size <= 12+4 {
				keep(&c, s)
			}
		case "iCCP":
			if first && len(p.data) > 0 {
				if err := putProfile(&c, p); err != nil {
					return nil, err
				}
			}
		}
	}
	return c, nil
}

// mostPacked is the longest profile that is worth its place in a cut.
const mostPacked = 512 << 10

// putProfile packs a profile anew, under a name that says nothing (PNG, third
// edition, 11.3.2.3).
func putProfile(c *cut.Cut, p profile) error {
	var b bytes.Buffer
	b.WriteString("ICC\x00\x00")
	z := zlib.NewWriter(&b)
	if _, err := z.Write(p.scrubbed()); err != nil {
		return fmt.Errorf("pack the profile: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("pack the profile: %w", err)
	}
	if b.Len() <= mostPacked {
		c.Put(pngChunk("iCCP", b.Bytes()))
	}
	return nil
}

func pngChunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}
