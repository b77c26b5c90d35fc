package picture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// file is what somebody uploaded. It is read here and there, never as a whole.
type file struct {
	r    io.ReaderAt
	size int64
	// failed is what went wrong below the file, which is no fault of the picture.
	failed error
}

// ReadAt follows io.ReaderAt.
func (f *file) ReadAt(p []byte, at int64) (int, error) {
	n, err := f.r.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		f.failed = err
	}
	return n, err
}

// broken tells a file that is no whole picture from one that could not be read.
func (f *file) broken(why error) error {
	if f.failed != nil {
		return fmt.Errorf("read the picture: %w", f.failed)
	}
	return fmt.Errorf("%w: %w", ErrBroken, why)
}

var errShort = errors.New("it ends too early")

// bytes reads n bytes at an offset, few enough for the memory.
func (f *file) bytes(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at > f.size-n {
		return nil, f.broken(errShort)
	}
	b := make([]byte, n)
	if got, err := f.ReadAt(b, at); got < len(b) {
		return nil, f.broken(err)
	}
	return b, nil
}

// from reads the file from an offset to its end, in steps of 64 KiB.
func (f *file) from(at int64) *scan {
	return &scan{bufio.NewReaderSize(io.NewSectionReader(f, at, f.size-at), 64<<10), at}
}

// scan reads on and knows where it is.
type scan struct {
	*bufio.Reader
	at int64
}

func (s *scan) byte() (byte, error) {
	b, err := s.ReadByte()
	if err == nil {
		s.at++
	}
	return b, err
}

// skip goes over n bytes, all of which must be there.
func (s *scan) skip(n int) error {
	done, err := s.Discard(n)
	s.at += int64(done)
	return err
}

// uint16 reads a number whose high byte comes first.
func (s *scan) uint16() (int, error) {
	var b [2]byte
	n, err := io.ReadFull(s.Reader, b[:])
	s.at += int64(n)
	return int(binary.BigEndian.Uint16(b[:])), err
}

// part is one of the pieces of which the formats make a file: a segment, a
// chunk, a block with all that belongs to it.
type part struct {
	kind string
	// at is where it begins in the file, size how long it is, its frame included.
	at, size int64
}

func (p part) end() int64 { return p.at + p.size }

// maxParts bounds the memory for a file that has nothing but parts.
const maxParts = 1 << 16

var errParts = errors.New("it has too many parts")

// parts collects them.
type parts []part

func (ps *parts) add(kind string, at, end int64) error {
	if len(*ps) == maxParts {
		return errParts
	}
	*ps = append(*ps, part{kind, at, end - at})
	return nil
}

// first gives the first part of a kind, and whether there is one.
func (ps parts) first(kind string) (part, bool) {
	for _, p := range ps {
		if p.kind == kind {
			return p, true
		}
	}
	return part{}, false
}
