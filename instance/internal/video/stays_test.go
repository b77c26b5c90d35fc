package video_test

import (
	"bytes"
	"regexp"
	"testing"
)

var canary = regexp.MustCompile(`qz[ -~]*`)

// TestWhatPlaysAFilmStays holds that each box that a player needs is there as it
// was, with zeros where its canaries were.
func TestWhatPlaysAFilmStays(t *testing.T) {
	const media = "moov/trak/mdia"
	f := example()
	file := f.bytes()
	cleaned := clean(t, file)
	for _, way := range []string{
		"moov/mvhd", "moov/trak/tkhd", "moov/trak/edts/elst", media + "/mdhd", media + "/minf/vmhd", media + "/minf/dinf/dref/url ",
		table + "/stts", table + "/ctts", table + "/cslg", table + "/stss", table + "/stps", table + "/sdtp",
		table + "/sgpd", table + "/sbgp", table + "/stsc", table + "/stsz", table + "/stco",
		detail + "/avcC", detail + "/pasp", detail + "/colr",
	} {
		box := f.at(way).bytes()
		at := bytes.Index(file, box)
		want := canary.ReplaceAllFunc(box, func(b []byte) []byte { return make([]byte, len(b)) })
		if got := cleaned[at : at+len(box)]; !bytes.Equal(got, want) {
			t.Errorf("%s is %q, want %q", way, got, want)
		}
	}
	for name, want := range map[string]*node{
		"the handler": leaf("hdlr", 0, 0, "vide", make([]byte, 12+13)),
		"the sound":   leaf("smhd", 0, 0),
		"its decoder": nest("wave", leaf("frma", "mp4a"), leaf("mp4a", 0, make([]byte, 6)), leaf("esds", "decoder"),
			leaf("free", make([]byte, 6)), leaf("\x00\x00\x00\x00")),
		"its channels":        leaf("chan", "channels"),
		"a track that is not": leaf("free", make([]byte, len(f.at("moov").in[4].bytes())-8)),
	} {
		if !bytes.Contains(cleaned, want.bytes()) {
			t.Errorf("%s is not there as %q", name, want.bytes())
		}
	}
}

// TestBrandsThatStay holds what is written for the brands of a film: those that
// are known, with QuickTime no longer in front.
func TestBrandsThatStay(t *testing.T) {
	for name, want := range map[string]string{
		"first.mp4": "isom\x00\x00\x00\x00isomiso2avc1mp41",
		"place.mov": "isom\x00\x00\x00\x00qt  ",
		"hevc.mp4":  "isom\x00\x00\x00\x00isomiso2mp41",
	} {
		if got := string(clean(t, fixture(t, name))[8 : 8+len(want)]); got != want {
			t.Errorf("%s calls itself %q", name, got)
		}
	}
	if got, want := clean(t, example().bytes())[8:28], "isom\x00\x00\x00\x00isommp42qt  "; string(got) != want {
		t.Errorf("the film calls itself %q", got)
	}
}

// TestDescriptionsOfSoundHaveSeveralForms holds what stays of each.
func TestDescriptionsOfSoundHaveSeveralForms(t *testing.T) {
	begin := func(version uint16) []byte { return raw(0, uint16(0), uint16(1), version) }
	const fixed = "\x00\x02\x00\x10\xff\xfe\x00\x00\xac\x44\x00\x00"
	esds := leaf("esds", "decoder").bytes()
	for name, c := range map[string]struct {
		list  byte
		codec string
		rest  []byte
		v     uint16
	}{
		"nothing but the fixed part": {0, "mp4a", nil, 0},
		"version 0":                  {0, "mp4a", esds, 0},
		"version 1 of MP4":           {1, "mp4a", esds, 1},
		"version 1 of QuickTime":     {0, "mp4a", raw(1, 2, 3, 4, esds), 1},
		"no more than it must have":  {0, "mp4a", raw(1, 2, 3, 4), 1},
		"version 2 of QuickTime":     {0, "lpcm", raw(72, 1, 2, 3, 4, 5, 6, 7, 8, esds), 2},
		"the shortest of version 2":  {1, "lpcm", raw(72, 1, 2, 3, 4, 5, 6, 7, 8), 2},
	} {
		f := example()
		sound := soundOf(f)
		*sound = *leaf(c.codec, begin(c.v), "qzqzqz", fixed, c.rest)
		want := leaf(c.codec, begin(c.v), make([]byte, 6), fixed, c.rest).bytes()
		film{f.at("moov").in[3]}.at("trak/mdia/minf/stbl/stsd").data[0] = c.list
		cleaned := clean(t, f.bytes())
		if !bytes.Contains(cleaned, want) || bytes.Contains(cleaned, []byte("qz")) {
			t.Errorf("%s: the description is not %q", name, want)
		}
		if got := inspect(t, cleaned).Sound; got != c.codec {
			t.Errorf("%s: the sound is %q", name, got)
		}
	}
}

// TestWhatADecoderNeedsStays holds the description of pictures.
func TestWhatADecoderNeedsStays(t *testing.T) {
	cleaned := clean(t, example().bytes())
	want := raw(uint16(0), 0, uint16(1), make([]byte, 16), uint16(320), uint16(180), 72<<16, 72<<16, 0, uint16(1),
		make([]byte, 32), uint16(24), uint16(0xffff), leaf("avcC", "decoder").bytes(),
		leaf("pasp", 1, 1, make([]byte, 6)).bytes(),
		leaf("colr", "nclx", uint16(1), uint16(1), uint16(1), byte(0), make([]byte, 6)).bytes(),
		leaf("free", make([]byte, 13)).bytes())
	if !bytes.Contains(cleaned, want) {
		t.Error("the description of the pictures is another")
	}
	f := example()
	f.at(detail).in = nil
	if got := inspect(t, clean(t, f.bytes())); got != exampleFilm {
		t.Errorf("with nothing but the fixed part it is %+v", got)
	}
}
