package suite_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/space"
)

// press opens a page and sends one of its forms.
func (p *place) press(who *person, page, form string, values url.Values) *program.Page {
	p.t.Helper()
	got := who.Submit(p.form(who.Get(page), form), values)
	if got.Status != http.StatusOK {
		p.t.Fatalf("%s sends %s: at %s with %d\n%s", who.key, form, got.URL.Path, got.Status, got.Text())
	}
	return got
}

// sees checks what a page says and does not say.
func (p *place) sees(who *person, path string, want ...string) {
	p.t.Helper()
	page := who.Get(path)
	for _, w := range want {
		words, not := strings.CutPrefix(w, "not: ")
		if strings.Contains(page.Text(), words) == not {
			p.t.Errorf("%s at %s (%d): %q is there: %v\n%s", who.key, path, page.Status, words, not, page.Text())
		}
	}
}

// TestEverythingWorksByForms goes through everything that people do, with a
// browser that runs no scripts (P160).
func TestEverythingWorksByForms(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		ada := p.found("Lime Street")
		bo := p.accept("bo", p.invite(ada, url.Values{"uses": {"1"}}), "Bo Field", nil)
		cy := p.accept("cy", p.invite(ada, url.Values{"approval": {"yes"}, "question": {"Which house?"}}), "Cy Marsh", url.Values{"answer": {"Number nine"}})
		p.sees(cy, "/home", "not: Write something")
		p.sees(ada, "/requests", "Cy Marsh", "Number nine")
		p.press(ada, "/requests", "/requests/"+cy.id, url.Values{"answer": {"yes"}})
		p.sees(cy, "/home", "Home")
		t.Run("spaces", func(t *testing.T) { p.spacesByForms(ada, bo, cy) })
		t.Run("posts", func(t *testing.T) { p.postsByForms(ada, bo) })
		t.Run("people", func(t *testing.T) { p.peopleByForms(ada, bo, cy) })
	})
}

func (p *place) spacesByForms(ada, bo, cy *person) {
	p.t.Helper()
	p.press(bo, "/spaces/new", "/spaces/new", url.Values{"name": {"Garden"}, "handle": {"garden"}, "visibility": {"open"}})
	p.press(cy, "/s/garden", "/s/garden/join", nil)
	p.sees(bo, "/s/garden/members", "Cy Marsh")
	p.press(cy, "/s/garden/leave", "/s/garden/leave", nil)
	p.sees(bo, "/s/garden/members", "not: Cy Marsh")
	p.press(bo, "/spaces/new", "/spaces/new", url.Values{"name": {"Cellar"}, "handle": {"cellar"}, "visibility": {"closed"}})
	p.press(cy, "/s/cellar", "/s/cellar/ask", nil)
	p.press(bo, "/s/cellar/members", "/s/cellar/requests/"+cy.id, url.Values{"answer": {"yes"}})
	p.sees(cy, "/s/cellar/members", "Bo Field", "Cy Marsh")
	p.press(bo, "/s/cellar/settings", "/s/cellar/settings", url.Values{"name": {"Vault"}, "handle": {"vault"}})
	moved := p.ask(cy, http.MethodGet, "/s/cellar", nil)
	if moved.status != http.StatusMovedPermanently || moved.header.Get("Location") != "/s/vault" {
		p.t.Errorf("the old address: %d %s", moved.status, moved.header.Get("Location"))
	}
	p.press(bo, "/s/vault/members", "/s/vault/members/"+cy.id+"/remove", nil)
	p.sees(cy, "/s/vault", "not: Nothing here yet")
	p.press(bo, "/s/garden/members/add", "/s/garden/members/add", url.Values{"who": {cy.id}})
	p.sees(ada, "/spaces", "Garden", "Vault")
}

