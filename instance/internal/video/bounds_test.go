package video_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/opengather/opengather/instance/internal/cut"
	"github.com/opengather/opengather/instance/internal/video"
)

// disk is a large file of which only some places hold anything. It counts what
// is read, and knows what must not be.
type disk struct {
	size    int64
	parts   map[int64][]byte
	not     [2]int64
	read    int64
	touched bool
}

func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	d.read += int64(len(p))
	d.touched = d.touched || at < d.not[1] && at+int64(len(p)) > d.not[0]
	clear(p)
	for start, b := range d.parts {
		if from := start - at; from < int64(len(p)) && from+int64(len(b)) > 0 {
			copy(p[max(0, from):], b[max(0, -from):])
		}
	}
	if left := d.size - at; left < int64(len(p)) {
		return int(max(0, left)), io.EOF
	}
	return len(p), nil
}

const large = 200 << 20

// stored is a film whose data has large bytes behind what the example has.
func stored(f film, indexFirst bool) *disk {
	var head, tail []byte
	mdat, before := f.at("mdat"), true
	mdat.claims = uint64(8 + len(mdat.data) + large)
	for _, n := range f {
		if before {
			head = append(head, n.bytes()...)
		} else {
			tail = append(tail, n.bytes()...)
		}
		before = before && n != mdat
	}
	d := &disk{size: int64(len(head) + large + len(tail)), parts: map[int64][]byte{0: head}}
	if !indexFirst {
		d.parts[int64(len(head)+large)] = tail
	}
	// The header of a box is read with the 8 bytes that its length may take more.
	d.not = [2]int64{int64(len(head) - len(mdat.data) + 8), int64(len(head) + large)}
	return d
}

// TestOfALargeFilmOnlyBoxesAreRead holds how much is read, wherever the index is.
func TestOfALargeFilmOnlyBoxesAreRead(t *testing.T) {
	for name, d := range map[string]*disk{
		"the index last":  stored(example(), false),
		"the index first": stored(indexFirst(example()), true),
	} {
		index := int64(len(example().at("moov").bytes()))
		// 16 bytes for the header of each box, the brands, and the index.
		most := index + 16*8 + 64
		film, err := video.Inspect(d, d.size)
		if err != nil || film != exampleFilm {
			t.Errorf("%s: %+v, %v", name, film, err)
		}
		if d.read > most {
			t.Errorf("%s: %d bytes are read, more than %d", name, d.read, most)
		}
		d.read = 0
		c, err := video.Clean(d, d.size)
		if err != nil || c.Size() != d.size {
			t.Errorf("%s: %v, and %d bytes of %d", name, err, c.Size(), d.size)
		}
		if d.read > most || d.touched {
			t.Errorf("%s: %d bytes are read, more than %d, or picture and sound are read: %v", name, d.read, most, d.touched)
		}
	}
}

// TestALargeIndexIsNotRead holds that what it claims is compared first.
func TestALargeIndexIsNotRead(t *testing.T) {
	for size, want := range map[int64]error{video.MaxIndex: video.ErrKind, video.MaxIndex + 1: video.ErrIndex} {
		head := append(leaf("ftyp", "isom", 0).bytes(), raw(uint32(size), "moov", uint32(size-8), "free")...)
		d := &disk{size: int64(len(head)) - 16 + size, parts: map[int64][]byte{0: head}}
		if _, err := video.Inspect(d, d.size); !errors.Is(err, want) {
			t.Errorf("an index of %d bytes: %v", size, err)
		}
		if want == video.ErrIndex && d.read > 100 {
			t.Errorf("of an index too large %d bytes are read", d.read)
		}
	}
}

// TestPromisesTakeNoMemory holds that no table takes room before its entries
// are seen to be there.
func TestPromisesTakeNoMemory(t *testing.T) {
	for name, c := range hostile {
		f := example()
		c.change(f)
		file := bytes.NewReader(f.bytes())
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := video.Clean(file, file.Size())
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<18 {
			t.Errorf("%s: %d bytes of memory for a film of %d (%v)", name, got, file.Size(), err)
		}
	}
}

// scattered is a film with n samples of a byte, each by itself.
func scattered(n int) *disk {
	f := example()
	moov := f.at("moov")
	moov.in = moov.in[:3]
	start := len(f[:2].bytes()) + 8
	places := make([]byte, 0, 4*n)
	for i := range n {
		places = append(places, raw(start+2*i)...)
	}
	f.at(table + "/stco").data = raw(0, n, places)
	f.at(table + "/stsc").data = raw(0, 1, 1, 1, 1)
	f.at(table + "/stsz").data = raw(0, 1, n)
	return stored(f, false)
}

// TestFilmsInTooManyPiecesAreRefused: such a cut could not be stored.
func TestFilmsInTooManyPiecesAreRefused(t *testing.T) {
	for n, want := range map[int]error{30_000: nil, cut.MaxPieces / 2: video.ErrIndex, 1 << 20: video.ErrIndex, 1<<20 + 1: video.ErrIndex} {
		d := scattered(n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, err := video.Clean(d, d.size)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, want) {
			t.Errorf("%d samples: %v", n, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
			t.Errorf("%d samples take %d bytes of memory", n, got)
		}
		if _, stored := c.Bytes(); err == nil && stored != nil {
			t.Errorf("%d samples: %v", n, stored)
		}
	}
}

// failing is a disk of which a part cannot be read.
type failing struct{ io.ReaderAt }

var errDisk = errors.New("the disk is broken")

func (f failing) ReadAt(p []byte, at int64) (int, error) {
	if at > 100 {
		return 0, errDisk
	}
	return f.ReaderAt.ReadAt(p, at)
}

// TestABrokenDiskIsNoBrokenFilm holds that who uploaded it is not told so.
func TestABrokenDiskIsNoBrokenFilm(t *testing.T) {
	file := example().bytes()
	_, err := video.Inspect(failing{bytes.NewReader(file)}, int64(len(file)))
	if !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
	_, short := video.Inspect(bytes.NewReader(file[:len(file)-1]), int64(len(file)))
	if !errors.Is(short, io.ErrUnexpectedEOF) {
		t.Errorf("got %v of a file that is shorter than it was", short)
	}
	for _, err := range []error{err, short} {
		if errors.Is(err, video.ErrBroken) || errors.Is(err, video.ErrKind) || errors.Is(err, video.ErrIndex) {
			t.Errorf("%v is told as if it were the film's", err)
		}
	}
}
