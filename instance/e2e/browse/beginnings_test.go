package browse_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// hostile is what a browser would ask another host for, if it were let.
const hostile = `I<img src="https://evil.example/a.png">`

// TestSettingUp opens the pages that only a new community has, and the one that
// only somebody with a passkey has, by what goes for all the others (P84, P159).
func TestSettingUp(t *testing.T) {
	p := open(t)
	ada := browser.Start(t).Person("Ada", browser.SmallPhone, browser.Light, browser.WithScripts)
	ada.Passkeys()
	look := func() {
		t.Helper()
		ada.NoForeignHints(t)
		ada.WalkByTab(t)
		ada.Turn(browser.Zoomed)
		ada.NothingSticksOut(t)
		ada.NothingMoves(t)
		ada.Turn(browser.SmallPhone)
	}
	ada.Open(p.link)
	look()
	ada.Fill("What is the community called?", hostile)
	ada.Fill("What are you called?", unbroken)
	ada.Fill("Password", village.Password)
	ada.Click("button", "Begin")
	for _, step := range []string{"/setup/kind", "/setup/look", "/setup/door", "/setup/people"} {
		if !strings.HasSuffix(ada.URL(), step) {
			t.Fatalf("it is %s and not %s", ada.URL(), step)
		}
		look()
		if step != "/setup/people" {
			ada.Click("button", "Continue")
		}
	}
	ada.Click("button", "Open the community")
	ada.See("Your community is open")
	look()
	ada.Open(p.origin + "/settings/security")
	ada.Click("button", "Make a passkey on this device")
	ada.See("Your new passkey works from now on.")
	ada.Within("region", "Passkeys").Click("", "More about Computer")
	ada.Click("link", "Give it a name")
	look()
	ada.Fill("Name · optional", hostile)
	ada.Click("button", "Save")
	ada.See(hostile)
	look()
	ada.NoForeignRequests(t, p.origin)
	ada.NoProblems(t)
}