func (p *place) postsByForms(ada, bo *person) {
	p.t.Helper()
	p.press(ada, "/s/garden", "/s/garden/join", nil)
	garden := p.one("SELECT id FROM spaces WHERE handle = 'garden'")
	at := p.press(bo, "/compose?space="+garden, "/compose", url.Values{"title": {"Apples"}, "body": {"We *pick* them."}}).URL.Path
	p.press(ada, at, at+"/reply?to="+strings.TrimPrefix(at, "/p/"), url.Values{"body": {"I bring a ladder"}})
	reply := "/p/" + p.one("SELECT id FROM posts WHERE parent_id IS NOT NULL")
	p.sees(bo, at, "I bring a ladder", "pick them")
	p.press(bo, at+"/edit", at+"/edit", url.Values{"body": {"We pick them on Sunday."}})
	p.sees(ada, at, "on Sunday")
	p.sees(ada, at+"/history", "We *pick* them.")
	p.press(ada, at+"/react", at+"/react", url.Values{"reaction": {"heart"}})
	p.press(bo, at, reply+"/save", nil)
	p.sees(bo, "/saved", "I bring a ladder", "Nobody else sees")
	p.sees(ada, "/saved", "Nothing saved yet", "not: I bring a ladder")
	p.press(bo, "/saved", reply+"/save", nil)
	p.sees(bo, "/saved", "Nothing saved yet")
	p.draftsByForms(ada, bo, at, garden)
	p.press(ada, at+"/hide", at+"/hide", url.Values{"reason": {"not here"}})
	p.press(ada, at, at+"/restore", nil)
	p.press(ada, at, at+"/pin", nil)
	p.sees(bo, "/s/garden", "Apples", "Pinned")
	p.press(ada, at, at+"/lock", nil)
	p.sees(bo, at, "This thread is closed for replies.")
	p.press(ada, at, at+"/lock", nil)
	cellar := p.space(bo, "Shed", space.Open)
	p.press(bo, at+"/move?space="+cellar, at+"/move", nil)
	p.sees(ada, at, "Shed", "Apples")
	p.press(bo, at+"/move?space="+garden, at+"/move", nil)
	p.endsByForms(ada, bo, garden)
	p.press(ada, reply+"/split", reply+"/split", url.Values{"title": {"Ladders"}})
	p.sees(bo, "/s/garden", "Ladders", "I bring a ladder")
	p.press(ada, reply+"/delete", reply+"/delete", nil)
	p.sees(bo, at, "not: I bring a ladder", "on Sunday")
	p.sees(bo, "/search?q=sunday", "Apples")
	p.sees(bo, "/months", "March", "1 post")
	p.sees(ada, "/s/garden/months/2026-03", "March 2026 in Garden", "Apples")
	p.press(bo, at+"/delete", at+"/delete", nil)
	p.sees(ada, "/s/garden/months/2026-03", "Nothing here", "not: Apples")
	p.sees(bo, "/search?q=sunday", "not: Apples")
}

// draftsByForms begins to write in each of the forms, goes on with it, says one and
// throws the others away.
func (p *place) draftsByForms(ada, bo *person, at, garden string) {
	p.t.Helper()
	reply := at + "/reply?to=" + strings.TrimPrefix(at, "/p/")
	keep := url.Values{"body": {"Half a pear"}, "do": {"draft"}}
	for page, form := range map[string]string{"/compose?space=" + garden: "/compose", at: reply, at + "/edit": at + "/edit"} {
		p.press(bo, page, form, keep)
		p.sees(bo, page, "Draft of 12 March 2026")
		if got := p.form(bo.Get(page), form).Value("body"); got != "Half a pear" {
			p.t.Errorf("the form at %s goes on with %q", page, got)
		}
	}
	p.sees(bo, "/drafts", "New, in Garden", "Reply to: Apples", "Change of: Apples", "Half a pear", "Go on writing")
	p.sees(ada, "/drafts", "No drafts", "not: Half a pear")
	p.sees(ada, at, "not: Draft of")
	p.press(bo, at, reply, url.Values{"body": {"A whole pear"}})
	p.sees(bo, at, "A whole pear", "not: Draft of")
	for range 2 {
		p.press(bo, "/drafts", "/drafts/"+p.one("SELECT min(id) FROM drafts")+"/drop", nil)
	}
	p.sees(bo, "/drafts", "No drafts")
	p.press(bo, "/p/"+p.one("SELECT id FROM posts WHERE body = 'A whole pear'")+"/delete", "/p/"+p.one("SELECT id FROM posts WHERE body = 'A whole pear'")+"/delete", nil)
}

