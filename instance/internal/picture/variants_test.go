package picture_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/opengather/opengather/instance/internal/picture"
)

func variants(t testing.TB, file []byte) []picture.Variant {
	t.Helper()
	var press picture.Press
	all, err := press.Variants(context.Background(), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// shown decodes a variant and holds that it is a JPEG of the size it says.
func shown(t testing.TB, v picture.Variant) image.Image {
	t.Helper()
	img, kind, err := image.Decode(bytes.NewReader(v.Bytes))
	if err != nil || kind != "jpeg" || img.Bounds() != image.Rect(0, 0, v.Width, v.Height) {
		t.Fatalf("%s of %d by %d is %s of %v, %v", v.Name, v.Width, v.Height, kind, img.Bounds(), err)
	}
	return img
}

func TestVariantsHaveThreeSizes(t *testing.T) {
	for _, test := range []struct {
		w, h int
		want string
	}{
		{4000, 3000, "s.jpg 480x360 m.jpg 960x720 l.jpg 1920x1440"},
		{3000, 4000, "s.jpg 360x480 m.jpg 720x960 l.jpg 1440x1920"},
		{1920, 1920, "s.jpg 480x480 m.jpg 960x960 l.jpg 1920x1920"},
		{961, 500, "s.jpg 480x250 m.jpg 960x499 l.jpg 961x500"},
		{960, 500, "s.jpg 480x250 m.jpg 960x500"},
		{481, 10, "s.jpg 480x10 m.jpg 481x10"},
		{480, 10, "s.jpg 480x10"},
		{1, 1, "s.jpg 1x1"},
		{30_000, 10, "s.jpg 480x1 m.jpg 960x1 l.jpg 1920x1"},
		{3, 30_000, "s.jpg 1x480 m.jpg 1x960 l.jpg 1x1920"},
	} {
		var got []string
		for _, v := range variants(t, flatJPEG(test.w, test.h, grey1, 1)) {
			shown(t, v)
			got = append(got, fmt.Sprintf("%s %dx%d", v.Name, v.Width, v.Height))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%d by %d: got %v, want %s", test.w, test.h, got, test.want)
		}
	}
}

// TestVariantsTakeTheFourKinds shows that nothing is cropped: each corner has
// its colour in each size.
func TestVariantsTakeTheFourKinds(t *testing.T) {
	corners := [4]color.NRGBA{red, green, blue, grey}
	for name, test := range map[string]struct {
		file []byte
		want [4]color.NRGBA
	}{
		"PNG":  {asPNG(t, quarters(1000, 600)), corners},
		"JPEG": {asJPEG(t, quarters(1000, 600)), corners},
		"GIF":  {asGIF(t, quarters(1000, 600)), corners},
		"WebP": {asWebP(1000, 600, green), [4]color.NRGBA{green, green, green, green}},
	} {
		for _, v := range variants(t, test.file) {
			img, right, down := shown(t, v), v.Width-1, v.Height-1
			for i, at := range []image.Point{{0, 0}, {right, 0}, {right, down}, {0, down}} {
				if got := img.At(at.X, at.Y); !near(got, test.want[i]) {
					t.Errorf("%s, %s: %v at %v, want %v", name, v.Name, got, at, test.want[i])
				}
			}
		}
	}
}

// TestVariantsAreUpright holds all eight ways to hold a camera, for pictures
// that are wider than high. Row 0 and column 0 of the file are the sides of the
// scene that Exif 2.32, table 4, names.
func TestVariantsAreUpright(t *testing.T) {
	corner := map[string]image.Point{"top left": {0, 0}, "top right": {1, 0}, "bottom right": {1, 1}, "bottom left": {0, 1}}
	for orientation, at := range map[uint16]struct {
		w, h       int
		red, green string
	}{
		1: {600, 300, "top left", "top right"},
		2: {600, 300, "top right", "top left"},
		3: {600, 300, "bottom right", "bottom left"},
		4: {600, 300, "bottom left", "bottom right"},
		5: {300, 600, "top left", "bottom left"},
		6: {300, 600, "top right", "bottom right"},
		7: {300, 600, "bottom right", "top right"},
		8: {300, 600, "bottom left", "top left"},
	} {
		all := variants(t, withEXIF(asJPEG(t, quarters(600, 300)), orientation))
		largest := all[len(all)-1]
		if largest.Width != at.w || largest.Height != at.h {
			t.Errorf("orientation %d: %d by %d", orientation, largest.Width, largest.Height)
		}
		for _, v := range all {
			img := shown(t, v)
			for name, want := range map[string]color.NRGBA{at.red: red, at.green: green} {
				x, y := corner[name].X*(v.Width-1), corner[name].Y*(v.Height-1)
				if !near(img.At(x, y), want) {
					t.Errorf("orientation %d, %s: %v %s, want %v", orientation, v.Name, img.At(x, y), name, want)
				}
			}
		}
	}
}

// TestVariantsHaveNothingElse hides words wherever a file has room for them.
func TestVariantsHaveNothingElse(t *testing.T) {
	const canary = "<script>canary</script>"
	photo := asJPEG(t, quarters(600, 300))
	for name, file := range map[string][]byte{
		"Exif":          withEXIF(photo, 6),
		"comment":       segment(photo, 0xfe, []byte(canary)),
		"XMP":           segment(photo, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"+canary)),
		"text of a PNG": pngChunk(asPNG(t, quarters(600, 300)), "tEXt", []byte("Comment\x00"+canary)),
		"JPEG and page": append(bytes.Clone(photo), "<html>"+canary...),
		"PNG and page":  append(asPNG(t, quarters(600, 300)), "<html>"+canary...),
		"GIF and page":  append(asGIF(t, quarters(600, 300)), "<html>"+canary...),
		"WebP and page": append(asWebP(600, 300, red), "<html>"+canary...),
	} {
		for _, v := range variants(t, file) {
			for _, hidden := range []string{"canary", "53.1 N", "Exif"} {
				if bytes.Contains(v.Bytes, []byte(hidden)) {
					t.Errorf("%s, %s: %q is still there", name, v.Name, hidden)
				}
			}
			if !bytes.HasPrefix(v.Bytes, []byte("\xff\xd8\xff\xdb")) {
				t.Errorf("%s, %s: something stands before the picture: %x", name, v.Name, v.Bytes[:8])
			}
		}
	}
}

// TestVariantsKeepTheirColours holds that the numbers of the profile come along,
// and nothing else that stands in it.
func TestVariantsKeepTheirColours(t *testing.T) {
	icc := iccOf(canary)
	asIn := func(kind string) []byte { return append(bytes.Clone(icc[:16]), append([]byte(kind), icc[20:]...)...) }
	photo := func(icc []byte) []byte {
		return segment(asJPEG(t, quarters(600, 300)), 0xe2, append([]byte("ICC_PROFILE\x00\x01\x01"), icc...))
	}
	srgb := append(bytes.Clone(icc), "s\x00R\x00G\x00B"...)
	for name, test := range map[string]struct {
		file []byte
		want bool
	}{
		"JPEG":            {photo(icc), true},
		"PNG":             {pngChunk(asPNG(t, quarters(600, 300)), "iCCP", []byte("Anna\x00\x00"+packed(t, string(icc)))), true},
		"WebP":            {vp8x(0x20, 600, 300, chunk("ICCP", icc), pixelsOfWebP(600, 300)), true},
		"of grey":         {photo(asIn("GRAY")), false},
		"of inks":         {photo(asIn("CMYK")), false},
		"of what is said": {photo(srgb), false},
		"too long":        {photo(append(bytes.Clone(icc), make([]byte, 4<<10)...)), false},
		"none":            {asJPEG(t, quarters(600, 300)), false},
	} {
		for _, v := range variants(t, test.file) {
			shown(t, v)
			if bytes.Contains(v.Bytes, []byte(canary[:7])) {
				t.Errorf("%s, %s: words of the profile are there", name, v.Name)
			}
			if has := bytes.Contains(v.Bytes, []byte("ICC_PROFILE")); has != test.want {
				t.Errorf("%s, %s: it has a profile: %v", name, v.Name, has)
			}
			if profile, ok := bytes.CutPrefix(v.Bytes, []byte("\xff\xd8\xff\xe2\x01\xa0ICC_PROFILE\x00\x01\x01")); ok {
				sameColours(t, profile[:400])
			} else if test.want {
				t.Errorf("%s, %s: the profile is not where it belongs", name, v.Name)
			}
		}
	}
}

func TestVariantsPutWhiteBehind(t *testing.T) {
	white := color.NRGBA{255, 255, 255, 255}
	img := quarters(600, 600)
	for i := range 600 * 300 * 4 {
		if i%4 == 3 {
			img.Pix[i] = 0
		}
	}
	half := image.NewNRGBA(image.Rect(0, 0, 9, 9))
	for i := range half.Pix {
		half.Pix[i] = []byte{0, 0, 0, 128}[i%4]
	}
	for _, v := range variants(t, asPNG(t, img)) {
		if got := shown(t, v); !near(got.At(0, 0), white) || !near(got.At(0, v.Height-1), grey) {
			t.Errorf("%s: %v where nothing was, %v where grey was", v.Name, got.At(0, 0), got.At(0, v.Height-1))
		}
	}
	web := shown(t, variants(t, []byte(clearWebP))[0])
	if !near(web.At(20, 8), white) || !near(web.At(2, 8), color.NRGBA{190, 40, 45, 255}) {
		t.Errorf("WebP: %v where nothing was, %v where red was", web.At(20, 8), web.At(2, 8))
	}
	if got := shown(t, variants(t, asPNG(t, half))[0]).At(4, 4); !near(got, color.NRGBA{127, 127, 127, 255}) {
		t.Errorf("half of black on white is %v", got)
	}
}

// TestVariantsOfAPartlyDrawnGIF shows the first frame where it belongs.
func TestVariantsOfAPartlyDrawnGIF(t *testing.T) {
	frame := image.NewPaletted(image.Rect(50, 20, 100, 40), color.Palette{red})
	file := written(t, func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{
			Image: []*image.Paletted{frame}, Delay: []int{0},
			Config: image.Config{Width: 100, Height: 40, ColorModel: color.Palette{blue}},
		})
	})
	img := shown(t, variants(t, file)[0])
	if img.Bounds() != image.Rect(0, 0, 100, 40) || !near(img.At(90, 35), red) || !near(img.At(10, 5), color.NRGBA{255, 255, 255, 255}) {
		t.Errorf("%v: %v in the frame, %v outside", img.Bounds(), img.At(90, 35), img.At(10, 5))
	}
}

// TestTheLargestPictureTakesLittleMore gives the press fifty megapixels in full
// colour. Besides the decoded picture it may take 32 MiB, garbage included.
func TestTheLargestPictureTakesLittleMore(t *testing.T) {
	const w, h = 10_000, 5_000
	file := claiming(pngOfZeros(t, w, h), w, h)
	info, err := inspect(file)
	if err != nil || info.Cost > picture.MostCost {
		t.Fatal(info, err)
	}
	took := allocated(func() {
		if all := variants(t, file); len(all) != 3 {
			t.Errorf("%d variants", len(all))
		}
	})
	if took > info.Cost+32<<20 {
		t.Errorf("it took %d bytes, of which %d are for the picture", took, info.Cost)
	}
}

// pngOfZeros is black, in 24 bits a pixel.
func pngOfZeros(t testing.TB, w, h int) []byte {
	pixels := written(t, func(b *bytes.Buffer) error {
		z := zlib.NewWriter(b)
		for range h {
			z.Write(make([]byte, 1+3*w))
		}
		return z.Close()
	})
	header := append([]byte{0, 0, 0, 0, 0, 0, 0, 0}, 8, 2, 0, 0, 0)
	end := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	file := pngChunk(append(bytes.Clone(end[:8]), make([]byte, 25)...), "IDAT", pixels)
	copy(file[8:], pngChunk(make([]byte, 33), "IHDR", header)[33:])
	return append(file, end[len(end)-12:]...)
}

// TestOnePictureAtATime lets many come at once: while the file of one is read,
// that of no other is. Whoever reads waits a while for another to come.
func TestOnePictureAtATime(t *testing.T) {
	file := asJPEG(t, quarters(60, 40))
	var press picture.Press
	var inside, most atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			r := &meeting{file: bytes.NewReader(file), inside: &inside, most: &most}
			if _, err := press.Variants(context.Background(), r, int64(len(file))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() != 0 {
		t.Errorf("%d were read at once", most.Load())
	}
}

type meeting struct {
	file         io.ReaderAt
	inside, most *atomic.Int64
}

func (m *meeting) ReadAt(p []byte, at int64) (int, error) {
	m.inside.Add(1)
	defer m.inside.Add(-1)
	for range 10_000 {
		if n := m.inside.Load(); n > 1 {
			m.most.Store(n)
		}
		runtime.Gosched()
	}
	return m.file.ReadAt(p, at)
}

// FuzzVariants holds that no file breaks the press, and that what comes out is
// what Inspect announced.
func FuzzVariants(f *testing.F) {
	for _, file := range fileOfEachKind(f) {
		f.Add(file)
	}
	f.Add(withEXIF(asJPEG(f, quarters(20, 30)), 6))
	f.Add(flatJPEG(40, 30, cmyk, 1))
	f.Add(vp8x(0, 20, 20, chunk("EXIF", exif(2)), pixelsOfWebP(20, 20)))
	f.Fuzz(func(t *testing.T, file []byte) {
		info, refused := inspect(file)
		if info.Width*info.Height > 1<<20 {
			return
		}
		var press picture.Press
		all, err := press.Variants(context.Background(), bytes.NewReader(file), int64(len(file)))
		if (refused != nil) != (err != nil) && refused != nil {
			t.Errorf("refused with %v, and pressed", refused)
		}
		if err != nil {
			return
		}
		last := all[len(all)-1]
		if scaled := max(info.Width, info.Height) > 1920; !scaled && (last.Width != info.Width || last.Height != info.Height) {
			t.Errorf("%+v became %d by %d", info, last.Width, last.Height)
		}
		for _, v := range all {
			shown(t, v)
		}
	})
}
