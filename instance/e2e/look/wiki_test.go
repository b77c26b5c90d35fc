package look_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

const shed = "The key hangs **in the hall**, on the hook with the green ribbon.\n\n## Before you go in\n\n1. Write your name on the list.\n2. Take the lamp: there is no light.\n3. Mind the step.\n\n| Thing | Where |\n| --- | --- |\n| Long ladder | left wall |\n| Lawn mower | behind the bicycles, under the grey cover that Hubert brought back from the campsite |\n\n> Whoever loses the key pays for a new lock.\n\nhttps://example.org/a/very/long/address/that/nobody/types/twice/because/it/is/so/long"

// wikiPages are those of pages: begun, changed, compared, in conflict and deleted.
func wikiPages(t *testing.T, v *village.Village, at map[string]string) {
	ada := v.Owner
	m := writeIn.FindStringSubmatch(string(ada.Get(at["open"]).Body))
	if m == nil {
		t.Fatal("nobody can write there")
	}
	begin := "/pages/new?space=" + m[1]
	begins := func(title, body string) string {
		return ada.Submit(ada.Get(begin).PostForm("/pages/new"), url.Values{"title": {title}, "body": {body}}).URL.Path
	}
	press := func(page, form string, values url.Values) { ada.Submit(ada.Get(page).PostForm(form), values) }
	begins("Who to call when the water has to be turned off, and where the taps are in the cellar of number seven", "Marta.")
	key := begins("The key to the shed", shed)
	numbers := begins("Useful numbers", "Fire: 112.")
	gone := begins("Wireless network", "It is called garden.")
	press(numbers, numbers+"/pin", nil)
	press(gone+"/edit", gone+"/edit", url.Values{"body": {"It is called orchard."}})
	press(key+"/edit", key+"/edit", url.Values{"body": {strings.ReplaceAll(shed, "hook with the green", "nail with the blue")}, "note": {"The hook fell off the wall"}})
	press(key, key+"/own", nil)
	press(key+"/review", key+"/review", url.Values{"next": {time.Now().Format(time.DateOnly)}})
	fay := v.Arrives(at["invitation"], "Fay Oduya", "en")
	fay.Joins(at["open"])
	fay.Submit(fay.Get(gone+"/edit").PostForm(gone+"/edit"), url.Values{"body": {"It is called orchard now."}})
	press(gone+"/delete", gone+"/delete", nil)
	w := visit(t, v, "wiki", browser.WithScripts)
	w.signIn("ada", "Sign in")
	for name, path := range map[string]string{
		"list": at["open"] + "/pages", "all": "/pages", "found": "/pages?q=key", "page": key, "history": key + "/history", "diff": key + "/diff?to=2", "diff-first": key + "/diff?to=1",
		"revert": key + "/revert?to=1", "review": key + "/review", "delete": numbers + "/delete", "deleted": gone, "new": begin, "edit": key + "/edit", "search": "/search?q=key", "empty": at["public"] + "/pages",
	} {
		w.at(name, path)
	}
	w.Open(v.URL + key + "/edit")
	fay.Submit(fay.Get(key+"/edit").PostForm(key+"/edit"), url.Values{"body": {strings.ReplaceAll(shed, "Take the lamp: there is no light.", "Take the torch that hangs beside the door.")}})
	w.Fill("What did you change? · optional", "Nothing much")
	w.Fill("What the page says", shed+"\n\nSunday: *closed*.")
	w.Click("button", "Save page")
	w.look("conflict")
	w.leave()
	w = visit(t, v, "wiki-member", browser.WithScripts)
	w.signIn(fay.Handle, "Sign in")
	w.at("page", key)
	w.leave()
}
