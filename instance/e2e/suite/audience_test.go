package suite_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/web/look"

	"golang.org/x/net/html"
)

// saidBy are the words with which every form says who will read what is typed
// into it, by the route it is sent to and the field (P112). A form with a field
// that is neither here nor in unread fails the test.
var saidBy = map[string]map[string]string{
	"/compose":                             {"title": "Who can read this:", "body": "Who can read this:", "option-": "Who can read this:", "file": "others get them without."},
	"/p/:id/edit":                          {"title": "Who can read this:", "body": "Who can read this:", "file": "others get them without.", "alt-": "Who can read this:"},
	"/pages/new":                           {"title": "Who can read this:", "body": "Who can read this:"},
	"/w/:id/edit":                          {"title": "Who can read this:", "body": "Who can read this:", "note": "Who can read this:"},
	"/p/:id/split":                         {"title": "Who can read this:"},
	"/p/:id/reply":                         {"body": "Who can read this:", "file": "others get them without."},
	"/p/:id/hide":                          {"reason": "The moderators of the space read it too, and nobody else."},
	"/p/:id/remove":                        {"reason": "The moderators of the space read it too, and nobody else."},
	"/spaces/new":                          {"name": "Whoever may know of the space", "purpose": "Whoever may know of the space", "handle": "Whoever may know of the space"},
	"/s/:space/settings":                   {"name": "Whoever may know of the space", "purpose": "Whoever may know of the space", "handle": "Whoever may know of the space"},
	"/invitations":                         {"note": "so do owners and moderators; the invited do not", "question": "read by whoever holds the link"},
	"/settings/account":                    {"name": "Members see it, and whoever can read what you write.", "handle": "Whoever sees your name sees it too."},
	"/settings/account/language":           {"zone": "Only you see it."},
	"/settings/profile":                    {"about": chosen, "pronouns": chosen, "interests": chosen, "skills": chosen, "availability": chosen, "contact": chosen},
	"/settings/lists":                      {"name": "Only you see it."},
	"/settings/lists/:id":                  {"name": "Only you see it."},
	"/settings/security/sessions/:id/name": {"name": "Only you see it."},
	"/settings/feeds":                      {"name": "Only you see it."},
	"/community":                           {"name": "Everybody can read this, also outside", "zone": "Everybody can read this, also outside"},
	"/community/picture":                   {"picture": "Everybody can read this, also outside"},
	"/community/door":                      {"question": "Whoever asks to join reads"},
	"/community/texts":                     {"welcome": "Everybody can read this, also outside", "rules": "Everybody can read this, also outside", "imprint": "Everybody can read this, also outside", "privacy": "Everybody can read this, also outside"},
	"/invite/:token":                       {"name": "Members see your name", "handle": "Members see your name and your handle", "answer": "The people who look after the community read this, and nobody else."},
	"/join":                                {"name": "Members see your name", "answer": "The people who look after the community read this, and nobody else."},
	"/waiting":                             {"answer": "The people who look after the community read this, and nobody else."},
}

// chosen is for what she chooses the readers of, field by field.
const chosen = "Who sees this?"

// unread are the fields of which nobody reads what is typed, by route and field,
// with the reason. The forms need not say so.
var unread = map[string]string{
	"/login handle":                   "it is compared with the handles there are, and shown to nobody but who typed it",
	"/login/code code":                "a secret, compared with hashes",
	"/settings/security/confirm code": "a secret, compared with hashes",
	"/settings/data/leave code":       "a secret, compared with hashes",
}

// TestEveryFormSaysWhoWillRead opens every page as everybody and holds every
// form that somebody types into against the words above.
func TestEveryFormSaysWhoWillRead(t *testing.T) {
	both(t, func(t *testing.T, p *place) { settle(t, p).everyFormSays() })
}

func (w *town) everyFormSays() {
	w.t.Helper()
	p, t, owner := w.place, w.t, w.people["owner"]
	p.press(owner, "/community/door", "/community/door", url.Values{"door": {"ask"}, "question": {"qzquestion?"}})
	careful := w.place.invite(owner, url.Values{"approval": {"yes"}, "question": {"qzquestion?"}})
	routes, err := p.program.Routes()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{} // by route and field
	for _, role := range roles {
		paths := []string{careful}
		if id := w.people[role].id; id != "" {
			paths = append(paths, "/settings/security/sessions/"+p.one("SELECT id FROM sessions WHERE member_id = $1 ORDER BY created_day, id LIMIT 1", id)+"/name")
		}
		for _, r := range routes {
			if r.Method == http.MethodGet {
				paths = append(paths, addresses(r.Path, w.parameters(r.Path))...)
			}
		}
		for _, path := range paths {
			a := p.ask(w.people[role], http.MethodGet, path, nil)
			if a.status == http.StatusOK && a.html() {
				p.formsSay(path, a.body, seen)
			}
		}
	}
	for route, fields := range saidBy {
		for field := range fields {
			if !seen[route+" "+field] {
				t.Errorf("no page has a form for %s with %s", route, field)
			}
		}
	}
	for field := range unread {
		if !seen[field] {
			t.Errorf("no page has a form for what nobody reads, %s", field)
		}
	}
}

