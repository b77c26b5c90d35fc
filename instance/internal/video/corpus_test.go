package video_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/video"
)

// others are files that are no film, whatever their name says.
var others = map[string]string{
	"nothing":            "",
	"three bytes":        "\x00\x00\x00",
	"words":              "a letter that calls itself film.mp4",
	"a page":             "<!DOCTYPE html><html><script>alert(1)</script></html>",
	"a drawing":          `<svg xmlns="http://www.w3.org/2000/svg"/>`,
	"a document":         "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
	"a photo":            "\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
	"Matroska":           "\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x23B\x86\x81\x01",
	"AVI":                "RIFF\x24\x00\x00\x00AVI LIST",
	"a stream":           strings.Repeat("\x47\x40\x00\x10", 47),
	"a photo of a phone": "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00\x00\x08mdat",
	"brands of no kind":  "\x00\x00\x00\x08ftyp",
	"brands too long":    string(leaf("ftyp", "isom", 0, strings.Repeat("isom", 300)).bytes()),
	"brands cut off":     "\x00\x00\x00\x20ftypisom",
	"QuickTime of old":   string(leaf("moov", "").bytes()),
}

// hostile are films with one thing wrong, and how each is refused. Nil says
// that it is taken.
var hostile = map[string]struct {
	change func(film)
	want   error
}{
	"no index":                          {func(f film) { f.at("moov").kind = "free" }, video.ErrBroken},
	"two indexes":                       {func(f film) { *f.at("wide") = *leaf("moov") }, video.ErrBroken},
	"an empty index":                    {func(f film) { f.at("moov").in = nil }, video.ErrKind},
	"in fragments":                      {func(f film) { f.at("wide").kind = "moof" }, video.ErrKind},
	"ready for fragments":               {func(f film) { f.at("moov/uuid").kind = "mvex" }, video.ErrKind},
	"a packed index":                    {func(f film) { *f.at("moov") = *nest("moov", leaf("cmov", "x")) }, video.ErrKind},
	"an index in an index":              {func(f film) { f.at("moov").in = []*node{{kind: "moov", in: f.at("moov").in}} }, video.ErrKind},
	"a box beyond the end":              {func(f film) { f.at("moov").claims = 1 << 30 }, video.ErrBroken},
	"a box of 7 bytes":                  {func(f film) { f.at("wide").claims = 7 }, video.ErrBroken},
	"64 bits cut off":                   {func(f film) { f.at("wide").claims = 1 }, video.ErrBroken},
	"64 bits that overflow":             {func(f film) { f[5].wide, f[5].claims = true, math.MaxUint64-1 }, video.ErrBroken},
	"64 bits, negative":                 {func(f film) { f[5].wide, f[5].claims = true, 1<<63 }, video.ErrBroken},
	"64 bits, 15 bytes":                 {func(f film) { f[5].wide, f[5].claims = true, 15 }, video.ErrBroken},
	"64 bits, just too many":            {func(f film) { f[5].wide, f[5].claims = true, math.MaxInt64 }, video.ErrBroken},
	"a box without length":              {func(f film) { f.at("moov/udta").claims = toEnd }, video.ErrBroken},
	"beyond its parent":                 {func(f film) { f.at("moov/trak/tkhd").claims = 1 << 20 }, video.ErrBroken},
	"just beyond its parent":            {func(f film) { f.at("moov/trak/mdia/minf/stbl/udta").claims = 16 }, video.ErrBroken},
	"a box cut short":                   {func(f film) { f.at("moov/trak/mdia").claims = 8 }, video.ErrKind},
	"a thousand boxes in one that goes": {func(f film) { f.at("free").data = many(1100) }, nil},
	"a thousand boxes at the top":       {func(f film) { f.at("free").data, f.at("free").claims = many(1100), 8 }, video.ErrIndex},
	"a thousand boxes in a track":       {func(f film) { f.at("moov/trak").tail = many(1100) }, video.ErrIndex},
	"a thousand tracks":                 {func(f film) { f.at("moov").tail = bytes.ReplaceAll(many(1100), []byte("free"), []byte("trak")) }, video.ErrIndex},
	"no header":                         {func(f film) { f.drop("moov/mvhd") }, video.ErrBroken},
	"two headers":                       {func(f film) { *f.at("moov/udta") = *f.at("moov/mvhd") }, video.ErrBroken},
	"an empty header":                   {func(f film) { f.at("moov/mvhd").data = nil }, video.ErrBroken},
	"no width": {func(f film) {
		copy(f.at("moov/trak/tkhd").data[76:], raw(0))
		copy(f.at(detail).data[24:], raw(uint16(0)))
	}, video.ErrBroken},
	"no height": {func(f film) {
		copy(f.at("moov/trak/tkhd").data[80:], raw(0))
		copy(f.at(detail).data[26:], raw(uint16(0)))
	}, video.ErrBroken},
	"a short table of numbers":     {func(f film) { f.at(table + "/stsc").data = raw(0) }, video.ErrBroken},
	"an empty table of places":     {func(f film) { f.at(table + "/stco").data = nil }, video.ErrBroken},
	"a short table of times":       {func(f film) { f.at(table + "/stts").data = raw(0, uint16(0)) }, video.ErrBroken},
	"a short header":               {func(f film) { f.at("moov/mvhd").data = raw(0, 0, 0) }, video.ErrBroken},
	"a header of version 2":        {func(f film) { f.at("moov/mvhd").data[0] = 2 }, video.ErrBroken},
	"a short header of 64 bits":    {func(f film) { f.at("moov/mvhd").data[0] = 1 }, video.ErrBroken},
	"units of nothing":             {func(f film) { copy(f.at("moov/mvhd").data[12:], raw(0)) }, video.ErrBroken},
	"media in units of nothing":    {func(f film) { copy(f.at("moov/trak/mdia/mdhd").data[12:], raw(0)) }, video.ErrBroken},
	"a film of 40 days":            {func(f film) { copy(f.at("moov/trak/tkhd").data[20:], raw(40*86400*1000)) }, video.ErrBroken},
	"an endless film":              {endless, video.ErrBroken},
	"pixels without end":           {func(f film) { copy(f.at("moov/trak/tkhd").data[76:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"no pixels":                    {noPixels, video.ErrBroken},
	"no picture":                   {func(f film) { f.at("moov/trak").kind = "free" }, video.ErrKind},
	"a picture of nobody":          {func(f film) { f.drop("moov/trak/mdia/hdlr") }, video.ErrKind},
	"a picture of an old codec":    {func(f film) { f.at(detail).kind = "mp4v" }, video.ErrKind},
	"a locked picture":             {func(f film) { f.at(detail).kind = "encv" }, video.ErrKind},
	"sound of old phones":          {func(f film) { soundOf(f).kind = "samr" }, video.ErrKind},
	"sound counted as of old":      {func(f film) { soundOf(f).kind = "lpcm" }, video.ErrKind},
	"sound of version 3":           {func(f film) { soundOf(f).data[9] = 3 }, video.ErrBroken},
	"short sound":                  {func(f film) { *soundOf(f) = *leaf("mp4a", soundOf(f).data[:20]) }, video.ErrBroken},
	"short sound of version 1":     {func(f film) { *soundOf(f) = *leaf("mp4a", soundOf(f).data[:28]) }, video.ErrBroken},
	"no description":               {func(f film) { f.drop(table + "/stsd") }, video.ErrBroken},
	"a promise of descriptions":    {func(f film) { copy(f.at(table + "/stsd").data[4:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"no entry in it":               {func(f film) { *f.at(table + "/stsd") = *counted("stsd") }, video.ErrBroken},
	"a short description":          {func(f film) { *f.at(detail) = *leaf("avc1", "short") }, video.ErrBroken},
	"one of another track":         {func(f film) { f.at(detail).kind = "mp4a" }, video.ErrKind},
	"two of which one is not":      {twoDescriptions, video.ErrKind},
	"samples in another file":      {func(f film) { f.at("moov/trak/mdia/minf/dinf/dref/url ").data[3] = 0 }, video.ErrKind},
	"samples behind a name":        {func(f film) { f.at("moov/trak/mdia/minf/dinf/dref/url ").kind = "urn " }, video.ErrKind},
	"two tables of samples":        {func(f film) { f.at("moov/trak/mdia/minf").in = append(f.at("moov/trak/mdia/minf").in, nest("stbl")) }, video.ErrBroken},
	"no sizes":                     {func(f film) { f.drop(table + "/stsz") }, video.ErrBroken},
	"short sizes":                  {func(f film) { f.at(table + "/stsz").data = raw(0, 0) }, video.ErrBroken},
	"a promise of sizes":           {func(f film) { copy(f.at(table + "/stsz").data[8:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"one size too many":            {func(f film) { copy(f.at(table + "/stsz").data[8:], raw(4)) }, video.ErrBroken},
	"sizes twice":                  {func(f film) { *f.at(table + "/udta") = *leaf("stz2", 0, 8, 3, "\x09\x0a\x0b") }, video.ErrBroken},
	"sizes of 12 bits":             {func(f film) { *f.at(table + "/stsz") = *leaf("stz2", 0, 12, 3, "\x09\x0a\x0b\x0c\x0d") }, video.ErrBroken},
	"sizes of 4 bits, one missing": {func(f film) { *f.at(table + "/stsz") = *leaf("stz2", 0, 4, 3, "\x09") }, video.ErrBroken},
	"a sample beyond the end":      {func(f film) { copy(f.at(table + "/stsz").data[12:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"all samples beyond the end":   {func(f film) { f.at(table + "/stsz").data = raw(0, uint32(math.MaxUint32), uint32(math.MaxUint32)) }, video.ErrBroken},
	"no samples":                   {func(f film) { f.at(table + "/stsz").data = raw(0, 0, 0) }, video.ErrBroken},
	"no places":                    {func(f film) { f.drop(table + "/stco") }, video.ErrBroken},
	"a promise of places":          {func(f film) { copy(f.at(table + "/stco").data[4:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"one place too many":           {func(f film) { copy(f.at(table + "/stco").data[4:], raw(3)) }, video.ErrBroken},
	"places twice":                 {func(f film) { *f.at(table + "/udta") = *leaf("co64", 0, 1, uint64(40)) }, video.ErrBroken},
	"a place in the brands":        {func(f film) { copy(f.at(table + "/stco").data[8:], raw(0)) }, video.ErrBroken},
	"a place in a header":          {func(f film) { copy(f.at(table + "/stco").data[8:], raw(40)) }, video.ErrBroken},
	"a place in the index":         {func(f film) { copy(f.at(table + "/stco").data[8:], raw(400)) }, video.ErrBroken},
	"a place at the end":           {func(f film) { copy(f.at(table + "/stco").data[8:], raw(len(f.bytes())-4)) }, video.ErrBroken},
	"a place that overflows":       {func(f film) { *f.at(table + "/stco") = *leaf("co64", 0, 1, uint64(math.MaxUint64-4)) }, video.ErrBroken},
	"a negative place":             {func(f film) { *f.at(table + "/stco") = *leaf("co64", 0, 1, uint64(1<<63)) }, video.ErrBroken},
	"no numbers":                   {func(f film) { f.drop(table + "/stsc") }, video.ErrBroken},
	"a promise of numbers":         {func(f film) { copy(f.at(table + "/stsc").data[4:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"numbers of chunk 0":           {func(f film) { copy(f.at(table + "/stsc").data[8:], raw(0)) }, video.ErrBroken},
	"numbers of one chunk twice":   {func(f film) { copy(f.at(table + "/stsc").data[20:], raw(1)) }, video.ErrBroken},
	"all samples in each chunk":    {func(f film) { copy(f.at(table + "/stsc").data[12:], raw(uint32(math.MaxUint32))) }, nil},
	"a promise of times":           {func(f film) { copy(f.at(table + "/stts").data[4:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"a promise of edits":           {func(f film) { copy(f.at("moov/trak/edts/elst").data[4:], raw(uint32(math.MaxUint32))) }, video.ErrBroken},
	"edits of version 9":           {func(f film) { f.at("moov/trak/edts/elst").data[0] = 9 }, video.ErrBroken},
	"an empty list of edits":       {func(f film) { f.at("moov/trak/edts/elst").data = nil }, video.ErrBroken},
	"a short shape of pixels":      {func(f film) { f.at(detail + "/pasp").data = raw(1) }, video.ErrBroken},
}

func many(n int) []byte { return bytes.Repeat(leaf("free").bytes(), n) }

func soundOf(f film) *node {
	moov := f.at("moov")
	return film{moov.in[3]}.at("trak/mdia/minf/stbl/stsd").in[0]
}

func endless(f film) {
	f.at("moov/trak/tkhd").data = raw(1<<24+7, uint64(0), uint64(0), 1, 0, uint64(math.MaxUint64-1), 0, 0, 0, 0, upright, 320<<16, 180<<16)
}

func noPixels(f film) {
	copy(f.at("moov/trak/tkhd").data[76:], raw(0, 0))
	copy(f.at(detail).data[24:], raw(0))
}

func twoDescriptions(f film) {
	second := describePicture()
	second.kind = "mp4v"
	*f.at(table + "/stsd") = *counted("stsd", describePicture(), second)
}

func TestWhatIsNoFilmIsRefused(t *testing.T) {
	for name, file := range others {
		refused(t, name, []byte(file), video.ErrKind)
		if video.Begins([]byte(file)) {
			t.Errorf("%s begins like a film", name)
		}
	}
}

func TestHostileFilmsAreRefused(t *testing.T) {
	for name, c := range hostile {
		f := example()
		c.change(f)
		refused(t, name, f.bytes(), c.want)
	}
	file := example().bytes()
	for n := range file {
		if !video.Begins(file[:n]) {
			continue
		}
		_, err := video.Inspect(bytes.NewReader(file[:n]), int64(n))
		// What is missing may be the last box of the index, but never a part of it.
		if !errors.Is(err, video.ErrBroken) {
			t.Errorf("cut off at %d: %v", n, err)
		}
	}
}

func refused(t *testing.T, name string, file []byte, want error) {
	t.Helper()
	film, err := video.Inspect(bytes.NewReader(file), int64(len(file)))
	c, err2 := video.Clean(bytes.NewReader(file), int64(len(file)))
	if !errors.Is(err, want) || !errors.Is(err2, want) {
		t.Errorf("%s: %v, and %v", name, err, err2)
	}
	if want != nil && (film != video.Film{} || c != nil) {
		t.Errorf("%s: it is refused, and yet is %+v and a cut of %d pieces", name, film, len(c))
	}
}
