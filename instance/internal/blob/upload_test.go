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
	"testing/iotest"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
	"github.com/opengather/opengather/instance/internal/fault"
)

// An upload ends in the middle: the sender fails, goes, or is stopped, or sends
// too much. Nothing of it is left, and what was there before stays.
func TestCutUpload(t *testing.T) {
	broken := errors.New("broken")
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		for name, before := range map[string][]byte{"nothing": nil, "an object": []byte("what was there before")} {
			if before != nil {
				put(t, s, key, before)
			}
			for _, size := range []int64{0, 100, part, 2*part + 100} {
				for _, want := range []error{broken, io.ErrUnexpectedEOF, io.ErrClosedPipe, blob.ErrTooLarge, context.Canceled} {
					ctx, cancel := context.WithCancel(t.Context())
					limit, end := int64(lots), iotest.ErrReader(want)
					switch {
					case errors.Is(want, blob.ErrTooLarge):
						limit, end = size, bytes.NewReader([]byte("one more"))
					case errors.Is(want, context.Canceled):
						end = called(func() { cancel() })
					}
					_, err := s.Put(ctx, key, io.MultiReader(content(1, size), end), limit)
					cancel()
					if !errors.Is(err, want) || fault.Is(err, fault.Unavailable) {
						t.Errorf("after %d bytes: %v, want %v", size, err, want)
					}
				}
			}
			switch _, err := s.Stat(t.Context(), key); {
			case before == nil && !errors.Is(err, blob.ErrMissing):
				t.Errorf("%s before: %v", name, err)
			case before != nil && !bytes.Equal(get(t, s, key), before):
				t.Errorf("%s before: it is another one now", name)
			}
			if n := s.Leftovers(); n != 0 {
				t.Errorf("%s before: %d unfinished uploads are left", name, n)
			}
			if err := s.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
	})
}

// called is a reader that does something and then gives one byte more.
func called(fn func()) io.Reader {
	return readerFunc(func(p []byte) (int, error) {
		fn()
		p[0] = '.'
		return 1, io.EOF
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Whatever the reader looks for while it is being read, its object is not there.
func TestHalfAnObjectIsNotSeen(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		looked := 0
		look := func() {
			looked++
			if _, err := s.Stat(t.Context(), key); !errors.Is(err, blob.ErrMissing) {
				t.Errorf("stat of half an object: %v", err)
			}
			if all := names(t, s); len(all) != 0 {
				t.Errorf("list of half an object: %q", all)
			}
		}
		looking := func() io.Reader { return io.LimitReader(called(look), 1) }
		if _, err := s.Put(t.Context(), key, io.MultiReader(looking(), content(1, 2*part), looking()), lots); err != nil {
			t.Fatal(err)
		}
		if got := get(t, s, key); looked != 2 || len(got) != 2*part+2 {
			t.Errorf("looked %d times, %d bytes came back", looked, len(got))
		}
	})
}

// Several put one key while others read it: each reader gets one of them whole,
// or is told to come again, and in the end one of them is there.
func TestPutsOfOneKey(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		var versions [][]byte
		for i := range 4 {
			versions = append(versions, all(t, content(byte(i), part+int64(i)*1000)))
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
				o, _, err := s.Open(t.Context(), key)
				if err != nil {
					t.Error(err)
					return
				}
				defer o.Close()
				if data, err := io.ReadAll(o); !fault.Is(err, fault.Unavailable) && (err != nil || !whole(data)) {
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

// The memory held does not grow with the object, on the way in or out.
func TestMemoryIsBounded(t *testing.T) {
	const size, bound = 300 << 20, 40 << 20
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		in := newGauge()
		w, err := s.Put(t.Context(), key, io.TeeReader(io.LimitReader(zeros{}, size), in), size)
		if err != nil || w.Size != size {
			t.Errorf("put: %d bytes, %v", w.Size, err)
		}
		o, info, err := s.Open(t.Context(), key)
		if err != nil || info.Size != size {
			t.Fatalf("open: %+v, %v", info, err)
		}
		defer o.Close()
		out := newGauge()
		if n, err := io.Copy(out, o); n != size || err != nil {
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

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