// formsSay holds the forms of one page against the table.
func (p *place) formsSay(path, body string, seen map[string]bool) {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for form := range root.Descendants() {
		if form.Data != "form" || form.Type != html.ElementNode || !strings.EqualFold(attr(form, "method"), "post") {
			continue
		}
		action, _, _ := strings.Cut(attr(form, "action"), "?")
		route := p.routeOf(action)
		for field, around := range typedFields(form) {
			if strings.HasPrefix(field, look.AltField) {
				field = look.AltField // of which photo does not matter
			}
			if strings.HasPrefix(field, "option-") {
				field = "option-" // nor which option
			}
			seen[route+" "+field] = true
			words := saidBy[route][field]
			if _, silent := unread[route+" "+field]; silent && words == "" {
				continue
			}
			text := textOf(form)
			if words == chosen {
				text = textOf(around)
			}
			if words == "" {
				p.t.Errorf("%s: nobody has thought about who reads %s of %s", path, field, route)
			} else if !strings.Contains(text, words) {
				p.t.Errorf("%s: the form for %s does not say who reads %s: %q", path, route, field, text)
			}
		}
	}
}

// routeOf is the pattern that takes forms sent to an address, plain ones first.
func (p *place) routeOf(action string) string {
	p.t.Helper()
	routes, err := p.program.Routes()
	if err != nil {
		p.t.Fatal(err)
	}
	found := ""
	for _, r := range routes {
		if r.Method == http.MethodPost && matches(r.Path, action) && (found == "" || r.Path == action) {
			found = r.Path
		}
	}
	return found
}

// typedFields are the fields of a form that somebody types words into or puts a
// file in, with the group that each stands in.
func typedFields(form *html.Node) map[string]*html.Node {
	all := map[string]*html.Node{}
	for n := range form.Descendants() {
		kind := attr(n, "type")
		if n.Data == "textarea" && !marked(n, "readonly") || n.Data == "input" && !marked(n, "readonly") && slices.Contains([]string{"", "text", "file", "url", "email"}, kind) {
			around := n
			for around.Parent != form && around.Data != "fieldset" {
				around = around.Parent
			}
			all[attr(n, "name")] = around
		}
	}
	return all
}

func marked(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// textOf is what a part of a page says, with single spaces.
func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// wholeText is what a page says, its choices too.
func (p *place) wholeText(who *person, path string) string {
	p.t.Helper()
	root, err := html.Parse(strings.NewReader(p.ask(who, http.MethodGet, path, nil).body))
	if err != nil {
		p.t.Fatal(err)
	}
	return textOf(root)
}

// readBy are the words that items and forms use for who reads a place.
var readBy = map[string][2]string{
	"public": {"Everybody, also outside", "everybody, also outside"}, "open": {"All members", "all members"},
	"closed": {"Everyone in Qzspaceclosed", "everyone in Qzspaceclosed"}, "secret": {"Everyone in Qzspacesecret", "everyone in Qzspacesecret"},
}

const review = "The author and moderators"

// TestTheWordsChangeWithTheChoice holds composers against the place they write
// to: the choice says it beside each space, the rest for the one there is.
func TestTheWordsChangeWithTheChoice(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["insider"]
		for _, where := range wheres {
			page := w.wholeText(who, "/compose?space="+w.spaces[where].ID)
			for _, other := range wheres {
				if option := w.spaces[other].Name + " · " + readBy[other][1]; !strings.Contains(page, option) {
					t.Errorf("the choice lacks %q:\n%s", option, page)
				}
			}
			if !strings.Contains(page, "Who can read this: as it says beside the space you choose") {
				t.Errorf("without scripts the composer says something else:\n%s", page)
			}
			thread, edited, hidden := "/p/"+w.posts["thread "+where], "/p/"+w.posts["edited "+where], "/p/"+w.posts["hidden "+where]
			for path, words := range map[string]string{thread: readBy[where][0], edited + "/edit": readBy[where][0], hidden + "/edit": review, hidden: review} {
				if text := who.Get(path).Text(); !strings.Contains(text, "Who can read this: "+words) {
					t.Errorf("%s does not say that %q will read it:\n%s", path, words, text)
				}
			}
			refused := who.Submit(w.form(who.Get(thread), thread+"/reply?to="+w.posts["thread "+where]), url.Values{"body": {""}})
			if !strings.Contains(refused.Text(), "Who can read this: "+readBy[where][0]) {
				t.Errorf("a refused reply says something else:\n%s", refused.Text())
			}
		}
		// One space is no choice, and one who left reads no more of it.
		w.sees(w.people["guest"], "/compose", "Who can read this: everyone in Qzspaceclosed")
		w.press(who, w.spaces["secret"].Path()+"/leave", w.spaces["secret"].Path()+"/leave", nil)
		w.sees(who, "/p/"+w.posts["edited secret"]+"/edit", "Who can read this: the same people as before", "not: Qzspacesecret")
		// What is public in a community that shows nothing is for its members.
		w.press(w.people["owner"], "/community/door", "/community/door", url.Values{"face": {"hidden"}, "door": {"invite"}})
		if page := w.wholeText(who, "/compose"); !strings.Contains(page, "Qzspacepublic · all members") || strings.Contains(page, "also outside") {
			t.Errorf("in a hidden community the composer says %q", page)
		}
		w.sees(w.people["owner"], "/community/texts", "Members can read this, and whom they invite", "not: also outside")
	})
}

