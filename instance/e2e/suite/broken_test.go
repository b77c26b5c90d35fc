package suite_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/opengather/opengather/instance/internal/database"
)

// trouble is what a page says in each language when we are at fault, and what
// to do.
var trouble = map[string][]string{
	"en": {"Something is wrong on our side", "Something broke on our side. Nothing was saved. Please try again; if it happens again, tell an owner.", "To the front page"},
	"de": {"Bei uns stimmt etwas nicht", "Bei uns ist etwas kaputtgegangen. Es wurde nichts gespeichert. Bitte versuche es noch einmal; wenn es wieder passiert, sag es einer Leitung.", "Zur Startseite"},
}

// inner are words of the inside of the program, of its database, and of the
// machine it runs on.
var inner = regexp.MustCompile(`(?i)goroutine|runtime|panic|nil pointer|\.go\b|\bsql|\bpgx|\bselect |\binsert |\bupdate |relation "|no such table|does not exist|lost_|github\.com|/tmp|/home/|/root`)

// typedWords are words that whoever gets an error back has typed.
var typedWords = url.Values{"title": {"qzrefused Title typed"}, "body": {"qzrefused <b>words</b> typed & lost"}}

// failure holds a page that fails because of us: it has every header, leaves
// the cookies as they are, says in the reader's language what happened and what
// to do, and nothing of why.
func (w *town) failure(language, what string, a answer) {
	w.t.Helper()
	for _, f := range w.findings("insider", a) {
		if f != "status Internal Server Error" {
			w.t.Errorf("%s: %s", what, f)
		}
	}
	if a.status != http.StatusInternalServerError || !a.html() {
		w.t.Errorf("%s: %d, %s", what, a.status, a.header.Get("Content-Type"))
	}
	if set := a.header.Values("Set-Cookie"); len(set) > 0 {
		w.t.Errorf("%s sets the cookies %q", what, set)
	}
	if found := inner.FindString(a.body); found != "" {
		w.t.Errorf("%s shows the inside, %q:\n%s", what, found, a.body)
	}
	for _, words := range append(trouble[language], `<html lang="`+language+`"`, `href="/"`) {
		if !strings.Contains(a.body, words) {
			w.t.Errorf("%s does not say %q:\n%s", what, words, a.body)
		}
	}
}

// broken asks for pages that fail.
func (w *town) broken(language, why string, paths ...string) {
	w.t.Helper()
	for _, path := range paths {
		a := w.ask(w.people["insider"], http.MethodGet, path, nil)
		w.failure(language, path+" with "+why, a)
		for _, found := range marks.FindAllString(a.body, -1) {
			if found != "qznameinsider" && found != "Qznameinsider" { // her own, on top
				w.t.Errorf("%s with %s says %s", path, why, found)
			}
		}
	}
}

// brokenForm sends a form that fails. What was typed comes back.
func (w *town) brokenForm(language, why, key string) {
	w.t.Helper()
	values := url.Values{"form_key": {key}, "space": {w.spaces["secret"].ID}, "title": typedWords["title"], "body": typedWords["body"]}
	a := w.ask(w.people["insider"], http.MethodPost, "/compose", strings.NewReader(values.Encode()))
	w.failure(language, "publishing with "+why, a)
	for _, words := range []string{">qzrefused Title typed<", ">qzrefused &lt;b&gt;words&lt;/b&gt; typed &amp; lost<"} {
		if !strings.Contains(a.body, words) {
			w.t.Errorf("publishing with %s lost %q:\n%s", why, words, a.body)
		}
	}
	if strings.Contains(a.body, key) || strings.Contains(a.body, w.spaces["secret"].ID) {
		w.t.Errorf("publishing with %s shows what nobody typed:\n%s", why, a.body)
	}
}

// breakDown has pages fail for every reason there is, each after the other.
func (w *town) breakDown() {
	w.t.Helper()
	insider := w.people["insider"]
	all := []string{"/home", "/p/" + w.posts["thread secret"], "/search?q=qzsearched", "/s/" + w.spaces["secret"].ID}
	panics := func(language string) {
		db := w.program.Posts.DB
		w.program.Posts.DB = nil
		w.broken(language, "a handler that panics", all[:3]...)
		w.brokenForm(language, "a handler that panics", w.freshKey(insider))
		w.program.Posts.DB = db
	}
	panics("en")
	w.speak("de")
	panics("de")
	w.rename("reactions")
	w.broken("de", "no reactions", all[1])
	key := w.freshKey(insider)
	w.rename("posts")
	w.broken("de", "no posts", all...)
	w.brokenForm("de", "no posts", key)
	// Nobody knows any more who she is. Her browser says that it reads English.
	w.rename("sessions")
	w.broken("en", "no sessions", append(all, "/@"+insider.handle, w.invite)...)
	w.brokenForm("en", "no sessions", key)
}

// rename takes a table away.
func (p *place) rename(table string) {
	p.t.Helper()
	_, err := p.program.DB.Write(p.t.Context(), database.Op{Class: database.System, Name: "test.break"}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("ALTER TABLE " + table + " RENAME TO lost_" + table)
		return "", err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}
