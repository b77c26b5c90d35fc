package proxy

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// guesses tries to sign in with a password that is wrong, from an address of this
// machine, and says that it comes from another. It gives the status.
func (p *place) guesses(from string, n int) int {
	p.t.Helper()
	c := program.NewClient(p.t, p.URL)
	c.From(from)
	lie := fmt.Sprintf("10.66.%d.1", n)
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip"} {
		c.Header.Set(name, lie)
	}
	c.Header.Set("Forwarded", "for="+lie+";proto=http")
	c.Header.Set("X-Forwarded-Proto", "http")
	c.Header.Set("X-Forwarded-Host", "evil.example")
	page := c.Get("/login")
	if page.Header.Get("Strict-Transport-Security") == "" || bytes.Contains(page.Body, []byte("evil.example")) {
		p.t.Fatalf("what a visitor says of her connection is believed: %v\n%s", page.Header, page.Text())
	}
	return c.Submit(page.PostForm("/login"), url.Values{"handle": {fmt.Sprint("nobody_", n)}, "password": {"not the password"}}).Status
}

// TestTheVisitorsAddressArrives guesses passwords until that is stopped. Whoever
// does is one network whatever she says she is, and nobody else is stopped: the
// program knows visitors apart, though all come from the proxy (P97).
func TestTheVisitorsAddressArrives(t *testing.T) {
	behind(t, func(t *testing.T, p *place) {
		n := 0
		// Sixty at once are let through, and one more every two seconds.
		for ; n < 250 && p.guesses("127.1.0.2", n) != http.StatusTooManyRequests; n++ {
			continue
		}
		if n < 60 || n == 250 {
			t.Errorf("guessing was stopped after %d tries", n)
		}
		if status := p.guesses("127.2.0.2", 251); status == http.StatusTooManyRequests {
			t.Error("a visitor from elsewhere is stopped too")
		}
	})
}

// TestAPhotoComesThrough sends a photo that is larger than nginx takes by itself,
// and gets its sizes, and a part of it.
func TestAPhotoComesThrough(t *testing.T) {
	behind(t, func(t *testing.T, p *place) {
		bo, garden, _ := p.thread()
		photo := noise(t, 1600, 1200)
		if len(photo.Data) < 1<<20+1<<19 {
			t.Fatalf("the photo has %d bytes only", len(photo.Data))
		}
		post := p.Owner.Says(garden, "Beans", "They are up.", photo)
		shown := sizes.FindAll(bo.Get(post).Body, -1)
		if len(shown) == 0 {
			t.Fatal("the thread shows no photo")
		}
		for _, size := range shown {
			whole := bo.Get(string(size))
			bo.Header.Set("Range", "bytes=10-19")
			part := bo.Get(string(size))
			bo.Header.Del("Range")
			if whole.Status != http.StatusOK || part.Status != http.StatusPartialContent || !bytes.Equal(part.Body, whole.Body[10:20]) {
				t.Fatalf("%s: %d, and a part of it %d", size, whole.Status, part.Status)
			}
			if _, err := jpeg.Decode(bytes.NewReader(whole.Body)); err != nil {
				t.Errorf("%s: %v", size, err)
			}
		}
	})
}

// sizes are the addresses of the copies of a photo, in a page that shows it.
var sizes = regexp.MustCompile(`/m/[\w-]{36}/\w+\.jpg`)

// noise is a photo that no encoder makes small.
func noise(t testing.TB, width, height int) program.File {
	t.Helper()
	dice := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			v := dice.Uint32()
			img.SetRGBA(x, y, color.RGBA{uint8(v), uint8(v >> 8), uint8(v >> 16), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return program.File{Name: "noise.jpg", Type: "image/jpeg", Data: b.Bytes()}
}
