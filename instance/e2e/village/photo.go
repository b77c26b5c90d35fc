package village

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// Photo draws a photo of a size in pixels.
func Photo(width, height int) program.File {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{uint8(90 + 120*x/width), uint8(140 + 60*y/height), uint8(200 - 150*y/height), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return program.File{Name: fmt.Sprintf("%dx%d.jpg", width, height), Type: "image/jpeg", Data: b.Bytes()}
}

// OnDisk puts a file where a browser can choose it, and gives its path.
func OnDisk(t testing.TB, f program.File) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), f.Name)
	if err := os.WriteFile(path, f.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var photoField = regexp.MustCompile(`name="media" value="([^"]+)"`)

// Photos are the addresses of the photos in a post of hers, in their order.
func (w *Villager) Photos(post string) (all []string) {
	w.v.t.Helper()
	for _, m := range photoField.FindAllSubmatch(w.v.want(w.Get(post+"/edit"), post+"/edit").Body, -1) {
		all = append(all, "/m/"+string(m[1]))
	}
	return all
}

// Describes says what is on the photos of a post of hers.
func (w *Villager) Describes(post string, alts ...string) {
	w.v.t.Helper()
	values := url.Values{}
	for n, photo := range w.Photos(post)[:len(alts)] {
		values.Set("alt-"+photo[len("/m/"):], alts[n])
	}
	w.v.want(w.Submit(posted(w.Get(post+"/edit"), post+"/edit"), values), post)
}
