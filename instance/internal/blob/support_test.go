package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/fault"
)

const (
	// part is the size from which a bucket takes an upload in parts.
	part = 5 << 20
	lots = 1 << 40
	key  = "ab/0190f1c2-7b1e-7d3a-8c55-2f1f6a0f9e11"
)

// content gives so many bytes that no two seeds share.
func content(seed byte, size int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{seed}), size)
}

func all(t testing.TB, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// put stores and demands that what the store says of it is right.
func put(t testing.TB, s blob.Store, key string, data []byte) {
	t.Helper()
	w, err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	if want := (blob.Written{Size: int64(len(data)), SHA256: sha256.Sum256(data)}); w != want {
		t.Errorf("put %s: wrote %x of %d bytes, want %x of %d", key, w.SHA256, w.Size, want.SHA256, want.Size)
	}
}

func get(t testing.TB, s blob.Store, key string) []byte {
	t.Helper()
	r, info, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	defer r.Close()
	data := all(t, r)
	if info.Key != key || info.Size != int64(len(data)) || info.Modified.IsZero() {
		t.Errorf("open %s: %+v of %d bytes", key, info, len(data))
	}
	return data
}

// names are the keys of everything stored, through pages of two.
func names(t testing.TB, s blob.Store) []string {
	t.Helper()
	return listed(t, s, "", 2)
}

func listed(t testing.TB, s blob.Store, prefix string, limit int) (names []string) {
	t.Helper()
	for after := ""; ; after = names[len(names)-1] {
		page, err := s.List(t.Context(), prefix, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) > limit {
			t.Fatalf("a page of %d has %d", limit, len(page))
		}
		for _, o := range page {
			names = append(names, o.Key)
		}
		if len(page) < limit {
			return names
		}
	}
}

// operations are all of a store, by name, for what must fail alike.
func operations(s blob.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"put small": func(ctx context.Context) error {
			_, err := s.Put(ctx, key, content(1, 10), lots)
			return err
		},
		"put large": func(ctx context.Context) error {
			_, err := s.Put(ctx, key, content(1, part+1), lots)
			return err
		},
		"open": func(ctx context.Context) error {
			_, _, err := s.Open(ctx, key)
			return err
		},
		"stat": func(ctx context.Context) error {
			_, err := s.Stat(ctx, key)
			return err
		},
		"delete": func(ctx context.Context) error { return s.Delete(ctx, key) },
		"list": func(ctx context.Context) error {
			_, err := s.List(ctx, "", "", 10)
			return err
		},
	}
}

// down demands that every operation says that the store is to be tried later.
func down(t *testing.T, s blob.Store, but ...string) {
	t.Helper()
	for name, operation := range operations(s) {
		if err := operation(t.Context()); !slices.Contains(but, name) && !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v, want Unavailable", name, err)
		}
	}
}