// TestEveryItemSaysWhoReadsIt holds every post in every list, as everybody who
// gets to see it, against the place that it stands in.
func TestEveryItemSaysWhoReadsIt(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		items := 0
		for _, role := range p.some(roles) {
			paths := []string{"/home", "/home?sort=active", "/search?q=harvest", "/search?q=qzedited"}
			for _, where := range wheres {
				paths = append(paths, w.spaces[where].Path())
				for _, what := range []string{"thread", "edited", "hidden"} {
					paths = append(paths, "/p/"+w.posts[what+" "+where])
				}
			}
			for _, path := range paths {
				if a := p.ask(w.people[role], http.MethodGet, path, nil); a.status == http.StatusOK {
					items += w.itemsSay(role+" at "+path, a.body)
				}
			}
		}
		if items < 50 {
			t.Errorf("only %d items", items)
		}
		w.sees(w.people["insider"], "/p/"+w.posts["edited closed"]+"/history", readBy["closed"][0])
		w.fieldsSay()
	})
}

// itemsSay counts the posts of a page that say who reads them.
func (w *town) itemsSay(at, body string) (n int) {
	w.t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for item := range root.Descendants() {
		if item.Data != "article" || !strings.HasPrefix(attr(item, "class"), "post") && !strings.HasPrefix(attr(item, "class"), "reply") {
			continue
		}
		for what, id := range w.posts {
			if id != attr(item, "id") || strings.HasPrefix(what, "deleted") {
				continue
			}
			n++
			want := readBy[what[strings.LastIndex(what, " ")+1:]][0]
			text := textOf(item)
			switch reply := strings.HasPrefix(attr(item, "class"), "reply"); {
			case reply && strings.HasPrefix(what, "hidden"):
				want = "Only its author and the moderators see it."
			case reply: // said once above all of them
				text = textOf(item.Parent.Parent.Parent)
				for around := item; around != nil; around = around.Parent {
					if attr(around, "id") == "replies" {
						text = textOf(around)
					}
				}
			case strings.HasPrefix(what, "hidden"):
				want = review
			}
			if !strings.Contains(text, want) {
				w.t.Errorf("%s: %s does not say %q: %q", at, what, want, text)
			}
		}
	}
	return n
}

// fieldsSay looks at a person's own page, and that nobody else's tells for whom
// a field is.
func (w *town) fieldsSay() {
	w.t.Helper()
	path := "/@" + w.people["insider"].handle
	words := map[string]string{
		"qzfieldmembers": "All members", "qzfieldpublic": "Anyone on the internet, with your name", "qzfieldlist": "Your list qzlist: you and 1 person",
		"qzfieldsecret": "Whoever can read Qzspacesecret", "qzfieldclosed": "Whoever can read Qzspaceclosed", "qzfieldown": "Only you",
	}
	text := strings.Join(strings.Fields(w.people["insider"].Get(path).Text()), " ")
	for _, field := range slices.Sorted(maps.Keys(words)) {
		if want := field + " Who sees this: " + words[field]; !strings.Contains(text, want) {
			w.t.Errorf("her own page lacks %q:\n%s", want, text)
		}
	}
	w.sees(w.people["member"], path, "qzfieldlist", "not: Who sees this")
}
