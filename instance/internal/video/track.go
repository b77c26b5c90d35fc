package video

import (
	"encoding/binary"
	"slices"
)

// The kinds of tracks that are kept, by the name of what handles them
// (ISO/IEC 14496-12, 8.4.3), and the codecs of which they may be.
const (
	picture = "vide"
	sound   = "soun"
)

var codecs = map[string][]string{
	picture: {"avc1", "avc3", "hvc1", "hev1", "vp09", "av01"},
	sound:   {"mp4a", "Opus", "ac-3", "ec-3", "alac", "lpcm"},
}

// track is a track of picture or sound.
type track struct {
	box
	handler string
	// first of its descriptions; its kind is the codec.
	first box
	// taken says that all its descriptions are of codecs that are taken.
	taken bool
	// on says that players show it unless told otherwise.
	on bool
}

// choose gives the picture track that is kept, and behind it the sound track if
// there is one. Of several it is the first that players show by themselves: a
// phone may write a depth picture or a sound of many channels besides.
func (f *file) choose() ([]track, error) {
	all, err := f.inside(f.moov, 0)
	if err != nil {
		return nil, err
	}
	best := map[string]track{}
	for _, b := range all {
		if b.kind == "mvex" {
			return nil, unlike("it is in fragments")
		}
		if b.kind != "trak" {
			continue
		}
		t, err := f.track(b)
		if err != nil {
			return nil, err
		}
		if old, is := best[t.handler]; codecs[t.handler] != nil && (!is || t.taken && (!old.taken || t.on && !old.on)) {
			best[t.handler] = t
		}
	}
	var kept []track
	for _, handler := range []string{picture, sound} {
		if t, is := best[handler]; is {
			kept = append(kept, t)
		}
	}
	if _, is := best[picture]; !is {
		return nil, unlike("it has no picture")
	}
	for _, t := range kept {
		if !t.taken {
			return nil, unlike("its track %q is of the codec %q", t.handler, t.first.kind)
		}
	}
	return kept, nil
}

// track looks at a track no closer than it takes to choose. One that is neither
// picture nor sound is not looked at.
func (f *file) track(b box) (track, error) {
	t := track{box: b}
	handler, err := f.find(b, "mdia", "hdlr")
	if err != nil || handler.size < handler.head+12 || handler.size == 0 {
		return t, err
	}
	t.handler = string(f.body(handler)[8:12])
	if codecs[t.handler] == nil {
		return t, nil
	}
	head, err := f.need(b, 4, "tkhd")
	if err != nil {
		return t, err
	}
	t.on = head[3]&1 != 0
	return t, f.codecs(&t)
}

// codecs reads of which codecs a track is.
func (f *file) codecs(t *track) error {
	stsd, err := f.find(t.box, "mdia", "minf", "stbl", "stsd")
	if err != nil {
		return err
	}
	all, err := f.entries(stsd)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return broken("the track at %d does not say its codec", t.at)
	}
	t.first, t.taken = all[0], true
	for _, d := range all {
		t.taken = t.taken && slices.Contains(codecs[t.handler], d.kind)
		// Older descriptions of it count the bytes of a sample another way.
		if body := f.body(d); d.kind == "lpcm" && (len(body) < 10 || body[9] != 2) {
			t.taken = false
		}
	}
	return nil
}

// entries gives the boxes in a box that says how many there are.
func (f *file) entries(b box) ([]box, error) {
	all, err := f.inside(b, 8)
	if err == nil && uint32(len(all)) != binary.BigEndian.Uint32(f.body(b)[4:]) {
		err = broken("%q says another number than there are", b.kind)
	}
	return all, err
}
