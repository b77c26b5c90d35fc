package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// source reads what is put, once. Each attempt has its own: the HTTP client may
// go on reading for a moment after it has given up.
type source struct {
	ctx  context.Context // a copying loop knows none
	r    io.Reader
	left int64
}

// readError holds an error of the reader, so that the store is not blamed.
type readError struct{ cause error }

// Error does not say why: minio-go takes what says "EOF" for a lost connection,
// and puts an error of its own in its place.
func (readError) Error() string { return "the reader failed" }

func newSource(ctx context.Context, size int64, r io.ReaderAt) *source {
	return &source{ctx: ctx, r: io.NewSectionReader(r, 0, size), left: size}
}

// Read gives an error instead of the end when bytes are missing.
func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.left -= int64(n)
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, readError{err}
	case s.left > 0:
		return n, readError{errSize}
	}
	return n, io.EOF
}

// checkEnd refuses a reader that has more than size bytes.
func checkEnd(r io.ReaderAt, size int64) error {
	n, err := r.ReadAt(make([]byte, 1), size)
	if n > 0 {
		return errSize
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// putFailed says whose error it was.
func putFailed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if own := (readError{}); errors.As(err, &own) {
		return fmt.Errorf("read what is to be stored: %w", own.cause)
	}
	return down(err)
}
