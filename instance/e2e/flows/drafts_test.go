package flows_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// TestDraftsStayInTheBrowser types what nobody is meant to read yet: the server
// is asked for nothing meanwhile, nothing of it is in its files or its log, and
// whoever uses the same browser next does not find it (P114).
func TestDraftsStayInTheBrowser(t *testing.T) {
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
		before := len(w.Requests())
		w.Fill(label, words)
		w.See("Draft kept on this device")
		made := slices.DeleteFunc(slices.Clone(w.Requests()[before:]), func(r browser.Request) bool { return strings.Contains(r.URL, "/live?") })
		if len(made) > 0 {
			t.Errorf("typing at %s asks the server: %v", path, made)
		}
	}
	if n := drafts(w); n != 2 {
		t.Errorf("the browser keeps %d drafts", n)
	}
	if found := holding(t, v.Dir, "qzdraftcanary"); len(found) > 0 {
		t.Errorf("the draft is in %v", found)
	}
	if strings.Contains(v.Output(), "qzdraftcanary") {
		t.Error("the draft is in the log")
	}
	// What is published is in the files: the search above would have found it.
	w.to(post)
	w.Click("button", "Bring it back")
	w.Click("button", "Reply")
	w.See(words)
	if len(holding(t, v.Dir, "qzdraftcanary")) == 0 {
		t.Error("what was published is in no file either")
	}

	// He signs out: nothing of his stays behind.
	w.to("/you")
	w.Click("button", "Sign out")
	if n := drafts(w); n != 0 {
		t.Errorf("after signing out the browser keeps %v", w.Kept())
	}
	w.as(v, cem)
	w.to("/compose")
	w.NotSee("You began writing here")

	// His session ends while he is away: who signs in next clears it away.
	w.Fill("What would you like to say?", words)
	w.See("Draft kept on this device")
	endSessions(t, cem)
	w.to("/compose")
	w.See("Password")
	w.as(v, ben)
	w.to("/compose")
	w.NotSee("You began writing here")
	if n := drafts(w); n != 0 {
		t.Errorf("of somebody else the browser keeps %v", w.Kept())
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

func drafts(w *walker) (n int) {
	for key := range w.Kept() {
		if strings.HasPrefix(key, "draft:") {
			n++
		}
	}
	return n
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
