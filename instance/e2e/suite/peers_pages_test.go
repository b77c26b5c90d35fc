package suite_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
)

// evil is markup that would run, and what is seen of it where it does not.
const evil = `"><img src=x onerror=alert(1)><script>alert(2)</script>`

var runs = regexp.MustCompile(`(?i)<img src=x|<script>|onerror=alert\(1\)>`)

// holdsMarkup holds that a page shows the markup that somebody wrote, as text.
func (w *town) holdsMarkup(role, path string) {
	w.t.Helper()
	page := w.people[role].Get(path)
	if found := runs.FindString(string(page.Body)); found != "" {
		w.t.Errorf("%s at %s: %s", role, path, found)
	}
	if !strings.Contains(page.Text(), "<img src=x") {
		w.t.Errorf("%s does not read at %s (%d) what was written:\n%s", role, path, page.Status, page.Text())
	}
}

func (w *town) markupInSpaces() {
	path := w.spaces["public"].Path()
	w.press(w.people["owner"], path+"/settings", path+"/settings", url.Values{"purpose": {evil}})
	for _, role := range []string{"owner", "member", "stranger"} {
		w.holdsMarkup(role, path)
	}
}

func (w *town) markupInReasons() {
	at := "/p/" + w.posts["reply public"]
	w.press(w.people["owner"], at+"/hide", at+"/hide", url.Values{"reason": {evil}})
	if got := w.one("SELECT reason FROM post_marks WHERE post_id = $1", w.posts["reply public"]); got != evil {
		w.t.Errorf("the reason is stored as %q", got)
	}
	for _, role := range []string{"owner", "moderator", "insider"} {
		for _, path := range []string{"/p/" + w.posts["thread public"], at + "/hide", at + "/history"} {
			if found := runs.FindString(w.ask(w.people[role], http.MethodGet, path, nil).body); found != "" {
				w.t.Errorf("%s at %s: %s", role, path, found)
			}
		}
	}
}

func (w *town) markupInRequests() {
	careful := w.place.invite(w.people["owner"], url.Values{"approval": {"yes"}, "question": {evil}})
	w.holdsMarkup("stranger", careful)
	w.accept("evil", careful, "Eve "+evil, url.Values{"answer": {evil}})
	w.holdsMarkup("owner", "/requests")
	w.holdsMarkup("moderator", "/requests")
}

func (w *town) markupInLists() {
	insider := w.people["insider"]
	w.press(insider, "/settings/lists/"+w.list, "/settings/lists/"+w.list, url.Values{"name": {evil}})
	w.holdsMarkup("insider", "/settings/lists")
	w.holdsMarkup("insider", "/settings/lists/"+w.list)
	w.press(w.people["quiet"], "/settings/account", "/settings/account", url.Values{"name": {"Quin <img src=x onerror=alert(1)>"}})
	w.holdsMarkup("insider", "/people")
	w.holdsMarkup("insider", "/@"+w.people["quiet"].handle)
}

func (w *town) markupInTitles() {
	public := w.spaces["public"]
	at := w.press(w.people["insider"], "/compose?space="+public.ID, "/compose", url.Values{"title": {evil}, "body": {evil}}).URL.Path
	w.holdsMarkup("stranger", public.Path())
	for _, path := range []string{at, "/home", public.Path()} {
		w.holdsMarkup("member", path)
	}
}

func (w *town) wordsAreTheirAuthors() {
	for _, role := range []string{"owner", "moderator", "founder", "member"} {
		for _, where := range wheres {
			w.unchanged(role, func(who *person) []answer {
				at := "/p/" + w.posts["edited "+where] + "/edit"
				return []answer{w.ask(who, http.MethodGet, at, nil), w.send(who, at, url.Values{"title": {"theirs"}, "body": {"theirs"}, "version": {"2"}})}
			})
		}
	}
}

func (w *town) pagesHoldNoConfiguration() {
	secrets := []string{strings.Repeat("5c", 32)}
	if dsn := string(w.program.Config.Database); dsn != "" {
		secrets = append(secrets, dsn)
	}
	seen := w.program.Config.Describe() + fmt.Sprintf("%v %+v %#v", *w.program.Config, *w.program.Config, w.program.Config.Database)
	for _, s := range secrets {
		if strings.Contains(seen, s) {
			w.t.Errorf("the description of the settings has %q", s)
		}
	}
	secrets = append(secrets, w.dir, "postgres://", "OPENGATHER_", "community.sqlite")
	for _, role := range []string{"owner", "stranger"} {
		for _, path := range []string{"/", "/about", "/privacy", "/privacy/data", "/community", "/community/features", "/setup", "/setup/kind", "/up", "/config", "/.env", "/debug/vars", "/debug/pprof/", "/metrics", "/p/%ff"} {
			a := w.ask(w.people[role], http.MethodGet, path, nil)
			for _, s := range secrets {
				if strings.Contains(a.body+fmt.Sprint(a.header), s) {
					w.t.Errorf("%s reads %q at %s", role, s, path)
				}
			}
		}
	}
}

func (w *town) filesHaveNoNames() {
	owner := w.people["owner"]
	form := w.form(owner.Get("/community"), "/community/picture")
	form.Attach("picture", program.File{Name: "qzfile of Ada Lind.png", Type: "image/png", Data: drawn(w.t)})
	w.want(owner.Submit(form, nil), "/community", http.StatusOK)
	for _, role := range []string{"owner", "member", "stranger"} {
		for _, path := range []string{"/", "/about", "/home", "/community", w.spaces["public"].Path()} {
			if strings.Contains(w.ask(w.people[role], http.MethodGet, path, nil).body, "qzfile") {
				w.t.Errorf("%s reads the name of a file at %s", role, path)
			}
		}
	}
	for where, text := range w.stored() {
		if strings.Contains(text, "qzfile") {
			w.t.Errorf("the name of a file is kept in %s", where)
		}
	}
}

func (w *town) idsOfPeopleAreNotPublic() {
	ids := map[string]string{}
	for role, who := range w.people {
		ids[role] = who.id
	}
	delete(ids, "stranger")
	stranger := w.people["stranger"]
	queue, seen := []string{"/", w.spaces["public"].Path(), "/p/" + w.posts["thread public"], "/p/" + w.posts["edited public"] + "/history", "/@" + w.people["insider"].handle}, map[string]bool{}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		a := w.ask(stranger, http.MethodGet, path, nil)
		for role, id := range ids {
			if strings.Contains(a.body+fmt.Sprint(a.header), id) {
				w.t.Errorf("a stranger reads the id of %s at %s", role, path)
			}
		}
		queue = append(queue, links(a)...)
	}
	if len(seen) < 15 {
		w.t.Errorf("only %d pages", len(seen))
	}
}

// drawn is a picture.
func drawn(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// refusalsAreNoAccidents holds that what was refused above was refused by a
// rule: nothing of it broke.
func (w *town) refusalsAreNoAccidents() {
	for line := range strings.Lines(w.log.String()) {
		if strings.Contains(line, "level=ERROR") || strings.Contains(line, "panic") {
			w.t.Error(line)
		}
	}
}
