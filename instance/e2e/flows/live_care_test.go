package flows_test

import (
	"net/url"
	"regexp"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
)

// TestAnOpenThreadIsLookedAfter decides things about a thread that somebody has
// open as a whole: they come to him without loading, also that it is gone with a
// move to where he does not read. What he typed stays.
func TestAnOpenThreadIsLookedAfter(t *testing.T) {
	v, _, ben, post := reading(t, browser.Desktop)
	ben.Answers(post, 0, "I have three plants.")
	his := signedIn(t, v, ben, browser.SmallPhone)
	his.to(post)
	his.Fill("Your reply", "half a sentence")
	press := func(page, form string, more url.Values) { v.Owner.Submit(v.Owner.Get(page).PostForm(form), more) }
	press(post+"/edit", post+"/edit", url.Values{"kind": {"question"}})
	his.See("Question")
	press(post, post+"/accept", nil)
	his.See("The answer that was accepted, by Ben Okafor")
	v.Owner.Answers(post, 0, "Thank you.")
	his.See("1 new reply")
	his.judge()
	press(post, post+"/lock", url.Values{"on": {"1"}})
	his.See("This thread is closed for replies.")
	his.judge()
	v.Owner.Makes("Treasury", "What it costs.", "closed")
	to := regexp.MustCompile(`<option value="([^"]+)"[^>]*>\s*Treasury`).FindSubmatch(v.Owner.Get(post + "/move").Body)
	if to == nil {
		t.Fatal("it cannot go to the treasury")
	}
	press(post+"/move?space="+string(to[1]), post+"/move", nil)
	his.See("You can no longer see what was here. What you typed is still there.")
	his.NotSee("Who has some?")
	if got := his.Value("Your reply"); got != "half a sentence" {
		t.Errorf("what he typed is now %q", got)
	}
	his.judge()
}

// TestAPollStaysInAnOpenThread has something else change in a post while somebody
// chooses, and after she was told the code of her ballot, which she is told once.
func TestAPollStaysInAnOpenThread(t *testing.T) {
	v, _, ben, _ := reading(t, browser.Desktop)
	m := regexp.MustCompile(`/compose\?space=([^"&]+)`).FindSubmatch(v.Owner.Get("/s/seeds").Body)
	if m == nil {
		t.Fatal("nobody can write there")
	}
	form := v.Owner.Get("/compose?space=" + string(m[1])).PostForm("/compose")
	post := v.Owner.Submit(form, url.Values{"body": {"Who shall have the key?"}, "option-0": {"Ada"}, "option-1": {"Ben"}, "secret": {"yes"}}).URL.Path
	his := signedIn(t, v, ben, browser.SmallPhone)
	his.to(post)
	his.Click("radio", "Ada")
	v.Owner.Reacts(post, "thanks")
	his.See("Thanks 1")
	his.Click("button", "Vote")
	his.See("Your ballot has the code")
	v.Owner.Reacts(post, "heart")
	his.See("Love it 1")
	his.See("Your ballot has the code")
}
