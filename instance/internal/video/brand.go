package video

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// maxBrands is how many bytes the box that names the brands of a file may have.
// Real ones have about thirty.
const maxBrands = 1 << 10

// Begins reports whether a file that starts with these bytes calls itself a
// film of a kind that is taken, by the brands with which it begins (ISO/IEC
// 14496-12, 4.3). HEIC pictures and sound files begin with such a box too. What
// else a film must be, Inspect tells.
func Begins(head []byte) bool {
	b, err := header(head, 0, min(int64(len(head)), maxBrands))
	if err != nil || b.kind != "ftyp" || b.size < b.head+8 {
		return false
	}
	for i := b.head; i+4 <= b.size; i += 4 {
		minor := i == b.head+4
		if !minor && taken(string(head[i:i+4])) {
			return true
		}
	}
	return false
}

// Type is the media type of a film that begins with these bytes, as Begins tells
// it, and empty for what is none.
func Type(head []byte) string {
	switch {
	case !Begins(head):
		return ""
	case string(head[8:12]) == quickTime:
		return "video/quicktime"
	}
	return "video/mp4"
}

func taken(brand string) bool {
	switch brand {
	case "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "iso7", "iso8", "iso9",
		"mp41", "mp42", "avc1", "M4V ", "M4VH", "M4VP", "dash", "msnv", "MSNV", quickTime:
		return true
	}
	return strings.HasPrefix(brand, "3gp")
}

const quickTime = "qt  "

// plainBrands writes the body of a box of brands as others get it. A brand that
// is not known may name a maker of cameras, and its version a model. Browsers
// play QuickTime films that call themselves MP4; that they are compatible with
// QuickTime stays said, because of the sound descriptions of theirs.
func plainBrands(body []byte) []byte {
	plain := bytes.Clone(body[:len(body)&^3])
	binary.BigEndian.PutUint32(plain[4:], 0)
	for i := 0; i < len(plain); i += 4 {
		brand := string(plain[i : i+4])
		if i != 4 && (!taken(brand) || i == 0 && brand == quickTime) {
			copy(plain[i:], "isom")
		}
	}
	return plain
}
