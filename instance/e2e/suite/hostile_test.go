package suite_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
)

// Fields in which people write, by the attributes of their elements.
var (
	writeable = regexp.MustCompile(`<(input|textarea)\b[^>]*>`)
	fieldName = regexp.MustCompile(`\bname="([^"]+)"`)
	fieldType = regexp.MustCompile(`\btype="([^"]+)"`)
)

// fixed are fields that take a word of a list, or a secret: anything else there
// refuses the whole form, and the rest of what was typed would not get in.
var fixed = []string{"zone", "accent", "handle", "password", "new_password", "current_password", "code", "username"}

// texts are the names of the fields in which free text can be written.
func texts(body string) (names []string) {
	for _, m := range writeable.FindAllStringSubmatch(body, -1) {
		name, kind := fieldName.FindStringSubmatch(m[0]), "text"
		if k := fieldType.FindStringSubmatch(m[0]); k != nil {
			kind = k[1]
		}
		if name != nil && (m[1] == "textarea" || slices.Contains([]string{"text", "search", "url", "email", "date"}, kind)) {
			names = append(names, name[1])
		}
	}
	return names
}

// visit is a page that somebody looks at.
type visit struct{ who, path string }

// field is a page with forms in which somebody writes, and the path of one.
type field struct{ who, page, form string }

func (w *town) fields() []field {
	open, secret, list := w.spaces["open"].Path(), "/s/"+w.spaces["secret"].ID, "/settings/lists/"+w.list
	thread, hide := "/p/"+w.posts["thread open"], "/p/"+w.posts["nested open"]+"/hide"
	return []field{
		{"owner", "/community", "/community"},
		{"owner", "/community/texts", "/community/texts"},
		{"owner", "/community/door", "/community/door"},
		{"owner", open + "/settings", open + "/settings"},
		{"founder", secret + "/settings", secret + "/settings"},
		{"owner", "/invitations/new", "/invitations"},
		{"owner", hide, hide},
		{"insider", "/settings/account", "/settings/account"},
		{"insider", "/settings/profile", "/settings/profile"},
		{"insider", list, list},
		{"insider", "/compose?space=" + w.spaces["open"].ID, "/compose"},
		{"insider", "/compose?space=" + w.spaces["public"].ID, "/compose"},
		{"insider", thread, thread + "/reply?to=" + w.posts["thread open"]},
		{"insider", "/p/" + w.posts["edited public"] + "/edit", "/p/" + w.posts["edited public"] + "/edit"},
		{"insider", "/p/" + w.posts["reply public"] + "/edit", "/p/" + w.posts["reply public"] + "/edit"},
		{"insider", w.sessionName(), w.sessionName()},
		{"insider", "/w/" + w.posts["page public"] + "/edit", "/w/" + w.posts["page public"] + "/edit"},
	}
}

// newOnes are fields of forms that make or end something each time, which makes
// every page after it longer: each gets every third payload, more than sixty.
func (w *town) newOnes() []field {
	w.posts["removed"] = w.must(w.program.Posts.Publish(w.t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces["open"].ID, Body: "soon removed"}))
	talk := w.must(w.program.Posts.Publish(w.t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces["open"].ID, Body: "soon two threads"}))
	reply := w.must(w.program.Posts.Reply(w.t.Context(), w.people["insider"].actor(), "", post.Draft{Parent: talk, Body: "about another thing"}))
	remove, split := "/p/"+w.posts["removed"]+"/remove", "/p/"+reply+"/split"
	return []field{
		{"owner", remove, remove},
		{"owner", split, split},
		{"quiet", "/spaces/new", "/spaces/new"},
		{"pending", "/waiting", "/waiting"},
		{"insider", "/settings/lists", "/settings/lists"},
		{"insider", "/settings/feeds", "/settings/feeds"},
		{"insider", "/pages/new?space=" + w.spaces["open"].ID, "/pages/new"},
	}
}

func (w *town) sessionName() string {
	return "/settings/security/sessions/" + w.one("SELECT id FROM sessions WHERE member_id = $1", w.people["insider"].id) + "/name"
}

