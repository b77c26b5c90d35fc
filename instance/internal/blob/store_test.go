package blob_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/blob"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
)

func TestWhatIsPutComesBack(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		for i, size := range []int64{0, 1, part - 1, part, part + 1, 2*part + 3} {
			data, key := all(t, content(byte(i), size)), fmt.Sprintf("a%d/b", i)
			put(t, s, key, data)
			if !bytes.Equal(get(t, s, key), data) {
				t.Errorf("%d bytes came back otherwise", size)
			}
			if o, err := s.Stat(t.Context(), key); err != nil || o.Size != size || o.Key != key || time.Since(o.Modified).Abs() > time.Hour {
				t.Errorf("stat of %d bytes: %+v, %v", size, o, err)
			}
		}
		if n := s.Leftovers(); n != 0 {
			t.Errorf("%d unfinished uploads are left", n)
		}
	})
}

func TestRanges(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		data := all(t, content(1, part+100))
		put(t, s, key, data)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			o, info, err := s.Open(r.Context(), key)
			if err != nil {
				t.Error(err)
				return
			}
			defer o.Close()
			http.ServeContent(w, r, "", info.Modified, o)
		})
		for asked, want := range map[string][]byte{
			"":                       data,
			"bytes=0-0":              data[:1],
			"bytes=0-":               data,
			"bytes=100-299":          data[100:300],
			"bytes=5242879-5242880":  data[part-1 : part+1],
			"bytes=-7":               data[len(data)-7:],
			"bytes=5242979-":         data[len(data)-1:],
			"bytes=5242900-99999999": data[5242900:],
		} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
			r.Header.Set("Range", asked)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if !bytes.Equal(w.Body.Bytes(), want) {
				t.Errorf("%q: status %d and %d bytes, want %d", asked, w.Code, w.Body.Len(), len(want))
			}
		}
	})
}

func TestSeeking(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		data := all(t, content(1, 1000))
		put(t, s, key, data)
		o, _, err := s.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer o.Close()
		three := make([]byte, 3)
		for _, step := range []struct {
			offset int64
			whence int
			want   int64
		}{{0, io.SeekEnd, 1000}, {10, io.SeekStart, 10}, {-3, io.SeekCurrent, 10}, {-3, io.SeekEnd, 997}, {0, io.SeekStart, 0}} {
			at, err := o.Seek(step.offset, step.whence)
			if err != nil || at != step.want {
				t.Fatalf("seek %d from %d: at %d, %v, want %d", step.offset, step.whence, at, err, step.want)
			}
			n, err := io.ReadFull(o, three)
			if at == 1000 && (n != 0 || !errors.Is(err, io.EOF)) || at < 1000 && !bytes.Equal(three, data[at:at+3]) {
				t.Errorf("read at %d: %d, %v", at, n, err)
			}
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		put(t, s, "cd/1", []byte("other"))
		for range 2 {
			if _, err := s.Stat(t.Context(), key); !errors.Is(err, blob.ErrMissing) {
				t.Errorf("stat: %v", err)
			}
			if _, _, err := s.Open(t.Context(), key); !errors.Is(err, blob.ErrMissing) {
				t.Errorf("open: %v", err)
			}
			// What other keys lie under is no object.
			if _, err := s.Stat(t.Context(), "cd"); !errors.Is(err, blob.ErrMissing) {
				t.Errorf("stat of what is above: %v", err)
			}
			if err := s.Delete(t.Context(), key); err != nil {
				t.Errorf("delete: %v", err)
			}
			put(t, s, key, []byte("there for a while"))
			if err := s.Delete(t.Context(), key); err != nil {
				t.Errorf("delete: %v", err)
			}
		}
		if got := names(t, s); !slices.Equal(got, []string{"cd/1"}) {
			t.Errorf("there is %q", got)
		}
	})
}

func TestOnlyKeysAreKeys(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		for _, bad := range []string{
			"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "A", "g", "a.b", "a b", "a\x00", "a\n", "ä", "%61", "a\\b",
			"-a", "incoming/a", strings.Repeat("a", 101), strings.Repeat("a/", 8) + "a",
		} {
			_, put := s.Put(t.Context(), bad, strings.NewReader("x"), 10)
			_, _, open := s.Open(t.Context(), bad)
			_, stat := s.Stat(t.Context(), bad)
			for name, err := range map[string]error{"put": put, "open": open, "stat": stat, "delete": s.Delete(t.Context(), bad)} {
				if !errors.Is(err, blob.ErrKey) {
					t.Errorf("%s %q: %v", name, bad, err)
				}
			}
		}
		for _, bad := range []string{"..", "A", "incoming", "a*"} {
			if _, err := s.List(t.Context(), bad, "", 10); !errors.Is(err, blob.ErrKey) {
				t.Errorf("list %q: %v", bad, err)
			}
			if _, err := s.List(t.Context(), "", bad, 10); !errors.Is(err, blob.ErrKey) {
				t.Errorf("list after %q: %v", bad, err)
			}
		}
		if _, err := s.List(t.Context(), "", "", 0); err == nil {
			t.Error("a page of nothing was given")
		}
		put(t, s, strings.Repeat(strings.Repeat("a", 100)+"/", 7)+"f", []byte("the longest"))
	})
}

func TestList(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		// Hyphens sort before slashes, slashes before digits.
		all := []string{"0", "a-1", "a/1", "a/1-", "a/10/b", "a/1f", "a/2/c", "a0", "ab/1", "ab/2/3", "b/c/d/e", "f"}
		for _, key := range all {
			put(t, s, key, []byte(key))
		}
		for _, prefix := range []string{"", "a", "a/", "a/1", "a/10/", "ab/2/3", "ab/2/3/", "b/c/d", "c", "f", "-", "/"} {
			want := slices.DeleteFunc(slices.Clone(all), func(k string) bool { return !strings.HasPrefix(k, prefix) })
			for _, limit := range []int{1, 2, 5, 100, 5000} {
				if got := listed(t, s, prefix, limit); !slices.Equal(got, want) {
					t.Errorf("prefix %q by %d: %q, want %q", prefix, limit, got, want)
				}
			}
		}
		// After what is not there (any more).
		page, err := s.List(t.Context(), "a/", "a/11", 1)
		if err != nil || len(page) != 1 || page[0].Key != "a/1f" || page[0].Size != 4 || page[0].Modified.IsZero() {
			t.Errorf("after a/11: %+v, %v", page, err)
		}
	})
}
