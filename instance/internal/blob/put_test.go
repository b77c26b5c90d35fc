package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"runtime/metrics"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
)

// A file ends in the middle: its reader fails, has less or more than was said,
// or nobody waits any more. Nothing of it is left, and what was there stays.
func TestCutUpload(t *testing.T) {
	broken := errors.New("broken")
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		for name, before := range map[string][]byte{"nothing": nil, "a file": []byte("what was there before")} {
			if before != nil {
				put(t, s, key, before)
			}
			for _, at := range []int{0, 100, mega, 3 * mega} {
				for _, want := range []error{broken, io.ErrUnexpectedEOF, blob.ErrSize, context.Canceled} {
					if err := cut(t, s, at, want); !errors.Is(err, want) || errors.Is(err, blob.ErrDown) {
						t.Errorf("after %d bytes: %v, want %v", at, err, want)
					}
				}
				data := content(1, at+1)
				if err := s.Put(t.Context(), key, int64(at), bytes.NewReader(data)); !errors.Is(err, blob.ErrSize) {
					t.Errorf("%d bytes and one more: %v", at, err)
				}
			}
			if before == nil {
				if missing(t, s, key); len(folders(t, s)) != 0 {
					t.Errorf("%q is left", folders(t, s))
				}
			} else if !bytes.Equal(get(t, s, key), before) {
				t.Errorf("%s before: it is another one now", name)
			}
			if n := s.Leftovers(); n != 0 {
				t.Errorf("%s before: %d unfinished uploads are left", name, n)
			}
			if err := s.Drop(t.Context(), folder); err != nil {
				t.Error(err)
			}
		}
	})
}

// cut puts a file that ends after so many bytes, for that reason.
func cut(t *testing.T, s blob.Store, at int, why error) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	data := content(1, at+mega)
	if errors.Is(why, blob.ErrSize) {
		return s.Put(ctx, key, int64(len(data)), bytes.NewReader(data[:at]))
	}
	end := func() error { return why }
	if errors.Is(why, context.Canceled) {
		end = func() error { cancel(); return nil }
	}
	return s.Put(ctx, key, int64(len(data)), passing{bytes.NewReader(data), int64(at), end})
}

// Whoever looks while it is put, sees nothing of it.
func TestHalfAFileIsNotSeen(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		looked := 0
		look := func() error {
			looked++
			missing(t, s, key)
			return nil
		}
		data := content(1, 3*mega)
		first := passing{bytes.NewReader(data), 1, look}
		if err := s.Put(t.Context(), key, 3*mega, passing{first, 3*mega - 1, look}); err != nil {
			t.Fatal(err)
		}
		if looked != 2 || !bytes.Equal(get(t, s, key), data) {
			t.Errorf("looked %d times, or it came back otherwise", looked)
		}
	})
}

// Several put one key while others read it: each reader gets one of them whole,
// or an error, and in the end one of them is there.
func TestPutsOfOneKey(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		var versions [][]byte
		for i := range 4 {
			versions = append(versions, content(byte(i), mega+i*1000))
		}
		whole := func(data []byte) bool {
			for _, v := range versions {
				if bytes.Equal(v, data) {
					return true
				}
			}
			return false
		}
		put(t, s, key, versions[0])
		var group sync.WaitGroup
		for _, v := range versions {
			group.Go(func() { put(t, s, key, v) })
			group.Go(func() {
				f, err := s.Open(t.Context(), key)
				if err != nil {
					t.Error(err)
					return
				}
				defer f.Close()
				if data, err := io.ReadAll(f); !isDown(err) && (err != nil || !whole(data)) {
					t.Errorf("read while it was put: %d bytes, %v", len(data), err)
				}
			})
		}
		group.Wait()
		if !whole(get(t, s, key)) || s.Leftovers() != 0 {
			t.Errorf("in the end it is none of those put, or %d uploads are left", s.Leftovers())
		}
	})
}

// The memory held does not grow with the file, on the way in or out.
func TestMemoryIsBounded(t *testing.T) {
	const size, bound = 100 << 20, 10 << 20
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		in := newGauge()
		if err := s.Put(t.Context(), key, size, zeros{size, in}); err != nil {
			t.Errorf("put: %v", err)
		}
		f, out := open(t, s, key), newGauge()
		defer closed(t, f)
		if n, err := io.Copy(out, f); n != size || err != nil {
			t.Errorf("read: %d bytes, %v", n, err)
		}
		for what, g := range map[string]*gauge{"put": in, "read": out} {
			t.Logf("%s of %d MiB held %d KiB", what, size>>20, g.most>>10)
			if g.most > bound {
				t.Errorf("%s of %d MiB held %d MiB", what, size>>20, g.most>>20)
			}
		}
	})
}

// gauge notes the most that is on the heap while it is written to, garbage that
// waits for its collection included, beyond what was there at first.
type gauge struct{ before, most uint64 }

func newGauge() *gauge {
	runtime.GC()
	return &gauge{before: heap()}
}

func (g *gauge) Write(p []byte) (int, error) {
	if now := heap(); now > g.before {
		g.most = max(g.most, now-g.before)
	}
	return len(p), nil
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// zeros are so many.
type zeros struct {
	size int64
	seen *gauge
}

func (z zeros) ReadAt(p []byte, off int64) (int, error) {
	n := min(int64(len(p)), z.size-off)
	clear(p[:n])
	if n < int64(len(p)) {
		return int(n), io.EOF
	}
	return z.seen.Write(p)
}