// addressed are pages that show what stands in their address.
var addressed = []string{
	"/search?q=", "/search?q=a&from=", "/search?q=a&in=", "/search?q=a&since=", "/search?before=", "/search?q=a&before=", "/people?q=", "/pages?q=", "/pages/new?space=", "/w/", "/login?next=", "/login/code?next=", "/setup?token=", "/compose?space=", "/home?sort=", "/home?before=", "/home?only=", "/?said=",
	"/invitations/new?for=", "/community/preview?as=", "/settings/data/posts?choose=yes&from=", "/p/", "/s/", "/months/", "/months?year=", "/feed/", "/@", "/invite/", "/",
}

// displays are pages that show what was written where there is one of it.
var displays = []visit{
	{"stranger", "/"},
	{"stranger", "/about/rules"},
	{"stranger", "/about/imprint"},
	{"stranger", "/privacy"},
	{"stranger", "/s/{public}"},
	{"stranger", "/months/2026-03"},
	{"insider", "/s/{open}/members"},
	{"insider", "/you"},
	{"insider", "/settings/feeds"},
	{"insider", "/saved"},
	{"insider", "/drafts"},
	{"stranger", "/pages"},
	{"stranger", "/w/{page public}"},
	{"insider", "/w/{page public}/history"},
	{"member", "/@{insider}"},
	{"insider", "/p/{removed}"},
}

// TestNothingThatPeopleWriteLeavesThePage puts every payload into every field
// and address, and visits the pages that show it (P84, P86). Forms that refuse
// it show it again, which is one more page. On PostgreSQL each payload goes into
// one form and address, one in three payloads is used, and each form gets several.
func TestNothingThatPeopleWriteLeavesThePage(t *testing.T) {
	if n := len(markuptest.Payloads); n < 3*60 {
		t.Fatalf("only %d payloads", n)
	}
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		w.holdFields()
		// Names that were refused are kept as they were; this invitation asks.
		careful := p.invite(w.people["owner"], url.Values{"approval": {"yes"}, "question": {"Why?"}, "uses": {"0"}})
		forms, taken := 0, 0
		for i, payload := range markuptest.Payloads {
			if i%3 != 0 && p.program.DB.Engine() == database.PostgreSQL {
				continue
			}
			p.clock.Add(time.Minute)
			for _, f := range append(turns(p, w.fields(), i, 1), turns(p, w.newOnes(), i, 3)...) {
				forms++
				if w.write(payload, f) {
					taken++
				}
			}
			p.arrives(payload, careful)
			if i%3 == 0 {
				p.takesBack(p.arrives(payload, "/join"))
			}
			// Each address gets every third payload: more than sixty.
			for _, path := range turns(p, addressed, i, 3) {
				p.hold(payload, "owner", path, p.ask(w.people["owner"], http.MethodGet, path+url.QueryEscape(payload.Text), nil), "owner")
			}
			for _, s := range turns(p, displays, i, 1) {
				w.visits(payload, s)
			}
		}
		for _, s := range []visit{{"owner", "/invitations"}, {"owner", "/requests"}, {"owner", "/people"}, {"insider", "/settings/security"}} {
			w.visits(markuptest.Payload{}, s)
		}
		if taken < forms/2 {
			t.Errorf("only %d of %d forms were taken: the payloads did not get in", taken, forms)
		}
		for _, path := range []string{"/home", "/search?q=evil", w.spaces["public"].Path(), "/p/" + w.posts["thread open"], "/p/" + w.posts["edited public"] + "/history"} {
			text := w.through(w.people["insider"], channel{paths: []string{path}})
			p.hold(markuptest.Payload{}, "insider", path, answer{http.StatusOK, p.ask(w.people["insider"], http.MethodGet, path, nil).header, text}, "insider")
		}
		t.Logf("%d payloads, %d forms, %d taken", len(markuptest.Payloads), forms, taken)
	})
}

// arrives lets somebody ask to come in who is called as a payload says.
func (p *place) arrives(payload markuptest.Payload, door string) *person {
	p.t.Helper()
	newcomer := &person{Client: p.browser(), key: "stranger"}
	p.nets %= 200
	a := p.send(newcomer, door, url.Values{"name": {payload.Text}, "answer": {payload.Text}, "password": {password}, "rules": {"yes"}})
	p.hold(payload, "newcomer", door, a, "")
	return newcomer
}

// takesBack ends a request, if it was taken: only so many may wait.
func (p *place) takesBack(newcomer *person) {
	p.t.Helper()
	for _, f := range newcomer.Get("/waiting").Forms() {
		if f.Action.Path == "/waiting/withdraw" {
			newcomer.Submit(f, nil)
		}
	}
}

