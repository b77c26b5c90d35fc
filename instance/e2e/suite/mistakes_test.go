package suite_test

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/web"
)

// wrong is a form filled in wrongly: what has to be refused and what the answer
// says about it, and what else was typed and has to be there again.
type wrong struct {
	who, page, form string
	bad             url.Values
	says            string
	kept            url.Values
	status          int // 0 is 422
	file            *program.File
}

// all is everything that is typed.
func (x wrong) all() url.Values {
	values := url.Values{}
	maps.Copy(values, x.bad)
	maps.Copy(values, x.kept)
	return values
}

var (
	long     = strings.Repeat("word ", 5000)
	tooLong  = strings.Repeat(long, 4)
	longName = strings.Repeat("n", 500)
)

// wrongs have at least one entry for each form in which something can be typed.
func (w *town) wrongs() []wrong {
	return slices.Concat(w.wrongPosts(), w.wrongPages(), w.wrongSpaces(), w.wrongPeople(), w.wrongSettings(), w.wrongDoors())
}

func (w *town) wrongPosts() []wrong {
	compose, thread, edited := "/compose?space="+w.spaces["open"].ID, "/p/"+w.posts["thread open"], "/p/"+w.posts["edited open"]
	hide, remove, split := "/p/"+w.posts["nested open"]+"/hide", "/p/"+w.posts["nested open"]+"/remove", "/p/"+w.posts["nested open"]+"/split"
	if w.posts["ranked open"] == "" {
		w.posts["ranked open"] = w.asks("open", poll.Draft{Method: poll.Ranked})
	}
	ranked := "/p/" + w.posts["ranked open"]
	return []wrong{
		{who: "insider", page: ranked, form: ranked + "/vote", bad: url.Values{"place-0": {"2"}, "place-1": {"2"}}, says: "Two options have the same place. Give each a place of its own, or none."},
		{who: "insider", page: compose, form: "/compose", bad: url.Values{"body": {" "}}, kept: url.Values{"title": {"A title typed"}}, says: "Write something first."},
		{who: "insider", page: compose, form: "/compose", bad: url.Values{"option-0": {"Bread"}}, kept: url.Values{"body": {"A body typed"}}, says: "Write at least two options."},
		{who: "insider", page: compose, form: "/compose", bad: url.Values{"option-2": {"bread"}}, kept: url.Values{"body": {"A body typed"}, "option-0": {"Bread"}}, says: "Two options say the same."},
		{who: "insider", page: compose, form: "/compose", bad: url.Values{"quorum": {"many"}}, kept: url.Values{"body": {"A body typed"}, "option-0": {"Bread"}}, says: "A number from 0 to 100,000."},
		{who: "insider", page: compose, form: "/compose", bad: url.Values{"most": {"21"}}, kept: url.Values{"body": {"A body typed"}, "option-0": {"Bread"}}, says: "A number from 0 to 20."},
		{who: "insider", page: compose, form: "/compose", bad: url.Values{"title": {strings.Repeat("t", 400)}}, kept: url.Values{"body": {"A body typed"}}, says: "Keep the title under 150 characters."},
		{who: "insider", page: thread, form: thread + "/reply?to=" + w.posts["thread open"], bad: url.Values{"body": {tooLong}}, says: "This is longer than 20,000 characters. Split it into several posts.", status: http.StatusRequestEntityTooLarge},
		{who: "insider", page: edited + "/edit", form: edited + "/edit", bad: url.Values{"body": {""}}, kept: url.Values{"title": {"Another title"}}, says: "Write something first."},
		{who: "owner", page: hide, form: hide, bad: url.Values{"reason": {long}}, says: "Keep the reason under 300 characters."},
		{who: "owner", page: split, form: split, bad: url.Values{"title": {strings.Repeat("t", 151)}}, says: "Keep the title under 150 characters."},
		{who: "owner", page: remove, form: remove, bad: url.Values{"reason": {long}}, says: "Keep the reason under 300 characters."},
	}
}

