package cut

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// reader reads the file that a checked cut describes.
type reader struct {
	cut      Cut
	original io.ReaderAt
	// starts are the offsets at which the pieces begin.
	starts   []int64
	size, at int64
}

// Read fills p over the borders of pieces: a file of many small ones is not
// read in many small steps.
func (r *reader) Read(p []byte) (int, error) {
	if len(p) > 0 && r.at >= r.size {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && r.at < r.size {
		got, err := r.piece(p[n:])
		n += got
		r.at += int64(got)
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// piece reads from the piece in which the reader stands.
func (r *reader) piece(p []byte) (int, error) {
	i, begins := slices.BinarySearch(r.starts, r.at)
	if !begins {
		i--
	}
	piece, into := r.cut[i], r.at-r.starts[i]
	if left := piece.Len - into; int64(len(p)) > left {
		p = p[:left]
	}
	switch piece.Kind {
	case Literal:
		return copy(p, piece.Bytes[into:]), nil
	case Zeros:
		clear(p)
		return len(p), nil
	}
	n, err := r.original.ReadAt(p, piece.From+into)
	switch {
	case n == len(p):
		return n, nil
	case errors.Is(err, io.EOF):
		return n, fmt.Errorf("read the original: %w", io.ErrUnexpectedEOF)
	}
	return n, fmt.Errorf("read the original: %w", err)
}

// Seek follows io.Seeker: behind the end is allowed, and reads nothing.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	default:
		return 0, fmt.Errorf("seek: no such place to count from: %d", whence)
	}
	if offset < 0 {
		return 0, errors.New("seek: before the beginning")
	}
	r.at = offset
	return offset, nil
}
