package blob_test

import (
	"bytes"
	"context"
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
		// 16 MiB is where the S3 client would go over to many requests.
		for i, size := range []int{0, 1, 1000, 64 << 10, mega + 1, 16<<20 + 1} {
			data, key := content(byte(i), size), fmt.Sprintf("%s/%d.jpg", folder, i)
			put(t, s, key, data)
			if !bytes.Equal(get(t, s, key), data) {
				t.Errorf("%d bytes came back otherwise", size)
			}
		}
		if n := s.Leftovers(); n != 0 {
			t.Errorf("%d unfinished uploads are left", n)
		}
	})
}

func TestRanges(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		data := content(1, mega)
		put(t, s, key, data)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f, err := s.Open(r.Context(), key)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			http.ServeContent(w, r, "", time.Time{}, f)
		})
		for asked, want := range map[string][]byte{
			"":                data,
			"bytes=0-0":       data[:1],
			"bytes=0-":        data,
			"bytes=100-299":   data[100:300],
			"bytes=-7":        data[mega-7:],
			"bytes=1048575-":  data[mega-1:],
			"bytes=10-999999": data[10:1000000],
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

// Both read as a bytes.Reader does.
func TestReading(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		data := content(1, 1000)
		put(t, s, key, data)
		f, like := open(t, s, key), bytes.NewReader(data)
		defer closed(t, f)
		for _, step := range []struct {
			offset int64
			whence int
			length int
		}{
			{0, io.SeekEnd, 3},
			{10, io.SeekStart, 3},
			{-3, io.SeekCurrent, 3},
			{-3, io.SeekEnd, 3},
			{-3, io.SeekEnd, 5},
			{0, io.SeekStart, 1000},
			{5000, io.SeekStart, 1},
			{0, io.SeekStart, 0},
			{0, io.SeekCurrent, 2000},
		} {
			at, err := f.Seek(step.offset, step.whence)
			want, _ := like.Seek(step.offset, step.whence)
			if err != nil || at != want {
				t.Fatalf("seek %d from %d: at %d, %v, want %d", step.offset, step.whence, at, err, want)
			}
			got, wanted := make([]byte, step.length), make([]byte, step.length)
			n, err := io.ReadFull(f, got)
			m, wantErr := io.ReadFull(like, wanted)
			if n != m || !errors.Is(err, wantErr) || !bytes.Equal(got, wanted) {
				t.Errorf("read at %d: %d bytes, %v, want %d, %v", at, n, err, m, wantErr)
			}
			for _, off := range []int64{0, at} {
				n, err = f.ReadAt(got, off)
				m, wantErr = like.ReadAt(wanted, off)
				if n != m || step.length > 0 && !errors.Is(err, wantErr) || !bytes.Equal(got, wanted) {
					t.Errorf("read %d at %d: %d bytes, %v, want %d, %v", step.length, off, n, err, m, wantErr)
				}
			}
		}
		_, seek := f.Seek(-1, io.SeekStart)
		_, read := f.ReadAt(make([]byte, 1), -1)
		if seek == nil || read == nil {
			t.Errorf("before the beginning: %v, %v", seek, read)
		}
	})
}

func TestWhatIsNotThere(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		put(t, s, folder+"/m.jpg", []byte("other"))
		for range 2 {
			missing(t, s, key)
			missing(t, s, another+"/o")
			if err := errors.Join(s.Delete(t.Context(), key), s.Delete(t.Context(), another+"/o"), s.Drop(t.Context(), another)); err != nil {
				t.Error(err)
			}
			put(t, s, key, []byte("there for a while"))
			if err := s.Delete(t.Context(), key); err != nil {
				t.Error(err)
			}
		}
		if got := get(t, s, folder+"/m.jpg"); string(got) != "other" {
			t.Errorf("it holds %q", got)
		}
	})
}

func TestOnlyKeysAreKeys(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		for _, bad := range []string{
			"", "/", "o", "/o", folder, folder + "/", folder + "//o", folder + "/.", folder + "/..", folder + "/../" + another, "../" + folder,
			"../" + folder + "/o", "./" + key, key + "/", key + "/o", folder + "/O", folder + "/.o", folder + "/o.", folder + "/a..b", folder + "/a b",
			folder + "/a\x00", folder + "/o\n", folder + "\n/o", folder + "/ä", folder + "/%2e", folder + `\o`, folder + "/" + strings.Repeat("a", 17),
			folder[1:] + "/o", folder + "0/o", strings.ToUpper(folder) + "/o", "g" + folder[1:] + "/o",
		} {
			_, open := s.Open(t.Context(), bad)
			for name, err := range map[string]error{
				"put": s.Put(t.Context(), bad, 1, strings.NewReader("x")), "open": open, "delete": s.Delete(t.Context(), bad),
			} {
				if !errors.Is(err, blob.ErrKey) {
					t.Errorf("%s %q: %v", name, bad, err)
				}
			}
		}
		for _, bad := range []string{"", ".", "..", "/", key, folder + "/", "../" + folder, folder[1:], folder + "\n"} {
			if err := s.Drop(t.Context(), bad); !errors.Is(err, blob.ErrKey) {
				t.Errorf("drop %q: %v", bad, err)
			}
		}
		if all := folders(t, s); len(all) != 0 {
			t.Errorf("there is %q", all)
		}
		put(t, s, folder+"/a.b", nil)
		put(t, s, folder+"/0123456789abcdef.ghijklmnopqrstuv", nil)
	})
}

func TestFoldersAreDropped(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		files := []string{"o", "s.jpg", "s.webp", "m.jpg", "m.webp", "l.jpg", "l.webp", "p"}
		for _, in := range []string{folder, another} {
			for _, name := range files {
				put(t, s, in+"/"+name, []byte(in))
			}
		}
		if err := s.Drop(t.Context(), folder); err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			missing(t, s, folder+"/"+name)
			if got := get(t, s, another+"/"+name); string(got) != another {
				t.Errorf("%s of the other folder holds %q", name, got)
			}
		}
		if got := folders(t, s); !slices.Equal(got, []string{another}) {
			t.Errorf("there is %q", got)
		}
		put(t, s, key, []byte("again"))
		if got := get(t, s, key); string(got) != "again" {
			t.Errorf("it holds %q", got)
		}
	})
}

func TestEachFolderIsTold(t *testing.T) {
	blobtest.Both(t, func(t *testing.T, s blobtest.Kind) {
		if got := folders(t, s); len(got) != 0 {
			t.Errorf("in an empty store is %q", got)
		}
		var want []string
		for i := range 20 {
			want = append(want, fmt.Sprintf("%032x", i))
			for _, name := range []string{"o", "s.jpg"}[:1+i%2] {
				put(t, s, want[i]+"/"+name, []byte("x"))
			}
		}
		if got := folders(t, s); !slices.Equal(got, want) {
			t.Errorf("there is %q, want %q", got, want)
		}
		told, stop := 0, errors.New("stop")
		err := s.Each(t.Context(), func(string, time.Time) error { told++; return stop })
		if !errors.Is(err, stop) || told != 1 {
			t.Errorf("told %d after an error, and %v", told, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Each(ctx, func(string, time.Time) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("a list that nobody waits for: %v", err)
		}
		// A sweep drops what it is told.
		if err := s.Each(t.Context(), func(f string, _ time.Time) error { return s.Drop(t.Context(), f) }); err != nil {
			t.Error(err)
		}
		if got := folders(t, s); len(got) != 0 {
			t.Errorf("%q is left", got)
		}
	})
}
