package suite_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// asPiece asks as the script does that puts the answer into the page at there,
// on behalf of the element from. A form is sent, nil asks.
func (p *place) asPiece(who *person, there, from, path string, form url.Values) answer {
	p.t.Helper()
	for name, value := range map[string]string{"HX-Request": "true", "HX-Current-URL": there, "HX-Source": from} {
		who.Header.Set(name, value)
		defer who.Header.Del(name)
	}
	if form == nil {
		return p.ask(who, http.MethodGet, path, nil)
	}
	return p.ask(who, http.MethodPost, path, strings.NewReader(form.Encode()))
}

// piece demands what a script is told: the status, whether it loads the page
// again or goes elsewhere, and that it is given no page.
func (p *place) piece(what string, a answer, status int, refresh, redirect string) {
	p.t.Helper()
	if a.status != status || a.header.Get("HX-Refresh") != refresh || a.header.Get("HX-Redirect") != redirect || a.header.Get("Location") != "" {
		p.t.Errorf("%s: %d, refresh %q, redirect %q, location %q", what, a.status, a.header.Get("HX-Refresh"), a.header.Get("HX-Redirect"), a.header.Get("Location"))
	}
	if strings.Contains(a.body, "<main") || strings.Contains(a.body, "<html") || a.body != "" && !strings.HasPrefix(a.body, `<div id="toasts" hx-swap-oob`) {
		p.t.Errorf("%s: it is given %.300s", what, a.body)
	}
}

// TestAScriptIsGivenNoPage lets what scripts ask for fail: no page comes to be
// within a page, what asks again and again leaves the page as it is, and who has
// to sign in comes back to the page that she was on.
func TestAScriptIsGivenNoPage(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		owner := p.found("Lime Street")
		bo := p.accept("bo", p.invite(owner, nil), "Bo Lind", nil)
		open := p.space(owner, "Garden", space.Open)
		p.must(p.program.Spaces.Join(t.Context(), bo.actor(), "", open))
		says := func(words string) string {
			return p.must(p.program.Posts.Publish(t.Context(), owner.actor(), "", post.Draft{Space: open, Body: words}))
		}
		there, gone := "/p/"+says("still here"), "/p/"+says("soon gone")
		p.must(p.program.Posts.Withdraw(t.Context(), owner.actor(), "", strings.TrimPrefix(gone, "/p/")))
		key := p.freshKey(bo)
		sign := url.Values{"reaction": {"thanks"}, "form_key": {key}}
		home := p.url + "/home?sort=active#main"

		if a := p.asPiece(bo, home, "form", there+"/react", sign); a.status != http.StatusOK || !strings.Contains(a.body, `aria-pressed="true"`) {
			t.Fatalf("a reaction: %d\n%s", a.status, a.body)
		}
		p.piece("to a post that is gone", p.asPiece(bo, home, "form", gone+"/react", url.Values{"reaction": {"thanks"}, "form_key": {p.freshKey(bo)}}), http.StatusNotFound, "true", "")
		p.piece("with an old key", p.asPiece(bo, home, "form", there+"/react", url.Values{"reaction": {"thanks"}, "form_key": {"old"}}), http.StatusForbidden, "true", "")
		none := "/p/" + nothing + "/react"
		p.piece("a link to nothing", p.asPiece(bo, home, "a", none, nil), http.StatusNoContent, "", none)
		p.piece("asking by itself for nothing", p.asPiece(bo, home, "div", none, nil), http.StatusNoContent, "", "")
		p.piece("asking for parts of nothing", p.asPiece(bo, home, "p", "/p/"+nothing+"/parts?all=1", nil), http.StatusNoContent, "", "")
		p.piece("asking for parts of what is gone", p.asPiece(bo, home, "p", gone+"/parts?all=1", nil), http.StatusNoContent, "", "")
		p.piece("asking with a cursor of nothing", p.asPiece(bo, home, "div", "/home/new?cursor=nonsense", nil), http.StatusNoContent, "", "")

		p.program.DB.ReadOnly()
		a := p.asPiece(bo, home, "form", there+"/react", url.Values{"reaction": {"heart"}, "form_key": {p.freshKey(bo)}})
		p.piece("where nothing can be written", a, http.StatusServiceUnavailable, "", "")
		if !strings.Contains(a.body, "read-only for now") {
			t.Errorf("and it does not say so: %s", a.body)
		}

		p.press(bo, "/settings/security", "/logout", nil)
		back := "/login?next=" + url.QueryEscape("/home?sort=active")
		p.piece("asking when the session has ended", p.asPiece(bo, home, "div", "/home/new?cursor=nonsense", nil), http.StatusNoContent, "", back)
		p.piece("asking for parts when the session has ended", p.asPiece(bo, home, "p", there+"/parts?all=1", nil), http.StatusNoContent, "", back)
		if a := p.ask(bo, http.MethodGet, "/live?page="+there, nil); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
			t.Errorf("listening when the session has ended: %d, to %q", a.status, a.header.Get("Location"))
		}
		p.piece("reacting when the session has ended", p.asPiece(bo, home, "form", there+"/react", sign), http.StatusNoContent, "", back)
		for _, at := range []string{"", "/", p.url, p.url + "//never.example/home", "javascript:alert(1)", "http://%"} {
			p.piece("asking from the page "+at, p.asPiece(bo, at, "div", "/home/new?cursor=nonsense", nil), http.StatusNoContent, "", "/login")
		}
		if a := p.ask(bo, http.MethodGet, "/home?sort=active", nil); a.header.Get("Location") != back {
			t.Errorf("without scripts she is led to %s", a.header.Get("Location"))
		}
	})
}

// TestAPageAtAFormerAddressMovesAsAWhole asks for a piece at an address that the
// community had: the page around it goes to the new one.
func TestAPageAtAFormerAddressMovesAsAWhole(t *testing.T) {
	p := open(t, &config.Config{PublicURL: "https://new.example"})
	p.found("Lime Street")
	for _, origin := range []string{"https://old.example", "https://new.example"} {
		if _, err := p.program.Communities.ChangeOrigin(t.Context(), access.System("a test moves the community"), "", origin); err != nil {
			t.Fatal(err)
		}
	}
	handler, err := p.program.Handler()
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://x.example/home/new?cursor=c", nil)
	r.RemoteAddr, r.Host = proxy, "old.example"
	r.Header.Set("X-Forwarded-Proto", "https")
	r.Header.Set("HX-Request", "true")
	r.Header.Set("HX-Current-URL", "https://old.example/home?sort=active")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if to := w.Header().Get("HX-Redirect"); to != "https://new.example/home?sort=active" || w.Code != http.StatusNoContent {
		t.Errorf("%d to %q", w.Code, to)
	}
}
