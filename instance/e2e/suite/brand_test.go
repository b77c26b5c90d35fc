package suite_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
)

// brand is our name, however it is written.
var brand = regexp.MustCompile(`(?i)open[\s_-]?gather`)

// TestNoPageSaysWhoseSoftwareThisIs gives the community a theme of its own and
// reads every answer to everybody, in both languages, headers included (P8).
// The address of the source is the operator's to give, and is no text.
func TestNoPageSaysWhoseSoftwareThisIs(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner := w.people["owner"]
		p.press(owner, "/community", "/community", url.Values{"name": {"Kirschallee"}, "accent": {"#7a1f3d"}, "about_line": nil})
		for _, lang := range []string{"en", "de"} {
			for _, role := range p.some(roles) {
				w.unbranded(w.people[role], lang)
			}
		}
		// The line that can be switched off is the only one.
		p.press(owner, "/community", "/community", url.Values{"about_line": {"yes"}})
		if a := p.ask(owner, http.MethodGet, "/about", nil); len(brand.FindAllString(a.body, -1)) != 1 {
			t.Errorf("with the line the page about us says our name as often as %q", brand.FindAllString(a.body, -1))
		}
	})
}

// unbranded reads everything there is for our name.
func (w *town) unbranded(who *person, lang string) {
	w.t.Helper()
	who.Header.Set("Accept-Language", lang)
	if who.id != "" {
		_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test.language"}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec("UPDATE members SET language = $1 WHERE id = $2", lang, who.id)
			return "", err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	seen := map[string]bool{}
	read := func(method, path string) {
		a := w.ask(who, method, path, strings.NewReader("body=x"))
		if found := brand.FindString(path + fmt.Sprint(a.header) + a.body); found != "" {
			at := brand.FindStringIndex(a.body)
			if at == nil {
				at = []int{0, 0}
			}
			w.t.Errorf("%s %s as %s in %s (%d) says %q: …%s", method, path, who.key, lang, a.status, found, a.body[max(0, at[0]-60):min(len(a.body), at[1]+40)])
		}
		for _, l := range links(a) {
			if strings.HasPrefix(l, "/static/") || strings.HasPrefix(l, "/picture") {
				seen[l] = true
			}
		}
	}
	for _, r := range routes {
		for _, path := range addresses(r.Path, w.parameters(r.Path)) {
			read(r.Method, path)
		}
	}
	for _, path := range []string{"/up", "/nothing", "/static/nothing.css", "/p/%ff", "/home?before=nonsense", "/search?q=harvest", "/people?q=qz"} {
		read(http.MethodGet, path)
	}
	if len(seen) < 3 {
		w.t.Fatalf("pages load only %v", seen)
	}
	for path := range seen {
		read(http.MethodGet, path)
	}
}