// endsByForms asks and offers something, and says how that ended.
func (p *place) endsByForms(ada, bo *person, garden string) {
	p.t.Helper()
	asked := p.press(bo, "/compose?space="+garden, "/compose", url.Values{"title": {"Where is the ladder?"}, "body": {"I need it."}, "kind": {"question"}}).URL.Path
	p.press(ada, asked, asked+"/reply?to="+strings.TrimPrefix(asked, "/p/"), url.Values{"body": {"In the shed"}})
	p.sees(ada, "/s/garden?only=question&open=1", "Where is the ladder?")
	p.press(bo, asked, asked+"/accept?was=", nil)
	p.sees(ada, asked, "Accepted answer", "Answered")
	p.sees(ada, "/s/garden?only=question&open=1", "not: Where is the ladder?")
	offered := p.press(bo, "/compose?space="+garden, "/compose", url.Values{"body": {"A bicycle, to be had."}, "kind": {"offer"}}).URL.Path
	p.press(bo, offered, offered+"/settle", nil)
	p.sees(ada, offered, "Taken")
	for _, at := range []string{asked, offered} {
		p.press(bo, at+"/delete", at+"/delete", nil)
	}
}

func (p *place) peopleByForms(ada, bo, cy *person) {
	p.t.Helper()
	p.press(bo, "/settings/profile", "/settings/profile", url.Values{"about": {"Grows beans"}, "about_audience": {"members"}})
	p.sees(cy, "/@bo_field", "Grows beans")
	p.press(bo, "/settings/account", "/settings/account", url.Values{"name": {"Bo Meadow"}, "handle": {"bo_meadow"}})
	if a := p.ask(cy, http.MethodGet, "/@bo_field", nil); a.status != http.StatusMovedPermanently {
		p.t.Errorf("the old page of a person: %d", a.status)
	}
	p.press(bo, "/settings/account", "/settings/account/language", url.Values{"language": {"de"}})
	if got := string(bo.Get("/home").Body); !strings.Contains(got, `lang="de"`) {
		p.t.Error("the pages are not in German")
	}
	p.press(bo, "/settings/appearance", "/settings/appearance", url.Values{"theme": {"dark"}})
	p.press(bo, "/settings/feeds", "/settings/feeds", url.Values{"name": {"Kofferradio"}})
	p.press(bo, "/settings/feeds", "/settings/feeds/"+p.one("SELECT id FROM feeds WHERE name = 'Kofferradio'")+"/revoke", nil)
	p.sees(bo, "/settings/feeds", "not: Kofferradio")
	phone := &person{Client: p.browser(), key: "phone", handle: "bo_meadow", password: bo.password}
	p.want(p.signIn(phone), "/home", http.StatusOK)
	p.press(bo, "/settings/security", "/settings/security/sessions/end", nil)
	if a := p.ask(phone, http.MethodGet, "/home", nil); a.status != http.StatusSeeOther {
		p.t.Errorf("the other session lives on: %d", a.status)
	}
	p.press(ada, "/people/cy_marsh"+suffix(p, cy)+"/role", "/people/cy_marsh"+suffix(p, cy)+"/role", url.Values{"role": {"moderator"}})
	p.press(bo, "/settings/data/leave", "/settings/data/leave", url.Values{"password": {bo.password}, "words": {"keep"}})
	p.want(p.signIn(&person{Client: bo.Client, key: "bo", handle: "bo_meadow", password: bo.password}), "/leaving", http.StatusOK)
	p.press(bo, "/leaving", "/leaving/stay", nil)
	p.sees(cy, "/people", "Bo Meadow")
	p.press(bo, "/settings/security", "/logout", nil)
	if a := p.ask(bo, http.MethodGet, "/home", nil); a.status != http.StatusSeeOther {
		p.t.Errorf("signed out and still in: %d", a.status)
	}
}

// suffix is the number that a handle got for whoever had to wait.
func suffix(p *place, who *person) string {
	return strings.TrimPrefix(p.one("SELECT handle FROM members WHERE id = $1", who.id), "cy_marsh")
}

