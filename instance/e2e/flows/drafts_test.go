package flows_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestDraftsAreSealed types what nobody is meant to read yet: it is in no file and
// no log in words, the browser keeps nothing, and whoever uses the same browser next
// does not find it (P114).
func TestDraftsAreSealed(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	post := v.Owner.Says(space, "Tomatoes", "Who has some?")
	link := v.Owner.Invitation(nil)
	ben, cem := v.Arrives(link, "Ben Okafor", "en"), v.Arrives(link, "Cem Marsh", "en")
	ben.Joins(space)
	cem.Joins(space)
	const words = "qzdraftcanary about the chairman"

	w := signedIn(t, v, ben, browser.SmallPhone)
	for path, label := range map[string]string{"/compose": "What would you like to say?", post: "Your reply"} {
		w.to(path)
		w.Fill(label, words)
		w.See("Draft kept")
	}
	if kept := w.Stores(); len(kept) > 0 {
		t.Errorf("the browser keeps %q", kept)
	}
	w.to("/drafts")
	w.See(words)
	if found := holding(t, v.Dir, "qzdraftcanary"); len(found) > 0 {
		t.Errorf("the draft is in %v", found)
	}
	if strings.Contains(v.Output(), "qzdraftcanary") {
		t.Error("the draft is in the log")
	}
	// What is published is in the files: the search above would have found it.
	w.to(post)
	w.Click("button", "Reply")
	w.See(words)
	if len(holding(t, v.Dir, "qzdraftcanary")) == 0 {
		t.Error("what was published is in no file either")
	}
	w.to("/you")
	w.Click("button", "Sign out")
	w.as(v, cem)
	w.to("/compose")
	w.NotSee("Draft of")
	w.to("/drafts")
	w.See("No drafts")
}

// TestDraftGoesOnElsewhere begins on a phone and goes on at a desk. What both have
// changed is kept twice, and the second is told. Typing that the session's end
// catches stays in the form, and the page says so.
func TestDraftGoesOnElsewhere(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	post := v.Owner.Says(space, "Tomatoes", "Who has some?")
	phone, desk := signedIn(t, v, v.Owner, browser.SmallPhone), signedIn(t, v, v.Owner, browser.Desktop)
	for _, x := range []struct{ path, label, send string }{
		{"/compose", "What would you like to say?", "Post"}, {post, "Your reply", "Reply"}, {post + "/edit", "Your words", "Save"},
	} {
		phone.to(x.path)
		phone.Fill(x.label, "Half a thought")
		phone.See("Draft kept")
		desk.to(x.path)
		desk.See("Draft of")
		if got := desk.Value(x.label); got != "Half a thought" {
			t.Fatalf("at %s the desk goes on with %q", x.path, got)
		}
		desk.Fill(x.label, "Half a thought, at the desk")
		desk.See("Draft kept")
		phone.Fill(x.label, "Half a thought, on the way")
		phone.See("There is another draft for this place")
		phone.judge()
		phone.to("/drafts")
		phone.See("Half a thought, at the desk")
		phone.See("Half a thought, on the way")
		desk.Click("button", x.send)
		desk.See("Half a thought, at the desk")
		desk.to("/drafts")
		desk.See("on the way")
		desk.NotSee("at the desk")
		desk.Click("button", "Throw away")
		desk.See("No drafts")
	}
	const label = "What would you like to say?"
	phone.to("/compose")
	endSessions(t, v.Owner)
	phone.Fill(label, "Too late")
	phone.See("please sign in again. Your words are still here.")
	if got := phone.Value(label); got != "Too late" {
		t.Errorf("the form has %q", got)
	}
}

// TestASessionEndsWhileAPageIsOpen ends somebody's session elsewhere: she is asked
// to sign in, and comes back to what she was reading. Where her pages show nothing
// by themselves, she is when she reacts.
func TestASessionEndsWhileAPageIsOpen(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	post := v.Owner.Says(space, "Tomatoes", "Who has some?")
	ada := signedIn(t, v, v.Owner, browser.SmallPhone)
	for _, live := range []bool{true, false} {
		ada.to(post)
		if !live {
			ada.to("/settings/appearance")
			ada.Click("checkbox", "Show what is new while I read")
			ada.Click("button", "Save")
			ada.to(post)
		}
		endSessions(t, v.Owner)
		if !live {
			ada.Click("link", "React")
		}
		ada.See("Password")
		ada.Fill("Handle", v.Owner.Handle)
		ada.Fill("Password", village.Password)
		ada.Click("button", "Sign in")
		ada.at(post)
	}
}

// as signs somebody in where nobody is.
func (w *walker) as(v *village.Village, who *village.Villager) {
	w.t.Helper()
	w.to("/login")
	w.Fill("Handle", who.Handle)
	w.Fill("Password", village.Password)
	w.Click("button", "Sign in")
	w.at("/home")
}

// endSessions ends all of somebody's sessions but the one of her other device.
func endSessions(t *testing.T, who *village.Villager) {
	t.Helper()
	page := who.Get("/settings/security")
	for _, f := range page.Forms() {
		if f.Action.Path == "/settings/security/sessions/end" {
			who.Submit(f, nil)
			return
		}
	}
	t.Fatalf("no session can be ended:\n%s", page.Text())
}

// holding are the files of a folder that have something in them.
func holding(t *testing.T, dir, what string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(name)
		if bytes.Contains(raw, []byte(what)) {
			found = append(found, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestWordsFollowTheChoice chooses where to write: the words below say at once
// who will read it (P112).
func TestWordsFollowTheChoice(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	v.Owner.Makes("Seeds", "What grows.", "open")
	treasury := v.Owner.Makes("Treasury", "Quiet things.", "closed")
	v.Owner.Says(treasury, "", "We have four euros.")
	v.Owner.Makes("Street", "For everybody.", "public")
	ada := signedIn(t, v, v.Owner, browser.SmallPhone)
	ada.to(treasury)
	ada.Click("link", "What would you like to say?")
	ada.See("Who can read this: everyone in Treasury")
	for option, words := range map[string]string{
		"Seeds · all members": "all members", "Street · everybody, also outside": "everybody, also outside", "Treasury · everyone in Treasury": "everyone in Treasury",
	} {
		ada.Choose("Where", option)
		ada.See("Who can read this: " + words)
		for _, other := range []string{"all members", "everybody, also outside", "everyone in Treasury", "as it says"} {
			if other != words {
				ada.NotSee("Who can read this: " + other)
			}
		}
	}
	ada.judge()
	ada.Choose("Where", "Seeds · all members")
	ada.Fill("What would you like to say?", "The beans are up.")
	ada.Click("button", "Post")
	ada.See("The beans are up.")
	ada.See("All members")
}
