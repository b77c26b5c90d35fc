package suite_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/markup/markuptest"
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
		{"insider", w.sessionName(), w.sessionName()},
	}
}

func (w *town) sessionName() string {
	return "/settings/security/sessions/" + w.one("SELECT id FROM sessions WHERE member_id = $1", w.people["insider"].id) + "/name"
}

// addressed are pages that show what stands in their address.
var addressed = []string{
	"/search?q=", "/people?q=", "/login?next=", "/login/code?next=", "/setup?token=", "/compose?space=", "/home?sort=", "/home?before=", "/?said=",
	"/invitations/new?for=", "/community/preview?as=", "/settings/data/posts?choose=yes&from=", "/p/", "/s/", "/@", "/invite/", "/",
}

// TestNothingThatPeopleWriteLeavesThePage puts every payload into every field
// and address, and visits the pages that show it (P84, P86). Forms that refuse
// it show it again, which is one more page.
func TestNothingThatPeopleWriteLeavesThePage(t *testing.T) {
	p := open(t, newConfig())
	w := settle(t, p)
	// Names that were refused are kept as they were; this invitation asks.
	careful := p.invite(w.people["owner"], url.Values{"approval": {"yes"}, "question": {"Why?"}, "uses": {"0"}})
	if n := len(markuptest.Payloads); n < 60 {
		t.Fatalf("only %d payloads", n)
	}
	shown := []visit{
		{"stranger", "/"},
		{"stranger", "/about/rules"},
		{"stranger", "/about/imprint"},
		{"stranger", "/privacy"},
		{"stranger", w.spaces["public"].Path()},
		{"insider", w.spaces["open"].Path() + "/members"},
		{"insider", "/you"},
		{"member", "/@"},
	}
	forms, taken := 0, 0
	for i, payload := range markuptest.Payloads {
		p.clock.Add(time.Minute)
		for _, f := range w.fields() {
			forms++
			if w.write(payload, f) {
				taken++
			}
		}
		newcomer := &person{Client: p.browser(), key: "stranger"}
		p.nets %= 200
		a := p.send(newcomer, careful, url.Values{"name": {payload.Text}, "answer": {payload.Text}, "password": {password}, "rules": {"yes"}})
		p.hold(payload, "newcomer", careful, a, "")
		// Each address gets every third payload: more than sixty.
		for j := range (len(addressed) + 2) / 3 {
			path := addressed[(3*j+i)%len(addressed)]
			p.hold(payload, "owner", path, p.ask(w.people["owner"], http.MethodGet, path+url.QueryEscape(payload.Text), nil), "owner")
		}
		for _, s := range shown {
			if s.path == "/@" {
				s.path += w.handleOf("insider")
			}
			p.hold(payload, s.who, s.path, p.ask(w.people[s.who], http.MethodGet, s.path, nil), s.who)
		}
	}
	for _, s := range []visit{{"owner", "/invitations"}, {"owner", "/requests"}, {"owner", "/people"}, {"insider", "/settings/security"}} {
		p.hold(markuptest.Payload{}, s.who, s.path, p.ask(w.people[s.who], http.MethodGet, s.path, nil), s.who)
	}
	if taken < forms/2 {
		t.Errorf("only %d of %d forms were taken: the payloads did not get in", taken, forms)
	}
	for _, path := range []string{"/home", "/search?q=evil", w.spaces["public"].Path(), "/p/" + w.posts["thread open"], "/p/" + w.posts["edited public"] + "/history"} {
		for _, text := range []string{w.through(w.people["insider"], channel{paths: []string{path}})} {
			p.hold(markuptest.Payload{}, "insider", path, answer{http.StatusOK, p.ask(w.people["insider"], http.MethodGet, path, nil).header, text}, "insider")
		}
	}
	t.Logf("%d payloads, %d forms, %d taken", len(markuptest.Payloads), forms, taken)
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
