package flows_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
)

// reading is a thread in the garden that Ada has open, with half a sentence
// typed, and Ben, who says things in it.
func reading(t *testing.T, screen browser.Screen) (v *village.Village, ada *walker, ben *village.Villager, post string) {
	t.Helper()
	v = village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	space := v.Owner.Makes("Seeds", "What grows.", "open")
	post = v.Owner.Says(space, "Tomatoes", "Who has some?")
	ben = v.Arrives(v.Owner.Invitation(nil), "Ben Okafor", "en")
	ben.Joins(space)
	ada = signedIn(t, v, v.Owner, screen)
	ada.to(post)
	ada.Fill("Your reply", "half a sentence")
	return v, ada, ben, post
}

// TestAnOpenThreadShowsWhatIsNew says and does things while somebody has the
// thread open: they come to her without loading, and nothing that she types is
// lost.
func TestAnOpenThreadShowsWhatIsNew(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		_, ada, ben, post := reading(t, screen)
		opened := listened(ada)
		ben.Answers(post, 0, "I have three plants.")
		ada.See("I have three plants.")
		ada.See("1 new reply")
		ada.See("1 reply")
		ada.judge()
		ben.Answers(post, 1, "And a pot for them.")
		ada.See("And a pot for them.")
		ada.See("2 replies")
		ben.Reacts(post, "heart")
		ada.See("Love it 1")
		ben.Answers(post, 0, "qzmistake in public")
		ada.See("qzmistake in public")
		deletes(t, ben, post, 3)
		ada.NotSee("qzmistake in public")
		ada.See("2 replies")
		if got := ada.Value("Your reply"); got != "half a sentence" {
			t.Errorf("what she types is now %q", got)
		}
		if n := listened(ada); n != opened {
			t.Errorf("the page listened %d times, then %d", opened, n)
		}
		ada.judge()
	})
}

// TestAnOpenThreadIsTakenAway takes from somebody what he has open: it goes from
// his page, and what he typed stays. When his session ends elsewhere he is out.
func TestAnOpenThreadIsTakenAway(t *testing.T) {
	v, ada, ben, post := reading(t, browser.Desktop)
	his := signedIn(t, v, ben, browser.SmallPhone)
	his.to(post)
	his.Fill("Your reply", "half a sentence")
	page := v.Owner.Get(post + "/hide")
	v.Owner.Submit(page.PostForm(post+"/hide"), nil)
	his.See("You can no longer see what was here. What you typed is still there.")
	his.NotSee("Who has some?")
	if got := his.Value("Your reply"); got != "half a sentence" {
		t.Errorf("what he typed is now %q", got)
	}
	his.judge()
	ada.See("Who has some?")

	his.to("/home")
	his.NotSee("1 new post")
	v.Owner.Says("/s/seeds", "Peppers", "And some?")
	his.See("1 new post. Show")
	his.judge()

	his.to("/home")
	endSessions(t, ben)
	his.See("Password")
}

var replyAddress = regexp.MustCompile(`<article class="reply[^"]*" id="([\w-]+)"`)

// listened is how often somebody's pages began to listen.
func listened(w *walker) (n int) {
	for _, r := range w.Requests() {
		if strings.Contains(r.URL, "/live?") {
			n++
		}
	}
	return n
}

// deletes lets the author of the n-th reply of a thread delete it.
func deletes(t *testing.T, who *village.Villager, post string, n int) {
	t.Helper()
	ids := replyAddress.FindAllSubmatch(who.Get(post).Body, -1)
	path := "/p/" + string(ids[n-1][1]) + "/delete"
	who.Submit(who.Get(path).PostForm(path), nil)
}