func (w *town) wrongPages() []wrong {
	begin, edit, review := "/pages/new?space="+w.spaces["open"].ID, "/w/"+w.posts["page open"]+"/edit", "/w/"+w.posts["page open"]+"/review"
	return []wrong{
		{who: "insider", page: begin, form: "/pages/new", bad: url.Values{"body": {" "}}, kept: url.Values{"title": {"A title typed"}}, says: "Write something first."},
		{who: "insider", page: begin, form: "/pages/new", bad: url.Values{"title": {""}}, kept: url.Values{"body": {"A body typed"}}, says: "Give the page a title."},
		{who: "insider", page: edit, form: edit, bad: url.Values{"title": {strings.Repeat("t", 400)}}, kept: url.Values{"body": {"A body typed"}, "note": {"A note typed"}}, says: "Keep the title under 150 characters."},
		{who: "insider", page: edit, form: edit, bad: url.Values{"note": {long}}, kept: url.Values{"body": {"A body typed"}}, says: "Keep what you changed under 150 characters."},
		{who: "insider", page: edit, form: edit, bad: url.Values{"body": {tooLong}}, says: "This is longer than 60,000 characters. Make two pages of it.", status: http.StatusRequestEntityTooLarge},
		{who: "insider", page: review, form: review, bad: url.Values{"next": {"tomorrow"}}, says: "Write a day like 2026-03-14."},
		{who: "insider", page: review, form: review, bad: url.Values{"next": {"2001-01-01"}}, says: "Choose a day from today up to 10 years from now."},
	}
}

func (w *town) wrongSpaces() []wrong {
	settings, add := w.spaces["open"].Path()+"/settings", w.spaces["closed"].Path()+"/members/add"
	return []wrong{
		{who: "owner", page: "/spaces/new", form: "/spaces/new", bad: url.Values{"name": {""}}, kept: url.Values{"purpose": {"A purpose typed"}, "handle": {"typed_handle"}}, says: "Give the space a name."},
		{who: "owner", page: "/spaces/new", form: "/spaces/new", bad: url.Values{"handle": {w.people["member"].handle}}, kept: url.Values{"name": {"A name typed"}, "purpose": {"A purpose typed"}}, says: "This handle is not available. Choose another one."},
		{who: "owner", page: settings, form: settings, bad: url.Values{"name": {""}}, kept: url.Values{"purpose": {"A purpose typed"}}, says: "Give the space a name."},
		{who: "founder", page: add + "?q=qz", form: add + "?q=qz", says: "Tick at least one person."},
	}
}

func (w *town) wrongPeople() []wrong {
	list := "/settings/lists/" + w.list
	return []wrong{
		{who: "insider", page: "/settings/account", form: "/settings/account", bad: url.Values{"handle": {"No Handle!"}}, kept: url.Values{"name": {"A name typed"}}, says: "A handle has 2 to 30 small letters, digits or underscores, such as ada or ada_l."},
		{who: "insider", page: "/settings/account", form: "/settings/account", bad: url.Values{"name": {" "}}, says: "Write a name, as people here know you."},
		{who: "insider", page: "/settings/account", form: "/settings/account/language", bad: url.Values{"zone": {"Nowhere/Never"}}, says: "Choose a time zone from the list, or write one like Europe/Berlin."},
		{who: "insider", page: "/settings/profile", form: "/settings/profile", bad: url.Values{"about": {long}}, kept: url.Values{"skills": {"Skills typed"}}, says: "This can have at most 1,500 characters. Make it shorter."},
		{who: "insider", page: "/settings/lists", form: "/settings/lists", bad: url.Values{"name": {longName}}, says: "The name of a list can have at most 60 characters. Make it shorter."},
		{who: "insider", page: list, form: list, bad: url.Values{"name": {longName}}, says: "The name of a list can have at most 60 characters. Make it shorter."},
		{who: "insider", page: "/settings/feeds", form: "/settings/feeds", bad: url.Values{"name": {longName}}, says: "Keep the name under 60 characters."},
		{who: "insider", page: "/settings/security", form: "/settings/security/password", bad: url.Values{"current_password": {"not the password"}, "password": {password}}, says: "That is not your password now. Check it and try again."},
		{who: "insider", page: "/settings/security", form: "/settings/security/password", bad: url.Values{"current_password": {w.people["insider"].password}, "password": {"short"}}, says: "That password is too short. Take at least 10 characters: a few words in a row are easy to remember."},
		{who: "insider", page: w.sessionName(), form: w.sessionName(), bad: url.Values{"name": {longName}}, says: "The name can have at most 80 characters. Make it shorter."},
		{who: "insider", page: "/settings/data/leave", form: "/settings/data/leave", bad: url.Values{"password": {"not the password"}}, kept: url.Values{"words": {"erase"}}, says: "That is not your password. Check it and try again; nothing was changed."},
		{who: "insider", page: "/settings/security/confirm", form: "/settings/security/confirm", bad: url.Values{"code": {"aaaa-bbbb-cccc-dddd"}}, says: "That is not one of your recovery codes, or it was used before. Check it against your list; nothing was changed."},
	}
}

