package flows_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestSecretSpace is about two people who talk in a space that nobody else knows
// of, and a third who looks for it.
func TestSecretSpace(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	door := v.Owner.Invitation(nil)
	ben, cem := v.Arrives(door, "Ben Okafor", "en"), v.Arrives(door, "Cem Yıldız", "en")

	b := signedIn(t, v, ben, browser.Desktop)
	b.to("/spaces/new")
	b.Fill("Name", "Zebra surprise")
	b.Click("radio", "The people in it, and nobody else knows of it There is no trace of it for anybody else, owners included. People are added.")
	b.Click("button", "Make this space")
	b.See("Only the people in it know of it")
	b.judge()
	space := b.path()
	ben.Adds(space, v.Owner)
	b.to(space)
	b.Click("link", "Write")
	b.Fill("What would you like to say?", "A quagga cake for Cem.")
	b.Click("button", "Post")
	b.See("Who can read this: Everyone in Zebra surprise")
	b.judge()
	post := b.path()

	a := signedIn(t, v, v.Owner, browser.SmallPhone)
	a.See("A quagga cake for Cem.")
	a.to(post)
	a.Fill("Your reply", "With candles.")
	a.Click("button", "Reply")
	a.See("1 reply")
	b.to(post)
	b.See("With candles.")

	c := signedIn(t, v, cem, browser.SmallPhone)
	for _, path := range []string{"/home", "/spaces", "/people", "/compose", "/@" + ben.Handle, "/search?q=quagga", "/search?q=zebra", "/search?q=candles", "/settings/data"} {
		c.to(path)
		c.NotSee("Zebra")
		c.NotSee("quagga cake")
		c.NotSee("candles.")
	}
	sameAsNothing(t, cem, space)
	sameAsNothing(t, cem, post)
	sameAsNothing(t, &village.Villager{Client: program.NewClient(t, v.URL)}, post)
}

var (
	oneTime  = regexp.MustCompile(`name="form_key" value="[^"]*"`)
	hexDigit = regexp.MustCompile(`[0-9a-f](\?|$)`)
)

// sameAsNothing demands that an address answers as one that was never given out:
// same status, same page.
func sameAsNothing(t *testing.T, who *village.Villager, path string) {
	t.Helper()
	never := hexDigit.ReplaceAllStringFunc(path, func(last string) string {
		if strings.HasPrefix(last, "0") {
			return "1" + last[1:]
		}
		return "0" + last[1:]
	})
	there, nothing := who.Get(path), who.Get(never)
	body := func(p *program.Page, path string) string {
		return strings.ReplaceAll(oneTime.ReplaceAllString(string(p.Body), ""), path[3:], "")
	}
	if never == path || there.Status != nothing.Status || there.Status == http.StatusOK && there.URL.Path == path || body(there, path) != body(nothing, never) {
		t.Errorf("%s gives %d and %s gives %d:\n%s", path, there.Status, never, nothing.Status, there.Text())
	}
}
