package suite_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/blob/blobtest"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/space"
)

// jpegs are files as somebody chooses them.
func jpegs(paints ...string) (all []program.File) {
	for _, paint := range paints {
		all = append(all, program.File{Name: "qzname " + paint + ".jpg", Type: "image/jpeg", Data: photograph(paint, "qzgps")})
	}
	return all
}

var mediaField = regexp.MustCompile(`name="media" value="([0-9a-f-]{36})"`)

// photosOf are the ids of the photos in a form, in their order.
func photosOf(page *program.Page) (ids []string) {
	for _, m := range mediaField.FindAllStringSubmatch(string(page.Body), -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// TestPhotosByForm puts photos into a post without a script: adds them, changes
// their order, says what is on them, takes one out, posts, and changes the post.
func TestPhotosByForm(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		in := p.space(ada, "Garden", space.Open)
		form := p.form(ada.Get("/compose"), "/compose")
		form.Attach("file", jpegs("qzpixelspublic", "qzpixelsopen", "qzpixelsclosed")...)
		page := ada.Submit(form, url.Values{"space": {in}, "title": {"The shed"}, "body": {"half a sentence"}, "do": {"add"}})
		ids := photosOf(page)
		if page.Status != http.StatusOK || len(ids) != 3 || !strings.Contains(string(page.Body), "half a sentence") {
			t.Fatalf("after adding three: %d, %d rows\n%s", page.Status, len(ids), page.Text())
		}
		page = ada.Submit(p.form(page, "/compose"), url.Values{"alt-" + ids[0]: {"red all over"}, "do": {"later-" + ids[0]}})
		if got := photosOf(page); fmt.Sprint(got) != fmt.Sprint([]string{ids[1], ids[0], ids[2]}) {
			t.Errorf("after moving the first: %v of %v", got, ids)
		}
		page = ada.Submit(p.form(page, "/compose"), url.Values{"do": {"remove-" + ids[2]}})
		page = ada.Submit(p.form(page, "/compose"), nil)
		for _, want := range []string{`alt="red all over"`, "/m/" + ids[1] + "/s.jpg", "half a sentence", "The shed"} {
			if !strings.Contains(string(page.Body), want) {
				t.Errorf("%q is not on the page of the post", want)
			}
		}
		if strings.Contains(string(page.Body), ids[2]) || strings.Index(string(page.Body), ids[1]) > strings.Index(string(page.Body), ids[0]) {
			t.Error("the post has a photo that was removed, or they are in another order")
		}
		edit := page.URL.Path + "/edit"
		form = p.form(ada.Get(edit), edit)
		form.Attach("file", jpegs("qzpixelssecret")...)
		page = ada.Submit(form, url.Values{"body": {""}, "title": {""}})
		if n := strings.Count(string(page.Body), `class="photo"`); page.Status != http.StatusOK || n != 3 {
			t.Errorf("the changed post has %d photos, %d", n, page.Status)
		}
		reply := page.URL.Path + "/reply?to=" + strings.TrimPrefix(page.URL.Path, "/p/")
		form = p.form(page, reply)
		form.Attach("file", jpegs("qzpixelsopen")...)
		page = ada.Submit(form, nil)
		if n := strings.Count(string(page.Body), `class="photo"`); page.Status != http.StatusOK || n != 4 {
			t.Errorf("with a reply that is a photo alone there are %d, %d\n%s", n, page.Status, page.Text())
		}
		p.holdNames()
	})
}

// holdNames looks for the names of files, and for where they were made, in
// everything that is stored but the originals.
func (p *place) holdNames() {
	p.t.Helper()
	for name, text := range p.stored() {
		if strings.Contains(text, "qzname") || strings.Contains(text, "qzgps") && filepath.Base(name) != "o" {
			p.t.Errorf("%s has the name of a file, or where a photo was taken", name)
		}
	}
	if strings.Contains(p.log.String(), "qzname") {
		p.t.Error("the log has the name of a file")
	}
}

// TestHeadersOfPhotos holds what a browser is told with a copy.
func TestHeadersOfPhotos(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		path := "/m/" + w.photos["thread secret"] + "/m.jpg"
		a := p.ask(w.people["founder"], http.MethodGet, path, nil)
		for name, want := range map[string]string{
			"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff", "Content-Type": "image/jpeg", "Content-Encoding": "", "Accept-Ranges": "bytes",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		for who, want := range map[string]int{"founder": http.StatusNotModified, "guest": http.StatusNotFound, "owner": http.StatusNotFound} {
			if got := p.withTag(w.people[who], path, a.header.Get("Etag")); got != want {
				t.Errorf("%s, with the tag of the photo, gets %d, want %d", who, got, want)
			}
		}
	})
}

// withTag asks for something that the browser has.
func (p *place) withTag(who *person, path, tag string) int {
	p.t.Helper()
	who.Header.Set("If-None-Match", tag)
	defer who.Header.Del("If-None-Match")
	return p.ask(who, http.MethodGet, path, nil).status
}

