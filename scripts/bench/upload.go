package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// upload is what a photo as phones make them takes, each the median of several.
type upload struct {
	bytes int           // of the file
	ready time.Duration // from its first byte until its sizes are served
	cpu   time.Duration // of the server
	// bare is what the standard library takes to decode the same file and to
	// encode it once, in full size: what nobody can do without.
	bare time.Duration
}

// width and height are those of a photo of 12 megapixels.
const width, height = 4000, 3000

// upload posts a photo some times, and does by hand what takes most of it in turn.
func (b *bench) upload(ctx context.Context, s *server, c community, e *engine) error {
	b.say("%s: post a photo", e.name)
	var file []byte
	var ready, cpu, bare []time.Duration
	for i := range b.uploads {
		var err error
		if file, err = drawn(width, height, uint32(i)); err != nil { // another one each time
			return err
		}
		took, err := recoded(file)
		if err != nil {
			return err
		}
		bare = append(bare, took)
		form, err := c.composer(ctx, s)
		if err != nil {
			return err
		}
		before, err := s.cpu()
		if err != nil {
			return err
		}
		begin := time.Now()
		if _, err := c.postsPhotos(ctx, s, form, file); err != nil {
			return err
		}
		ready = append(ready, time.Since(begin))
		after, err := s.cpu()
		if err != nil {
			return err
		}
		cpu = append(cpu, after-before)
	}
	e.uploads = upload{bytes: len(file), ready: median(ready), cpu: median(cpu), bare: median(bare)}
	return nil
}

// drawn is a photo of hills before a sky, with some grain as lenses give it.
func drawn(width, height int, grain uint32) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			grain = grain*1664525 + 1013904223
			light := 90 + 60*math.Sin(float64(x)/97) + 60*math.Cos(float64(y)/61) + float64(grain>>28)
			img.SetRGBA(x, y, color.RGBA{uint8(light), uint8(light / 2), uint8(255 - light), 255})
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90})
	return b.Bytes(), err
}

// recoded is how long the standard library decodes and encodes a photo.
func recoded(file []byte) (time.Duration, error) {
	begin := time.Now()
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return 0, err
	}
	err = jpeg.Encode(io.Discard, img, nil)
	return time.Since(begin), err
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// settled makes a space that every member reads, for what is posted here. Whoever
// looks after one more space gets a new session, which takes the place of hers.
func (c community) settled(ctx context.Context, s *server) (community, error) {
	w, err := c.way(s)
	if err != nil {
		return c, err
	}
	page, _, err := w.ask(ctx, "/spaces/new", "", nil)
	if err != nil {
		return c, err
	}
	form := formFor(page, "/spaces/new")
	if form == nil {
		return c, errors.New("/spaces/new has no form to make a space by")
	}
	page, at, err := w.submit(ctx, form)
	if err != nil {
		return c, err
	}
	if c.place = linkTo(page, "/compose?space="); c.place == "" {
		return c, fmt.Errorf("%s does not lead to where one posts in it", at)
	}
	if _, _, err := w.ask(ctx, c.place, "", nil); err != nil {
		return c, err
	}
	c.cookie = w.session(c.cookie)
	return c, nil
}

// session is the cookie of a session as it is now, which was another one before.
func (w way) session(was string) string {
	name, _, _ := strings.Cut(was, "=")
	for _, cookie := range w.http.Jar.Cookies(w.home) {
		if cookie.Name == name {
			return cookie.Name + "=" + cookie.Value
		}
	}
	return was
}

// composer is the form by which the member posts something there.
func (c community) composer(ctx context.Context, s *server) (*html.Node, error) {
	page, _, err := c.ask(ctx, s, c.place, "", nil)
	if err != nil {
		return nil, err
	}
	form := formFor(page, "/compose")
	if form == nil {
		return nil, fmt.Errorf("%s has no form to post by", c.place)
	}
	return form, nil
}

// linkTo is where the first link leads that begins so.
func linkTo(page *html.Node, begin string) string {
	for n := range page.Descendants() {
		if to := attribute(n, "href"); n.DataAtom == atom.A && strings.HasPrefix(to, begin) {
			return to
		}
	}
	return ""
}

// way is that of the member, with what she has of cookies.
func (c community) way(s *server) (w way, err error) {
	w = way{origin: s.url, http: &http.Client{Transport: connections.Transport, Timeout: time.Minute}}
	if w.home, err = url.Parse(s.url); err != nil {
		return w, err
	}
	if w.http.Jar, err = cookiejar.New(nil); err != nil {
		return w, err
	}
	cookies, err := http.ParseCookie(c.cookie)
	w.http.Jar.SetCookies(w.home, cookies)
	return w, err
}

// ask is way.ask for the member.
func (c community) ask(ctx context.Context, s *server, path, kind string, form io.Reader) (*html.Node, string, error) {
	w, err := c.way(s)
	if err != nil {
		return nil, "", err
	}
	return w.ask(ctx, path, kind, form)
}

var copies = regexp.MustCompile(`/m/[\w-]+/\w+\.jpg`)

// postsPhotos posts something with photos and fetches every size that the page of
// it has of them. It gives the addresses of the page and of a photo.
func (c community) postsPhotos(ctx context.Context, s *server, form *html.Node, files ...[]byte) (posted [2]string, err error) {
	kind, body, err := withFiles(form, files)
	if err != nil {
		return posted, err
	}
	page, at, err := c.ask(ctx, s, attribute(form, "action"), kind, body)
	if err != nil {
		return posted, err
	}
	sizes := sizesIn(page)
	if len(sizes) < len(files) {
		return posted, fmt.Errorf("the page of %d photos, at %s, has %d of their sizes", len(files), at, len(sizes))
	}
	for _, path := range sizes {
		if status, _, err := ask(ctx, s.url+path, target{cookie: c.cookie}); err != nil || status != http.StatusOK {
			return posted, errors.Join(fmt.Errorf("%s answers %d", path, status), err)
		}
	}
	return [2]string{at, sizes[0]}, nil
}

// sizesIn are the addresses of all copies of photos that a page shows.
func sizesIn(page *html.Node) (all []string) {
	for n := range page.Descendants() {
		if n.DataAtom == atom.Img {
			all = append(all, copies.FindAllString(attribute(n, "srcset"), -1)...)
		}
	}
	return all
}

// withFiles fills a form in, in its order: what proves whose it is stands first.
func withFiles(form *html.Node, files [][]byte) (kind string, body *bytes.Buffer, err error) {
	values := filledIn(form)
	body = new(bytes.Buffer)
	parts := multipart.NewWriter(body)
	for n := range form.Descendants() {
		name := attribute(n, "name")
		if n.DataAtom == atom.Input && attribute(n, "type") == "file" {
			for i, file := range files {
				w, create := parts.CreateFormFile(name, fmt.Sprintf("%d.jpg", i))
				if create != nil {
					return "", nil, create
				}
				_, write := w.Write(file)
				err = errors.Join(err, write)
			}
			continue
		}
		for _, value := range values[name] {
			err = errors.Join(err, parts.WriteField(name, strings.ReplaceAll(value, "\n", "\r\n")))
		}
		delete(values, name)
	}
	return parts.FormDataContentType(), body, errors.Join(err, parts.Close())
}
