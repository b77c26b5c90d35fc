package video

import (
	"encoding/binary"
	"slices"
)

// What stays of the description of a codec, besides its fixed part: what a
// decoder needs, the shape of a pixel, colours, and the order of channels.
var (
	pictureBoxes = map[string]stays{
		"avcC": whole, "hvcC": whole, "vpcC": whole, "av1C": whole,
		"dvcC": whole, "dvvC": whole,
		"pasp": first(8), "clap": first(32), "fiel": first(2), "gama": first(4), "btrt": first(12),
		"mdcv": first(24), "clli": first(4), "SmDm": first(28), "CoLL": first(8),
		"colr": colours,
	}
	soundBoxes = map[string]stays{
		"esds": whole, "dOps": whole, "dac3": whole, "dec3": whole, "alac": whole,
		"chan": whole, "chnl": whole, "btrt": first(12),
		// QuickTime has the description of the decoder in a box of its own, and
		// an empty one without a kind at its end.
		"wave": only(0, map[string]stays{
			"frma": first(4), "mp4a": first(4), "enda": first(2), "esds": whole,
			"alac": whole, "dac3": whole, "dec3": whole, "\x00\x00\x00\x00": first(0),
		}),
	}
)

// descriptions keeps how the samples are coded (ISO/IEC 14496-12, 8.5.2).
func descriptions(f *file, p *plan, b box) error {
	all, err := f.entries(b)
	if err != nil {
		return err
	}
	p.keep(b.at, b.body()+8)
	for _, d := range all {
		if slices.Contains(codecs[picture], d.kind) {
			err = describePicture(f, p, d)
		} else {
			err = describeSound(f, p, d, f.body(b)[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// describePicture keeps of the fixed part the size, resolution and depth, but
// not the maker and the name of the coder, which often is that of the camera
// (ISO/IEC 14496-12, 12.1.3).
func describePicture(f *file, p *plan, b box) error {
	const fixed = 78
	if b.size < b.head+fixed {
		return broken("the description %q is too short", b.kind)
	}
	p.keep(b.at, b.body()+8)
	p.keep(b.body()+24, b.body()+42)
	p.keep(b.body()+74, b.body()+fixed)
	return contents(f, p, b, fixed, pictureBoxes)
}

// describeSound keeps of the fixed part everything but the maker. QuickTime has
// two longer versions of it; in MP4 a description says version 1 only where the
// list of descriptions does too, and is no longer (ISO/IEC 14496-12, 12.2.3;
// QuickTime File Format, "Sound sample descriptions").
func describeSound(f *file, p *plan, b box, listVersion byte) error {
	body, fixed := f.body(b), int64(28)
	if len(body) < 28 {
		return broken("the description %q is too short", b.kind)
	}
	switch version := binary.BigEndian.Uint16(body[8:]); {
	case version == 1 && listVersion == 0:
		fixed += 16
	case version == 2:
		fixed += 36
	case version > 2:
		return broken("a description of sound of version %d", version)
	}
	if int64(len(body)) < fixed {
		return broken("the description %q is too short", b.kind)
	}
	p.keep(b.at, b.body()+10)
	p.keep(b.body()+16, b.body()+fixed)
	return contents(f, p, b, fixed, soundBoxes)
}

// colours keeps those given by number. A profile may name a screen or a person.
func colours(f *file, p *plan, b box) error {
	if body := f.body(b); len(body) >= 4 {
		switch string(body[:4]) {
		case "nclx":
			return first(11)(f, p, b)
		case "nclc":
			return first(10)(f, p, b)
		}
	}
	p.free(b)
	return nil
}