// TestTheSameFormTwice sends forms again, as the Back button and a bad
// connection do: it makes one thing.
func TestTheSameFormTwice(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		thread, wiki := "/p/"+w.posts["thread open"], "/w/"+w.posts["page open"]
		asked := w.asks("open", poll.Draft{Method: poll.Single})
		for _, x := range []struct {
			who, page, form, counts string
			values                  url.Values
		}{
			{"insider", "/compose?space=" + w.spaces["open"].ID, "/compose", "posts", url.Values{"body": {"once"}}},
			{"insider", "/compose?space=" + w.spaces["open"].ID, "/compose", "polls", url.Values{"body": {"once"}, "option-0": {"bread"}, "option-1": {"roses"}}},
			{"insider", "/compose?space=" + w.spaces["open"].ID, "/compose", "polls WHERE secret", url.Values{"body": {"once"}, "option-0": {"bread"}, "option-1": {"roses"}, "secret": {"yes"}}},
			{"insider", "/compose?space=" + w.spaces["open"].ID, "/compose", "drafts", url.Values{"body": {"once"}, "do": {"draft"}}},
			{"insider", "/p/" + asked, "/p/" + asked + "/vote", "poll_votes", url.Values{"choice": {"1"}}},
			{"insider", "/p/" + asked, "/p/" + asked + "/poll/end", "polls WHERE closed_by IS NOT NULL", nil},
			{"insider", thread, thread + "/reply?to=" + w.posts["thread open"], "posts", url.Values{"body": {"once"}}},
			{"insider", thread + "/edit", thread + "/edit", "post_versions", url.Values{"body": {"once"}}},
			{"insider", "/pages/new?space=" + w.spaces["open"].ID, "/pages/new", "pages", url.Values{"title": {"once"}, "body": {"once"}}},
			{"insider", wiki + "/edit", wiki + "/edit", "page_versions", url.Values{"body": {"once"}}},
			{"insider", wiki + "/revert?to=1", wiki + "/revert", "page_versions", nil},
			{"insider", wiki + "/review", wiki + "/review", "pages WHERE reviewed_at IS NOT NULL", nil},
			{"insider", wiki, wiki + "/own", "pages WHERE owner_id IS NULL", nil},
			{"owner", wiki, wiki + "/pin", "pages WHERE pinned_at IS NULL", nil},
			{"owner", "/w/" + w.posts["deleted page open"], "/w/" + w.posts["deleted page open"] + "/restore", "pages WHERE deleted_at IS NULL", nil},
			{"owner", wiki + "/delete", wiki + "/delete", "pages WHERE deleted_at IS NOT NULL", nil},
			{"owner", "/spaces/new", "/spaces/new", "spaces", url.Values{"name": {"Once"}, "visibility": {"closed"}}},
			{"owner", "/invitations/new", "/invitations", "invitations", nil},
			{"insider", "/settings/lists", "/settings/lists", "lists", url.Values{"name": {"once"}}},
			{"insider", "/settings/feeds", "/settings/feeds", "feeds", url.Values{"name": {"once"}}},
			{"owner", "/p/" + w.posts["reply open"] + "/hide", "/p/" + w.posts["reply open"] + "/hide", "reviews", nil},
			{"owner", "/p/" + w.posts["edited open"], "/p/" + w.posts["edited open"] + "/pin", "posts WHERE pinned_at IS NOT NULL", nil},
			{"owner", "/p/" + w.posts["edited open"], "/p/" + w.posts["edited open"] + "/lock", "posts WHERE locked_at IS NOT NULL", nil},
			{"insider", "/p/" + w.posts["edited open"], "/p/" + w.posts["edited open"] + "/settle", "posts WHERE settled_at IS NOT NULL", nil},
			{"insider", "/p/" + w.posts["thread closed"], "/p/" + w.posts["thread closed"] + "/accept?was=" + w.posts["hidden reply closed"], "posts WHERE answer_id = '" + w.posts["reply closed"] + "'", nil},
			{"insider", "/p/" + w.posts["edited closed"] + "/move?space=" + w.spaces["secret"].ID, "/p/" + w.posts["edited closed"] + "/move", "posts WHERE said_in IS NOT NULL", nil},
			{"owner", thread, "/p/" + w.posts["nested open"] + "/save", "saved", nil},
			{"owner", "/p/" + w.posts["nested open"] + "/split", "/p/" + w.posts["nested open"] + "/split", "posts WHERE title = 'once'", url.Values{"title": {"once"}}},
		} {
			before := p.count(x.counts)
			form := p.form(w.people[x.who].Get(x.page), x.form)
			first := w.people[x.who].Submit(form, x.values)
			after := p.count(x.counts)
			second := w.people[x.who].Submit(form, x.values)
			if after != before+1 || p.count(x.counts) != after {
				t.Errorf("%s: %d %s, then %d, then %d", x.form, before, x.counts, after, p.count(x.counts))
			}
			if first.Status != http.StatusOK || second.Status != http.StatusOK {
				t.Errorf("%s: %d, then %d", x.form, first.Status, second.Status)
			}
		}
	})
}

