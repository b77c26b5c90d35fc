package picture_test

import (
	"bytes"
	"encoding/binary"
)

// The kinds of JPEG that flatJPEG writes.
const (
	baseline = iota
	progressive
	progressive444
	grey1
	cmyk
)

// flatJPEG is a grey picture in which each block takes two bits, one in a
// progressive file: so the largest pictures fit into a few kilobytes.
func flatJPEG(w, h, kind, scans int) []byte {
	components := map[int][]byte{
		baseline: {0x22, 0x11, 0x11}, progressive: {0x22, 0x11, 0x11}, progressive444: {0x11, 0x11, 0x11},
		grey1: {0x11}, cmyk: {0x11, 0x11, 0x11, 0x11},
	}[kind]
	gradual := kind == progressive || kind == progressive444
	file := []byte("\xff\xd8")
	if kind == cmyk {
		file = append(file, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	}
	file = append(file, 0xff, 0xdb, 0, 67, 0)
	file = append(file, bytes.Repeat([]byte{1}, 64)...)
	frame := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(components))}
	blocks := 0
	for i, sampling := range components {
		frame = append(frame, byte(i+1), sampling, 0)
		blocks += int(sampling>>4) * int(sampling&15)
	}
	mcu := 8 * int(components[0]>>4)
	blocks *= (w + mcu - 1) / mcu * ((h + mcu - 1) / mcu)
	file = jpegSegment(file, map[bool]byte{false: 0xc0, true: 0xc2}[gradual], frame)
	for _, class := range []byte{0x00, 0x10} { // one code of one bit, for the symbol 0
		file = jpegSegment(file, 0xc4, append(append([]byte{class, 1}, make([]byte, 15)...), 0))
	}
	head := []byte{byte(len(components))}
	for i := range components {
		head = append(head, byte(i+1), 0)
	}
	bits := 2 * blocks
	if head = append(head, 0, 63, 0); gradual {
		head[len(head)-2], bits = 0, blocks
	}
	for range scans {
		file = append(jpegSegment(file, 0xda, head), make([]byte, (bits+7)/8)...)
	}
	return append(file, 0xff, 0xd9)
}

// restarting is a grey picture of 64 blocks with a restart marker behind each, as
// many cameras write them (ITU-T T.81, B.2.1).
func restarting() []byte {
	file := flatJPEG(64, 64, grey1, 1)
	scan := bytes.LastIndex(file, []byte{0xff, 0xda})
	out := jpegSegment(bytes.Clone(file[:scan]), 0xdd, []byte{0, 1})
	out = append(out, file[scan:scan+10]...)
	for block := range 64 {
		if out = append(out, 0x3f); block < 63 {
			out = append(out, 0xff, 0xd0+byte(block%8))
		}
	}
	return append(out, 0xff, 0xd9)
}

// jpegSegment adds a segment to the end of a file.
func jpegSegment(file []byte, marker byte, body []byte) []byte {
	file = binary.BigEndian.AppendUint16(append(file, 0xff, marker), uint16(2+len(body)))
	return append(file, body...)
}

// framesGIF is an animation of frames that are one pixel each.
func framesGIF(w, h, frames int) []byte {
	file := []byte("GIF89a")
	file = binary.LittleEndian.AppendUint16(file, uint16(w))
	file = binary.LittleEndian.AppendUint16(file, uint16(h))
	file = append(file, 0x80, 0, 0, red.R, red.G, red.B, 0, 0, 0)
	for range frames {
		// At 0, 0; 1 by 1; codes from 2 bits on; clear, colour 0, end; no more.
		file = append(file, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0)
	}
	return append(file, 0x3b)
}

// vp8x is a WebP file that begins with the size of its canvas.
func vp8x(flags byte, w, h int, chunks ...[]byte) []byte {
	body := []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	all := append([]byte("WEBP"), chunk("VP8X", body)...)
	for _, c := range chunks {
		all = append(all, c...)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(all))), all...)
}

// pixelsOfWebP is the chunk with the pixels of a file that asWebP made.
func pixelsOfWebP(w, h int) []byte { return asWebP(w, h, red)[12:] }

// The same picture of 24 by 16 pixels as other programs write WebP: lossy, and
// with a right half that nothing is in. They were made by libwebp.
const (
	lossyWebP = "RIFFB\x00\x00\x00WEBP" + lossyPixels
	clearWebP = "RIFFp\x00\x00\x00WEBPVP8X\n\x00\x00\x00\x10\x00\x00\x00\x17\x00\x00\x0f\x00\x00" +
		"ALPH\x14\x00\x00\x00\x01\x0f0\xff\x11\x11BH@x\xe0\xffZ\xdd\x82\x88\xfeG2\x03" + lossyPixels
	lossyPixels = "VP8 6\x00\x00\x00\xd0\x02\x00\x9d\x01*\x18\x00\x10\x00>\xd1T\xa3K\xa8$\xa3!\xb0\b\x01\x00\x1a\t@" +
		"\x17`\x05\xa4\x80\x00\xfe\xeae\xfe\r\x92)\xce_\xff\x1b\xc7\xf9.\xfe\xdd\xf6X8\x00\x00\x00"
)

// withChunks puts chunks behind the end of a WebP file, inside its frame.
func withChunks(file string, chunks ...[]byte) []byte {
	all := []byte(file)
	for _, c := range chunks {
		all = append(all, c...)
	}
	binary.LittleEndian.PutUint32(all[4:], uint32(len(all)-8))
	return all
}
