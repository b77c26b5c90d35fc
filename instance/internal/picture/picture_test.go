package picture_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/picture"
)

func square(t testing.TB, file []byte) (image.Image, string) {
	t.Helper()
	var press picture.Press
	p, err := press.Square(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	img, kind, err := image.Decode(bytes.NewReader(p.Body))
	if err != nil {
		t.Fatal(err)
	}
	if "image/"+kind != p.Type {
		t.Errorf("the picture is %s and calls itself %s", kind, p.Type)
	}
	return img, p.Type
}

// near allows for what JPEG and scaling do to a colour.
func near(got color.Color, want color.NRGBA) bool {
	c := color.NRGBAModel.Convert(got).(color.NRGBA)
	far := func(a, b uint8) bool { return max(a, b)-min(a, b) > 20 }
	return !far(c.R, want.R) && !far(c.G, want.G) && !far(c.B, want.B) && !far(c.A, want.A)
}

func TestSquareTakesTheFourKinds(t *testing.T) {
	tests := []struct {
		name string
		file []byte
		kind string
		side int
		// corner is the colour at the top left.
		corner color.NRGBA
	}{
		{"PNG", asPNG(t, quarters(600, 600)), "image/png", 256, red},
		{"JPEG", asJPEG(t, quarters(600, 600)), "image/jpeg", 256, red},
		{"GIF, its first frame", asGIF(t, quarters(600, 600)), "image/png", 256, red},
		{"WebP", asWebP(600, 600, green), "image/jpeg", 256, green},
		{"a small one keeps its size", asPNG(t, quarters(40, 40)), "image/png", 40, red},
		{"a single pixel", asPNG(t, quarters(1, 1)), "image/png", 1, red},
		{"as large as is allowed", asWebP(4000, 4000, blue), "image/jpeg", 256, blue},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img, kind := square(t, test.file)
			if kind != test.kind {
				t.Errorf("it became %s, want %s", kind, test.kind)
			}
			if img.Bounds() != image.Rect(0, 0, test.side, test.side) {
				t.Errorf("it is %v, want a square of %d", img.Bounds(), test.side)
			}
			if !near(img.At(0, 0), test.corner) {
				t.Errorf("its corner is %v, want %v", img.At(0, 0), test.corner)
			}
		})
	}
}

// TestSquareShowsTheMiddle uses pictures whose ends have another colour.
func TestSquareShowsTheMiddle(t *testing.T) {
	for _, size := range []image.Point{{900, 300}, {300, 900}} {
		img := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y))
		for y := range size.Y {
			for x := range size.X {
				c := red
				if max(x, y) >= 310 && max(x, y) < 590 || size.X == size.Y {
					c = blue
				}
				img.SetNRGBA(x, y, c)
			}
		}
		got, _ := square(t, asPNG(t, img))
		if !near(got.At(128, 128), blue) {
			t.Errorf("%v: the middle is %v", size, got.At(128, 128))
		}
		ends := []color.Color{got.At(0, 0), got.At(255, 255)}
		if !near(ends[0], red) || !near(ends[1], red) {
			t.Errorf("%v: ten pixels of each end should still show, there is %v", size, ends)
		}
		if !near(got.At(20, 20), blue) {
			t.Errorf("%v: more than that of the end shows: %v", size, got.At(20, 20))
		}
	}
}

func TestSquareKeepsTransparency(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 300, 300))
	img.SetNRGBA(150, 150, red)
	got, kind := square(t, asPNG(t, img))
	if _, _, _, a := got.At(0, 0).RGBA(); a != 0 || kind != "image/png" {
		t.Errorf("the transparent corner of a %s became %v", kind, got.At(0, 0))
	}
}

