package suite_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/space"
)

// filmed are the videos in posts: a word inside the picture track, which whoever
// may read the post gets, and one where a telephone says the place, which only
// who filmed gets.
var filmed = map[string]struct{ pixels, gps string }{
	"nested": {"qzfilm", "qzfilmgps"}, "hidden reply": {"qzhiddenfilm", "qzhidfilmgps"},
}

// footage makes the file of a video, with words inside the picture and for the
// place. It is the QuickTime film of package video, and stays as long.
func (p *place) footage(pixels, gps string) []byte {
	p.t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "..", "internal", "video", "testdata", "place.mov"))
	if err != nil {
		p.t.Fatal(err)
	}
	for old, word := range map[string]string{"x264 - core 164 r3095 ": pixels, "+53.1405+008.2140/": gps} {
		if !bytes.Contains(file, []byte(old)) || len(word) > len(old) {
			p.t.Fatalf("%q has no place in the film", word)
		}
		file = bytes.Replace(file, []byte(old), []byte(word+strings.Repeat(" ", len(old)-len(word))), 1)
	}
	return file
}

// film uploads a video as the insider. Nothing is said of it.
func (w *town) film(what, where string) media.Placed {
	w.t.Helper()
	x := filmed[what]
	id := w.must(w.program.Media.Add(w.t.Context(), w.people["insider"].actor(), "", bytes.NewReader(w.footage(x.pixels+where, x.gps+where))))
	w.photos["video in "+what+" "+where] = id
	return media.Placed{ID: id}
}

// waysTo are the addresses of a video for others.
func waysTo(id string) []string {
	return []string{"/m/" + id, "/m/" + id + "/video", "/m/" + id + "/download"}
}

// videosIn are the channels of videos in a space.
func (w *town) videosIn(where string) (all []channel) {
	for what, x := range filmed {
		id := w.photos["video in "+what+" "+where]
		all = append(all,
			channel{name: "video in " + what + " " + where, paths: waysTo(id), in: []string{where}, carries: []string{x.pixels}},
			channel{name: "original video in " + what + " " + where, paths: []string{"/m/" + id + "/original"}, who: []string{"insider"}, in: []string{where}, carries: []string{x.pixels, x.gps}})
	}
	return all
}

// films are files as somebody chooses them.
func (p *place) films(pixels ...string) (all []program.File) {
	for _, word := range pixels {
		all = append(all, program.File{Name: "qzname " + word + ".MOV", Type: "video/quicktime", Data: p.footage(word, "qzgps")})
	}
	return all
}

// TestAVideoByForm puts a video between photos into a post without a script, and
// holds what it is when the form comes again and in the post. A second one is
// refused, and the words stay.
func TestAVideoByForm(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		in := p.space(ada, "Garden", space.Open)
		form := p.form(ada.Get("/compose"), "/compose")
		form.Attach("file", append(jpegs("qzpixelspublic"), p.films("qzfilmone", "qzfilmtwo")...)...)
		page := ada.Submit(form, url.Values{"space": {in}, "body": {"words that stay"}})
		ids := photosOf(page)
		if page.Status != http.StatusUnprocessableEntity || len(ids) != 3 || !strings.Contains(page.Text(), "at most one video") || !strings.Contains(string(page.Body), "words that stay") {
			t.Fatalf("with two videos: %d, %d rows\n%s", page.Status, len(ids), page.Text())
		}
		if strings.Contains(string(page.Body), "/m/"+ids[1]) || !strings.Contains(page.Text(), "What is in this video?") {
			t.Errorf("the form shows a small picture of a video\n%s", page.Body)
		}
		page = ada.Submit(p.form(page, "/compose"), url.Values{"alt-" + ids[1]: {"the wind"}, "do": {"remove-" + ids[2]}})
		page = ada.Submit(p.form(page, "/compose"), nil)
		if !regexp.MustCompile(`(?s)<video[^>]*src="/m/` + ids[1] + `/video#t=0.001"[^>]*aria-label="the wind"[^>]*controls[^>]*preload="metadata"[^>]*playsinline`).Match(page.Body) {
			t.Errorf("the post has no video\n%s", page.Body)
		}
		for path, want := range map[string][]string{
			"/m/" + ids[1]:             {"Video, 2 of 2", "Save the video", "the wind"},
			"/m/" + ids[1] + "/remove": {"Delete this video?"},
			"/settings/data/photos":    {"the wind"},
			page.URL.Path + "/edit":    {"What is in this video?"},
		} {
			p.sees(ada, path, want...)
		}
		p.holdNames()
	})
}

// TestHeadersOfVideos holds what a browser is told with a video, and asks for
// parts of it, as a player does. The rule is asked for a part too.
func TestHeadersOfVideos(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		path := "/m/" + w.photos["video in nested secret"] + "/video"
		a := p.ask(w.people["founder"], http.MethodGet, path, nil)
		for name, want := range map[string]string{
			"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff", "Content-Type": "video/mp4", "Content-Encoding": "", "Accept-Ranges": "bytes",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		for who, want := range map[string]int{"founder": http.StatusNotModified, "guest": http.StatusNotFound, "owner": http.StatusNotFound} {
			if got := p.withTag(w.people[who], path, a.header.Get("Etag")); got != want {
				t.Errorf("%s, with the tag of the video, gets %d, want %d", who, got, want)
			}
		}
		for asked, want := range map[string]struct {
			status int
			body   string
		}{
			"bytes=100-199":   {http.StatusPartialContent, a.body[100:200]},
			"bytes=-5":        {http.StatusPartialContent, a.body[len(a.body)-5:]},
			"bytes=9000-":     {http.StatusPartialContent, a.body[9000:]},
			"bytes=99999999-": {http.StatusRequestedRangeNotSatisfiable, ""},
		} {
			if part := p.part(w.people["founder"], path, asked); part.status != want.status || want.body != "" && part.body != want.body {
				t.Errorf("%s: %d with %d bytes, want %d with %d", asked, part.status, len(part.body), want.status, len(want.body))
			}
			if part := p.part(w.people["guest"], path, asked); part.status != http.StatusNotFound {
				t.Errorf("a guest asks for %s: %d", asked, part.status)
			}
		}
		saved := p.ask(w.people["founder"], http.MethodGet, strings.TrimSuffix(path, "video")+"download", nil)
		if saved.body != a.body || saved.header.Get("Content-Disposition") != `attachment; filename="video.mp4"` {
			t.Errorf("saved it is another: %v", saved.header)
		}
		own := p.ask(w.people["insider"], http.MethodGet, strings.TrimSuffix(path, "video")+"original", nil)
		if own.body != string(p.footage("qzfilmsecret", "qzfilmgpssecret")) || own.header.Get("Content-Disposition") != `attachment; filename="video.mov"` {
			t.Errorf("the original is another: %v", own.header)
		}
	})
}

// part asks for a part of a file.
func (p *place) part(who *person, path, bytes string) answer {
	p.t.Helper()
	who.Header.Set("Range", bytes)
	defer who.Header.Del("Range")
	return p.ask(who, http.MethodGet, path, nil)
}
