package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/fault"
)

const (
	folder  = "0190f1c27b1e7d3a8c552f1f6a0f9e11"
	another = "ffffffffffffffffffffffffffffffff"
	key     = folder + "/o"
	// mega is more than any buffer on the way.
	mega = 1 << 20
)

// content is so many bytes that no two seeds share.
func content(seed byte, size int) []byte {
	b := make([]byte, size)
	// It never fails: rand.ChaCha8.
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func put(t testing.TB, s blob.Store, key string, data []byte) {
	t.Helper()
	if err := s.Put(t.Context(), key, int64(len(data)), bytes.NewReader(data)); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func open(t testing.TB, s blob.Store, key string) blob.File {
	t.Helper()
	f, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	return f
}

func closed(t testing.TB, f blob.File) {
	t.Helper()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}

func get(t testing.TB, s blob.Store, key string) []byte {
	t.Helper()
	f := open(t, s, key)
	defer closed(t, f)
	data, err := io.ReadAll(f)
	if err != nil || f.Size() != int64(len(data)) {
		t.Errorf("read %s: %d bytes of %d, %v", key, len(data), f.Size(), err)
	}
	return data
}

// missing demands that there is no such file.
func missing(t testing.TB, s blob.Store, key string) {
	t.Helper()
	if _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrNone) {
		t.Errorf("open %s: %v, want that there is none", key, err)
	}
}

// folders are all that there are.
func folders(t testing.TB, s blob.Store) (all []string) {
	t.Helper()
	err := s.Each(t.Context(), func(folder string, at time.Time) error {
		if time.Since(at).Abs() > time.Hour {
			t.Errorf("%s is of %v", folder, at)
		}
		all = append(all, folder)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// operations are all of a store, by name, for what must fail alike.
func operations(s blob.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"put": func(ctx context.Context) error {
			return s.Put(ctx, key, mega, bytes.NewReader(content(1, mega)))
		},
		"open": func(ctx context.Context) error {
			_, err := s.Open(ctx, key)
			return err
		},
		"delete": func(ctx context.Context) error { return s.Delete(ctx, key) },
		"drop":   func(ctx context.Context) error { return s.Drop(ctx, folder) },
		"each": func(ctx context.Context) error {
			return s.Each(ctx, func(string, time.Time) error { return nil })
		},
	}
}

// isDown says whether an error is one that callers can tell and that people are
// told as one to be tried again.
func isDown(err error) bool {
	return errors.Is(err, blob.ErrDown) && fault.Is(err, fault.Unavailable) && !errors.Is(err, blob.ErrNone)
}

// down demands that every operation says that the store is down.
func down(t *testing.T, s blob.Store) {
	t.Helper()
	for name, operation := range operations(s) {
		if err := operation(t.Context()); !isDown(err) {
			t.Errorf("%s: %v, want that it is down", name, err)
		}
	}
}

// passing does something when a reader comes to that position.
type passing struct {
	io.ReaderAt
	at int64
	do func() error
}

func (p passing) ReadAt(b []byte, off int64) (int, error) {
	if off <= p.at && p.at < off+int64(len(b)) {
		if err := p.do(); err != nil {
			n, _ := p.ReaderAt.ReadAt(b[:p.at-off], off)
			return n, err
		}
	}
	return p.ReaderAt.ReadAt(b, off)
}