// TestSquareIsLight gives it what no format makes small, as a photograph comes
// that was saved as PNG: a first visit loads the picture (P161).
func TestSquareIsLight(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 7))
	for name, clear := range map[string]byte{"opaque": 255, "lets something through": 0} {
		img := image.NewNRGBA(image.Rect(0, 0, 700, 700))
		for i := range img.Pix {
			if img.Pix[i] = byte(dice.Uint32()); i%4 == 3 {
				img.Pix[i] |= clear
			}
		}
		var press picture.Press
		p, err := press.Square(bytes.NewReader(asPNG(t, img)))
		if err != nil || len(p.Body) > 60_000 {
			t.Errorf("%s: %d bytes of %s, %v", name, len(p.Body), p.Type, err)
		}
		if keeps := p.Type == "image/png"; keeps != (clear == 0) {
			t.Errorf("%s: it becomes %s", name, p.Type)
		}
	}
}

// TestSquareIsUpright holds all eight ways to hold a camera. Row 0 and column 0
// of the file are the sides of the scene that Exif 2.32, table 4, names.
func TestSquareIsUpright(t *testing.T) {
	corners := []image.Point{{10, 10}, {245, 10}, {245, 245}, {10, 245}} // clockwise
	const topLeft, topRight, bottomRight, bottomLeft = 0, 1, 2, 3
	for orientation, at := range map[uint16]struct{ red, green int }{
		0: {topLeft, topRight}, // not a value that exists
		1: {topLeft, topRight},
		2: {topRight, topLeft},
		3: {bottomRight, bottomLeft},
		4: {bottomLeft, bottomRight},
		5: {topLeft, bottomLeft},
		6: {topRight, bottomRight},
		7: {bottomRight, topRight},
		8: {bottomLeft, topLeft},
		9: {topLeft, topRight},
	} {
		img, _ := square(t, withEXIF(asJPEG(t, quarters(400, 400)), orientation))
		if p := corners[at.red]; !near(img.At(p.X, p.Y), red) {
			t.Errorf("orientation %d: the red corner is not at %v", orientation, p)
		}
		if p := corners[at.green]; !near(img.At(p.X, p.Y), green) {
			t.Errorf("orientation %d: the green corner is not at %v", orientation, p)
		}
	}
	img, _ := square(t, pngChunk(asPNG(t, quarters(400, 400)), "eXIf", exif(3)))
	if !near(img.At(245, 245), red) {
		t.Error("the orientation of a PNG file is not obeyed")
	}
	// A picture of one colour looks the same from all sides: that it is read is enough.
	square(t, asWebP(400, 400, red, chunk("EXIF", exif(3))...))
}

// TestSquareKeepsNothingElse hides words in every place a file has for them,
// and behind its end.
func TestSquareKeepsNothingElse(t *testing.T) {
	const canary = "<script>canary</script>"
	photo := segment(withEXIF(asJPEG(t, quarters(300, 300)), 1), 0xfe, []byte(canary))
	drawing := pngChunk(asPNG(t, quarters(300, 300)), "tEXt", []byte("Comment\x00"+canary))
	for name, file := range map[string][]byte{
		"comment of a JPEG":  photo,
		"text of a PNG":      drawing,
		"behind a JPEG":      append(asJPEG(t, quarters(300, 300)), canary...),
		"behind a PNG":       append(asPNG(t, quarters(300, 300)), canary...),
		"behind a GIF":       append(asGIF(t, quarters(300, 300)), canary...),
		"GIF that is a page": append(asGIF(t, quarters(30, 30)), "<html>"+canary...),
	} {
		var press picture.Press
		p, err := press.Square(bytes.NewReader(file))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Contains(p.Body, []byte("canary")) || bytes.Contains(p.Body, []byte("53.1 N")) || bytes.Contains(p.Body, []byte("Exif")) {
			t.Errorf("%s: what was hidden is still there", name)
		}
	}
}