func (w *town) wrongSettings() []wrong {
	return []wrong{
		{who: "owner", page: "/community", form: "/community", bad: url.Values{"name": {longName}}, says: "The name may have at most 60 characters. Make it shorter."},
		{who: "owner", page: "/community", form: "/community/picture", file: &program.File{Name: "us.png", Type: "image/png", Data: []byte("no picture")}, says: "This is not a picture that can be read here. PNG, JPEG, GIF and WebP work."},
		{who: "owner", page: "/community/texts", form: "/community/texts", bad: url.Values{"welcome": {tooLong}}, kept: url.Values{"rules": {"Rules typed"}}, says: "This text may have at most 2,000 characters. Make it shorter."},
		{who: "owner", page: "/community/features", form: "/community/room", bad: url.Values{"each": {"much"}}, kept: url.Values{"all": {"12"}}, says: "Write a whole number from 0 to 1,048,576."},
		{who: "owner", page: "/community/door", form: "/community/door", bad: url.Values{"question": {long}}, says: "The question may have at most 200 characters. Make it shorter."},
	}
}

func (w *town) wrongDoors() []wrong {
	return []wrong{
		{who: "owner", page: "/invitations/new", form: "/invitations", bad: url.Values{"note": {long}}, kept: url.Values{"question": {"A question typed?"}}, says: "The note can have at most 200 characters. Make it shorter."},
		{who: "stranger", page: w.invite, form: w.invite, bad: url.Values{"password": {"short"}}, kept: url.Values{"name": {"A name typed"}, "rules": {"yes"}}, says: "That password is too short. Take at least 10 characters: a few words in a row are easy to remember."},
		{who: "stranger", page: "/join", form: "/join", bad: url.Values{"name": {" "}, "password": {password}}, kept: url.Values{"answer": {"An answer typed"}, "rules": {"yes"}}, says: "Write a name, as people here know you."},
		{who: "pending", page: "/waiting", form: "/waiting", bad: url.Values{"answer": {long}}, says: "The answer can have at most 500 characters. Make it shorter."},
		{who: "stranger", page: "/login", form: "/login", bad: url.Values{"password": {"nine wrong wheelbarrows"}}, kept: url.Values{"handle": {"typed_handle"}}, says: "That handle and password do not open anything here. Check both and try again."},
		{who: "stranger", page: "/login/code", form: "/login/code", bad: url.Values{"code": {"aaaa-bbbb-cccc-dddd"}}, says: "That code does not open anything here. Check it against your list; a code that was used once is used up."},
	}
}

// untyped are the routes of forms in which nothing can be typed: a button or a
// choice among things that are all right. That this is so is tested.
var untyped = []string{
	"/p/:id/delete", "/p/:id/restore", "/p/:id/react", "/p/:id/pin", "/p/:id/lock", "/p/:id/accept", "/p/:id/settle", "/p/:id/poll/end", "/p/:id/preview/remove", "/p/:id/move", "/p/:id/save", "/drafts/:id/drop", "/w/:id/revert", "/w/:id/pin", "/w/:id/own", "/w/:id/delete", "/w/:id/restore", "/people/:handle/role", "/people/:handle/owner", "/people/:handle/owner/withdraw",
	"/people/:handle/remove", "/you/ownership", "/settings/appearance", "/settings/lists/:id/choose", "/settings/lists/:id/unchoose",
	"/settings/lists/:id/drop", "/settings/feeds/:id/revoke", "/community/picture/remove", "/community/features", "/settings/data/posts", "/leaving/stay", "/leaving/posts",
	"/invitations/:id/revoke", "/waiting/withdraw", "/requests/:id", "/requests/:id/back", "/logout", "/settings/security/password/remove", "/settings/security/codes",
	"/settings/security/sessions/end", "/settings/security/sessions/:id/end", "/s/:space/join", "/s/:space/ask", "/s/:space/leave",
	"/s/:space/members/:member/remove", "/s/:space/members/:member/role", "/s/:space/requests/:member", "/setup/kind", "/setup/people",
	"/m/:id/remove",
	// Sent by the script of photos, while somebody writes.
	"/media",
	// Sent by the script of passkeys, with what the device made.
	"/login/passkey/begin", "/login/passkey/finish", "/login/passkey/new", "/settings/security/passkeys", "/settings/security/passkeys/begin",
	"/settings/security/passkeys/:id/remove",
}

