package picture

import (
	"bytes"
	"encoding/binary"
	"image"
)

// upright turns and mirrors a square picture as its orientation says: 1 is
// upright already, 2 to 8 are the other ways to hold a camera (Exif 2.32,
// 4.6.4, tag 0x0112).
func upright(src *image.NRGBA, orientation int) *image.NRGBA {
	if orientation < 2 || orientation > 8 {
		return src
	}
	last := src.Bounds().Dx() - 1
	dst := image.NewNRGBA(src.Bounds())
	for y := range last + 1 {
		for x := range last + 1 {
			fromX, fromY := x, y
			switch orientation {
			case 2:
				fromX = last - x
			case 3:
				fromX, fromY = last-x, last-y
			case 4:
				fromY = last - y
			case 5:
				fromX, fromY = y, x
			case 6:
				fromX, fromY = y, last-x
			case 7:
				fromX, fromY = last-y, last-x
			case 8:
				fromX, fromY = last-y, x
			}
			dst.SetNRGBA(x, y, src.NRGBAAt(fromX, fromY))
		}
	}
	return dst
}

// orientation is what the camera says, 1 if it says nothing that makes sense.
func (f format) orientation(body []byte) int {
	tiff := f.exif(body)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	entries := uint64(order.Uint16(tiff[at:]))
	for e := at + 2; e+12 <= uint64(len(tiff)) && entries > 0; e, entries = e+12, entries-1 {
		if order.Uint16(tiff[e:]) == 0x0112 {
			return int(order.Uint16(tiff[e+8:]))
		}
	}
	return 1
}

func exifOfNone([]byte) []byte { return nil }

// exifOfJPEG walks over the segments before the first scan (ITU-T T.81, B.1.1).
func exifOfJPEG(body []byte) []byte {
	for rest := body[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
		size := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if size > len(rest) {
			return nil
		}
		if exif, ok := bytes.CutPrefix(rest[4:max(4, size)], []byte("Exif\x00\x00")); ok && rest[1] == 0xe1 {
			return exif
		}
		rest = rest[size:]
	}
	return nil
}

// exifOfPNG looks for the chunk eXIf (PNG, third edition, 11.3.4.5).
func exifOfPNG(body []byte) []byte {
	for rest := body[8:]; len(rest) >= 12; {
		size := uint64(binary.BigEndian.Uint32(rest))
		if size > uint64(len(rest)-12) {
			return nil
		}
		if string(rest[4:8]) == "eXIf" {
			return rest[8 : 8+size]
		}
		rest = rest[12+size:]
	}
	return nil
}

// exifOfWebP looks for the chunk EXIF (RFC 9649, 2.7.1.5). Some writers put the
// beginning of a JPEG segment before it.
func exifOfWebP(body []byte) []byte {
	for rest := body[12:]; len(rest) >= 8; {
		size := uint64(binary.LittleEndian.Uint32(rest[4:]))
		if size > uint64(len(rest)-8) {
			return nil
		}
		if string(rest[:4]) == "EXIF" {
			return bytes.TrimPrefix(rest[8:8+size], []byte("Exif\x00\x00"))
		}
		rest = rest[min(8+size+size%2, uint64(len(rest))):]
	}
	return nil
}
