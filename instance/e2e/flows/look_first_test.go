package flows_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestLookFirstStaysOnThePage looks at what is written without leaving the form, twice,
// and sends it: the second look takes the place of the first and has the focus, what is
// typed stays, and nothing is sent before.
func TestLookFirstStaysOnThePage(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
		space := v.Owner.Makes("Seeds", "What grows.", "open")
		const label, shown = "Your reply", "This is how it will look"
		post := v.Owner.Says(space, "Sowing", "When?")
		w := signedIn(t, v, v.Owner, screen)
		w.to(post)
		for _, day := range []string{"Friday", "Sunday"} {
			words := "We **sow** on " + day
			w.Fill(label, words)
			w.Click("button", "Look first")
			w.See("We sow on " + day)
			if n := strings.Count(w.Text(), shown); n != 1 || !strings.Contains(w.Focused(), shown) {
				t.Errorf("it is shown %d times, and the focus is on %q", n, w.Focused())
			}
			if got := w.Value(label); got != words {
				t.Errorf("the form has %q", got)
			}
		}
		w.NotSee("We sow on Friday")
		w.at(post)
		if page := v.Owner.Get(post); strings.Contains(page.Text(), "We sow") {
			t.Errorf("it was sent:\n%s", page.Text())
		}
		w.Click("button", "Reply")
		w.See("1 reply")
		w.NotSee(shown)
	})
}
