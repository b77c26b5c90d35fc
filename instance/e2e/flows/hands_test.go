package flows_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestPasskey sets a community up with a passkey and no password, signs out and
// in again.
func TestPasskey(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		v := village.Empty(t)
		ada := walk(t, v, "Ada", screen)
		ada.Passkeys()
		ada.to(strings.TrimPrefix(v.SetupLink(), v.URL))
		ada.Fill("What is the community called?", "Garden Street")
		ada.Fill("What are you called?", "Ada Lind")
		ada.Click("button", "Use a passkey instead")
		ada.See("Step 2 of 5")
		ada.at("/setup/kind")
		ada.to("/setup/people")
		ada.Click("button", "Open the community")
		ada.See("Your community is open")
		ada.to("/you")
		ada.Click("button", "Sign out")
		ada.to("/home")
		ada.at("/login?next=%2Fhome")
		ada.Click("button", "Sign in with a passkey")
		ada.See("What would you like to say?")
		ada.at("/home")
		ada.to("/settings/security")
		ada.See("You have no password.")
	})
}

// TestDraft keeps what was typed through a reload and through a refusal, and
// forgets it once it was sent.
func TestDraft(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		const words = "A long story about a ladder."
		ada := signedIn(t, v, v.Owner, screen)
		ada.to("/compose")
		ada.Fill("What would you like to say?", words)
		ada.See("Draft kept")
		ada.to("/compose")
		ada.See("Draft of")
		if got := ada.Value("What would you like to say?"); got != words {
			t.Fatalf("the draft says %q", got)
		}
		long := strings.Repeat(words+" ", 800)
		ada.Fill("What would you like to say?", long)
		ada.Click("button", "Post")
		ada.See("Error: This is longer than 20,000 characters.")
		ada.judge()
		if got := ada.Value("What would you like to say?"); got != long {
			t.Errorf("after the refusal the field has %d letters of %d", len(got), len(long))
		}
		ada.to("/home")
		ada.to("/compose")
		if got := ada.Value("What would you like to say?"); got != words {
			t.Errorf("after the refusal the draft says %q", got)
		}
		ada.Fill("What would you like to say?", words)
		ada.Click("button", "Post")
		ada.See(words)
		ada.to("/compose")
		ada.NotSee("Draft of")
	})
}

// TestKeyboard signs in, replies and reacts without a mouse.
func TestKeyboard(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	post := v.Owner.Says(space, "Tomatoes", "Who has some?")

	ada := walk(t, v, "Ada", browser.Desktop)
	ada.to("/login")
	ada.TabTo("textbox", "Handle")
	ada.Type("ada")
	ada.TabTo("textbox", "Password")
	ada.Type(village.Password)
	ada.Press("Enter")
	ada.at("/home")
	ada.Press("Tab")
	if at := ada.Focused(); at != `link "Skip to content"` {
		t.Errorf("the first Tab leads to the %s", at)
	}
	ada.Press("Enter")
	ada.TabTo("link", "Tomatoes")
	ada.Press("Enter")
	ada.at(post)
	ada.TabTo("link", "React")
	ada.Press("Enter")
	ada.See("Sorry to hear")
	ada.judge()
	if at := ada.Focused(); at != `button "Thanks"` {
		t.Errorf("all reactions are there, and the focus is on the %s", at)
	}
	ada.Press("Enter")
	ada.See("Thanks 1")
	if at := ada.Focused(); at != `button "Thanks 1"` {
		t.Errorf("after reacting the focus is on the %s", at)
	}
	ada.judge()
	ada.TabTo("textbox", "Your reply")
	ada.Type("I have three plants left.")
	ada.TabTo("button", "Reply")
	ada.Press("Enter")
	ada.See("1 reply")
	ada.See("I have three plants left.")
	ada.NotSee("Draft of")
	ada.judge()
}