func (p *place) count(table string) (n int) {
	p.t.Helper()
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error {
		return tx.One([]any{&n}, "SELECT count(*) FROM "+table)
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

// TestForeignOriginsAreRefused sends every form there is, with a good key, as a
// page of another site would make the browser do it.
func TestForeignOriginsAreRefused(t *testing.T) {
	p := open(t, newConfig())
	w := settle(t, p)
	routes, err := p.program.Routes()
	if err != nil {
		t.Fatal(err)
	}
	foreign := []http.Header{
		{"Sec-Fetch-Site": {"cross-site"}},
		{"Sec-Fetch-Site": {"same-site"}},
		{"Sec-Fetch-Site": {""}, "Origin": {"https://evil.example"}},
		{"Sec-Fetch-Site": {""}, "Origin": {"null"}},
	}
	forms := 0
	for _, role := range []string{"owner", "stranger"} {
		for _, r := range routes {
			if r.Method != http.MethodPost || strings.HasPrefix(r.Path, "/setup/") {
				continue
			}
			for _, h := range foreign {
				forms++
				who := &person{Client: w.people[role].Client, key: role}
				key := p.freshKey(who)
				path := addresses(r.Path, w.parameters(r.Path))[0]
				a := p.askWith(who, h, path, url.Values{"form_key": {key}, "name": {"Eve"}, "body": {"evil"}})
				refused := a.status == http.StatusForbidden || a.status == http.StatusSeeOther && role == "stranger" && strings.HasPrefix(a.header.Get("Location"), "/login")
				if !refused && !(r.Path == "/setup" && a.status == http.StatusNotFound) {
					t.Errorf("%s: a form from %v to %s: %d", role, h, r.Path, a.status)
				}
			}
		}
	}
	if forms < 300 {
		t.Errorf("only %d forms", forms)
	}
}

// TestAFormKeyIsForOneSession sends a form of one person's with the key of
// another's, as somebody would who lays a page of hers before her.
func TestAFormKeyIsForOneSession(t *testing.T) {
	p := open(t, newConfig())
	w := settle(t, p)
	body := url.Values{"space": {w.spaces["open"].ID}, "body": {"laid before her"}, "form_key": {p.freshKey(w.people["founder"])}}
	before := p.count("posts")
	for _, role := range []string{"member", "stranger"} {
		a := p.ask(w.people[role], http.MethodPost, "/compose", strings.NewReader(body.Encode()))
		if a.status < 300 || p.count("posts") != before {
			t.Errorf("%s publishes with the founder's key: %d", role, a.status)
		}
	}
	if a := p.ask(w.people["founder"], http.MethodPost, "/compose", strings.NewReader(body.Encode())); a.status != http.StatusSeeOther || p.count("posts") != before+1 {
		t.Errorf("the founder cannot publish with her own key: %d", a.status)
	}
}

// TestNothingTypedIsLostWithTheSession sends a form when the session has ended
// meanwhile, as on a phone that lay in a drawer: what was typed comes again, and
// a site elsewhere gets nothing shown of what it sent.
func TestNothingTypedIsLostWithTheSession(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["insider"]
		form := p.form(who.Get("/compose?space="+w.spaces["open"].ID), "/compose")
		p.press(who, "/settings/security", "/logout", nil)
		typed := url.Values{"title": {"Apples"}, "body": {"We pick them on Sunday."}}
		got := who.Submit(form, typed)
		if got.Status != http.StatusUnauthorized || !strings.Contains(got.Text(), "not signed in any more") {
			t.Errorf("%d:\n%s", got.Status, got.Text())
		}
		for _, words := range []string{">Apples<", ">We pick them on Sunday.<", `href="/login"`} {
			if !strings.Contains(string(got.Body), words) {
				t.Errorf("%s is missing:\n%s", words, got.Text())
			}
		}
		if strings.Contains(string(got.Body), w.spaces["open"].ID) {
			t.Error("the id of the space is shown as if she had typed it")
		}
		a := p.askWith(who, http.Header{"Sec-Fetch-Site": {"cross-site"}}, "/compose", typed)
		if a.status != http.StatusSeeOther {
			t.Errorf("a form from elsewhere: %d", a.status)
		}
	})
}
