package suite_test

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/picture"
)

// previewed are the posts with previews of what they link to: the marks in their
// titles and the colours of their pictures.
var previewed = map[string]struct{ title, pixels string }{
	"thread": {"qzpreview", "qzpixels"}, "reply": {"qzreplypreview", "qzpixels"}, "hidden": {"qzhiddenpreview", "qzhiddenpixels"},
}

// link gives what is said in a space its previews, as if they had been fetched.
func (w *town) link(where string) {
	w.t.Helper()
	var press picture.Press
	for what, x := range previewed {
		file := photograph(x.pixels+where, "elsewhere")
		all, err := press.Variants(w.t.Context(), bytes.NewReader(file), int64(len(file)))
		if err != nil {
			w.t.Fatal(err)
		}
		var name [16]byte
		rand.Read(name[:])
		id := w.posts[what+" "+where]
		w.links[what+" "+where] = hex.EncodeToString(name[:])
		_, err = w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test"}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec(`INSERT INTO previews (post_id, url, state, title, description, site, picture_id, width, height, fetched_at, picture)
				VALUES ($1, 'https://linked.example/', 'ready', $2, '', '', $3, $4, $5, 0, $6)`,
				id, x.title+where, w.links[what+" "+where], all[0].Width, all[0].Height, all[0].Bytes)
			if err == nil {
				_, err = tx.Exec("UPDATE posts SET previewed = $1 WHERE id = $2", true, id)
			}
			return "", err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// previewsIn are the channels of the pictures of previews in a space.
func (w *town) previewsIn(where string) (all []channel) {
	for what, x := range previewed {
		all = append(all, channel{name: "preview in " + what + " " + where, paths: []string{"/previews/" + w.links[what+" "+where]}, in: []string{where}, carries: []string{x.pixels}})
	}
	return all
}

// TestPicturesOfPreviewsAreSentAsPhotosAre compares what is sent with one to what is
// sent with a photo, and asks for what the browser has already.
func TestPicturesOfPreviewsAreSentAsPhotosAre(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who, path := w.people["insider"], "/previews/"+w.links["thread secret"]
		got, photo := w.ask(who, http.MethodGet, path, nil), w.ask(who, http.MethodGet, "/m/"+w.photos["thread secret"]+"/s.jpg", nil)
		for name := range photo.header {
			if name == "Etag" || name == "Content-Length" || name == "Date" {
				continue
			}
			if a, b := got.header.Get(name), photo.header.Get(name); a != b {
				t.Errorf("%s is %q, of a photo %q", name, a, b)
			}
		}
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "image/jpeg" || got.header.Get("Cache-Control") != "private, no-cache" {
			t.Errorf("it is sent as %d %v", got.status, got.header)
		}
		head := w.ask(who, http.MethodHead, path, nil)
		if head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Length") != got.header.Get("Content-Length") {
			t.Errorf("without the picture it is sent as %d %v", head.status, head.header)
		}
		who.Header.Set("If-None-Match", got.header.Get("Etag"))
		defer who.Header.Del("If-None-Match")
		if again := w.ask(who, http.MethodGet, path, nil); again.status != http.StatusNotModified || again.body != "" {
			t.Errorf("what she has is sent again: %d", again.status)
		}
		leave := w.spaces["secret"].Path() + "/leave"
		w.press(who, leave, leave, nil)
		if a := w.ask(who, http.MethodGet, path, nil); a.status != http.StatusNotFound {
			t.Errorf("who has left the space gets %d for what her browser has", a.status)
		}
	})
}

// TestTheAuthorTakesAPreviewAway presses the button, and looks again as somebody else.
func TestTheAuthorTakesAPreviewAway(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		thread, picture := "/p/"+w.posts["thread closed"], "/previews/"+w.links["thread closed"]
		body := w.ask(w.people["guest"], http.MethodGet, thread, nil).body
		if !strings.Contains(body, picture) || !strings.Contains(body, `<a href="https://linked.example/" rel="noopener noreferrer nofollow ugc"`) || strings.Contains(body, "/preview/remove") {
			t.Errorf("another reads %s", body)
		}
		w.press(w.people["insider"], thread, thread+"/preview/remove", nil)
		if body := w.ask(w.people["guest"], http.MethodGet, thread, nil).body; strings.Contains(body, picture) || strings.Contains(body, "qzpreviewclosed") {
			t.Errorf("it is still there: %s", body)
		}
		if a := w.ask(w.people["insider"], http.MethodGet, picture, nil); a.status != http.StatusNotFound {
			t.Errorf("the picture is still there: %d", a.status)
		}
	})
}

// TestNoRouteLeadsWhereItsQuerySays asks for every page with addresses of others in its
// query, by the names that such parameters have: nobody is sent there (P90).
func TestNoRouteLeadsWhereItsQuerySays(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		query := url.Values{}
		for _, name := range []string{"u", "url", "to", "next", "go", "link", "href", "out", "redirect", "return", "return_to", "dest", "target", "r", "page", "from", "back", "continue"} {
			query.Set(name, "https://evil.example/")
		}
		led := 0
		for _, role := range p.some([]string{"insider", "owner", "stranger"}) {
			for _, r := range routes {
				if r.Method != http.MethodGet {
					continue
				}
				for _, path := range addresses(r.Path, w.parameters(r.Path)) {
					to := w.ask(w.people[role], http.MethodGet, path+"?"+query.Encode(), nil).header.Get("Location")
					if to == "" {
						continue
					}
					led++
					if u, err := url.Parse(to); err != nil || u.Host != "" && "http://"+u.Host != p.url || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") {
						t.Errorf("%s is led from %s to %s", role, path, to)
					}
				}
			}
		}
		if led == 0 {
			t.Error("nobody was led anywhere")
		}
	})
}
