package picture

import "encoding/binary"

// orientation is what the camera says about the way it was held, 1 if it says
// nothing that makes sense (Exif 2.32, 4.6.4, tag 0x0112; TIFF 6.0, section 2).
func orientation(tiff []byte) int {
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
			if held := int(order.Uint16(tiff[e+8:])); held >= 1 && held <= 8 {
				return held
			}
			return 1
		}
	}
	return 1
}