// devices are forms that only somebody with a passkey gets, which the tests of
// signinweb and the browser fill in.
var devices = []string{"/settings/security/passkeys/:id/name"}

// firstSteps are the forms of TestErrorsWhileSettingUp.
var firstSteps = []string{"/setup", "/setup/look", "/setup/door"}

// TestEveryFormIsFilledInWrongly holds that each route that takes a form is in
// the table of mistakes or takes nothing that is typed, on whatever page.
func TestEveryFormIsFilledInWrongly(t *testing.T) {
	both(t, func(t *testing.T, p *place) { settle(t, p).everyFormIsTried() })
}

func (w *town) everyFormIsTried() {
	w.t.Helper()
	p, t := w.place, w.t
	routes, err := p.program.Routes()
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, x := range w.wrongs() {
		for _, r := range routes {
			tried[r.Path] = tried[r.Path] || r.Method == http.MethodPost && matches(r.Path, x.form)
		}
	}
	typed := w.typedForms(routes)
	for _, r := range routes {
		if r.Method != http.MethodPost {
			continue
		}
		free := slices.Contains(untyped, r.Path)
		if known := free || slices.Contains(devices, r.Path) || slices.Contains(firstSteps, r.Path); tried[r.Path] == known {
			t.Errorf("%s is in the table of mistakes: %v, and on a list of those without: %v", r.Path, tried[r.Path], known)
		}
		if free && len(typed[r.Path]) > 0 {
			t.Errorf("one can type %q into the form for %s", typed[r.Path], r.Path)
		}
		delete(typed, r.Path)
	}
	for path := range typed {
		t.Errorf("a form leads to %s, which takes none", path)
	}
}

// typedForms visits every page as everybody, and gives the routes of the forms
// in which something can be typed with the names of those fields.
func (w *town) typedForms(routes []web.Route) map[string][]string {
	w.t.Helper()
	typed := map[string][]string{}
	for _, role := range roles {
		for _, r := range routes {
			for _, path := range addresses(r.Path, w.parameters(r.Path)) {
				if r.Method != http.MethodGet || strings.HasPrefix(path, "/leaving") && role != "leaving" {
					continue
				}
				for _, f := range w.people[role].Get(path).Forms() {
					to := f.Action.Path
					if i := slices.IndexFunc(routes, func(r web.Route) bool { return r.Method == http.MethodPost && matches(r.Path, to) }); i >= 0 {
						to = routes[i].Path
					}
					if f.Method == http.MethodPost {
						typed[to] = append(typed[to], f.Typed()...)
					}
				}
			}
		}
	}
	return typed
}

// TestErrorsKeepWhatWasTyped fills every form in wrongly, in both languages
// (P163): it comes again with all that was typed, but for secrets, and says
// what happened and what to do.
func TestErrorsKeepWhatWasTyped(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		said := map[string]map[string]string{}
		for _, language := range []string{"en", "de"} {
			w.speak(language)
			said[language] = map[string]string{}
			for _, x := range w.wrongs() {
				said[language][fmt.Sprintf("%s %.40v", x.form, x.bad)] = w.mistake(x, language)
			}
		}
		for form, english := range said["en"] {
			if german := said["de"][form]; german == english {
				t.Errorf("%s says in German %q", form, german)
			}
		}
	})
}

