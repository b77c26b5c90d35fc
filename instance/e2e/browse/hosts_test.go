package browse_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
)

// fixed are fields that take a word of a list, a number, a day, a secret or a file: anything else there
// refuses the whole form, and the rest of what was typed would not get in.
var fixed = []string{"zone", "accent", "handle", "password", "current_password", "code", "username", "picture", "file", "each", "all", "most", "quorum", "next"}

// shown are pages that show what there can be one of.
var shown = []struct{ role, path string }{
	{"stranger", "/"},
	{"owner", "/@"},
	{"stranger", "/about/rules"},
	{"member", "/you"},
	{"stranger", "/about/imprint"},
	{"stranger", "/"},
	{"owner", "/@"},
	{"stranger", "/privacy"},
	{"member", "/settings/security"},
	{"owner", "/community"},
}

// TestNoOtherHostIsAsked writes hostile words into every field there is, and
// opens every page as everybody (P84). Where a browser asked another host, or
// would have if the policy did not forbid it, something let the words through.
func TestNoOtherHostIsAsked(t *testing.T) {
	if n := len(markuptest.Payloads); n < 60 {
		t.Fatalf("only %d payloads", n)
	}
	w := settle(t, "Lime Street", "Ben Okafor")
	forms := w.forms("owner", "member")
	sitting := map[string]*browser.Person{}
	for _, role := range roles {
		if role != "leaving" {
			sitting[role] = w.sit(t, role, browser.Desktop, browser.Light)
		}
	}
	tried, taken := map[string]int{}, map[string]int{}
	for i, payload := range markuptest.Payloads {
		for _, f := range forms {
			// A new space is one more on every page, and is written like its settings.
			if f.action == "/spaces/new" && i%9 != 0 {
				continue
			}
			tried[f.action]++
			if w.write(f, payload.Text) {
				taken[f.action]++
			}
		}
		w.people["owner"].Answers(w.thread, 0, payload.Text)
		if i%9 == 0 {
			for _, how := range []string{"/hide", "/remove"} {
				w.takeAway(w.people["member"].Says(w.spaces["open"], "", payload.Text), how, payload.Text)
			}
			w.split(payload.Text)
		}
		if at := shown[i/2%len(shown)]; i%2 == 0 {
			w.see(sitting[at.role], strings.Replace(at.path, "@", "@"+w.people["member"].Handle, 1))
		}
	}
	for _, f := range forms {
		if 2*taken[f.action] < tried[f.action] && !slices.Contains(few, f.action) || taken[f.action] < 10 {
			t.Errorf("the form for %s took %d of %d payloads", f.action, taken[f.action], tried[f.action])
		}
	}
	w.people["owner"].Reacts(w.thread, "thanks")
	// Others that were written have one version alone, to which nothing leads back.
	w.see(sitting["member"], w.page+"/revert?to=1")
	w.part()
	sitting["leaving"] = w.sit(t, "leaving", browser.Desktop, browser.Light)
	pages := 0
	for _, role := range roles {
		for _, path := range w.addresses(role, 1) {
			pages++
			w.see(sitting[role], path)
		}
		sitting[role].NoForeignRequests(t, w.origin)
		sitting[role].NoProblems(t)
	}
	w.everywhere()
	t.Logf("%d payloads in %d forms, %d pages", len(markuptest.Payloads), len(forms), pages)
}

// few are forms that make something of which there can only be so many.
var few = []string{"/settings/lists", "/settings/feeds"}

// once are forms that end what there was to write about: signing in, coming in,
// and what takeAway and split do.
var once = regexp.MustCompile(`^/(login|invite|join)|/(hide|remove|split)$`)

// takeAway hides or removes a post with a reason.
func (w *world) takeAway(post, how, reason string) {
	w.t.Helper()
	if r := []rune(reason); len(r) > 300 {
		reason = string(r[:300])
	}
	if got := w.send(w.people["owner"], post+how, post+how, url.Values{"reason": {reason}}); got.Status != http.StatusOK {
		w.t.Errorf("%s%s: %d\n%s", post, how, got.Status, got.Text())
	}
}

var splitAddress = regexp.MustCompile(`/p/[\w-]+/split`)

// split makes a thread of a reply.
func (w *world) split(title string) {
	w.t.Helper()
	post := w.people["member"].Says(w.spaces["open"], "", title)
	w.people["owner"].Answers(post, 0, title)
	path := splitAddress.FindString(string(w.people["owner"].Get(post).Body))
	if r := []rune(title); len(r) > 150 {
		title = string(r[:150])
	}
	if got := w.send(w.people["owner"], path, path, url.Values{"title": {title}}); got.Status != http.StatusOK {
		w.t.Errorf("%s: %d\n%s", path, got.Status, got.Text())
	}
}

// see opens a page.
func (w *world) see(p *browser.Person, path string) {
	w.t.Helper()
	p.Open(w.origin + path)
	p.NoForeignHints(w.t)
	w.seen[w.route(path)] = true
}

// A writing is a form with fields that people write into, on a page.
type writing struct {
	who          *village.Villager
	page, action string
	fields       []string
}

// forms are those that these people find on their pages.
func (w *world) forms(people ...string) (all []writing) {
	w.t.Helper()
	have := map[string]bool{}
	for _, role := range people {
		for _, path := range w.addresses(role, 1) {
			for _, f := range w.people[role].Get(path).Forms() {
				fields := slices.DeleteFunc(f.Typed(), func(name string) bool { return slices.Contains(fixed, name) })
				action := f.Action.RequestURI()
				if f.Method != http.MethodPost || len(fields) == 0 || have[action] || once.MatchString(action) {
					continue
				}
				have[action] = true
				all = append(all, writing{w.people[role], path, action, fields})
			}
		}
	}
	return all
}

// write fills every text of a form and reports whether it was taken.
func (w *world) write(f writing, text string) bool {
	w.t.Helper()
	values := url.Values{}
	for _, name := range f.fields {
		values.Set(name, text)
		if r := []rune(text); name == "title" && len(r) > 150 {
			values.Set(name, string(r[:150]))
		} else if strings.HasPrefix(name, "option-") { // no two of a poll may be the same
			values.Set(name, string(r[:min(len(r), 100)])+" "+name)
		}
	}
	return w.send(f.who, f.page, f.action, values).Status == http.StatusOK
}
