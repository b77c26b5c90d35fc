package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
)

// meter counts and hashes what is read through it, and remembers whether it was
// the source that failed, so that the store is not blamed.
type meter struct {
	ctx    context.Context // a copying loop knows none
	source io.Reader
	limit  int64
	size   int64
	hash   hash.Hash
	err    error
}

func newMeter(ctx context.Context, source io.Reader, limit int64) *meter {
	return &meter{ctx: ctx, source: source, limit: limit, hash: sha256.New()}
}

// Read hides io.ErrUnexpectedEOF, which is how the body of a request ends when
// the sender has gone: minio-go and io.ReadFull take the bare error for an end
// like any other, and half a file would be stored as a whole one.
func (m *meter) Read(p []byte) (int, error) {
	if m.err == nil {
		m.err = m.ctx.Err()
	}
	if m.err != nil {
		return 0, m.err
	}
	n, err := m.source.Read(p)
	m.size += int64(n)
	m.hash.Write(p[:n])
	switch {
	case m.size > m.limit:
		m.err = ErrTooLarge
	case err != nil && !errors.Is(err, io.EOF):
		m.err = fmt.Errorf("read what is to be stored: %w", err)
	default:
		return n, err
	}
	return n, m.err
}

func (m *meter) written() Written {
	return Written{Size: m.size, SHA256: [sha256.Size]byte(m.hash.Sum(nil))}
}

// failed picks the error that says what really happened.
func (m *meter) failed(err error) error {
	if m.err != nil {
		return m.err
	}
	if err := m.ctx.Err(); err != nil {
		return err
	}
	return unavailable(err)
}
