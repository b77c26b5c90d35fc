package picture_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

// The four corners of the pictures below, clockwise from the top left.
var (
	red   = color.NRGBA{200, 30, 30, 255}
	green = color.NRGBA{30, 160, 30, 255}
	blue  = color.NRGBA{30, 30, 200, 255}
	grey  = color.NRGBA{128, 128, 128, 255}
)

// quarters is a picture with a colour in each corner.
func quarters(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := [][]color.NRGBA{{red, green}, {grey, blue}}[y*2/h][x*2/w]
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func asPNG(t testing.TB, img image.Image) []byte {
	return written(t, func(b *bytes.Buffer) error { return png.Encode(b, img) })
}

func asJPEG(t testing.TB, img image.Image) []byte {
	return written(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, img, &jpeg.Options{Quality: 95}) })
}

// asGIF is an animation: the given picture, then black.
func asGIF(t testing.TB, img image.Image) []byte {
	first := image.NewPaletted(img.Bounds(), color.Palette{red, green, blue, grey, color.Black})
	second := image.NewPaletted(img.Bounds(), color.Palette{color.Black})
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			first.Set(x, y, img.At(x, y))
		}
	}
	return written(t, func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{10, 10}})
	})
}

// asWebP is a lossless WebP file of one colour (RFC 9649, 3): five prefix codes
// of a single symbol each, so that the pixels take no room at all.
func asWebP(w, h int, c color.NRGBA, more ...byte) []byte {
	var bits bitWriter
	bits.put(0x2f, 8)
	bits.put(uint64(w-1), 14)
	bits.put(uint64(h-1), 14)
	bits.put(0, 1+3) // no alpha, version 0
	bits.put(0, 3)   // no transform, no colour cache, one group of codes
	for _, symbol := range []uint64{uint64(c.G), uint64(c.R), uint64(c.B), 255, 0} {
		bits.put(1, 1) // a simple code …
		bits.put(0, 1) // … of one symbol …
		bits.put(1, 1) // … written in 8 bits
		bits.put(symbol, 8)
	}
	image := append(bits.bytes, make([]byte, len(bits.bytes)%2)...)
	chunks := append(chunk("VP8L", image), more...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(chunks))), append([]byte("WEBP"), chunks...)...)
}

func chunk(name string, body []byte) []byte {
	head := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	return append(append(head, body...), make([]byte, len(body)%2)...)
}

type bitWriter struct {
	bytes []byte
	used  int
}

func (w *bitWriter) put(value uint64, bits int) {
	for i := range bits {
		if w.used%8 == 0 {
			w.bytes = append(w.bytes, 0)
		}
		w.bytes[len(w.bytes)-1] |= byte(value>>i&1) << (w.used % 8)
		w.used++
	}
}

// exif says how the camera was held, and where.
func exif(orientation uint16) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	b = binary.BigEndian.AppendUint16(b, orientation)
	return append(b, "\x00\x00\x00\x00\x00\x00 53.1 N 8.2 E"...)
}

// withEXIF puts a segment behind the beginning of a JPEG file.
func withEXIF(file []byte, orientation uint16) []byte {
	return segment(file, 0xe1, append([]byte("Exif\x00\x00"), exif(orientation)...))
}

func segment(file []byte, kind byte, body []byte) []byte {
	s := binary.BigEndian.AppendUint16([]byte{0xff, kind}, uint16(2+len(body)))
	return append(append(append(bytes.Clone(file[:2]), s...), body...), file[2:]...)
}

// pngChunk puts a chunk behind the header of a PNG file.
func pngChunk(file []byte, name string, body []byte) []byte {
	const header = 8 + 25
	named := append([]byte(name), body...)
	c := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), named...)
	c = binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(named))
	return append(append(bytes.Clone(file[:header]), c...), file[header:]...)
}

// claiming is a PNG file whose header claims another size than it has.
func claiming(file []byte, w, h uint32) []byte {
	lie := bytes.Clone(file)
	binary.BigEndian.PutUint32(lie[16:], w)
	binary.BigEndian.PutUint32(lie[20:], h)
	binary.BigEndian.PutUint32(lie[29:], crc32.ChecksumIEEE(lie[12:29]))
	return lie
}

func written(t testing.TB, write func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