// speak has everybody read a language.
func (w *town) speak(language string) {
	w.t.Helper()
	owner := w.people["owner"]
	w.want(owner.Submit(w.form(owner.Get("/community"), "/community"), url.Values{"also_" + language: {"yes"}}), "/community", http.StatusOK)
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test.language"}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE members SET language = $1 -- unfiltered: test", language)
		return "", err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.people["stranger"].Header.Set("Accept-Language", language)
}

// complaint is what a page says is wrong: the notice on top and the words at
// the field.
var complaint = regexp.MustCompile(`(?s)<[^>]*role="alert".*?</div>|<[^>]*class="field-error".*?</p>`)

var tags = regexp.MustCompile(`<[^>]*>`)

// mistake fills a form in wrongly, holds what comes back and gives what it says.
func (w *town) mistake(x wrong, language string) string {
	w.t.Helper()
	return w.mistakeAt(w.people[x.who].Client, w.people[x.who].Get(x.page), x, language)
}

func (p *place) mistakeAt(who *program.Client, page *program.Page, x wrong, language string) string {
	p.t.Helper()
	form := p.form(page, x.form)
	if x.file != nil {
		form.Attach("picture", *x.file)
	}
	got := who.Submit(form, x.all())
	name := fmt.Sprintf("%s with %.40v in %s", x.form, x.bad, language)
	if want := cmp.Or(x.status, http.StatusUnprocessableEntity); got.Status != want {
		p.t.Errorf("%s: %d, want %d", name, got.Status, want)
		return ""
	}
	again := p.form(got, x.form)
	for field, want := range x.all() {
		have := again.Value(field)
		if secret := strings.Contains(field, "password") || field == "code"; secret && have != "" {
			p.t.Errorf("%s gives the %s back", name, field)
		} else if !secret && strings.TrimSpace(strings.ReplaceAll(have, "\r", "")) != strings.TrimSpace(want[0]) {
			p.t.Errorf("%s lost %s: %.60q", name, field, have)
		}
	}
	if again.Value("form_key") == form.Value("form_key") {
		p.t.Errorf("%s comes again with the used key", name)
	}
	words := tags.ReplaceAllString(strings.Join(complaint.FindAllString(string(got.Body), -1), " "), " ")
	words = strings.Join(strings.Fields(html.UnescapeString(words)), " ")
	if language == "en" && !strings.Contains(words, x.says) || words == "" || x.says == "" {
		p.t.Errorf("%s says %q, want %q", name, words, x.says)
	}
	return words
}

// TestErrorsWhileSettingUp makes the mistakes that can be made before there is a
// community, in both languages.
func TestErrorsWhileSettingUp(t *testing.T) {
	said := map[string]string{}
	for _, language := range []string{"en", "de"} {
		p := open(t, newConfig())
		link, err := p.program.SetupLink(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		who := p.browser()
		who.Header.Set("Accept-Language", language)
		page := who.Get(link[strings.Index(link, "/setup"):])
		wrongly := func(x wrong) {
			words := p.mistakeAt(who, page, x, language)
			if other := said[x.form+x.says]; other == words {
				t.Errorf("%s says %q in both languages", x.form, words)
			}
			said[x.form+x.says] = words
		}
		next := func(form string, values url.Values) { page = who.Submit(p.form(page, form), values) }
		wrongly(wrong{form: "/setup", bad: url.Values{"name": {"Ada Lind"}, "password": {password}}, kept: url.Values{"handle": {"typed_handle"}}, says: "Give the community a name."})
		wrongly(wrong{form: "/setup", bad: url.Values{"password": {"short"}}, kept: url.Values{"community": {"A name typed"}, "name": {"Ada Lind"}}, says: "That password is too short. Take at least 10 characters: a few words in a row are easy to remember."})
		next("/setup", url.Values{"community": {"Lime Street"}, "name": {"Ada Lind"}, "handle": {"ada"}, "password": {password}})
		next("/setup/kind", url.Values{"kind": {"club"}})
		wrongly(wrong{form: "/setup/look", bad: url.Values{"zone": {"Nowhere/Never"}}, kept: url.Values{"name": {"Another name"}}, says: "Choose a time zone from the list, or write one like Europe/Berlin."})
		next("/setup/look", nil)
		wrongly(wrong{form: "/setup/door", bad: url.Values{"question": {long}}, says: "The question may have at most 200 characters. Make it shorter."})
	}
}
