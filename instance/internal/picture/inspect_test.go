package picture_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/picture"
)

func inspect(file []byte) (picture.Info, error) {
	return picture.Inspect(bytes.NewReader(file), int64(len(file)))
}

func TestInspectSaysWhatAFileIs(t *testing.T) {
	tests := []struct {
		name   string
		file   []byte
		mime   string
		w, h   int
		moving bool
	}{
		{"PNG", asPNG(t, quarters(60, 40)), "image/png", 60, 40, false},
		{"JPEG", asJPEG(t, quarters(60, 40)), "image/jpeg", 60, 40, false},
		{"a JPEG held sideways", withEXIF(asJPEG(t, quarters(60, 40)), 6), "image/jpeg", 40, 60, false},
		{"a JPEG held upside down", withEXIF(asJPEG(t, quarters(60, 40)), 3), "image/jpeg", 60, 40, false},
		{"a PNG held sideways", pngChunk(asPNG(t, quarters(60, 40)), "eXIf", exif(8)), "image/png", 40, 60, false},
		{"a WebP held sideways", asWebP(60, 40, red, chunk("EXIF", exif(5))...), "image/webp", 40, 60, false},
		{"a GIF that stands", framesGIF(60, 40, 1), "image/gif", 60, 40, false},
		{"a GIF that moves", asGIF(t, quarters(60, 40)), "image/gif", 60, 40, true},
		{"a WebP with a canvas", vp8x(0, 60, 40, pixelsOfWebP(60, 40)), "image/webp", 60, 40, false},
		{"a lossy WebP", []byte(lossyWebP), "image/webp", 24, 16, false},
		{"a WebP with alpha, held sideways", withChunks(clearWebP, chunk("EXIF", exif(6))), "image/webp", 16, 24, false},
		{"fifty megapixels", flatJPEG(10_000, 5_000, baseline, 1), "image/jpeg", 10_000, 5_000, false},
		{"as many scans as are allowed", flatJPEG(64, 64, progressive, 100), "image/jpeg", 64, 64, false},
		{"as many frames as are allowed", framesGIF(60, 40, 500), "image/gif", 60, 40, true},
		{"what stands behind the end does not count", append(asJPEG(t, quarters(60, 40)), bytes.Repeat([]byte{0xff, 0xda}, 200)...), "image/jpeg", 60, 40, false},
		{"bytes between the segments", slices.Insert(withEXIF(asJPEG(t, quarters(60, 40)), 1), 4+2+6+len(exif(1)), 1, 2, 3), "image/jpeg", 60, 40, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := inspect(test.file)
			got.Cost = 0
			if want := (picture.Info{Type: test.mime, Width: test.w, Height: test.h, Moving: test.moving}); err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
}

// TestRecogniseNeedsLittle holds that the beginning tells the kind, whatever the
// file is called and whatever follows.
func TestRecogniseNeedsLittle(t *testing.T) {
	for name, test := range map[string]struct {
		head string
		mime string
		err  error
	}{
		"PNG":  {"\x89PNG\r\n\x1a\n", "image/png", nil},
		"JPEG": {"\xff\xd8\xff\xe0", "image/jpeg", nil},
		"GIF":  {"GIF89a", "image/gif", nil},
		"WebP": {"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp", nil},
		"HEIC": {"\x00\x00\x00\x18ftypheic", "", picture.ErrHEIC},
		"SVG":  {"<?xml version='1.0'?><svg", "", picture.ErrSVG},
		"film": {"\x00\x00\x00\x18ftypisom", "", picture.ErrKind},
		"none": {"", "", picture.ErrKind},
	} {
		if mime, err := picture.Recognise([]byte(test.head)); mime != test.mime || !errors.Is(err, test.err) {
			t.Errorf("%s: %q, %v", name, mime, err)
		}
	}
}

func TestInspectRefuses(t *testing.T) {
	script := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	png, webp := asPNG(t, quarters(60, 40)), asWebP(60, 40, red)
	tests := []struct {
		name string
		file []byte
		want error
	}{
		{"nothing", nil, picture.ErrBroken},
		{"SVG with a script", []byte(script), picture.ErrSVG},
		{"SVG behind a declaration", []byte("\xef\xbb\xbf<?xml version='1.0'?>" + script), picture.ErrSVG},
		{"a page", []byte("<!doctype html><script>alert(1)</script>"), picture.ErrKind},
		{"a PDF", []byte("%PDF-1.7\n1 0 obj"), picture.ErrKind},
		{"a film", []byte("\x00\x00\x00\x18ftypisom\x00\x00\x00\x00"), picture.ErrKind},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), picture.ErrHEIC},
		{"a script that begins like a GIF", []byte("GIF89a/*\x00\x00*/=1;alert(1)//;"), picture.ErrBroken},
		{"a page that begins like a JPEG", []byte("\xff\xd8\xff<script>alert(1)</script>"), picture.ErrBroken},
		{"PNG of 50,000 by 50,000", claiming(png, 50_000, 50_000), picture.ErrPixels},
		{"JPEG of 50,000 by 50,000", bytes.Replace(flatJPEG(64, 64, grey1, 1), []byte{8, 0, 64, 0, 64}, []byte{8, 0xc3, 0x50, 0xc3, 0x50}, 1), picture.ErrPixels},
		{"GIF of 50,000 by 50,000", framesGIF(50_000, 50_000, 1), picture.ErrPixels},
		{"WebP of 50,000 by 50,000", vp8x(0, 50_000, 50_000), picture.ErrBroken},
		{"WebP of 40,000 by 40,000", vp8x(0, 40_000, 40_000), picture.ErrPixels},
		{"one pixel too many", flatJPEG(10_000, 5_001, baseline, 1), picture.ErrPixels},
		{"a side too long", flatJPEG(30_001, 8, baseline, 1), picture.ErrPixels},
		{"PNG without width", claiming(png, 0, 40), picture.ErrBroken},
		{"WebP whose canvas is smaller than its pixels", vp8x(0, 8, 8, pixelsOfWebP(16_000, 3_000)), picture.ErrBroken},
		{"WebP with two pictures", vp8x(0, 60, 40, webp[12:], webp[12:]), picture.ErrBroken},
		{"WebP that moves", vp8x(2, 60, 40, webp[12:]), picture.ErrMoving},
		{"WebP with the chunk of what moves", vp8x(0, 60, 40, chunk("ANIM", make([]byte, 6)), webp[12:]), picture.ErrMoving},
		{"JPEG with 200 scans", flatJPEG(64, 64, progressive, 200), picture.ErrBroken},
		{"JPEG whose scans are too much work", flatJPEG(6_000, 5_000, baseline, 21), picture.ErrPixels},
		{"progressive JPEG of too much memory", flatJPEG(8_000, 5_000, progressive, 1), picture.ErrPixels},
		{"full colours of too much memory", flatJPEG(5_000, 4_000, progressive444, 1), picture.ErrPixels},
		{"inks of too much memory", flatJPEG(7_000, 5_000, cmyk, 1), picture.ErrPixels},
		{"PNG in 16 bits of too much memory", sixteen(claiming(png, 6_000, 6_000)), picture.ErrPixels},
		{"lossless WebP of too much memory", asWebP(12_000, 3_000, red), picture.ErrPixels},
		{"GIF of 10,000 frames", framesGIF(10, 10, 10_000), picture.ErrPixels},
		{"GIF whose frames are too much work", framesGIF(2_000, 2_000, 76), picture.ErrPixels},
		{"GIF without a frame", framesGIF(10, 10, 0), picture.ErrBroken},
		{"PNG of a million chunks", endlessPNG(png), picture.ErrBroken},
		{"JPEG of a million segments", slices.Insert(asJPEG(t, quarters(9, 9)), 2, bytes.Repeat([]byte{0xff, 0xfe, 0, 2}, 1_000_000)...), picture.ErrBroken},
		{"a JPEG in a way that nobody reads", bytes.Replace(flatJPEG(64, 64, grey1, 1), []byte{0xff, 0xc0}, []byte{0xff, 0xc3}, 1), picture.ErrBroken},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := inspect(test.file); !errors.Is(err, test.want) {
				t.Errorf("got %+v, %v; want: %v", got, err, test.want)
			}
			var press picture.Press
			if got, err := press.Variants(context.Background(), bytes.NewReader(test.file), int64(len(test.file))); !errors.Is(err, test.want) {
				t.Errorf("%d variants, %v; want: %v", len(got), err, test.want)
			}
		})
	}
}

