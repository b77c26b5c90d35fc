package suite_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// TestHalfAnAlbumLooksLikeNone: where a photo turns out to be broken after the
// file has begun, the connection is cut off, and the log says why.
func TestHalfAnAlbumLooksLikeNone(t *testing.T) {
	p := open(t, newConfig())
	ada := p.found("Lime Street")
	in := p.space(ada, "Garden", space.Open)
	for _, width := range []int{1600, 1601} {
		id := p.must(p.program.Media.Add(t.Context(), ada.actor(), "", bytes.NewReader(village.Photo(width, 1200).Data)))
		p.must(p.program.Posts.Publish(t.Context(), ada.actor(), "", post.Draft{Space: in, Media: []media.Placed{{ID: id}}}))
		p.clock.Add(aDay)
	}
	fetch := func() error {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/s/garden/photos/all/download", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range ada.Cookies() {
			r.AddCookie(c)
		}
		resp, err := p.transport.RoundTrip(r)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err == nil {
			_, err = zip.NewReader(bytes.NewReader(body), int64(len(body)))
		}
		if resp.StatusCode != http.StatusOK {
			t.Errorf("it begins with %d", resp.StatusCode)
		}
		return err
	}
	if err := fetch(); err != nil {
		t.Fatal(err)
	}
	folder := p.one("SELECT blob FROM media WHERE width = 1601")
	if err := os.Truncate(filepath.Join(p.dir, "media", folder, "o"), 4000); err != nil {
		t.Fatal(err)
	}
	if err := fetch(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half of it arrives with %v", err)
	}
	if log := p.log.String(); !strings.Contains(log, "pack a photo") {
		t.Errorf("the log does not say why:\n%s", log)
	}
}
