package cut_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/cut"
)

const original = "0123456789abcdefghij"

// some has a piece of each kind, of which the second copy lies before the first.
func some() cut.Cut {
	var c cut.Cut
	c.Keep(10, 4)
	c.Put([]byte("<>"))
	c.Blank(3)
	c.Keep(2, 5)
	return c
}

const described = "abcd<>\x00\x00\x0023456"

func whole(t testing.TB, c cut.Cut, from string) string {
	t.Helper()
	r, err := c.Reader(strings.NewReader(from), int64(len(from)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCutDescribesAFile(t *testing.T) {
	if got := whole(t, some(), original); got != described || some().Size() != int64(len(described)) {
		t.Errorf("it is %q and says %d bytes", got, some().Size())
	}
	if got := whole(t, cut.Whole(20), original); got != original {
		t.Errorf("the whole is %q", got)
	}
	if got := whole(t, nil, original); got != "" {
		t.Errorf("a cut of nothing gives %q", got)
	}
}

// TestNeighboursBecomeOne keeps a photo of many kept segments, and a film of a
// hundred thousand samples, to a few pieces.
func TestNeighboursBecomeOne(t *testing.T) {
	var c cut.Cut
	c.Keep(0, 4)
	c.Keep(4, 0)
	c.Put(nil)
	c.Keep(4, 2)
	c.Put([]byte("a"))
	c.Put([]byte("b"))
	c.Blank(0)
	c.Blank(1)
	c.Blank(2)
	c.Keep(6, 1)
	c.Keep(8, 1)
	if got := whole(t, c, original); got != "012345ab\x00\x00\x0068" || len(c) != 5 {
		t.Errorf("%d pieces give %q", len(c), got)
	}
}

// TestPutKeepsItsOwnBytes holds that what a caller does with its buffer later
// changes no cut, and that a cut changes no bytes it was read from.
func TestPutKeepsItsOwnBytes(t *testing.T) {
	buffer := []byte("ab")
	var c cut.Cut
	c.Put(buffer)
	buffer[0] = 'x'
	encoded, err := c.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	behind := append(slices.Clip(encoded), "behind"...)
	again, err := cut.Parse(behind[:len(encoded)])
	if err != nil {
		t.Fatal(err)
	}
	again.Put([]byte("cd"))
	if got := whole(t, again, original); got != "abcd" || !bytes.HasSuffix(behind, []byte("behind")) {
		t.Errorf("it gives %q, and behind it stands %q", got, behind)
	}
}

func TestBytesAndParse(t *testing.T) {
	for name, c := range map[string]cut.Cut{"some": some(), "whole": cut.Whole(1 << 40), "nothing": nil} {
		b, err := c.Bytes()
		if err != nil {
			t.Fatal(name, err)
		}
		again, err := cut.Parse(b)
		if err != nil || !slices.EqualFunc(c, again, same) {
			t.Errorf("%s: %v came back as %v, %v", name, c, again, err)
		}
	}
	if b, err := some().Bytes(); err != nil || len(b) != 9 {
		t.Errorf("four pieces take %d bytes, %v", len(b), err)
	}
}

func same(a, b cut.Piece) bool {
	return a.Kind == b.Kind && a.Len == b.Len && a.From == b.From && bytes.Equal(a.Bytes, b.Bytes)
}

func TestParseRefuses(t *testing.T) {
	const overlong = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
	for name, b := range map[string]string{
		"nothing":                           "",
		"another version":                   "\x02",
		"a kind that is none":               "\x01\x07",
		"a piece of no length":              "\x01\x00\x00",
		"a copy without its place":          "\x01\x04",
		"a copy from before the beginning":  "\x01\x04\x01",
		"a copy that goes back too far":     "\x01\x04\x00\x04\x05",
		"a copy from behind every file":     "\x01\x04\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"a literal that ends early":         "\x01\x11abc",
		"a length that never ends":          "\x01" + overlong,
		"a place that never ends":           "\x01\x04" + overlong,
		"more zeros than a file can have":   "\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		"too many pieces":                   "\x01" + strings.Repeat("\x06", cut.MaxPieces+1),
		"too many bytes":                    "\x01\x81\x80\x80\x02" + strings.Repeat("a", cut.MaxBytes/2) + strings.Repeat("b", cut.MaxBytes/2),
		"a sum that goes round":             "\x01" + strings.Repeat("\x82\x80\x80\x80\x80\x80\x80\x40", 1<<10),
		"copies that reach ever farther":    "\x01" + strings.Repeat("\x80\x80\x80\x80\x80\x80\x80\x40\x80\x80\x80\x80\x80\x80\x80\x20", 1<<13),
		"rubbish":                           "\x01\xff",
		"a piece whose end is cut off half": "\x01\x04\x80",
	} {
		if c, err := cut.Parse([]byte(b)); !errors.Is(err, cut.ErrBroken) {
			t.Errorf("%s: %d pieces, %v", name, len(c), err)
		}
	}
}

// TestParseTakesLittleMemory gives it as many pieces as a cut has room for.
func TestParseTakesLittleMemory(t *testing.T) {
	b := []byte("\x01" + strings.Repeat("\x06", cut.MaxBytes-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := cut.Parse(b); !errors.Is(err, cut.ErrBroken) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
		t.Errorf("it took %d bytes to refuse them", took)
	}
}

// TestWhatDoesNotFitIsRefused holds cuts of another file, which would read
// beyond the end of this one, or would never end.
func TestWhatDoesNotFitIsRefused(t *testing.T) {
	huge := int64(math.MaxInt64)
	for name, c := range map[string]cut.Cut{
		"longer than the original":     cut.Whole(21),
		"from behind its end":          {{Kind: cut.Copy, Len: 1, From: 20}},
		"from before its beginning":    {{Kind: cut.Copy, Len: 1, From: -1}},
		"a place that goes round":      {{Kind: cut.Copy, Len: 5, From: huge - 2}},
		"a length that goes round":     {{Kind: cut.Copy, Len: huge, From: 5}},
		"a negative length":            {{Kind: cut.Zeros, Len: -1}},
		"no length":                    {{Kind: cut.Zeros}},
		"a literal that lies":          {{Kind: cut.Literal, Len: 4, Bytes: []byte("abc")}},
		"a kind that is none":          {{Kind: 3, Len: 1}},
		"a sum that goes round":        {{Kind: cut.Zeros, Len: huge}, {Kind: cut.Zeros, Len: 1}},
		"more pieces than are allowed": slices.Repeat(cut.Cut{{Kind: cut.Zeros, Len: 1}}, cut.MaxPieces+1),
	} {
		if _, err := c.Reader(strings.NewReader(original), 20); !errors.Is(err, cut.ErrBroken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, c := range map[string]cut.Cut{
		"a negative length":            {{Kind: cut.Zeros, Len: math.MinInt64 / 2}},
		"a length that looks like one": {{Kind: cut.Copy, Len: math.MinInt64/2 + 5}},
		"a long literal":               {{Kind: cut.Literal, Len: cut.MaxBytes, Bytes: make([]byte, cut.MaxBytes)}},
	} {
		if b, err := c.Bytes(); !errors.Is(err, cut.ErrBroken) {
			t.Errorf("%s is encoded in %d bytes, %v", name, len(b), err)
		}
	}
}

func TestShortOriginal(t *testing.T) {
	r, err := cut.Whole(20).Reader(strings.NewReader("0123"), 20)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); !errors.Is(err, io.ErrUnexpectedEOF) || string(b) != "0123" {
		t.Errorf("%q, %v", b, err)
	}
	failing, err := cut.Whole(20).Reader(brokenDisk{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(failing); !errors.Is(err, errDisk) {
		t.Errorf("a broken disk gives %v", err)
	}
}

var errDisk = errors.New("disk")

type brokenDisk struct{}

func (brokenDisk) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

func TestSeek(t *testing.T) {
	r, err := some().Reader(strings.NewReader(original), 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		offset int64
		whence int
		at     int64
		rest   string
	}{
		{5, io.SeekStart, 5, described[5:]},
		{-3, io.SeekEnd, 11, described[11:]},
		{-14, io.SeekCurrent, 0, described},
		{99, io.SeekStart, 99, ""},
		{0, io.SeekEnd, 14, ""},
	} {
		at, err := r.Seek(step.offset, step.whence)
		if err != nil || at != step.at {
			t.Errorf("seek %v: at %d, %v", step, at, err)
		}
		if rest, err := io.ReadAll(r); err != nil || string(rest) != step.rest {
			t.Errorf("from %d on: %q, %v", at, rest, err)
		}
	}
	for _, bad := range []struct {
		offset int64
		whence int
	}{{-1, io.SeekStart}, {-15, io.SeekEnd}, {math.MaxInt64, io.SeekEnd}, {0, 7}} {
		if at, err := r.Seek(bad.offset, bad.whence); err == nil {
			t.Errorf("seek %v gives %d", bad, at)
		}
	}
}

// TestServedInParts is what a browser does with a film, and holds that of a long
// original only the part is read.
func TestServedInParts(t *testing.T) {
	disk := &counting{}
	var c cut.Cut
	c.Keep(0, 1<<40)
	c.Put([]byte("end"))
	r, err := c.Reader(disk, 1<<40)
	if err != nil {
		t.Fatal(err)
	}
	ask := httptest.NewRequest(http.MethodGet, "/", nil)
	ask.Header.Set("Range", "bytes=-5")
	answer := httptest.NewRecorder()
	http.ServeContent(answer, ask, "film.mp4", time.Time{}, r)
	if answer.Code != http.StatusPartialContent || answer.Body.String() != "..end" {
		t.Errorf("%d %q", answer.Code, answer.Body)
	}
	if disk.read != 2 {
		t.Errorf("%d bytes were read for two", disk.read)
	}
}

type counting struct{ read int }

func (c *counting) ReadAt(p []byte, _ int64) (int, error) {
	c.read += len(p)
	for i := range p {
		p[i] = '.'
	}
	return len(p), nil
}
