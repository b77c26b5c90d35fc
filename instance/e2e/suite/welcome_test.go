package suite_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestWelcome greets everybody who comes in with the community's words, its
// rules, the spaces she may know of and whom to ask (P16).
func TestWelcome(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		many := w.place.invite(w.people["owner"], url.Values{"uses": {"0"}})
		nia := w.accept("nia", many, "Nia Fresh", nil)
		t.Run("a newcomer", func(t *testing.T) { w.newcomerIsGreeted(t, nia) })
		t.Run("everybody sees what she may", func(t *testing.T) { w.welcomeByRole(t) })
		t.Run("the first days", func(t *testing.T) {
			w.sees(nia, "/home", "You are new here")
			w.sees(w.people["owner"], "/home", "not: You are new here")
			w.clock.Add(8 * 24 * time.Hour)
			w.sees(nia, "/home", "not: You are new here")
			if !strings.Contains(string(nia.Get("/about").Body), `href="/welcome"`) {
				t.Error("the page about the community does not lead there")
			}
		})
		t.Run("with nothing written", func(t *testing.T) { w.welcomeWithoutWords(t, nia) })
	})
}

func (w *town) newcomerIsGreeted(t *testing.T, nia *person) {
	t.Helper()
	w.sees(nia, "/welcome", "Welcome to Lime Street", "qzwelcome", "qzrules", "Qzspaceopen", "Qzspaceclosed", "not: Qzspacesecret",
		"Ada Lind", "Mo Warden", "Find your spaces", "Say something about yourself")
	body := string(nia.Get("/welcome").Body)
	for _, link := range []string{`href="/@ada"`, `href="/@` + w.people["moderator"].handle + `"`, `href="/settings/profile"`, `href="#spaces"`} {
		if !strings.Contains(body, link) {
			t.Errorf("the page does not lead to %s", link)
		}
	}
	joined := nia.Submit(w.form(nia.Get("/welcome"), w.spaces["open"].Path()+"/join?back=%2Fwelcome%23spaces"), nil)
	w.want(joined, "/welcome", http.StatusOK)
	if !strings.Contains(joined.Text(), "This space is one of yours now") {
		t.Errorf("she is not told that she is in:\n%s", joined.Text())
	}
	w.sees(nia, w.spaces["open"].Path()+"/members", "Nia Fresh")
	asked := nia.Submit(w.form(joined, w.spaces["closed"].Path()+"/ask?back=%2Fwelcome%23spaces"), nil)
	w.want(asked, "/welcome", http.StatusOK)
	w.sees(w.people["founder"], w.spaces["closed"].Path()+"/members", "Nia Fresh")
	// A step that was gone is marked as gone.
	hello := nia.Get("/welcome").Text()
	if !strings.Contains(hello, "Say hello in Qzspaceopen") || strings.Contains(hello, "Say hello in Qzspaceopen (done)") {
		t.Errorf("she is not asked to say hello:\n%s", hello)
	}
	w.press(nia, "/compose?space="+w.spaces["open"].ID, "/compose", url.Values{"body": {"Hello, I am Nia."}})
	w.sees(nia, "/welcome", "Say hello in Qzspaceopen (done)")
	// Nobody is led away from here by somebody else's link.
	form := w.form(nia.Get("/welcome"), w.spaces["public"].Path()+"/join?back=%2Fwelcome%23spaces")
	a := w.askWith(nia, http.Header{"Sec-Fetch-Site": {"same-origin"}}, w.spaces["public"].Path()+"/join?back=https%3A%2F%2Fevil.example", url.Values{"form_key": {form.Value("form_key")}})
	if to := a.header.Get("Location"); !strings.HasPrefix(to, "/?said=") {
		t.Errorf("she is led to %s", to)
	}
}

func (w *town) welcomeByRole(t *testing.T) {
	t.Helper()
	guest := w.people["guest"]
	w.sees(guest, "/welcome", "qzwelcome", "Qzspaceclosed", "not: Qzspaceopen", "Qznamefounder", "not: Mo Warden", "looks after Qzspaceclosed", "not: Find your spaces")
	for _, who := range []*person{guest, w.people["stranger"]} {
		w.sees(who, "/about", "not: Mo Warden", "not: Ada Lind")
	}
	pending := w.people["pending"]
	w.want(pending.Get("/welcome"), "/waiting", http.StatusOK)
	waiting := w.wholeText(pending, "/waiting")
	for _, want := range []string{"qzanswer", "qzrules"} {
		if !strings.Contains(waiting, want) {
			t.Errorf("who waits does not see %s", want)
		}
	}
	for _, hidden := range []string{"Qzspaceopen", "Qzspaceclosed", "Ada Lind", "Mo Warden", "Whom to ask"} {
		if strings.Contains(waiting, hidden) {
			t.Errorf("who waits sees %s", hidden)
		}
	}
	w.want(w.people["leaving"].Get("/welcome"), "/leaving", http.StatusOK)
	w.want(w.people["stranger"].Get("/welcome"), "/login", http.StatusOK)
}

func (w *town) welcomeWithoutWords(t *testing.T, nia *person) {
	t.Helper()
	owner := w.people["owner"]
	w.press(owner, "/community/texts", "/community/texts", url.Values{"welcome": {""}, "rules": {""}})
	w.sees(nia, "/welcome", "Good that you are here", "Nobody has written rules down here", "not: Write it")
	w.sees(owner, "/welcome", "Good that you are here", "Write it", "Mo Warden")
	w.press(nia, "/settings/account", "/settings/account/language", url.Values{"language": {"de"}})
	w.sees(nia, "/welcome", "Schön, dass du da bist", "Erste Schritte", "Wen du fragen kannst")
	long := strings.Repeat("- Close the gate behind you, whoever you are.\n", 60) + "- The end of it."
	w.press(owner, "/community/texts", "/community/texts", url.Values{"rules": {long}})
	w.sees(nia, "/welcome", "Alle Regeln lesen")
}
