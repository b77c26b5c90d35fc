package video_test

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/opengather/opengather/instance/internal/video"
)

// one is 1 in a matrix, of which 16 bits stand behind the point.
const (
	one      = 1 << 16
	minusOne = math.MaxUint32 - one + 1
)

func TestPicturesAreMeasuredUpright(t *testing.T) {
	matrix := func(a, b, c, d uint32) []byte { return raw(a, b, 0, c, d, 0, 0, 0, 1<<30) }
	for name, m := range map[string]struct {
		track, film []byte
		turned      bool
	}{
		"as it is":               {matrix(one, 0, 0, one), upright, false},
		"to the right":           {matrix(0, one, minusOne, 0), upright, true},
		"upside down":            {matrix(minusOne, 0, 0, minusOne), upright, false},
		"to the left":            {matrix(0, minusOne, one, 0), upright, true},
		"in a mirror":            {matrix(minusOne, 0, 0, one), upright, false},
		"in a mirror, turned":    {matrix(0, one, one, 0), upright, true},
		"not quite turned":       {matrix(3, one, minusOne, 3), upright, true},
		"nothing":                {matrix(0, 0, 0, 0), upright, false},
		"the least number":       {matrix(1<<31, 0, 0, 1<<31), upright, false},
		"turned by the film":     {upright, matrix(0, one, minusOne, 0), true},
		"turned by both":         {matrix(0, one, minusOne, 0), matrix(0, one, minusOne, 0), false},
		"turned, and a large xy": {raw(0, one, 0, minusOne, 0, 0, math.MaxUint32, math.MaxUint32, 1<<30), upright, true},
	} {
		f := example()
		copy(f.at("moov/trak/tkhd").data[40:], m.track)
		copy(f.at("moov/mvhd").data[36:], m.film)
		want := exampleFilm
		if m.turned {
			want.Width, want.Height = want.Height, want.Width
		}
		for _, file := range [][]byte{f.bytes(), clean(t, f.bytes())} {
			if got := inspect(t, file); got != want {
				t.Errorf("%s: the film is %+v", name, got)
			}
		}
	}
}

// put writes into the header of the picture's track.
func put(f film, at int, v ...any) { copy(f.at("moov/trak/tkhd").data[at:], raw(v...)) }

// silent takes the sound away.
func silent(f film) {
	moov := f.at("moov")
	moov.in = append(moov.in[:3:3], moov.in[4:]...)
}

// measures are films of other sizes and lengths.
var measures = map[string]struct {
	change func(film)
	want   video.Film
}{
	"not of square pixels": {func(f film) { put(f, 76, 640<<16, 180<<16) }, video.Film{Width: 640, Height: 180, Millis: 1500}},
	"half a pixel":         {func(f film) { put(f, 76, 320<<16|1<<15, 180<<16|1) }, video.Film{Width: 321, Height: 180, Millis: 1500}},
	"no width of its own":  {func(f film) { put(f, 76, 0) }, exampleFilm},
	"no height of its own": {func(f film) { put(f, 80, 0) }, exampleFilm},
	"the largest and the longest": {func(f film) {
		put(f, 76, 16384<<16, 16384<<16)
		put(f, 20, 86_400_000)
	}, video.Film{Width: 16384, Height: 16384, Millis: 86_400_000}},
	"a single pixel":     {func(f film) { put(f, 76, 1<<16, 1<<16) }, video.Film{Width: 1, Height: 1, Millis: 1500}},
	"no size of its own": {func(f film) { put(f, 76, 0, 0) }, exampleFilm},
	"unknown length": {func(f film) {
		put(f, 20, uint32(math.MaxUint32))
		silent(f)
	}, video.Film{Width: 320, Height: 180, Millis: 1500}},
	"no length, media longer": {func(f film) {
		put(f, 20, 0)
		copy(f.at("moov/trak/mdia/mdhd").data[16:], raw(1200))
		silent(f)
	}, video.Film{Width: 320, Height: 180, Millis: 2000}},
	"no length at all": {func(f film) {
		put(f, 20, 0)
		copy(f.at("moov/trak/mdia/mdhd").data[16:], raw(0))
		silent(f)
	}, video.Film{Width: 320, Height: 180}},
	"the sound is shorter": {func(f film) { put(f, 20, 2750) }, video.Film{Width: 320, Height: 180, Millis: 2750}},
	"sound without a sample": {func(f film) {
		stbl := film{f.at("moov").in[3]}.at("trak/mdia/minf/stbl")
		for _, kind := range []string{"stts", "ctts", "stsc", "stco"} {
			film{stbl}.at("stbl/" + kind).data = raw(0, 0)
		}
		film{stbl}.at("stbl/stsz").data = raw(0, 0, 0)
	}, exampleFilm},
}

