package flows_test

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestOptionsAreMovedUpAndDown puts options of a poll in order with buttons, by the
// keyboard and by numbers. Each move is said, the focus stays where it is, and what
// is shown is what is sent.
func TestOptionsAreMovedUpAndDown(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
		v.Owner.Makes("Seeds", "What grows.", "open")
		m := regexp.MustCompile(`/compose\?space=([^"&]+)`).FindSubmatch(v.Owner.Get("/s/seeds").Body)
		if m == nil {
			t.Fatal("nobody can write there")
		}
		form := v.Owner.Get("/compose?space=" + string(m[1])).PostForm("/compose")
		post := v.Owner.Submit(form, url.Values{"body": {"Which first?"}, "method": {"ranked"}, "option-0": {"Beans"}, "option-1": {"Peas"}, "option-2": {"Kale"}}).URL.Path
		ada := signedIn(t, v, v.Owner, screen)
		ada.to(post)
		is := func(want string) {
			t.Helper()
			if got := ada.Value("Beans") + ada.Value("Peas") + ada.Value("Kale"); got != want {
				t.Errorf("Beans, Peas and Kale have the places %q, want %q", got, want)
			}
		}
		is("")
		ada.TabTo("button", "Up Kale")
		ada.Press("Enter")
		ada.See("Kale: place 1 of 3.")
		ada.TabTo("button", "Up Beans")
		ada.Press("Enter")
		ada.See("Beans: place 2 of 3.")
		ada.Press("Enter")
		ada.See("Beans: place 1 of 3.")
		if got := ada.Focused(); got != `button "Up Beans"` {
			t.Errorf("the focus went to %q", got)
		}
		is("12")
		ada.judge()
		ada.Choose("Peas", "1")
		ada.See("Peas: place 1 of 3.")
		is("213")
		ada.Click("button", "Down Peas")
		ada.See("Peas: place 2 of 3.")
		ada.Click("button", "Down Kale")
		ada.See("Kale: no place.")
		is("12")
		ada.Click("button", "Vote")
		ada.See("Your vote is counted.")
		ada.See("First comes Beans")
		is("12")
		ada.judge()
	})
}
