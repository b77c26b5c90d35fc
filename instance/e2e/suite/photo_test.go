package suite_test

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/opengather/opengather/instance/media"
)

// paints are the colours of photos, and the words that a channel carries who
// shows one of that colour.
var paints = map[string]color.RGBA{
	"qzpixelspublic": {200, 0, 0, 255}, "qzpixelsopen": {0, 200, 0, 255}, "qzpixelsclosed": {0, 0, 200, 255}, "qzpixelssecret": {200, 200, 0, 255},
	"qzhiddenpixelspublic": {0, 200, 200, 255}, "qzhiddenpixelsopen": {200, 0, 200, 255}, "qzhiddenpixelsclosed": {90, 90, 90, 255}, "qzhiddenpixelssecret": {90, 200, 90, 255},
	"qzloosepixels": {250, 250, 250, 255},
}

// photograph makes the file of a photo as a camera does, with words where it was
// taken and in a comment. It is small, and just wide enough for two sizes.
func photograph(paint, place string) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 500, 16))
	draw.Draw(img, img.Bounds(), image.NewUniform(paints[paint]), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	segment := func(kind byte, text string) []byte {
		return append([]byte{0xff, kind, byte((len(text) + 2) >> 8), byte(len(text) + 2)}, text...)
	}
	file := slices.Concat(b.Bytes()[:2], segment(0xe1, "Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00 "+place+" "), segment(0xfe, place), b.Bytes()[2:])
	return append(file, []byte(" "+place+" ")...)
}

// painted is the word of the photo that an answer shows, empty if it shows none.
// Of many in one file it is the words of all, and what else is in that file.
func painted(kind, body string) string {
	if strings.HasPrefix(kind, "application/zip") {
		return unpacked(body)
	}
	if !strings.HasPrefix(kind, "image/jpeg") {
		return ""
	}
	img, err := jpeg.Decode(strings.NewReader(body))
	if err != nil {
		return ""
	}
	b := img.Bounds()
	r, g, bl, _ := img.At(b.Min.X+b.Dx()/2, b.Min.Y+b.Dy()/2).RGBA()
	for word, c := range paints {
		if near(r, c.R) && near(g, c.G) && near(bl, c.B) {
			return word
		}
	}
	return ""
}

func unpacked(body string) string {
	all, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		return err.Error()
	}
	var text strings.Builder
	for _, f := range all.File {
		r, err := f.Open()
		if err != nil {
			return err.Error()
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return err.Error()
		}
		text.WriteString(f.Name + " " + string(content) + " " + painted(mime.TypeByExtension(path.Ext(f.Name)), string(content)) + " ")
	}
	return text.String()
}

func near(got uint32, want uint8) bool {
	return max(int(got>>8), int(want))-min(int(got>>8), int(want)) < 12
}

// shoot uploads a photo as the insider.
func (w *town) shoot(what, paint, place, alt string) []media.Placed {
	w.t.Helper()
	id := w.must(w.program.Media.Add(w.t.Context(), w.people["insider"].actor(), "", bytes.NewReader(photograph(paint, place))))
	w.photos[what] = id
	return []media.Placed{{ID: id, Alt: alt}}
}

// copiesOf are the addresses of a photo for others.
func copiesOf(id string) []string {
	return []string{"/m/" + id, "/m/" + id + "/s.jpg", "/m/" + id + "/m.jpg", "/m/" + id + "/download"}
}

// pictured are the photos in posts: what is to be seen of each by who may read
// the post, and besides by who took it.
var pictured = map[string]struct{ alt, pixels, gps string }{
	"thread": {"qzalt", "qzpixels", "qzgps"}, "reply": {"qzreplyalt", "qzpixels", "qzgps"},
	"hidden": {"qzhiddenalt", "qzhiddenpixels", "qzhiddengps"}, "hidden reply": {"qzhiddenreplyalt", "qzhiddenpixels", "qzhiddengps"},
}

// photosIn are the channels of photos in a space, those included that are gone.
func (w *town) photosIn(where string) (all []channel) {
	for what, x := range pictured {
		id := w.photos[what+" "+where]
		all = append(all,
			channel{name: "photo in " + what + " " + where, paths: copiesOf(id), in: []string{where}, carries: []string{x.alt, x.pixels}},
			channel{name: "original in " + what + " " + where, paths: []string{"/m/" + id + "/original", "/settings/data/photos/" + id}, who: []string{"insider"}, in: []string{where}, carries: []string{x.pixels, x.gps}})
	}
	for _, what := range []string{"edited", "deleted"} {
		id := w.photos[what+" "+where]
		all = append(all, channel{name: "photo that was in " + what + " " + where, paths: append(copiesOf(id), "/m/"+id+"/original")})
	}
	return all
}
