package video_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/opengather/opengather/instance/internal/video"
)

// FuzzClean holds of every film that is taken, whatever it holds: it keeps its
// length and is the same film afterwards, each byte is what it was, or zero, or of
// a box made free or a brand made plain, and cleaning it again changes nothing.
func FuzzClean(f *testing.F) {
	for name := range fixtures {
		f.Add(fixture(f, name))
	}
	for _, changes := range []map[string]func(film){samples, canaries} {
		for _, change := range changes {
			e := example()
			change(e)
			f.Add(e.bytes())
		}
	}
	for name, c := range hostile {
		e := example()
		c.change(e)
		if len(e.bytes()) < 10_000 {
			f.Add(e.bytes())
		} else if c.want == nil {
			f.Logf("%s is too long to begin with", name)
		}
	}
	f.Fuzz(checkClean)
}

func checkClean(t *testing.T, file []byte) {
	film, err := video.Inspect(bytes.NewReader(file), int64(len(file)))
	c, err2 := video.Clean(bytes.NewReader(file), int64(len(file)))
	if (err == nil) != (err2 == nil) {
		t.Fatalf("to look at: %v, to clean: %v", err, err2)
	}
	if err != nil {
		return
	}
	r, err := c.Reader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	cleaned, err := io.ReadAll(r)
	if err != nil || len(cleaned) != len(file) {
		t.Fatalf("%d bytes become %d: %v", len(file), len(cleaned), err)
	}
	if got := inspect(t, cleaned); got != film {
		t.Fatalf("%+v becomes %+v", film, got)
	}
	if again := clean(t, cleaned); !bytes.Equal(again, cleaned) {
		t.Fatal("it changes when it is cleaned again")
	}
	for i, b := range cleaned {
		near := cleaned[max(0, i-3):min(len(cleaned), i+4)]
		if b != file[i] && b != 0 && !bytes.Contains(near, []byte("free")) && !bytes.Contains(near, []byte("isom")) {
			t.Fatalf("the byte at %d is new: %q", i, near)
		}
	}
}