func TestSizesAndLengths(t *testing.T) {
	for name, c := range measures {
		f := example()
		c.change(f)
		got := inspect(t, f.bytes())
		got.Video, got.Sound, c.want.Video, c.want.Sound = "", "", "", ""
		if got != c.want {
			t.Errorf("%s: the film is %+v", name, got)
		}
	}
}

// besides is a film with a second track of the kind of the n-th box of its index,
// before that or behind, of which flags and codec are given. Its sample is in
// a box of data of its own.
func besides(n int, before bool, flags byte, codec string) film {
	f := example()
	moov := f.at("moov")
	more := track(map[int]string{2: "vide", 3: "soun"}[n], leaf("vmhd", 1, 0, 0), describePicture(),
		[]int{9}, []int{1, 1, 1}, []int{len(f.bytes()) - len(moov.bytes()) + 8})
	if n == 3 {
		film{more}.at("trak/mdia/minf/stbl/stsd").in = []*node{describeSound()}
	}
	film{more}.at("trak/tkhd").data[3] = flags
	film{more}.at("trak/mdia/minf/stbl/stsd").in[0].kind = codec
	at := n
	if !before {
		at++
	}
	moov.in = append(moov.in[:at:at], append([]*node{more}, moov.in[at:]...)...)
	return append(append(f[:len(f)-1:len(f)-1], leaf("mdat", "a-second!")), moov)
}

// TestOneTrackOfEachKindIsKept holds which, and that the samples of the others
// are gone.
func TestOneTrackOfEachKindIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		f        film
		second   bool
		pictures string
	}{
		"a second picture":                  {besides(2, false, 7, "hvc1"), false, "avc1"},
		"a first picture":                   {besides(2, true, 7, "hvc1"), true, "hvc1"},
		"a picture that is off":             {besides(2, true, 6, "hvc1"), false, "avc1"},
		"a picture of a codec not taken":    {besides(2, true, 7, "jpeg"), false, "avc1"},
		"a picture behind, not taken":       {besides(2, false, 7, "jpeg"), false, "avc1"},
		"a second sound":                    {besides(3, false, 7, "mp4a"), false, "avc1"},
		"a sound before it, off":            {besides(3, true, 6, "mp4a"), false, "avc1"},
		"a sound before it, of many voices": {besides(3, true, 7, "apac"), false, "avc1"},
		"a first sound":                     {besides(3, true, 7, "ac-3"), true, "avc1"},
	} {
		cleaned := clean(t, c.f.bytes())
		if got := bytes.Contains(cleaned, []byte("a-second!")); got != c.second {
			t.Errorf("%s: its sample stays: %v", name, got)
		}
		if first := bytes.Contains(cleaned, []byte("picture-333")) && bytes.Contains(cleaned, []byte("sound-1")); first == c.second {
			t.Errorf("%s: those of the other stay: %v", name, first)
		}
		if got := inspect(t, cleaned); got.Video != c.pictures || got != inspect(t, c.f.bytes()) {
			t.Errorf("%s: the film is %+v", name, got)
		}
	}
}

func TestBrands(t *testing.T) {
	for brand, want := range map[string]bool{
		"isom": true, "iso2": true, "iso9": true, "mp41": true, "mp42": true, "avc1": true, "M4V ": true, "dash": true,
		"msnv": true, "3gp4": true, "3gp6": true, "qt  ": true,
		"heic": false, "mif1": false, "avif": false, "M4A ": false, "jp2 ": false, "crx ": false, "    ": false,
	} {
		for name, ftyp := range map[string]*node{
			"first":      leaf("ftyp", brand, 0, "qzma"),
			"compatible": leaf("ftyp", "qzma", 0, "qzmb", brand),
			"version":    leaf("ftyp", "qzma", brand),
		} {
			f := example()
			// The data stays where it was.
			f[1] = leaf("free", make([]byte, len(f[0].bytes())-len(ftyp.bytes())))
			f[0] = ftyp
			_, err := video.Inspect(bytes.NewReader(f.bytes()), int64(len(f.bytes())))
			ok := want && name != "version"
			if (err == nil) != ok || err != nil && !errors.Is(err, video.ErrKind) || video.Begins(ftyp.bytes()) != ok {
				t.Errorf("%s as %s: %v", brand, name, err)
			}
			if err == nil && bytes.Contains(clean(t, f.bytes())[:32], []byte("qz")) {
				t.Errorf("%s as %s: the other brand stays", brand, name)
			}
		}
	}
}