// TestFilesThatAreRefused sends what is no photo beside one that is: the good
// one is there, the words are, and it says what is wrong.
func TestFilesThatAreRefused(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		in := p.space(ada, "Garden", space.Open)
		good := jpegs("qzpixelspublic")[0]
		large := program.File{Name: "large.jpg", Data: append(bytes.Clone(good.Data), make([]byte, media.MaxBytes)...)}
		for says, c := range map[string]struct {
			file   program.File
			status int
		}{
			"SVG":              {program.File{Name: "x.svg", Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)}, 422},
			"is no photo":      {program.File{Name: "x.jpg", Type: "image/jpeg", Data: []byte("<!doctype html><script>alert(1)</script>")}, 422},
			"cannot be opened": {program.File{Name: "x.jpg", Data: good.Data[:len(good.Data)/2]}, 422},
			"HEIC":             {program.File{Name: "x.heic", Data: []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")}, 422},
			"larger than":      {large, 413},
		} {
			form := p.form(ada.Get("/compose"), "/compose")
			form.Attach("file", good, c.file)
			page := ada.Submit(form, url.Values{"space": {in}, "body": {"words that stay"}})
			if page.Status != c.status || !strings.Contains(page.Text(), says) || !strings.Contains(string(page.Body), "words that stay") || len(photosOf(page)) != 1 {
				t.Errorf("%s: %d with %d photos\n%s", says, page.Status, len(photosOf(page)), page.Text())
			}
		}
		form := p.form(ada.Get("/compose"), "/compose")
		form.Attach("file", program.File{Name: "empty.jpg"})
		if page := ada.Submit(form, url.Values{"space": {in}, "body": {"words"}}); page.Status != 422 {
			t.Errorf("an empty file: %d", page.Status)
		}
		p.arrivedNothing()
	})
}

// TestNamesOfFilesAreShownNowhere sends a photo and a file that is refused under
// names that are payloads: a page has none of them, whether it takes them or not.
func TestNamesOfFilesAreShownNowhere(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		in := p.space(ada, "Garden", space.Open)
		good := jpegs("qzpixelspublic")[0]
		for i, payload := range markuptest.Payloads {
			if i%10 != 0 {
				continue
			}
			good.Name = "qzname" + payload.Text + ".jpg"
			for _, second := range []program.File{good, {Name: good.Name, Type: "image/svg+xml", Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")}} {
				p.clock.Add(time.Minute)
				form := p.form(ada.Get("/compose"), "/compose")
				form.Attach("file", good, second)
				page := ada.Submit(form, url.Values{"space": {in}, "body": {"words that stay"}})
				if page.Status >= 500 || !strings.Contains(string(page.Body), "words that stay") {
					t.Errorf("%s: %d\n%s", payload.Name, page.Status, page.Text())
				}
				if strings.Contains(string(page.Body), "qzname") {
					t.Errorf("%s: the page has the name of a file", payload.Name)
				}
			}
		}
	})
}

// arrivedNothing holds that nothing is left of what was on its way in.
func (p *place) arrivedNothing() {
	p.t.Helper()
	left, err := os.ReadDir(filepath.Join(p.dir, "incoming"))
	if err != nil || len(left) > 0 {
		p.t.Errorf("on their way in are still %v, %v", left, err)
	}
}

// body puts a form with a file together by hand, the key behind the file if late.
func body(key string, late bool) (string, []byte) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	field := func(name, value string) {
		if err := w.WriteField(name, value); err != nil {
			panic(err)
		}
	}
	if !late {
		field("form_key", key)
	}
	field("body", "these words stay")
	part, err := w.CreateFormFile("file", "a.jpg")
	if err == nil {
		_, err = part.Write(photograph("qzpixelspublic", "x"))
	}
	if err != nil {
		panic(err)
	}
	if late {
		field("form_key", key)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

// TestNoFileBeforeTheKey: what does not prove first to be a form of ours leaves
// no file, and loses no word.
func TestNoFileBeforeTheKey(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		stranger := &person{Client: p.browser(), key: "stranger"}
		key := p.freshKey(ada)
		for name, c := range map[string]struct {
			who    *person
			key    string
			late   bool
			status int
		}{
			"the key of nobody":  {ada, "x", false, http.StatusForbidden},
			"the key at the end": {ada, key, true, http.StatusForbidden},
			"whoever signed out": {stranger, key, false, http.StatusUnauthorized},
		} {
			kind, sent := body(c.key, c.late)
			a := p.askAs(c.who, http.Header{"Content-Type": {kind}, "Sec-Fetch-Site": {"same-origin"}}, http.MethodPost, "/compose", bytes.NewReader(sent))
			if a.status != c.status || !strings.Contains(a.body, "these words stay") {
				t.Errorf("%s: %d\n%s", name, a.status, a.body)
			}
		}
		if n := p.count("media"); n != 0 {
			t.Errorf("%d photos are stored", n)
		}
		p.arrivedNothing()
	})
}

