package video_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/video"
)

var exampleFilm = video.Film{Video: "avc1", Sound: "mp4a", Width: 320, Height: 180, Millis: 1500}

// TestNothingBesidesPictureAndSoundStays has a canary in every place of a film
// that others have no need of. All begin with qz.
func TestNothingBesidesPictureAndSoundStays(t *testing.T) {
	file := example().bytes()
	if n := bytes.Count(file, []byte("qz")); n < 80 {
		t.Fatalf("only %d canaries are in the film", n)
	}
	cleaned := clean(t, file)
	for i := range cleaned {
		if bytes.HasPrefix(cleaned[i:], []byte("qz")) {
			t.Errorf("%q stays, at %d: %q", file[i:min(i+12, len(file))], i, around(cleaned, i))
		}
	}
	if got := inspect(t, file); got != exampleFilm {
		t.Errorf("the film is %+v", got)
	}
	if got := inspect(t, cleaned); got != exampleFilm {
		t.Errorf("the cleaned film is %+v", got)
	}
	if again := clean(t, cleaned); !bytes.Equal(again, cleaned) {
		t.Error("it changes when it is cleaned again")
	}
}

func around(b []byte, i int) []byte { return b[max(0, i-24):min(len(b), i+24)] }

// canaries are what must not be said of a film, by where it stands: the wide
// headers of version 1 have their times elsewhere.
var canaries = map[string]func(film){
	"times of the film in 64 bits": func(f film) {
		f.at("moov/mvhd").data = raw(1<<24, "qztimes1qztimes2", 1000, uint64(1500), 1<<16, uint16(256), "qzreserved", upright,
			"qzpreviewqzposterqzselec", 4, "qzmore")
	},
	"times of a track in 64 bits": func(f film) {
		f.at("moov/trak/tkhd").data = raw(1<<24+7, "qztimes1qztimes2", 1, 0, uint64(1500), 0, 0, 0, 0, upright, 320<<16, 180<<16, "qzlong")
	},
	"times of the media in 64 bits": func(f film) {
		f.at("moov/trak/mdia/mdhd").data = raw(1<<24, "qztimes1qztimes2", 600, uint64(900), 0, "qzlong")
	},
	"an edit list in 64 bits": func(f film) {
		f.at("moov/trak/edts/elst").data = raw(1<<24, 1, uint64(1500), uint64(0), 1<<16, "qzlong")
	},
	"a box of 64 bits that goes": func(f film) { f.at("moov/udta").wide = true },
	"a deep box that goes": func(f film) {
		deep := leaf("udta", "qzdeep")
		for range 2_000 {
			deep = nest("udta", deep)
		}
		f.at("moov/trak").in = append(f.at("moov/trak").in, deep)
	},
	"a file that QuickTime knew by another name": func(f film) {
		*f.at("moov/trak/mdia/minf/dinf/dref/url ") = *leaf("alis", 1, "qzvolume")
	},
	"behind the boxes of a box":              func(f film) { f.at("moov/trak/mdia").tail = raw("qzends") },
	"four zeros at the end of a description": func(f film) { f.at(detail).tail = raw(0) },
	"the sizes of samples, and more": func(f film) {
		f.at(table + "/stsz").data = append(f.at(table+"/stsz").data, "qzlong"...)
	},
	"the places of samples, and more": func(f film) {
		f.at(table + "/stco").data = append(f.at(table+"/stco").data, "qzlong"...)
	},
	"the numbers of samples, and more": func(f film) {
		f.at(table + "/stsc").data = append(f.at(table+"/stsc").data, "qzlong"...)
	},
	"colours from 8 bytes": func(f film) {
		f.at(detail + "/colr").data = raw("nclc", uint16(1), uint16(1), uint16(1), "qzlong")
	},
}

func TestNothingStaysInRarerForms(t *testing.T) {
	for name, change := range canaries {
		f := example()
		change(f)
		file := f.bytes()
		cleaned := clean(t, file)
		if i := bytes.Index(cleaned, []byte("qz")); i >= 0 {
			t.Errorf("%s: %q stays", name, around(cleaned, i))
		}
		if got := inspect(t, cleaned); got != exampleFilm {
			t.Errorf("%s: the film is %+v", name, got)
		}
		if again := clean(t, cleaned); !bytes.Equal(again, cleaned) {
			t.Errorf("%s: it changes when it is cleaned again", name)
		}
	}
}

