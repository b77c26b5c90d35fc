package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/picture"
)

// canary stands wherever a file has room for what others shall not get.
const canary = "qzcanary53.1N8.2E"

// cleaned is what others get of a file in full size.
func cleaned(t testing.TB, file []byte) []byte {
	t.Helper()
	c, err := picture.Clean(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Reader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// may are the parts that a cleaned file may have.
var may = map[string]*regexp.Regexp{
	"image/jpeg": regexp.MustCompile(`^SOI (APP0 )?(APP1 )?((APP2|APP14|DQT|DHT|DRI|SOF2?|SOS) )*EOI $`),
	"image/png":  regexp.MustCompile(`^IHDR (eXIf )?((PLTE|tRNS|gAMA|cHRM|sRGB|iCCP|cICP|sBIT|pHYs) )*(IDAT )+IEND $`),
	"image/gif":  regexp.MustCompile(`^head ((control|application|image) )*trailer $`),
	"image/webp": regexp.MustCompile(`^(VP8X )?(ICCP )?(ALPH )?(VP8|VP8L) (EXIF )?$`),
}

// judge holds a cleaned file to what may be in it: parts of the kinds above, and
// nothing between them.
func judge(t testing.TB, file []byte) {
	t.Helper()
	info, err := inspect(file)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := picture.Parts(file)
	if err != nil {
		t.Fatal(err)
	}
	kinds, at := "", map[string]int64{"image/png": 8, "image/webp": 12}[info.Type]
	for _, p := range parts {
		kinds += p.Kind + " "
		if p.At != at {
			t.Errorf("%d bytes stand before %s", p.At-at, p.Kind)
		}
		if at = p.At + p.Size; info.Type == "image/webp" {
			at += p.Size % 2
		}
		if (p.Kind == "APP1" || p.Kind == "eXIf" || p.Kind == "EXIF") && p.Size > 38 {
			t.Errorf("%s has %d bytes", p.Kind, p.Size)
		}
	}
	if !may[info.Type].MatchString(strings.ReplaceAll(kinds, "VP8  ", "VP8 ")) || at != int64(len(file)) {
		t.Errorf("there is %s, and %d bytes behind", kinds, int64(len(file))-at)
	}
}

// samePixels compares what two files show.
func samePixels(t testing.TB, a, b []byte) {
	t.Helper()
	one, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	two, _, err := image.Decode(bytes.NewReader(b))
	if err != nil || one.Bounds() != two.Bounds() {
		t.Fatalf("%v became %v, %v", one.Bounds(), two.Bounds(), err)
	}
	if frames, err := gif.DecodeAll(bytes.NewReader(a)); err == nil {
		now, err := gif.DecodeAll(bytes.NewReader(b))
		if now != nil {
			frames.LoopCount = now.LoopCount // one that is written in another way goes
		}
		if err != nil || !reflect.DeepEqual(frames, now) {
			t.Fatalf("an animation of %d frames became another, %v", len(frames.Image), err)
		}
	}
	left, right := one.(image.RGBA64Image), two.(image.RGBA64Image)
	for y := range one.Bounds().Dy() {
		for x := range one.Bounds().Dx() {
			if l, r := left.RGBA64At(x, y), right.RGBA64At(x, y); l != r {
				t.Fatalf("%v at %d, %d became %v", l, x, y, r)
			}
		}
	}
}

// littered are files with the canary in every place that a format has.
func littered(t testing.TB) map[string][]byte {
	thumb := asJPEG(t, quarters(16, 16))
	camera := append(append(exif(6), canary+"MakerNote"...), thumb...)
	photo := asJPEG(t, quarters(90, 60))
	jpegs := map[string][]byte{
		"Exif with maker note and small picture": segment(photo, 0xe1, append([]byte("Exif\x00\x00"), camera...)),
		"XMP":                                    segment(photo, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"+canary)),
		"IPTC":                                   segment(photo, 0xed, []byte("Photoshop 3.0\x008BIM\x04\x04"+canary)),
		"comment":                                segment(photo, 0xfe, []byte(canary)),
		"JFIF with small picture":                segment(photo, 0xe0, []byte("JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x03\x02"+canary)),
		"JFXX":                                   segment(photo, 0xe0, []byte("JFXX\x00\x10"+canary)),
		"many pictures":                          segment(photo, 0xe2, []byte("MPF\x00"+canary)),
		"a profile that is none":                 segment(photo, 0xe2, []byte("ICC_PROFILE\x00\x01\x01"+canary)),
		"half a profile":                         segment(photo, 0xe2, append([]byte("ICC_PROFILE\x00\x01\x02"), iccOf(canary)...)),
		"a profile with names":                   segment(photo, 0xe2, append([]byte("ICC_PROFILE\x00\x01\x01"), iccOf(canary)...)),
		"Adobe with more behind":                 segment(photo, 0xee, []byte("Adobe\x00\x64\x00\x00\x00\x00\x01"+canary)),
		"unknown application":                    segment(photo, 0xeb, []byte(canary)),
		"film behind":                            append(bytes.Clone(photo), "\x00\x00\x00\x18ftypmp42"+canary...),
		"page behind":                            append(bytes.Clone(photo), "<html><script>"+canary...),
		"second picture behind":                  append(bytes.Clone(photo), segment(photo, 0xfe, []byte(canary))...),
		"words between the segments":             slices.Insert(segment(photo, 0xeb, []byte("x")), 7, []byte(canary)...),
		"comment before restarts":                segment(restarting(), 0xfe, []byte(canary)),
		"comment between scans":                  between(flatJPEG(90, 60, progressive, 2), canary),
		"Exif of somebody else's order":          withEXIF(segment(photo, 0xfe, []byte(canary)), 8),
	}
	all := map[string][]byte{}
	for name, file := range jpegs {
		all["JPEG: "+name] = file
	}
	drawing := asPNG(t, quarters(90, 60))
	for name, body := range map[string]string{
		"tEXt": "Comment\x00" + canary, "zTXt": "Comment\x00\x00" + packed(t, canary), "iTXt": "XML:com.adobe.xmp\x00\x00\x00\x00\x00" + canary,
		"tIME": canary[:7], "eXIf": string(exif(6)) + canary, "acTL": canary[:8], "fdAT": canary, "prVt": canary,
		"gAMA": canary, "pHYs": canary, "iCCP": canary + "\x00\x00" + packed(t, string(iccOf(canary))), "bKGD": canary[:6],
	} {
		all["PNG: "+name] = pngChunk(drawing, name, []byte(body))
	}
	end := len(drawing) - 12
	all["PNG: text behind the pixels"] = slices.Insert(bytes.Clone(drawing), end, pngChunk(drawing, "tEXt", []byte("a\x00"+canary))[33:][:12+2+len(canary)]...)
	all["PNG: pixels behind the pixels"] = slices.Insert(bytes.Clone(drawing), end, pngChunk(pngChunk(drawing, "IDAT", []byte(canary)), "tIME", make([]byte, 7))[33:][:19+12+len(canary)]...)
	all["PNG: page behind"] = append(bytes.Clone(drawing), canary...)
	moving := asGIF(t, quarters(90, 60))
	for name, block := range map[string]string{
		"comment": "\x21\xfe\x11" + canary + "\x00",
		"text":    "\x21\x01\x0c" + canary[:12] + "\x11" + canary + "\x00",
		"XMP":     "\x21\xff\x0bXMP DataXMP\x11" + canary + "\x00",
		"short":   "\x21\xff\x0bXMP DataXMP\x03\x01\x02\x03\x00",
		"loops":   "\x21\xff\x0bNETSCAPE2.0\x11" + canary + "\x00",
	} {
		all["GIF: "+name] = slices.Insert(bytes.Clone(moving), 13+colours(moving), []byte(block)...)
	}
	all["GIF: page behind"] = append(bytes.Clone(moving), canary...)
	pixels := pixelsOfWebP(90, 60)
	all["WebP: Exif and XMP"] = vp8x(0x0c, 90, 60, pixels, chunk("EXIF", append(exif(6), canary...)), chunk("XMP ", []byte(canary)))
	all["WebP: profile with names"] = vp8x(0x20, 90, 60, chunk("ICCP", append(iccOf(canary), 1)), pixels)
	all["WebP: profile that is none"] = vp8x(0x20, 90, 60, chunk("ICCP", []byte(canary)), pixels)
	all["WebP: lossy, with XMP"] = withChunks(lossyWebP, chunk("XMP ", []byte(canary)))
	all["WebP: alpha, Exif and XMP"] = withChunks(clearWebP, chunk("EXIF", append(exif(6), canary...)), chunk("XMP ", []byte(canary)))
	all["WebP: unknown"] = vp8x(0, 90, 60, chunk("priv", []byte(canary)), pixels, chunk("priv", []byte(canary)))
	all["WebP: plain, with Exif"] = asWebP(90, 60, red, chunk("EXIF", append(exif(8), canary...))...)
	all["WebP: page behind"] = append(asWebP(90, 60, red), canary...)
	return all
}

// colours is how many bytes the first table of a GIF file has.
func colours(file []byte) int {
	if file[10]&0x80 == 0 {
		return 0
	}
	return 3 << (file[10]&7 + 1)
}

func packed(t testing.TB, s string) string {
	return string(written(t, func(b *bytes.Buffer) error {
		z := zlib.NewWriter(b)
		io.WriteString(z, s)
		return z.Close()
	}))
}

// between puts a comment before the second scan of a file.
func between(file []byte, text string) []byte {
	at := bytes.LastIndex(file, []byte{0xff, 0xda})
	return slices.Insert(bytes.Clone(file), at, jpegSegment(nil, 0xfe, []byte(text))...)
}

// TestCleanTakesOutWhatIsNotShown is the promise of "download full size".
func TestCleanTakesOutWhatIsNotShown(t *testing.T) {
	for name, file := range littered(t) {
		t.Run(name, func(t *testing.T) {
			clean := cleaned(t, file)
			for _, hidden := range []string{canary, canary[:7], "53.1 N", "MakerNote", "ftyp", "XMP Data"} {
				if bytes.Contains(clean, []byte(hidden)) {
					t.Errorf("%q is still there", hidden)
				}
			}
			judge(t, clean)
			samePixels(t, file, clean)
			if again := cleaned(t, clean); !bytes.Equal(again, clean) {
				t.Error("cleaned once more it becomes another file")
			}
			before, after := variants(t, file), variants(t, clean)
			for i := range before {
				if !bytes.Equal(before[i].Bytes, after[i].Bytes) {
					t.Errorf("%s looks different: %d by %d, %d by %d", before[i].Name, before[i].Width, before[i].Height, after[i].Width, after[i].Height)
				}
			}
		})
	}
}

// TestCleanUnpacksProfiles looks into the one place where words are packed.
func TestCleanUnpacksProfiles(t *testing.T) {
	file := pngChunk(asPNG(t, quarters(9, 9)), "iCCP", []byte(canary+"\x00\x00"+packed(t, string(iccOf(canary)))))
	clean := cleaned(t, file)
	at := bytes.Index(clean, []byte("iCCPICC\x00\x00"))
	if at < 0 {
		t.Fatal("the profile is gone")
	}
	z, err := zlib.NewReader(bytes.NewReader(clean[at+9:]))
	if err != nil {
		t.Fatal(err)
	}
	profile, err := io.ReadAll(z)
	if err != nil || bytes.Contains(profile, []byte(canary[:7])) {
		t.Errorf("it says %q, %v", profile, err)
	}
	sameColours(t, profile)
}

// TestCleanKeepsColours holds that the numbers of a profile stay, over the
// borders of segments too.
func TestCleanKeepsColours(t *testing.T) {
	icc := iccOf(canary)
	half := len(icc) / 2
	photo := asJPEG(t, quarters(9, 9))
	two := segment(photo, 0xe2, append([]byte("ICC_PROFILE\x00\x02\x02"), icc[half:]...))
	two = segment(two, 0xe2, append([]byte("ICC_PROFILE\x00\x01\x02"), icc[:half]...))
	clean := cleaned(t, two)
	var joined []byte
	for rest := clean; ; {
		at := bytes.Index(rest, []byte("ICC_PROFILE\x00"))
		if at < 0 {
			break
		}
		n := int(binary.BigEndian.Uint16(rest[at-2:])) - 16
		joined = append(joined, rest[at+14:at+14+n]...)
		rest = rest[at+14:]
	}
	sameColours(t, joined)
	web := cleaned(t, vp8x(0x20, 9, 9, chunk("ICCP", icc), pixelsOfWebP(9, 9)))
	at := bytes.Index(web, []byte("ICCP"))
	sameColours(t, web[at+8:at+8+len(icc)])
	wrong := segment(photo, 0xe2, append([]byte("ICC_PROFILE\x00\x02\x01"), icc...))
	if bytes.Contains(cleaned(t, wrong), []byte("ICC_PROFILE")) {
		t.Error("the second segment of one is taken for a profile")
	}
}

// TestCleanSaysWhatIsThere holds the flags of a WebP file, and its length.
func TestCleanSaysWhatIsThere(t *testing.T) {
	icc, words := chunk("ICCP", iccOf(canary)), chunk("XMP ", []byte(canary))
	for name, test := range map[string]struct {
		file  []byte
		flags byte
	}{
		"all":          {vp8x(0x3c, 9, 9, icc, pixelsOfWebP(9, 9), chunk("EXIF", exif(3)), words), 0x38},
		"held upright": {vp8x(0x0c, 9, 9, pixelsOfWebP(9, 9), chunk("EXIF", exif(1)), words), 0},
		"with alpha":   {withChunks(clearWebP, words), 0x10},
		"turned":       {asWebP(9, 9, red, chunk("EXIF", exif(3))...), 0x08},
	} {
		clean := cleaned(t, test.file)
		if string(clean[12:16]) != "VP8X" || clean[20] != test.flags {
			t.Errorf("%s: %q with flags %x, want %x", name, clean[12:16], clean[20], test.flags)
		}
		if n := binary.LittleEndian.Uint32(clean[4:]); int(n) != len(clean)-8 {
			t.Errorf("%s: it says %d of %d bytes", name, n, len(clean)-8)
		}
	}
	if plain := asWebP(9, 9, red); !bytes.Equal(cleaned(t, plain), plain) {
		t.Error("a plain picture became another file")
	}
}

// iccOf is a colour profile with a text in each place where one is found: its
// program, maker, model, time, name, and between its numbers.
func iccOf(text string) []byte {
	const table, red, name = 128 + 4 + 3*12, 128 + 4 + 3*12 + 30, 128 + 4 + 3*12 + 60
	b := make([]byte, 400)
	for at := range b {
		b[at] = text[at%len(text)]
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	copy(b[8:], "\x04\x00\x00\x00mntrRGB XYZ ")
	copy(b[36:], "acsp")
	copy(b[44:], make([]byte, 4))
	copy(b[56:], make([]byte, 24))
	copy(b[128:], "\x00\x00\x00\x03")
	for i, tag := range []struct {
		name     string
		from, to uint32
	}{{"rXYZ", red, red + 20}, {"desc", name, name + 100}, {"mmod", name + 100, 400}} {
		at := b[132+12*i:]
		copy(at, tag.name)
		binary.BigEndian.PutUint32(at[4:], tag.from)
		binary.BigEndian.PutUint32(at[8:], tag.to-tag.from)
	}
	copy(b[red:], "XYZ \x00\x00\x00\x00RRRRGGGGBBBB")
	copy(b[name:], "desc")
	copy(b[name+100:], "mmod")
	return b
}

func sameColours(t *testing.T, profile []byte) {
	t.Helper()
	if len(profile) != 400 || !bytes.Contains(profile, []byte("XYZ \x00\x00\x00\x00RRRRGGGGBBBB")) || string(profile[8:24]) != "\x04\x00\x00\x00mntrRGB XYZ " {
		t.Fatalf("%d bytes: %q", len(profile), profile)
	}
	for _, gone := range [][2]int{{4, 8}, {24, 36}, {40, 44}, {48, 56}, {80, 128}} {
		if got := profile[gone[0]:gone[1]]; !bytes.Equal(got, make([]byte, len(got))) {
			t.Errorf("its header says %q at %d", got, gone[0])
		}
	}
}

// TestCleanKeepsTheDensityAndTheLoop holds what else a viewer heeds.
func TestCleanKeepsTheDensityAndTheLoop(t *testing.T) {
	photo := segment(asJPEG(t, quarters(9, 9)), 0xe0, []byte("JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x00\x00"))
	if !bytes.Equal(cleaned(t, photo), photo) {
		t.Error("a photo with nothing to take out became another file")
	}
	frames := []*image.Paletted{image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{red, blue}), image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{blue})}
	loop := written(t, func(b *bytes.Buffer) error {
		return gif.EncodeAll(b, &gif.GIF{Image: frames, Delay: []int{7, 9}, LoopCount: 5})
	})
	g, err := gif.DecodeAll(bytes.NewReader(cleaned(t, loop)))
	if err != nil || len(g.Image) != 2 || g.LoopCount != 5 || g.Delay[1] != 9 {
		t.Errorf("%+v, %v", g, err)
	}
}

// TestCutsArePlain holds that a cut takes no room to speak of, and that little
// is read to find it.
func TestCutsArePlain(t *testing.T) {
	file := withEXIF(asJPEG(t, quarters(2000, 1500)), 6)
	c, err := picture.Clean(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := c.Bytes(); err != nil || len(b) > 60 {
		t.Errorf("%d bytes for a photo, %v", len(b), err)
	}
	if size := c.Size(); size >= int64(len(file)) || size < int64(len(file))-100 {
		t.Errorf("%d of %d bytes are left", size, len(file))
	}
}

func TestCleanRefusesLikeInspect(t *testing.T) {
	for _, file := range [][]byte{nil, []byte("<svg>"), asJPEG(t, quarters(9, 9))[:99], flatJPEG(10_000, 5_001, grey1, 1)} {
		_, want := inspect(file)
		if _, err := picture.Clean(bytes.NewReader(file), int64(len(file))); err == nil || err.Error() != want.Error() {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	file := asJPEG(t, quarters(90, 90))
	if _, err := picture.Clean(failing{file, 99}, int64(len(file))); !errors.Is(err, errDisk) {
		t.Errorf("a broken disk: %v", err)
	}
}

// FuzzClean holds that what is left has only parts that may be there, and shows
// the same pixels, or is refused.
func FuzzClean(f *testing.F) {
	for _, file := range littered(f) {
		f.Add(file)
	}
	for _, file := range fileOfEachKind(f) {
		f.Add(file)
	}
	f.Add(flatJPEG(40, 30, cmyk, 1))
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := inspect(file)
		if err != nil || info.Width*info.Height > 1<<18 {
			return
		}
		if _, _, err := image.Decode(bytes.NewReader(file)); err != nil {
			return
		}
		c, err := picture.Clean(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			if !errors.Is(err, picture.ErrBroken) {
				t.Error(err)
			}
			return
		}
		if b, err := c.Bytes(); err != nil || len(b) > 1<<20 {
			t.Error(len(b), err)
		}
		clean := cleaned(t, file)
		judge(t, clean)
		samePixels(t, file, clean)
		if now, err := inspect(clean); err != nil || now.Width != info.Width || now.Height != info.Height {
			t.Errorf("%+v became %+v, %v", info, now, err)
		}
	})
}
