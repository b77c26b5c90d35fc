package durability

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// begin sets a community up, lets a second person in, who comes by an address
// of her own, and has both go through what there is: a space, a post, a reply, a
// reaction, a search, a profile.
func begin(t testing.TB, v *village.Village, words, second string) (bo *village.Villager) {
	t.Helper()
	v.SetUp("Lime "+words, "Ada "+words, "ada", "en")
	invitation := v.Owner.Invitation(url.Values{"note": {"For " + words}})
	v.URL = second
	bo = v.Arrives(invitation, "Bo "+words, "de")
	garden := v.Owner.Makes("Garden "+words, "For "+words, "open")
	bo.Joins(garden)
	post := v.Owner.Says(garden, "Title "+words, "The first "+words+" are up.", village.Photo(640, 480))
	if photo := bo.Get(v.Owner.Photos(post)[0] + "/m.jpg"); photo.Status != http.StatusOK || photo.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the photo: %d %v", photo.Status, photo.Header)
	}
	bo.Answers(post, 0, "Mine too, "+words+".")
	bo.Reacts(post, "heart")
	v.Owner.Answers(post, 1, "Good, @"+bo.Handle+".")
	for path, want := range map[string]string{post: "Mine too", "/search?q=" + words: "The first", "/@" + bo.Handle: "Bo " + words, "/home": "Title"} {
		if page := v.Owner.Get(path); page.Status != http.StatusOK || !strings.Contains(page.Text(), want) {
			t.Errorf("%s (%d) does not say %q:\n%s", path, page.Status, want, page.Text())
		}
	}
	press(t, bo.Client, garden+"/leave", garden+"/leave", nil)
	return bo
}

// press sends a form of a page.
func press(t testing.TB, c *program.Client, page, action string, values url.Values) *program.Page {
	t.Helper()
	at := c.Get(page)
	for _, f := range at.Forms() {
		if f.Method == http.MethodPost && f.Action.Path == action {
			got := c.Submit(f, values)
			if got.Status >= http.StatusBadRequest {
				t.Fatalf("%s: %d\n%s", action, got.Status, got.Text())
			}
			return got
		}
	}
	t.Fatalf("%s (%d) has no form for %s:\n%s", page, at.Status, action, at.Text())
	return nil
}

// The whole way, from the first start to the account that is deleted, needs
// nobody else and asks for nobody else (P1). It is the real binary, in a
// network that leads nowhere.
func TestTheWholeWayAlone(t *testing.T) {
	if !cutOff(t) {
		return
	}
	program.Build(t, opengather) // whatever the compiler does is not the program's doing
	before := attempts(t)
	here := place{data: t.TempDir()}
	v := village.In(t, here.data, "127.0.0.1")
	bo := begin(t, v, "beans", v.URL)
	press(t, bo.Client, "/settings/data/leave", "/settings/data/leave", url.Values{"password": {village.Password}, "words": {"keep"}})
	if page := bo.Get("/home"); page.URL.Path != "/login" {
		t.Errorf("who has left is at %s", page.URL)
	}
	v.Stop()
	if n := attempts(t) - before; n != 0 {
		t.Errorf("it tried %d times to reach another host", n)
	}
	b := here.books(t)
	if went := b.list("SELECT purpose || ' ' || host FROM egress"); len(went) > 0 {
		t.Errorf("attempts to reach other hosts: %q", went)
	}
	if n := b.list("SELECT id FROM posts"); len(n) != 3 {
		t.Errorf("there are %d posts and replies", len(n))
	}
}