// TestAnUploadThatBreaks sends the beginning of two gigabytes and goes away.
func TestAnUploadThatBreaks(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		kind, sent := body(p.freshKey(ada), false)
		u, err := url.Parse(p.url)
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("tcp", u.Host)
		if err != nil {
			t.Fatal(err)
		}
		var cookies []string
		for _, x := range ada.Cookies() {
			cookies = append(cookies, x.Name+"="+x.Value)
		}
		cut := bytes.LastIndex(sent, []byte("\r\n--"))
		if _, err = fmt.Fprintf(c, "POST /compose HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nCookie: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
			u.Host, strings.Join(cookies, "; "), kind, int64(2)<<30, sent[:cut]); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			_, err = io.Copy(io.Discard, answer.Body)
		}
		if err != nil { // an answer says that it is over, whatever it is
			t.Fatal(err)
		}
		if n := p.count("media"); n != 0 {
			t.Errorf("%d photos are stored", n)
		}
		p.arrivedNothing()
	})
}

// TestPhotosInABucket keeps photos on an S3 server, and goes on when it is down:
// words can be posted, and whoever adds a photo is told.
func TestPhotosInABucket(t *testing.T) {
	g := blobtest.StartGateway(t)
	o := g.BucketOptions
	p := open(t, &config.Config{S3Endpoint: o.Endpoint, S3Bucket: o.Bucket, S3Region: o.Region, S3AccessKey: o.AccessKey, S3SecretKey: config.Secret(o.SecretKey)})
	ada := p.found("Lime Street")
	in := p.space(ada, "Garden", space.Open)
	publish := func(body string, files ...program.File) *program.Page {
		form := p.form(ada.Get("/compose"), "/compose")
		form.Attach("file", files...)
		return ada.Submit(form, url.Values{"space": {in}, "body": {body}})
	}
	page := publish("first", jpegs("qzpixelsopen")...)
	src := regexp.MustCompile(`src="(/m/[^"]+)"`).FindStringSubmatch(string(page.Body))
	if src == nil {
		t.Fatalf("the post has no photo\n%s", page.Text())
	}
	small := p.ask(ada, http.MethodGet, src[1], nil)
	if got := painted(small.header.Get("Content-Type"), small.body); got != "qzpixelsopen" {
		t.Errorf("the photo shows %q", got)
	}
	p.sees(ada, "/privacy", "Photos and videos lie on 127.0.0.1", "not: sends nothing to other computers")
	if left, err := os.ReadDir(filepath.Join(p.dir, "media")); err == nil {
		t.Errorf("the data directory has %v", left)
	}

	g.Kill()
	page = publish("words that stay", jpegs("qzpixelsclosed")...)
	if page.Status != http.StatusServiceUnavailable || !strings.Contains(string(page.Body), "words that stay") {
		t.Errorf("with the store down: %d\n%s", page.Status, page.Text())
	}
	p.arrivedNothing()
	if page := publish("words alone"); page.Status != http.StatusOK || !strings.Contains(page.Text(), "words alone") {
		t.Errorf("words alone: %d\n%s", page.Status, page.Text())
	}
	if a := p.ask(ada, http.MethodGet, src[1], nil); a.status != http.StatusServiceUnavailable {
		t.Errorf("a photo that cannot be had: %d", a.status)
	}
	const album = "/s/garden/photos/all/download"
	if a := p.ask(ada, http.MethodGet, album, nil); a.status != http.StatusServiceUnavailable || !a.html() || a.header.Get("Content-Disposition") != "" {
		t.Errorf("an album that cannot be had: %d, %v", a.status, a.header)
	}
	// Who asks for headers alone has nothing packed.
	if a := p.ask(ada, http.MethodHead, album, nil); a.status != http.StatusOK || a.header.Get("Content-Type") != "application/zip" {
		t.Errorf("the headers of an album: %d, %v", a.status, a.header)
	}
	g.Start()
	if page := publish("again", jpegs("qzpixelsclosed")...); page.Status != http.StatusOK {
		t.Errorf("with the store back: %d\n%s", page.Status, page.Text())
	}
}

// TestPhotosOutlastTheSwitch changes a post while photos are switched off: they
// come back with the switch.
func TestPhotosOutlastTheSwitch(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who, edit := w.people["insider"], "/p/"+w.posts["thread open"]+"/edit"
		w.turn(community.Media, "off")
		p.press(who, edit, edit, url.Values{"body": {"other words"}})
		w.turn(community.Media, "on")
		a := p.ask(who, http.MethodGet, "/m/"+w.photos["thread open"]+"/s.jpg", nil)
		if got := painted(a.header.Get("Content-Type"), a.body); got != "qzpixelsopen" || !strings.Contains(string(who.Get(edit).Body), w.photos["thread open"]) {
			t.Errorf("afterwards the photo shows %q, %d", got, a.status)
		}
	})
}