func TestSquareRefusesKindly(t *testing.T) {
	whole := asPNG(t, quarters(300, 300))
	photo := asJPEG(t, quarters(300, 300))
	tests := []struct {
		name string
		file []byte
		key  string
		kind fault.Kind
	}{
		{"nothing", nil, "picture.none", fault.Invalid},
		{"text", []byte("Dear all, here is my picture."), "picture.kind", fault.Invalid},
		{"a page", []byte("<!doctype html><script>alert(1)</script>"), "picture.kind", fault.Invalid},
		{"a PDF", []byte("%PDF-1.7 and so on"), "picture.kind", fault.Invalid},
		{"a sound", []byte("RIFF\x24\x00\x00\x00WAVEfmt "), "picture.kind", fault.Invalid},
		{"SVG", []byte(`<?xml version="1.0"?><!-- a --><SVG xmlns="http://www.w3.org/2000/svg"><script>1</script></SVG>`), "picture.svg", fault.Invalid},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "picture.heic", fault.Invalid},
		{"a PNG that ends early", whole[:len(whole)/2], "picture.broken", fault.Invalid},
		{"a PNG of eight bytes", whole[:8], "picture.broken", fault.Invalid},
		{"a JPEG that ends early", photo[:len(photo)/2], "picture.broken", fault.Invalid},
		{"a JPEG of three bytes", photo[:3], "picture.broken", fault.Invalid},
		{"a GIF that ends early", asGIF(t, quarters(300, 300))[:60], "picture.broken", fault.Invalid},
		{"a WebP that ends early", asWebP(300, 300, red)[:24], "picture.broken", fault.Invalid},
		{"a JPEG of endless scans", flatJPEG(64, 64, progressive, 200), "picture.broken", fault.Invalid},
		{"a PNG bomb", claiming(whole, 60_000, 60_000), "picture.pixels", fault.Invalid},
		{"a PNG one row too high", claiming(whole, 4000, 4001), "picture.pixels", fault.Invalid},
		{"a PNG as long as a number can say", claiming(whole, 1<<31-1, 1), "picture.pixels", fault.Invalid},
		{"a WebP bomb of 40 bytes", asWebP(16_384, 16_384, red), "picture.pixels", fault.Invalid},
		{"too many bytes", append(whole, make([]byte, picture.MaxBytes)...), "picture.large", fault.TooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var press picture.Press
			_, err := press.Square(bytes.NewReader(test.file))
			var f *fault.Fault
			if !errors.As(err, &f) {
				t.Fatalf("got %v, want a fault", err)
			}
			if f.Key != test.key || f.Kind != test.kind || f.Field != "picture" {
				t.Errorf("refused with %s (kind %d, field %q), want %s (kind %d)", f.Key, f.Kind, f.Field, test.key, test.kind)
			}
		})
	}
}

// TestSquareReadsNoFurtherThanItsLimit gives it a file without end.
func TestSquareReadsNoFurtherThanItsLimit(t *testing.T) {
	endless := &counting{}
	var press picture.Press
	if _, err := press.Square(endless); !fault.Is(err, fault.TooLarge) {
		t.Errorf("got %v", err)
	}
	if endless.read > picture.MaxBytes+1 {
		t.Errorf("it read %d bytes", endless.read)
	}
}

type counting struct{ read int }

func (c *counting) Read(p []byte) (int, error) {
	c.read += len(p)
	return len(p), nil
}

// FuzzSquare holds that no file breaks the press, and that what comes out is
// never larger than promised.
func FuzzSquare(f *testing.F) {
	for _, file := range [][]byte{
		asPNG(f, quarters(30, 20)), withEXIF(asJPEG(f, quarters(20, 30)), 6), asGIF(f, quarters(20, 20)),
		asWebP(20, 20, red, chunk("EXIF", exif(2))...), pngChunk(asPNG(f, quarters(9, 9)), "eXIf", exif(5)),
		[]byte("\xff\xd8\xff\xe1\x00\x00"), []byte("RIFF\x00\x00\x00\x00WEBPEXIF\xff\xff\xff\xff"), []byte(strings.Repeat("GIF89a", 9)),
	} {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		var press picture.Press
		p, err := press.Square(bytes.NewReader(file))
		if err != nil {
			if fault.KindOf(err) == fault.Internal {
				t.Error(err)
			}
			return
		}
		c, kind, err := image.DecodeConfig(bytes.NewReader(p.Body))
		if err != nil || c.Width != c.Height || c.Width > picture.Side {
			t.Error(fmt.Sprintf("%s of %d by %d", kind, c.Width, c.Height), err)
		}
	})
}