// sixteen makes a header claim 16 bits a channel.
func sixteen(file []byte) []byte {
	file[24] = 16
	return claiming(file, binary.BigEndian.Uint32(file[16:]), binary.BigEndian.Uint32(file[20:]))
}

func endlessPNG(file []byte) []byte {
	empty := pngChunk(file, "teXt", nil)[33:45]
	return slices.Insert(bytes.Clone(file), 33, bytes.Repeat(empty, 1_000_000)...)
}

// TestCutOffFilesAreRefused cuts a file of each kind after each eighth of it:
// most of what does not arrive whole ends anywhere.
func TestCutOffFilesAreRefused(t *testing.T) {
	for name, file := range fileOfEachKind(t) {
		if len(file) < 100 {
			continue // an eighth of it tells no kind
		}
		if _, err := inspect(file); err != nil {
			t.Fatal(name, err)
		}
		for eighth := range 8 {
			part := file[:len(file)*eighth/8]
			if _, err := inspect(part); !errors.Is(err, picture.ErrBroken) {
				t.Errorf("%d eighths of %s: %v", eighth, name, err)
			}
		}
		if _, err := inspect(file[:len(file)-1]); !errors.Is(err, picture.ErrBroken) {
			t.Errorf("%s without its last byte: %v", name, err)
		}
	}
}

