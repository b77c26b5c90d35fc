package video_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/opengather/opengather/instance/internal/video"
)

// fixtures are the films in testdata, made by a real program, and what there is
// to be known of them.
var fixtures = map[string]video.Film{
	"first.mp4":  {Video: "avc1", Sound: "mp4a", Width: 96, Height: 64, Millis: 1500},
	"last.mp4":   {Video: "avc1", Sound: "mp4a", Width: 96, Height: 64, Millis: 1500},
	"turned.mp4": {Video: "avc1", Sound: "mp4a", Width: 64, Height: 96, Millis: 1500},
	"place.mov":  {Video: "avc1", Sound: "mp4a", Width: 96, Height: 64, Millis: 1500},
	"keys.mp4":   {Video: "avc1", Sound: "mp4a", Width: 96, Height: 64, Millis: 1500},
	"drone.mp4":  {Video: "avc1", Sound: "mp4a", Width: 96, Height: 64, Millis: 1500},
	"hevc.mp4":   {Video: "hvc1", Sound: "mp4a", Width: 96, Height: 64, Millis: 1500},
	"vp9.mp4":    {Video: "vp09", Sound: "Opus", Width: 96, Height: 64, Millis: 1500},
	"av1.mp4":    {Video: "av01", Sound: "ac-3", Width: 96, Height: 64, Millis: 1528},
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func inspect(t testing.TB, file []byte) video.Film {
	t.Helper()
	film, err := video.Inspect(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return film
}

func clean(t testing.TB, file []byte) []byte {
	t.Helper()
	c, err := video.Clean(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Reader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	cleaned, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return cleaned
}

func TestFilmsAreRead(t *testing.T) {
	for name, want := range fixtures {
		if got := inspect(t, fixture(t, name)); got != want {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
		if !video.Begins(fixture(t, name)[:64]) {
			t.Errorf("%s does not begin like a film", name)
		}
	}
}

// TestCleanedFilmsAreTheSameFilm holds each sample of picture and sound against
// where another program finds it.
func TestCleanedFilmsAreTheSameFilm(t *testing.T) {
	packets := packets(t)
	for name, film := range fixtures {
		file := fixture(t, name)
		cleaned := clean(t, file)
		if len(cleaned) != len(file) {
			t.Fatalf("%s has %d bytes instead of %d", name, len(cleaned), len(file))
		}
		if got := inspect(t, cleaned); got != film {
			t.Errorf("%s becomes %+v", name, got)
		}
		if len(packets[name]) < 30 {
			t.Errorf("only %d packets of %s are known", len(packets[name]), name)
		}
		for _, p := range packets[name] {
			if !bytes.Equal(cleaned[p[0]:p[0]+p[1]], file[p[0]:p[0]+p[1]]) {
				t.Errorf("in %s the %d bytes at %d changed", name, p[1], p[0])
			}
		}
		if again := clean(t, cleaned); !bytes.Equal(again, cleaned) {
			t.Errorf("%s changes when it is cleaned again", name)
		}
	}
}

// packets are place and length of the samples of each film.
func packets(t *testing.T) map[string][][2]int {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(fixture(t, "packets.tsv")))
	r.Comma, r.Comment = '\t', '#'
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][][2]int{}
	for _, l := range lines {
		place, err := strconv.Atoi(l[2])
		size, err2 := strconv.Atoi(l[3])
		if errors.Join(err, err2) != nil {
			t.Fatal(err, err2)
		}
		all[l[0]] = append(all[l[0]], [2]int{place, size})
	}
	return all
}

// TestRealFilmsTellNothing looks for what ffmpeg and the makers of these films
// wrote into them besides picture and sound.
func TestRealFilmsTellNothing(t *testing.T) {
	found := 0
	for name := range fixtures {
		file := fixture(t, name)
		cleaned := clean(t, file)
		for _, canary := range []string{
			"qzcanary", "53.140", "Lavf59", "Handler", "libx264", "\xa9xyz", "ISO6709", "udta", "meta", "tx3g", "sbtl",
			"\xe5\xdb\x2a\xa6", // 2026-03-14 15:09:26 in seconds since 1904
		} {
			if bytes.Contains(file, []byte(canary)) {
				found++
			}
			if bytes.Contains(cleaned, []byte(canary)) {
				t.Errorf("%s still says %q", name, canary)
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d canaries were there to begin with", found)
	}
}
