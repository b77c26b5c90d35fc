package video_test

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// node is a box of a film that is put together by hand, so that a test can
// change one thing in it.
type node struct {
	kind string
	// data is its body, or what comes before the boxes in it.
	data []byte
	in   []*node
	// tail stands behind these, and is none.
	tail []byte
	// claims is the length that it says it has, if not the true one, and toEnd
	// that it says none; wide writes it in 64 bits.
	claims uint64
	wide   bool
}

const toEnd = math.MaxUint64

func nest(kind string, in ...*node) *node { return &node{kind: kind, in: in} }

// leaf is a box with a body of strings, and of numbers of 32, 16, 8 or 64 bits.
func leaf(kind string, body ...any) *node { return &node{kind: kind, data: raw(body...)} }

// counted is a box with boxes in it behind their number.
func counted(kind string, in ...*node) *node {
	return &node{kind: kind, data: raw(uint32(0), uint32(len(in))), in: in}
}

func raw(body ...any) []byte {
	var b []byte
	for _, v := range body {
		switch v := v.(type) {
		case string:
			b = append(b, v...)
		case []byte:
			b = append(b, v...)
		case int:
			b = binary.BigEndian.AppendUint32(b, uint32(v))
		case []int:
			for _, n := range v {
				b = append(b, raw(n)...)
			}
		case uint64:
			b = binary.BigEndian.AppendUint64(b, v)
		case uint32:
			b = binary.BigEndian.AppendUint32(b, v)
		case uint16:
			b = binary.BigEndian.AppendUint16(b, v)
		case byte:
			b = append(b, v)
		default:
			panic("no such number in a box")
		}
	}
	return b
}

func (n *node) bytes() []byte {
	body := slices.Clone(n.data)
	for _, c := range n.in {
		body = append(body, c.bytes()...)
	}
	body = append(body, n.tail...)
	size := uint64(8 + len(body))
	if n.wide {
		size += 8
	}
	switch n.claims {
	case 0:
	case toEnd:
		size = 0
	default:
		size = n.claims
	}
	if n.wide {
		return append(raw(1, n.kind, size), body...)
	}
	return append(raw(uint32(size), n.kind), body...)
}

// film is what is put together: the boxes at the top, one behind the other.
type film []*node

func (f film) bytes() []byte {
	var b []byte
	for _, n := range f {
		b = append(b, n.bytes()...)
	}
	return b
}

// at gives a box by its way down, such as moov/trak/tkhd. Of several of a kind
// it is the first.
func (f film) at(way string) *node {
	in := []*node(f)
	var n *node
	for kind := range strings.SplitSeq(way, "/") {
		i := slices.IndexFunc(in, func(n *node) bool { return n.kind == kind })
		if i < 0 {
			panic("there is no " + way)
		}
		n = in[i]
		in = n.in
	}
	return n
}

// drop takes a box away, by its way down.
func (f film) drop(way string) {
	up, kind := way[:strings.LastIndexByte(way, '/')], way[strings.LastIndexByte(way, '/')+1:]
	n := f.at(up)
	n.in = slices.DeleteFunc(n.in, func(c *node) bool { return c.kind == kind })
}

const (
	table  = "moov/trak/mdia/minf/stbl"
	detail = table + "/stsd/avc1"
)

var upright = raw(1<<16, 0, 0, 0, 1<<16, 0, 0, 0, 1<<30)

// example is a film with a bit of everything. What others shall not get begins
// with "qz", times too. Its media data comes first, so that the index can change
// without moving a sample; the places of samples are found in the data.
func example() film {
	data := "qzbefore" + "picture-1" + "picture-22" + "qzgps-53.1405" + "sound-1" + "sound-2" + "sound-3" +
		"qzbetween" + "picture-333" + "qzgps-8.2140" + "qzbehind"
	f := film{
		leaf("ftyp", "qt  ", "qzv1", "qzma", "mp42", "qt  "),
		leaf("wide"),
		leaf("mdat", data),
		leaf("uuid", "qz-uuid-extra-16", "qzxmp"),
		leaf("meta", "qzfile"),
		leaf("free", "qzfree"),
	}
	start := len(f[0].bytes()) + 8 + 8
	place := func(what string) int { return start + strings.Index(data, what) }
	picture := track("vide", leaf("vmhd", 1, 0, 0, "qzlong"), describePicture(),
		[]int{9, 10, 11}, []int{1, 2, 1, 2, 1, 1}, []int{place("picture-1"), place("picture-333")})
	sound := track("soun", leaf("smhd", 0, 0), describeSound(),
		[]int{7, 7, 7}, []int{1, 3, 1}, []int{place("sound-1")})
	gps := track("meta", leaf("nmhd", 0), leaf("mebx", 0, uint16(0), uint16(1), "qzkeys"),
		[]int{13, 12}, []int{1, 1, 1}, []int{place("qzgps-53.1405"), place("qzgps-8.2140")})
	moov := nest("moov",
		leaf("mvhd", 0, "qzt1", "qzt2", 1000, 1500, 1<<16, uint16(256), "qzreserved", upright,
			"qzpreviewqzposterqzselec", 4, "qzmore"),
		leaf("udta", "qzplace +53.1405+008.2140/"),
		picture, sound, gps,
		leaf("meta", "qzkeys"),
		leaf("uuid", "qz-uuid-extra-16", "qztelemetry"),
	)
	return append(f, moov)
}

