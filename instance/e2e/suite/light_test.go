package suite_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/post"
	"golang.org/x/net/html/atom"
)

// lightest is what a first visit may weigh at most (P161).
const lightest = 150_000

// TestFirstVisitsAreLight comes to every page of a full community with an empty
// browser and weighs what is sent: the page and all that it loads, as it goes
// over the wire (P161).
func TestFirstVisitsAreLight(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		w.fill()
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range []string{"stranger", "member"} {
			pages, heaviest, at := 0, 0, ""
			for _, r := range routes {
				if r.Method != http.MethodGet {
					continue
				}
				for _, path := range p.some(addresses(r.Path, w.parameters(r.Path))) {
					weight, loaded := w.weigh(w.people[role], path)
					if len(loaded) == 0 {
						continue
					}
					pages++
					if weight > heaviest {
						heaviest, at = weight, path
					}
					if weight > lightest {
						t.Errorf("%s at %s loads %d bytes: %v", role, path, weight, loaded)
					}
					if !slices.ContainsFunc(loaded, func(l string) bool { return strings.Contains(l, ".css ") }) {
						t.Errorf("%s at %s loads no styles: %v", role, path, loaded)
					}
				}
			}
			if pages < 10 {
				t.Errorf("%s was at %d pages", role, pages)
			}
			t.Logf("%s: %d pages, the heaviest is %s with %d bytes", role, pages, at, heaviest)
		}
	})
}

// fill gives the community a picture that cannot be made smaller, the first page
// of the public space as many posts as fit, and a thread as many replies.
func (w *town) fill() {
	w.t.Helper()
	dice := rand.New(rand.NewPCG(7, 7)) // #nosec G404 -- a picture of noise
	noise := image.NewNRGBA(image.Rect(0, 0, 1000, 1000))
	for i := range noise.Pix {
		noise.Pix[i] = byte(dice.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, noise); err != nil {
		w.t.Fatal(err)
	}
	owner := w.people["owner"]
	form := w.form(owner.Get("/community"), "/community/picture")
	form.Attach("picture", program.File{Name: "noise.png", Type: "image/png", Data: b.Bytes()})
	w.want(owner.Submit(form, nil), "/community", http.StatusOK)
	words := strings.Repeat("Who brings a ladder on Sunday, and who the apples? ", 12)
	for i := range 60 {
		title := fmt.Sprintf("Something about the harvest, part %d", i)
		w.must(w.program.Posts.Publish(w.t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces["public"].ID, Title: title, Body: words}))
		w.must(w.program.Posts.Reply(w.t.Context(), w.people["insider"].actor(), "", post.Draft{Parent: w.posts["thread public"], Body: words[:300]}))
	}
}

// weigh sums up what a browser loads for a page, and what that is. It is nothing
// where there is no page.
func (w *town) weigh(who *person, path string) (sum int, loaded []string) {
	w.t.Helper()
	page := w.ask(who, http.MethodGet, path, nil)
	if !page.html() || page.status != http.StatusOK {
		return 0, nil
	}
	loads := []string{path}
	for n := range nodes(w.t, page) {
		to := ""
		switch {
		case n.DataAtom == atom.Link && attribute(n, "rel") != "canonical" && attribute(n, "rel") != "alternate":
			to = attribute(n, "href")
		case n.DataAtom == atom.Script || n.DataAtom == atom.Img || n.DataAtom == atom.Source:
			to = attribute(n, "src")
		}
		if to != "" && !strings.HasPrefix(to, "data:") && !slices.Contains(loads, to) {
			loads = append(loads, to)
		}
	}
	// Who names what she understands gets it as it was sent.
	who.Header.Set("Accept-Encoding", "gzip")
	defer who.Header.Del("Accept-Encoding")
	for _, to := range loads {
		a := w.ask(who, http.MethodGet, to, nil)
		if a.status != http.StatusOK {
			w.t.Errorf("%s loads %s, which answers %d", path, to, a.status)
		}
		sum += len(a.body)
		loaded = append(loaded, fmt.Sprintf("%s %d", to, len(a.body)))
	}
	return sum, loaded
}
