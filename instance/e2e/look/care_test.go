package look_test

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// writeIn leads from a space to where one writes in it.
var writeIn = regexp.MustCompile(`/compose\?space=([^"&]+)`)

// carePages are those of threads that somebody looked after: on top, closed,
// answered, taken, and about to be moved.
func carePages(t *testing.T, v *village.Village, at map[string]string) {
	ada := v.Owner
	says := func(kind, body string) string {
		m := writeIn.FindStringSubmatch(string(ada.Get(at["open"]).Body))
		if m == nil {
			t.Fatal("nobody can write there")
		}
		return ada.Submit(ada.Get("/compose?space="+m[1]).PostForm("/compose"), url.Values{"kind": {kind}, "body": {body}}).URL.Path
	}
	asked := says("question", "Where is the key to the cellar?")
	ada.Answers(asked, 0, "It hangs behind the door, on the blue ribbon.")
	offer := says("offer", "Ten glasses for jam, to be had in the yard.")
	says("request", "Who can lend a sewing machine for a weekend?")
	press := func(page, form string) { ada.Submit(ada.Get(page).PostForm(form), nil) }
	press(asked, asked+"/accept")
	ada.Answers(asked, 0, "Ask Ben.")
	press(offer, offer+"/settle")
	press(at["long"], at["long"]+"/pin")
	press(at["long"], at["long"]+"/lock")
	w := visit(t, v, "care", browser.WithScripts)
	w.signIn("ada", "Sign in")
	for name, path := range map[string]string{
		"space": at["open"], "questions": at["open"] + "?only=question", "nothing-open": at["open"] + "?only=offer&open=1", "question": asked, "offer": offer,
		"compose": "/compose?kind=question", "closed-moderator": at["long"], "move": at["mine"] + "/move",
	} {
		w.at(name, path)
	}
	for name, to := range map[string]string{"move-narrower": "Treasury", "move-level": "Street news"} {
		m := regexp.MustCompile(`<option value="([^"]+)"[^>]*>\s*` + to).FindSubmatch(ada.Get(at["mine"] + "/move").Body)
		if m == nil {
			t.Fatalf("it cannot go to %s", to)
		}
		w.at(name, at["mine"]+"/move?space="+string(m[1]))
	}
	m := regexp.MustCompile(`"(/p/[^"/]+/split)"`).FindSubmatch(ada.Get(asked).Body)
	if m == nil {
		t.Fatal("nothing can be taken out of the thread")
	}
	w.at("split", string(m[1]))
	w.leave()
	w = visit(t, v, "care-member", browser.WithScripts)
	w.signIn("cem_yildiz", "Sign in")
	w.at("closed", at["long"])
	w.leave()
}