func fileOfEachKind(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"PNG": asPNG(t, quarters(300, 200)), "JPEG": asJPEG(t, quarters(300, 200)), "lossy WebP": []byte(lossyWebP), "WebP with alpha": []byte(clearWebP), "GIF": asGIF(t, quarters(300, 200)),
		"WebP": vp8x(0, 300, 200, pixelsOfWebP(300, 200), chunk("EXIF", make([]byte, 99))), "progressive JPEG": flatJPEG(300, 200, progressive, 3),
	}
}

var errDisk = errors.New("disk")

// failing is a file on a disk that breaks behind some bytes.
type failing struct {
	file  []byte
	after int64
}

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > f.after {
		return 0, errDisk
	}
	return bytes.NewReader(f.file).ReadAt(p, at)
}

// TestABrokenDiskIsNoBrokenPicture holds what is tried again from what is not.
func TestABrokenDiskIsNoBrokenPicture(t *testing.T) {
	dice := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	for i := range dice.Pix {
		dice.Pix[i] = byte(i * i >> 3)
	}
	for name, file := range map[string][]byte{"PNG": asPNG(t, dice), "JPEG": asJPEG(t, dice)} {
		for _, after := range []int64{0, 4096, int64(len(file)) - 100} {
			var press picture.Press
			_, err := press.Variants(context.Background(), failing{file, after}, int64(len(file)))
			if !errors.Is(err, errDisk) || errors.Is(err, picture.ErrBroken) {
				t.Errorf("%s, %d bytes can be read: %v", name, after, err)
			}
		}
	}
}

// TestInspectReadsLittle holds that only the frame of a PNG file is read, not
// its pixels.
func TestInspectReadsLittle(t *testing.T) {
	file := pngChunk(asPNG(t, quarters(60, 40)), "IDAT", make([]byte, 20<<20))
	r := &countingAt{file: bytes.NewReader(file)}
	if _, err := picture.Inspect(r, int64(len(file))); err != nil {
		t.Fatal(err)
	}
	if r.read > 80<<10 {
		t.Errorf("%d bytes were read", r.read)
	}
}

type countingAt struct {
	file io.ReaderAt
	read int
}

func (c *countingAt) ReadAt(p []byte, at int64) (int, error) {
	n, err := c.file.ReadAt(p, at)
	c.read += n
	return n, err
}

// allocated is how many bytes f takes, garbage included.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// TestBombsTakeNoMemory gives it PNG files in which much is packed small: more
// pixels than the header says, and a text.
func TestBombsTakeNoMemory(t *testing.T) {
	bomb := written(t, func(b *bytes.Buffer) error {
		z := zlib.NewWriter(b)
		for range 64 {
			z.Write(make([]byte, 1<<20))
		}
		return z.Close()
	})
	small := asPNG(t, quarters(60, 40))
	for name, file := range map[string][]byte{
		"pixels":  pngChunk(small, "IDAT", bomb),
		"a text":  pngChunk(small, "zTXt", append([]byte("Comment\x00\x00"), bomb...)),
		"profile": pngChunk(small, "iCCP", append([]byte("icc\x00\x00"), bomb...)),
	} {
		took := allocated(func() {
			var press picture.Press
			press.Variants(context.Background(), bytes.NewReader(file), int64(len(file)))
		})
		if took > 4<<20 {
			t.Errorf("%s: %d bytes for a file of %d", name, took, len(file))
		}
	}
}

// TestCostIsWhatDecodingTakes compares the cost that is told before with what
// is taken, for all kinds that differ.
func TestCostIsWhatDecodingTakes(t *testing.T) {
	const side = 2_000
	rect := image.Rect(0, 0, side, side)
	clear := image.NewNRGBA(rect)
	clear.Pix[3] = 1
	for name, file := range map[string][]byte{
		"JPEG": flatJPEG(side, side, baseline, 1), "grey JPEG": flatJPEG(side, side, grey1, 1),
		"progressive JPEG": flatJPEG(side, side, progressive, 2), "full colours": flatJPEG(side, side, progressive444, 1),
		"inks": flatJPEG(side, side, cmyk, 1), "GIF": asGIF(t, quarters(side, side)),
		"PNG": asPNG(t, image.NewRGBA(rect)), "transparent PNG": asPNG(t, clear), "grey PNG": asPNG(t, image.NewGray(rect)),
		"PNG of colours": asPNG(t, image.NewPaletted(rect, color.Palette{red, blue})), "PNG of 16 bits": asPNG(t, image.NewRGBA64(rect)),
		"WebP": asWebP(side, side, red), "lossy WebP": []byte(lossyWebP), "WebP with alpha": []byte(clearWebP),
	} {
		info, err := inspect(file)
		if err != nil {
			t.Fatal(name, err)
		}
		took := allocated(func() {
			if _, _, err := image.Decode(bytes.NewReader(file)); err != nil {
				t.Error(name, err)
			}
		})
		// WebP may need more, for tables of codes that these files do without.
		if took > info.Cost+1<<20 || took < info.Cost/2 && !strings.HasPrefix(name, "WebP") {
			t.Errorf("%s: it takes %d bytes and says %d", name, took, info.Cost)
		}
	}
}