// turns are those of all whose turn it is in a round: of so many rounds each has
// one. On PostgreSQL there is one at a time.
func turns[T any](p *place, all []T, round, rounds int) (now []T) {
	if p.program.DB.Engine() == database.PostgreSQL {
		at := round / 3 % len(all)
		return all[at : at+1]
	}
	for i, x := range all {
		if (i-round)%rounds == 0 {
			now = append(now, x)
		}
	}
	return now
}

// visits looks at a page that shows a payload.
func (w *town) visits(payload markuptest.Payload, at visit) {
	w.t.Helper()
	names := strings.NewReplacer("/s/{public}", w.spaces["public"].Path(), "/s/{open}", w.spaces["open"].Path(), "{insider}", w.handleOf("insider"), "{removed}", w.posts["removed"], "{page public}", w.posts["page public"])
	path := names.Replace(at.path)
	w.hold(payload, at.who, path, w.ask(w.people[at.who], http.MethodGet, path, nil), at.who)
}

// notWritten are the forms with fields that get no payload by fields.
var notWritten = map[string]string{
	"/invite/:token": "newcomers send it", "/join": "newcomers send it",
	"/community/picture": "takes a file, which is drawn anew",
	"/community/room":    "takes two numbers",
	"/w/:id/review":      "takes a day",
}

// holdFields looks for every form in which somebody can write, on every page of
// those who write here: it is among fields, or excused.
func (w *town) holdFields() {
	w.t.Helper()
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	written, found := append(w.fields(), w.newOnes()...), map[string]bool{}
	for _, role := range w.some([]string{"owner", "founder", "insider", "pending", "stranger"}) {
		for _, r := range routes {
			if r.Method != http.MethodGet {
				continue
			}
			for _, path := range addresses(r.Path, w.parameters(r.Path)) {
				for _, f := range w.people[role].Get(path).Forms() {
					fields := slices.DeleteFunc(f.Typed(), func(name string) bool { return slices.Contains(fixed, name) })
					if f.Method == http.MethodPost && len(fields) > 0 {
						found[pattern(routes, f.Action.Path)] = true
					}
				}
			}
		}
	}
	for _, f := range written {
		found[pattern(routes, f.form)] = true
	}
	for route := range found {
		gets := slices.ContainsFunc(written, func(f field) bool { return matches(route, f.form) })
		if gets == (notWritten[route] != "") {
			w.t.Errorf("the form for %s gets payloads: %v, and is excused: %q", route, gets, notWritten[route])
		}
	}
}

// pattern is the route to which a form is sent, or its path if there is none.
func pattern(routes []web.Route, path string) string {
	for _, r := range routes {
		if r.Method == http.MethodPost && matches(r.Path, path) {
			return r.Path
		}
	}
	return path
}

func (w *town) handleOf(role string) string {
	return w.one("SELECT handle FROM members WHERE id = $1", w.people[role].id)
}

// write fills every text of a form with a payload and reports whether it was
// taken.
func (w *town) write(payload markuptest.Payload, f field) bool {
	w.t.Helper()
	who := w.people[f.who]
	page := who.Get(f.page)
	if page.Status != http.StatusOK {
		w.t.Fatalf("%s GET %s: %d", f.who, f.page, page.Status)
	}
	form := w.form(page, f.form)
	values, have := url.Values{}, form.Fields()
	for _, name := range texts(string(page.Body)) {
		if slices.Contains(have, name) && !slices.Contains(fixed, name) {
			values[name] = []string{payload.Text}
		}
	}
	if len(values) == 0 {
		w.t.Fatalf("%s has nothing to write in", f.form)
	}
	if slices.Contains(have, "body") && slices.Contains(have, "title") && len([]rune(payload.Text)) > 150 {
		values["title"] = []string{string([]rune(payload.Text)[:150])}
	}
	got := who.Submit(form, values)
	w.hold(payload, f.who, f.form, answer{got.Status, got.Header, string(got.Body)}, f.who)
	return got.Status == http.StatusOK
}

// hold reports what is wrong with a page that shows a payload.
func (p *place) hold(payload markuptest.Payload, who, path string, a answer, role string) {
	p.t.Helper()
	for _, f := range p.findings(role, a) {
		// Whoever writes a format verb or a Go file's name sees it again.
		if payload.Text == "" || !strings.Contains(payload.Text, f) {
			p.t.Errorf("%s: %s at %s: %s", payload.Name, who, path, f)
		}
	}
}
