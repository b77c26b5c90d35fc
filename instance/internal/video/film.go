package video

import (
	"encoding/binary"
	"math"
	"math/bits"
	"time"
)

const (
	// maxSide is the most pixels that a picture may have along an edge. Browsers
	// decode no more.
	maxSide = 16384
	// maxMillis is how long a film may be.
	maxMillis = uint64(24 * time.Hour / time.Millisecond)
)

// film says what the headers of the film and of the kept tracks say.
func (f *file) film(kept []track) (Film, error) {
	film := Film{Video: kept[0].first.kind}
	if len(kept) > 1 {
		film.Sound = kept[1].first.kind
	}
	mvhd, err := f.need(f.moov, 0, "mvhd")
	if err != nil {
		return film, err
	}
	scale, _, late, err := times(mvhd, "mvhd", 100, 12)
	if err != nil {
		return film, err
	}
	for _, t := range kept {
		long, err := f.length(t, scale)
		if err != nil {
			return film, err
		}
		film.Millis = max(film.Millis, long)
	}
	return film, f.measure(&film, kept[0], turned(late[16:]))
}

// times reads a header that begins with when the thing was made and changed
// (ISO/IEC 14496-12, 8.2.2, 8.3.2 and 8.4.2). Its version says whether these two
// times and the length have 4 bytes or 8. n is the length of a short one, and
// at the place in it of the number before the length, which is the units in a
// second where the header says them. Both are given, and what stands behind.
func times(body []byte, kind string, n, at int) (scale uint32, length uint64, late []byte, err error) {
	wide, err := isWide(body, kind, n)
	if err != nil {
		return 0, 0, nil, err
	}
	if wide {
		at += 8
	}
	scale, late = binary.BigEndian.Uint32(body[at:]), body[at+8:]
	length = uint64(binary.BigEndian.Uint32(body[at+4:]))
	if wide {
		length, late = binary.BigEndian.Uint64(body[at+4:]), body[at+12:]
	}
	if !wide && length == math.MaxUint32 || length == math.MaxUint64 {
		length = 0 // it is not known
	}
	return scale, length, late, nil
}

// isWide tells the version of a header with times, of which a short one has n
// bytes and a wide one 12 more.
func isWide(body []byte, kind string, n int) (bool, error) {
	wide := len(body) > 0 && body[0] == 1
	if wide {
		n += 12
	}
	if len(body) < n || body[0] > 1 {
		return false, broken("%q cannot be read", kind)
	}
	return wide, nil
}

// length gives that of a track in milliseconds. Its header says it in the scale
// of the film, without what is skipped; some say it of the media alone.
func (f *file) length(t track, scale uint32) (int64, error) {
	tkhd, err := f.need(t.box, 0, "tkhd")
	if err != nil {
		return 0, err
	}
	_, long, _, err := times(tkhd, "tkhd", 84, 16)
	if err != nil {
		return 0, err
	}
	mdhd, err := f.need(t.box, 0, "mdia", "mdhd")
	if err != nil {
		return 0, err
	}
	own, media, _, err := times(mdhd, "mdhd", 24, 12)
	if err != nil {
		return 0, err
	}
	if scale == 0 || own == 0 {
		return 0, broken("it counts time in units of nothing")
	}
	if long == 0 {
		long, scale = media, own
	}
	high, low := bits.Mul64(long, 1000)
	if high >= uint64(scale) {
		return 0, broken("it is endless")
	}
	millis, _ := bits.Div64(high, low, uint64(scale))
	if millis > maxMillis {
		return 0, broken("it is %d milliseconds long", millis)
	}
	return int64(millis), nil
}

// measure reads the size of the picture as it is shown. Its track may turn it,
// and the film may once more.
func (f *file) measure(film *Film, t track, filmTurned bool) error {
	tkhd, err := f.need(t.box, 0, "tkhd")
	if err != nil {
		return err
	}
	_, _, late, err := times(tkhd, "tkhd", 84, 16)
	if err != nil {
		return err
	}
	// 16 bits before the point, 16 behind it.
	w := int((binary.BigEndian.Uint32(late[52:])>>15 + 1) >> 1)
	h := int((binary.BigEndian.Uint32(late[56:])>>15 + 1) >> 1)
	if first := f.body(t.first); (w == 0 || h == 0) && len(first) >= 28 {
		w, h = int(binary.BigEndian.Uint16(first[24:])), int(binary.BigEndian.Uint16(first[26:]))
	}
	if w < 1 || h < 1 || w > maxSide || h > maxSide {
		return broken("its picture has %d by %d pixels", w, h)
	}
	if turned(late[16:]) != filmTurned {
		w, h = h, w
	}
	film.Width, film.Height = w, h
	return nil
}

// turned reports whether a matrix turns what it is for by a quarter, whatever
// else it does (ISO/IEC 14496-12, 6.2.2: the order is a b u c d v x y w).
func turned(matrix []byte) bool {
	at := func(i int) int64 {
		v := int64(int32(binary.BigEndian.Uint32(matrix[4*i:])))
		return max(v, -v)
	}
	return at(1)+at(3) > at(0)+at(4)
}
