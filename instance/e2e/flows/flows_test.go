package flows_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
)

func TestMain(m *testing.M) {
	code := m.Run()
	browser.Stop()
	program.RemoveBuilds()
	os.Exit(code)
}

// A walker is a person in a browser, on her way through a community.
type walker struct {
	*browser.Person
	t *testing.T
	v *village.Village
}

// walk lets somebody with an empty browser come. At the end of the test it
// judges the whole of what her browser did.
func walk(t *testing.T, v *village.Village, name string, screen browser.Screen) *walker {
	t.Helper()
	w := &walker{Person: browser.Start(t).Person(name, screen, browser.Light, browser.WithScripts), t: t, v: v}
	t.Cleanup(func() {
		w.NoForeignRequests(t, v.URL)
		w.NoProblems(t)
	})
	return w
}

// signedIn lets a member come who is known already.
func signedIn(t *testing.T, v *village.Village, who *village.Villager, screen browser.Screen) *walker {
	t.Helper()
	w := walk(t, v, who.Name, screen)
	w.to("/login")
	w.Fill("Handle", who.Handle)
	w.Fill("Password", village.Password)
	w.Click("button", "Sign in")
	w.at("/home")
	return w
}

func (w *walker) to(path string) {
	w.t.Helper()
	w.Open(w.v.URL + path)
	w.judge()
}

// at demands that she has arrived somewhere, and judges the page.
func (w *walker) at(path string) {
	w.t.Helper()
	if w.path() != path {
		w.t.Fatalf("at %s, want %s:\n%s", w.path(), path, w.Text())
	}
	w.judge()
}

func (w *walker) path() string {
	w.t.Helper()
	path, _, _ := strings.Cut(strings.TrimPrefix(w.URL(), w.v.URL), "#")
	return path
}

func (w *walker) judge() {
	w.t.Helper()
	w.Axe(w.t)
	w.NothingSticksOut(w.t)
}

// onBoth runs a test on a phone and on a desktop.
func onBoth(t *testing.T, test func(t *testing.T, screen browser.Screen)) {
	t.Helper()
	t.Run("phone", func(t *testing.T) { test(t, browser.SmallPhone) })
	t.Run("desktop", func(t *testing.T) { test(t, browser.Desktop) })
}

var required = regexp.MustCompile(`<(?:input|select|textarea)[^>]*\srequired`)

// TestSetupToFirstPost goes from the printed link to something said. All that
// has to be typed is on the first of five screens (P3).
func TestSetupToFirstPost(t *testing.T) {
	onBoth(t, func(t *testing.T, screen browser.Screen) {
		v := village.Empty(t)
		link := v.SetupLink()
		if n := len(required.FindAll(program.NewClient(t, v.URL).Get(link).Body, -1)); n == 0 || n > 4 {
			t.Errorf("the first screen asks for %d things", n)
		}
		ada := walk(t, v, "Ada", screen)
		ada.to(strings.TrimPrefix(link, v.URL))
		ada.Fill("What is the community called?", "Garden Street")
		ada.Fill("What are you called?", "Ada Lind")
		ada.Fill("Password", village.Password)
		ada.Click("button", "Begin")
		// Nothing is typed from here on: what is offered is enough.
		for _, step := range []string{"/setup/kind", "/setup/look", "/setup/door"} {
			ada.at(step)
			ada.Click("button", "Continue")
		}
		ada.at("/setup/people")
		ada.Click("button", "Open the community")
		ada.See("Your community is open")
		ada.See("Your recovery codes")
		ada.judge()
		ada.Click("link", "Go in")
		ada.at("/home")
		ada.to("/compose")
		ada.Fill("What would you like to say?", "Hello, **everybody**.")
		ada.Click("button", "Post")
		ada.See("Hello, everybody.")
		ada.judge()
		ada.to("/home")
		ada.See("Hello, everybody.")
	})
}

// TestInviteAndJoin makes an invitation at a desk, which is opened on a phone.
func TestInviteAndJoin(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	ada := signedIn(t, v, v.Owner, browser.Desktop)
	ada.to("/invitations")
	ada.Click("link", "For one person Works once, within two weeks.")
	ada.at("/invitations/new?for=one")
	ada.Click("button", "Make the link")
	ada.See("Your invitation is ready")
	ada.judge()
	link := ada.Value("The link to pass on")

	ben := walk(t, v, "Ben", browser.SmallPhone)
	ben.to(strings.TrimPrefix(link, v.URL))
	ben.See("Ada Lind invites you to Garden Street")
	ben.Fill("Your name", "Ben Okafor")
	ben.Fill("Password", village.Password)
	ben.Click("checkbox", "I have read the rules and keep to them")
	ben.Click("button", "Come in")
	ben.See("@ben_okafor")
	ben.judge()
	ben.Click("link", "Go in")
	ben.at("/welcome")
	ben.See("Whom to ask")
	ada.to("/people")
	ada.See("Ben Okafor")

	late := walk(t, v, "Cem", browser.SmallPhone)
	late.to(strings.TrimPrefix(link, v.URL))
	late.NotSee("invites you")
}

// TestAskAndBeLetIn asks to join on a phone; an owner says yes.
func TestAskAndBeLetIn(t *testing.T) {
	v := village.Found(t, "Garden Street", "Ada Lind", "ada", "en")
	dora := walk(t, v, "Dora", browser.SmallPhone)
	dora.to("/")
	dora.Click("link", "Ask to join")
	dora.at("/join")
	dora.Fill("Your name", "Dora Stein")
	dora.Fill("Password", village.Password)
	dora.Fill("What brings you to us?", "I moved in at number 31.")
	dora.Click("checkbox", "I have read the rules and keep to them")
	dora.Click("button", "Ask to come in")
	dora.See("@dora_stein")
	dora.judge()
	dora.to("/home")
	dora.at("/waiting")

	ada := signedIn(t, v, v.Owner, browser.Desktop)
	ada.to("/people")
	ada.Click("link", "Read and answer")
	ada.at("/requests")
	ada.See("I moved in at number 31.")
	ada.Click("button", "Let Dora Stein in")
	ada.See("They are in")
	dora.to("/home")
	dora.at("/home")
	dora.See("What would you like to say?")
}