// TestOnlySamplesStayOfTheData reads the media data of the cleaned film.
func TestOnlySamplesStayOfTheData(t *testing.T) {
	f := example()
	data := f.at("mdat").data
	start := bytes.Index(f.bytes(), data)
	want := strings.Repeat("\x00", 8) + "picture-1picture-22" + strings.Repeat("\x00", 13) + "sound-1sound-2sound-3" +
		strings.Repeat("\x00", 9) + "picture-333" + strings.Repeat("\x00", 20)
	if got := clean(t, f.bytes())[start : start+len(data)]; string(got) != want {
		t.Errorf("the data is %q", got)
	}
}

// samples are other ways to say where the same samples are.
var samples = map[string]func(film){
	"sizes of 16 bits": func(f film) {
		*f.at(table + "/stsz") = *leaf("stz2", 0, 16, 3, uint16(9), uint16(10), uint16(11))
	},
	"sizes of 8 bits": func(f film) { *f.at(table + "/stsz") = *leaf("stz2", 0, 8, 3, "\x09\x0a\x0b") },
	"sizes of 4 bits": func(f film) { *f.at(table + "/stsz") = *leaf("stz2", 0, 4, 3, "\x9a\xb0") },
	"one size for all": func(f film) {
		*f.at(table + "/stsz") = *leaf("stsz", 0, 11, 3)
		f.at(table + "/stsc").data = raw(0, 1, 1, 1, 1)
		stco := f.at(table + "/stco").data
		// The first sample, the second from its first byte on, and the third.
		first := stco[8:12]
		second := bytes.Clone(first)
		second[3] += 8
		f.at(table + "/stco").data = raw(0, 3, first, second, stco[12:16])
	},
	"places of 64 bits": func(f film) {
		stco := f.at(table + "/stco").data
		*f.at(table + "/stco") = *leaf("co64", 0, 2, 0, stco[8:12], 0, stco[12:16])
	},
	"runs that reach beyond": func(f film) {
		f.at(table + "/stsc").data = raw(0, 3, 1, 2, 1, 2, 1, 1, 9, 5, 1)
	},
	"more samples than there are": func(f film) {
		f.at(table + "/stsc").data = raw(0, 2, 1, 2, 1, 2, math.MaxUint32, 1)
	},
	"two data boxes": func(f film) {
		mdat := f.at("mdat")
		half := bytes.Index(mdat.data, []byte("qzbetween")) + 1
		second := leaf("mdat", mdat.data[half+8:])
		mdat.data = append(bytes.Clone(mdat.data[:half]), second.bytes()...)
		mdat.claims = uint64(8 + half)
	},
	"data of 64 bits": func(f film) {
		*f[1] = node{kind: "mdat", data: f[2].data, wide: true}
		*f[2] = *leaf("skip", "qzskip")
	},
}

// indexFirst puts the index in front of the data, which then reaches to the end.
func indexFirst(f film) film {
	moov := f.at("moov")
	more := len(moov.bytes()) - len(f[1].bytes())
	for _, trak := range moov.in {
		if trak.kind == "trak" {
			stco := film{trak}.at("trak/mdia/minf/stbl/stco").data
			for i := 8; i < len(stco); i += 4 {
				binary.BigEndian.PutUint32(stco[i:], binary.BigEndian.Uint32(stco[i:])+uint32(more))
			}
		}
	}
	f.at("mdat").claims = toEnd
	return film{f[0], moov, f.at("mdat")}
}

func TestDataMayReachToTheEnd(t *testing.T) {
	f := indexFirst(example())
	cleaned := clean(t, f.bytes())
	if got := inspect(t, cleaned); got != exampleFilm {
		t.Errorf("the film is %+v", got)
	}
	data := cleaned[len(cleaned)-len(f.at("mdat").data):]
	if want := "\x00picture-1picture-22\x00"; !bytes.Contains(data, []byte(want)) || bytes.Contains(cleaned, []byte("qz")) {
		t.Errorf("the data is %q", data)
	}
}

func TestSamplesAreFoundBySeveralTables(t *testing.T) {
	for name, change := range samples {
		f := example()
		change(f)
		file := f.bytes()
		cleaned := clean(t, file)
		for _, s := range []string{"picture-1picture-22", "sound-1sound-2sound-3", "picture-333"} {
			if at := bytes.Index(file, []byte(s)); at < 0 || at != bytes.Index(cleaned, []byte(s)) {
				t.Errorf("%s: %q is at %d, and not in the cleaned film", name, s, at)
			}
		}
		if i := bytes.Index(cleaned, []byte("qz")); i >= 0 {
			t.Errorf("%s: %q stays", name, around(cleaned, i))
		}
		if got := inspect(t, cleaned); got != exampleFilm {
			t.Errorf("%s: the film is %+v", name, got)
		}
		if again := clean(t, cleaned); !bytes.Equal(again, cleaned) {
			t.Errorf("%s: it changes when it is cleaned again", name)
		}
	}
}
