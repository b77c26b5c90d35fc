package suite_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/locale/localetest"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// TestPagesSellAndPullNothing visits every page as everybody, in both languages
// (P155, P156): no text sells, sponsors, advertises or pulls; no link leaves for
// another place but the source; nothing plays, moves or loads by itself; no
// list can be sorted by what others liked; and people are listed only where
// somebody went to see people.
func TestPagesSellAndPullNothing(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		pages := 0
		for _, language := range []string{"en", "de"} {
			w.speak(language)
			for _, role := range p.some(roles) {
				who := w.people[role]
				for _, r := range routes {
					if r.Method != http.MethodGet {
						continue
					}
					for _, path := range addresses(r.Path, w.parameters(r.Path)) {
						a := p.ask(who, http.MethodGet, path, nil)
						if !a.html() {
							continue
						}
						pages++
						for _, found := range calm(t, a, language, r.Path) {
							t.Errorf("%s GET %s, in %s: %s", role, path, language, found)
						}
					}
				}
			}
		}
		if pages < 200 {
			t.Errorf("only %d pages were looked at", pages)
		}
	})
}

// peoplePages are where somebody goes to see people; /welcome names whom to ask.
var peoplePages = []string{"/people", "/s/:space/members", "/s/:space/members/add", "/requests", "/settings/lists/:id", "/community/preview", "/@:handle", "/people/:handle/role", "/people/:handle/remove", "/you", "/about", "/welcome", "/p/:id/reactions", "/p/:id/poll/voters"}

// calm is what of a page sells or pulls.
func calm(t *testing.T, a answer, language, route string) (found []string) {
	t.Helper()
	var text strings.Builder
	for n := range nodes(t, a) {
		switch {
		case n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style:
			text.WriteString(n.Data + " ")
		case n.DataAtom == atom.Html && attribute(n, "lang") != language:
			found = append(found, "is in "+attribute(n, "lang"))
		case n.DataAtom == atom.Iframe || n.DataAtom == atom.Marquee || n.DataAtom == atom.Blink || n.DataAtom == atom.Meta && strings.EqualFold(attribute(n, "http-equiv"), "refresh"):
			found = append(found, "has <"+n.Data+">")
		}
		for _, x := range n.Attr {
			switch x.Key {
			case "autoplay", "loop", "preload":
				// How long a video is may be known before somebody plays it.
				if x.Key != "preload" || x.Val != "none" && x.Val != "metadata" {
					found = append(found, "plays by itself: <"+n.Data+" "+x.Key+">")
				}
			case "title", "alt", "aria-label", "placeholder", "content":
				text.WriteString(x.Val + " ")
			case "href", "action", "hx-get":
				if !ours(x.Val) && (x.Val != "https://linked.example/" || attribute(n, "rel") != "noopener noreferrer nofollow ugc") {
					found = append(found, "leads to "+x.Val)
				}
			case "hx-trigger":
				// Where a stream says when, the line about what is new asks seldom.
				line := (route == "/home" || route == "/home/new") && strings.HasPrefix(attribute(n, "hx-get"), "/home/new?cursor=")
				if x.Val != "every 60s" && (x.Val != "every 300s, news" || !line) {
					found = append(found, "loads by "+x.Val)
				}
			case "data-live":
				if route != "/home" && route != "/p/:id" {
					found = append(found, "listens to "+x.Val)
				}
			case "class":
				if slices.Contains(strings.Fields(x.Val), "person") && !slices.Contains(peoplePages, route) {
					found = append(found, "lists people")
				}
			}
		}
	}
	if m := localetest.Selling[language].FindStringSubmatch(text.String()); m != nil {
		found = append(found, "says "+m[1])
	}
	return found
}

// ours reports whether an address is within the community or leads to the
// source, and sorts by time if it sorts at all.
func ours(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" {
		return err == nil && u.Host == "source.example"
	}
	sort := u.Query().Get("sort")
	return u.Scheme == "" && slices.Contains([]string{"", "newest", "active"}, sort)
}
