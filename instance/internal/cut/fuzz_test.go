package cut_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/cut"
)

// FuzzParse holds that no bytes break the parser, that it never gives what it
// would not write itself, and that a cut reads only inside its original.
func FuzzParse(f *testing.F) {
	for _, c := range []cut.Cut{some(), cut.Whole(20), cut.Whole(21), nil} {
		b, err := c.Bytes()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte("\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := cut.Parse(b)
		if err != nil {
			if !errors.Is(err, cut.ErrBroken) {
				t.Fatal(err)
			}
			return
		}
		again, err := c.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if parsed, err := cut.Parse(again); err != nil || !slices.EqualFunc(c, parsed, same) {
			t.Fatalf("%v came back as %v, %v", c, parsed, err)
		}
		r, err := c.Reader(strings.NewReader(original), int64(len(original)))
		if err != nil {
			return
		}
		if n, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20)); err != nil || n != min(c.Size(), 1<<20) {
			t.Errorf("%d of %d bytes, %v", n, c.Size(), err)
		}
	})
}

// FuzzReader holds that reading from anywhere, as much as one likes, is the
// same as reading all of it and taking the part. The bytes say which pieces the
// cut has, then where to read how much.
func FuzzReader(f *testing.F) {
	f.Add([]byte{0, 3, 9, 1, 4, 0, 2, 7, 0, 0, 1, 1}, []byte{0, 5, 12, 3, 200, 9})
	f.Add([]byte{2, 1, 0, 1, 1, 0, 0, 1, 19}, []byte{1, 1, 2, 1, 0, 3})
	f.Fuzz(func(t *testing.T, pieces, reads []byte) {
		var c cut.Cut
		want := []byte{}
		for p := range slices.Chunk(pieces, 3) {
			if len(p) < 3 {
				break
			}
			from, n := int64(p[2])%20, int64(p[1])
			switch p[0] % 3 {
			case 0:
				n = min(n, 20-from)
				c.Keep(from, n)
				want = append(want, original[from:from+n]...)
			case 1:
				c.Put(bytes.Repeat(p[2:], int(n)))
				want = append(want, bytes.Repeat(p[2:], int(n))...)
			case 2:
				c.Blank(n)
				want = append(want, make([]byte, n)...)
			}
		}
		r, err := c.Reader(strings.NewReader(original), 20)
		if err != nil {
			t.Fatal(err)
		}
		for p := range slices.Chunk(reads, 2) {
			readPart(t, r, want, int64(p[0]), int(p[len(p)-1]))
		}
	})
}

func readPart(t *testing.T, r io.ReadSeeker, want []byte, at int64, n int) {
	t.Helper()
	if _, err := r.Seek(at, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, n)
	read, err := io.ReadFull(r, got)
	rest := want[min(at, int64(len(want))):]
	if part := rest[:min(n, len(rest))]; !bytes.Equal(got[:read], part) {
		t.Fatalf("%d bytes from %d on are %q, %v; want %q", n, at, got[:read], err, part)
	}
}