func track(kind string, head, description *node, sizes, runs, places []int) *node {
	stsc := leaf("stsc", 0, len(runs)/3, runs)
	stsz := leaf("stsz", 0, 0, len(sizes), sizes)
	stco := leaf("stco", 0, len(places), places)
	return nest("trak",
		leaf("tkhd", 7, "qzt3", "qzt4", 1, 0, 1500, 0, 0, 0, 0, upright, 320<<16, 180<<16, "qzlong"),
		leaf("tapt", "qzshape"),
		leaf("udta", "qzname"),
		nest("edts", leaf("elst", 0, 1, 1500, 0, 1<<16, "qzlong"), leaf("qzed", "qzedits")),
		leaf("meta", "qztrack"),
		nest("mdia",
			leaf("mdhd", 0, "qzt5", "qzt6", 600, 900, uint16(0), uint16(0), "qzlong"),
			leaf("hdlr", 0, "qzty", kind, "qzmkqzflqzma", "qzCore Media", byte(0)),
			leaf("elng", "qzlanguage"),
			nest("minf",
				head,
				leaf("hdlr", 0, "dhlr", "url ", "qzmkqzflqzma", "qzdata"),
				nest("dinf", counted("dref", leaf("url ", 1, "qzfile://home")), leaf("free", "qzfree")),
				nest("stbl",
					counted("stsd", description),
					leaf("stts", 0, 1, len(sizes), 300, "qzlong"),
					leaf("ctts", 0, 1, len(sizes), 300, "qzlong"),
					leaf("cslg", 0, 0, 0, 0, 0, 0, "qzlong"),
					leaf("stss", 0, 1, 1, "qzlong"),
					leaf("stps", 0, 1, 1, "qzlong"),
					leaf("sdtp", 0, "\x20\x20\x20"),
					leaf("sgpd", 1<<24, "roll", 2, 1, uint16(1)),
					leaf("sgpd", 1<<24, "qzgr", 2, 1, uint16(1)),
					leaf("sbgp", 0, "roll", 1, 1, 1),
					leaf("saio", 0, 1, "qzio"),
					stsc, stsz, stco,
					leaf("udta", "qztable"),
				),
			),
		),
	)
}

func describePicture() *node {
	return &node{
		kind: "avc1",
		data: raw(0, uint16(0), uint16(1), "qzqzqzmakerqzqzq", uint16(320), uint16(180), 72<<16, 72<<16, 0, uint16(1),
			"\x0bqzActionCam", strings.Repeat("\x00", 20), uint16(24), uint16(0xffff)),
		in: []*node{
			leaf("avcC", "decoder"),
			leaf("pasp", 1, 1, "qzlong"),
			leaf("colr", "nclx", uint16(1), uint16(1), uint16(1), byte(0), "qzlong"),
			leaf("colr", "prof", "qzmonitor"),
			leaf("amve", "qzlight"),
		},
	}
}

// describeSound is one of QuickTime, version 1.
func describeSound() *node {
	return &node{
		kind: "mp4a",
		data: raw(0, uint16(0), uint16(1), uint16(1), "qzqzqz", uint16(1), uint16(16), uint16(0xfffe), uint16(0), 44100<<16,
			1024, 0, 2, 2),
		in: []*node{
			nest("wave",
				leaf("frma", "mp4a"), leaf("mp4a", 0, "qzlong"), leaf("esds", "decoder"), leaf("qzwv", "qzwave"),
				leaf("\x00\x00\x00\x00")),
			leaf("chan", "channels"),
			leaf("qzsd", "qzsound"),
		},
	}
}
