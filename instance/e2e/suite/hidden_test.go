package suite_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/post"
)

// nothing is an id like those of posts, of nothing.
const nothing = "01a20406-0000-7000-8000-00000000abcd"

var (
	keyValue  = regexp.MustCompile(`name="form_key" value="([\w-]{70,})"`)
	sealedNow = regexp.MustCompile(`data-state="([\w-]{75})"`)
)

// same is an answer without what has to differ: the key of a form, what a page
// knows of a thread, which is sealed anew each time and of one length, the time,
// and what was asked for.
func same(a answer, asked ...string) string {
	body := keyValue.ReplaceAllString(a.body, `name="form_key"`)
	body = sealedNow.ReplaceAllString(body, `data-state="sealed"`)
	h := maps.Clone(a.header)
	delete(h, "Date")
	var lines []string
	for name, values := range h {
		lines = append(lines, name+": "+strings.Join(values, ", "))
	}
	slices.Sort(lines)
	text := fmt.Sprintf("%d\n%s\n\n%s", a.status, strings.Join(lines, "\n"), body)
	for _, x := range asked {
		for _, form := range []string{url.QueryEscape(x), x} {
			text = strings.ReplaceAll(text, form, "ASKED")
		}
	}
	return text
}

// differ shows where two texts part.
func differ(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] == y[i] {
			continue
		}
		from := 0
		for from < min(len(x[i]), len(y[i])) && x[i][from] == y[i][from] {
			from++
		}
		from = max(0, from-60)
		return fmt.Sprintf("%.200q\n%.200q", x[i][from:], y[i][from:])
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}

// freshKey is a form key of somebody's, from the page that everybody has.
func (p *place) freshKey(who *person) string {
	p.t.Helper()
	for _, path := range []string{"/login", "/settings/account", "/waiting", "/leaving"} {
		if m := keyValue.FindStringSubmatch(p.ask(who, http.MethodGet, path, nil).body); m != nil {
			return m[1]
		}
	}
	p.t.Fatalf("%s has no form", who.key)
	return ""
}

// send sends a form of somebody's with a fresh key.
func (p *place) send(who *person, path string, values url.Values) answer {
	p.t.Helper()
	form := maps.Clone(values)
	if form == nil {
		form = url.Values{}
	}
	form.Set("form_key", p.freshKey(who))
	return p.ask(who, http.MethodPost, path, strings.NewReader(form.Encode()))
}

// secret is what exists for some and not for others: paths with an id, and who
// must not be able to tell it from an id of nothing.
type secret struct {
	name, id, none string
	from           []string
	get, post      []string
}

// pieces are what scripts ask for about something said.
var pieces = []string{"/p/{}/parts?all=1", "/p/{}/parts?part={}&new={}&part=head&n=1"}

const each = "{}" // stands for the id

func (w *town) secrets() []secret {
	gets := []string{
		"/p/{}", "/p/{}?to={}", "/p/{}/history", "/p/{}/edit", "/p/{}/delete", "/p/{}/hide", "/p/{}/remove", "/p/{}/react", "/p/{}/reactions", "/p/{}/poll/voters", "/p/{}/poll/result.csv", "/p/{}/poll/result.json", "/p/{}/parts", "/live?once=1&page=/p/{}", "/p/{}/split", "/p/{}/move", "/p/{}/move?space=" + w.spaces["open"].ID,
		"/p/{}?quote={}", "/p/" + w.posts["thread public"] + "?quote={}", "/compose/people?q=a&parent={}", "/compose/people?q=a&post={}",
	}
	posts := []string{"/p/{}/reply", "/p/{}/edit", "/p/{}/delete", "/p/{}/hide", "/p/{}/remove", "/p/{}/restore", "/p/{}/react", "/p/{}/pin", "/p/{}/lock", "/p/{}/accept", "/p/{}/settle", "/p/{}/vote", "/p/{}/poll/end", "/p/{}/preview/remove", "/p/{}/move", "/p/{}/split", "/p/{}/save"}
	var all []secret
	for _, where := range []string{"open", "closed", "secret"} {
		out := without(roles, said[where])
		for _, what := range []string{"thread", "reply", "nested", "edited", "hidden", "hidden reply", "deleted"} {
			all = append(all, secret{what + " " + where, w.posts[what+" "+where], nothing, out, gets, posts})
		}
	}
	for _, where := range wheres {
		for _, what := range []string{"hidden", "hidden reply"} {
			all = append(all, secret{what + " in " + where, w.posts[what+" "+where], nothing, without(said[where], keep[where]), gets, posts})
		}
	}
	all = append(all, w.hiddenPages()...)
	for what := range pictured {
		for _, where := range wheres {
			out := without(roles, said[where])
			if strings.HasPrefix(what, "hidden") {
				out = without(roles, keep[where])
			}
			if id := w.photos[what+" "+where]; len(out) > 0 {
				all = append(all, secret{"photo in " + what + " " + where, id, nothing, out, []string{"/m/{}", "/m/{}/s.jpg", "/m/{}/m.jpg", "/m/{}/download", "/m/{}/original", "/m/{}/remove", "/settings/data/photos/{}"}, []string{"/m/{}/remove"}})
			}
		}
	}
	for what := range previewed {
		for _, where := range wheres {
			out := without(roles, said[where])
			if what == "hidden" {
				out = without(roles, keep[where])
			}
			if id := w.links[what+" "+where]; len(out) > 0 {
				all = append(all, secret{"preview in " + what + " " + where, id, nothing, out, []string{"/previews/{}"}, nil})
			}
		}
	}
	for what := range filmed {
		for _, where := range wheres {
			out := without(roles, said[where])
			if strings.HasPrefix(what, "hidden") {
				out = without(roles, keep[where])
			}
			if id := w.photos["video in "+what+" "+where]; len(out) > 0 {
				all = append(all, secret{"video in " + what + " " + where, id, nothing, out, append(waysTo("{}"), "/m/{}/original", "/m/{}/remove", "/settings/data/photos/{}"), []string{"/m/{}/remove"}})
			}
		}
	}
	all = append(all, secret{"photo in no post", w.photos["loose"], nothing, without(roles, []string{"insider"}), []string{"/m/{}", "/m/{}/s.jpg", "/m/{}/m.jpg", "/m/{}/download", "/m/{}/original", "/m/{}/remove", "/settings/data/photos/{}"}, []string{"/m/{}/remove"}})
	someone := w.people["member"].id
	inSpace := []string{"/s/{}/join", "/s/{}/ask", "/s/{}/leave", "/s/{}/settings", "/s/{}/members/add", "/s/{}/requests/" + someone, "/s/{}/members/" + someone + "/remove", "/s/{}/members/" + someone + "/role", "/compose?space={}", "/pages/new?space={}", "/settings/feeds?space={}", "/p/" + w.posts["edited public"] + "/move"}
	ofSpace := []string{"/s/{}", "/s/{}/members", "/s/{}/members/add", "/s/{}/settings", "/s/{}/leave", "/compose?space={}", "/invitations/new?space={}", "/s/{}?sort=active", "/s/{}/months", "/s/{}/months/2026-03", "/s/{}/pages", "/pages/new?space={}", "/s/{}/photos", "/s/{}/photos/2026-03/download", "/s/{}/photos/all/download", "/s/{}/feed.atom", "/s/{}/feed.json", "/p/" + w.posts["edited public"] + "/move?space={}", "/search?in={}", "/search?q=harvest&in={}", "/compose/people?q=a&space={}"}
	all = append(all,
		secret{"secret space", w.spaces["secret"].ID, nothing, without(roles, withinSecret), ofSpace, inSpace},
		secret{"closed space by id", w.spaces["closed"].ID, nothing, without(roles, door["closed"]), ofSpace, inSpace},
		secret{"closed space", "qzspaceclosed", "qzspacenothing", without(roles, door["closed"]), ofSpace, inSpace},
		secret{"open space", "qzspaceopen", "qzspacenono", without(roles, door["open"]), ofSpace, inSpace},
	)
	ofMember := []string{"/@{}", "/people/{}/role", "/people/{}/remove", "/search?from={}", "/search?q=harvest&from={}"}
	toMember := []string{"/people/{}/role", "/people/{}/owner", "/people/{}/owner/withdraw", "/people/{}/remove"}
	for role, from := range map[string][]string{
		"quiet":   {"guest", "pending", "leaving", "stranger"},
		"pending": without(roles, []string{"pending"}),
		"leaving": without(roles, []string{"leaving"}),
	} {
		h := w.people[role].handle
		all = append(all, secret{"handle of " + role, h, strings.Repeat("n", len(h)), from, ofMember, toMember})
	}
	others := without(roles, []string{"insider"})
	return append(all,
		// Of what is public there are feeds alone, whoever asks.
		secret{"feed of an open space", "qzspaceopen", "qzspacenono", roles, []string{"/s/{}/feed.atom", "/s/{}/feed.json"}, nil},
		secret{"feed that has ended", w.feeds["ended"], strings.Repeat("x", 43), roles, []string{"/feed/{}/atom", "/feed/{}/json"}, nil},
		secret{"feed of who is leaving", w.feeds["leaving home"], strings.Repeat("x", 43), roles, []string{"/feed/{}/atom", "/feed/{}/json"}, nil},
		secret{"address of a feed", w.one("SELECT id FROM feeds WHERE name = 'qzfeedname'"), nothing, others, nil, []string{"/settings/feeds/{}/revoke"}},
		secret{"draft", w.drafts["secret"], nothing, others, []string{"/compose?draft={}", "/compose?space=" + w.spaces["open"].ID + "&draft={}"}, []string{"/drafts/{}/drop"}},
		secret{"list", w.list, nothing, others, []string{"/settings/lists/{}", "/settings/lists/{}?q=a"}, []string{"/settings/lists/{}", "/settings/lists/{}/choose", "/settings/lists/{}/unchoose", "/settings/lists/{}/drop"}},
		secret{
			"session", w.one("SELECT id FROM sessions WHERE member_id = $1", w.people["insider"].id), nothing, others,
			[]string{"/settings/security/sessions/{}/name"},
			[]string{"/settings/security/sessions/{}/name", "/settings/security/sessions/{}/end"},
		},
		secret{
			"invitation", w.one("SELECT id FROM invitations WHERE made_by = $1", w.people["insider"].id), nothing, without(others, []string{"owner", "moderator"}),
			nil,
			[]string{"/invitations/{}/revoke"},
		},
		secret{"request", w.people["pending"].id, nothing, without(roles, []string{"owner", "moderator", "pending"}), nil, []string{"/requests/{}"}},
	)
}

func without(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(x string) bool { return slices.Contains(some, x) })
}

func (p *place) one(query string, args ...any) (value string) {
	p.t.Helper()
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error { return tx.One([]any{&value}, query, args...) })
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	return value
}

// effect is all by which somebody could tell one answer from another: the
// answer itself, the statements that were run for it, and the hashes computed.
type effect struct {
	answer string
	trace  databasetest.Trace
	hashes int64
}

// effect asks once. asked are the words of the question, which stand in the
// answer.
func (p *place) effect(asked string, ask func() answer) (e effect) {
	hashes := p.program.SignIn.Hashes()
	var a answer
	e.trace = databasetest.Statements(p.program.DB, func() { a = ask() })
	e.answer, e.hashes = same(a, asked), p.program.SignIn.Hashes()-hashes
	return e
}

// formEffect sends a form of somebody's with a fresh key.
func (p *place) formEffect(who *person, path string, values url.Values, asked string) effect {
	p.t.Helper()
	form := maps.Clone(values)
	form.Set("form_key", p.freshKey(who))
	return p.effect(asked, func() answer { return p.ask(who, http.MethodPost, path, strings.NewReader(form.Encode())) })
}

// alike asks for what is hidden and for what is not there, twice each, and
// demands the same effect both times.
//
// What a program worked out it remembers for as long as nobody writes, so that
// the second question may cost less than the first. Therefore something is
// written before either: neither finds what the other or somebody else left.
func (p *place) alike(what string, hidden, none func() effect) {
	p.t.Helper()
	p.forget()
	a, again := hidden(), hidden()
	p.forget()
	p.equal(what, a, none())
	p.equal(what+" again", again, none())
}

// forget has the program remember nothing of what it worked out.
func (p *place) forget() {
	p.t.Helper()
	_, err := p.program.DB.Write(p.t.Context(), database.Op{Class: database.System, Name: "test.forget"}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE fact_head SET version = version + 1")
		return "", err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}

// equal holds two effects against each other.
func (p *place) equal(what string, a, b effect) {
	p.t.Helper()
	if a.answer != b.answer {
		p.t.Errorf("%s: told by the answer:\n%s", what, differ(a.answer, b.answer))
	}
	if a.hashes != b.hashes {
		p.t.Errorf("%s: told by %d hashes instead of %d", what, a.hashes, b.hashes)
	}
	if a.trace != b.trace {
		p.t.Errorf("%s: told by %d queries instead of %d:\n%s", what, a.trace.Count(), b.trace.Count(), differ(string(a.trace), string(b.trace)))
	}
}

// TestHiddenIsNonExistent asks for everything that somebody may not know of,
// and for what is not there, and gets the same: status, headers, body, the same
// queries in the same order, and as many hashes (P104).
func TestHiddenIsNonExistent(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		body := url.Values{
			"body": {"what was typed by somebody"}, "title": {"typed"}, "version": {"1"}, "reaction": {"heart"}, "reason": {"typed"}, "name": {"typed"},
			"visibility": {"open"}, "posting": {"everyone"}, "answer": {"yes"}, "role": {"moderator"}, "who": {p.idOf("ada")},
		}
		pairs := 0
		for _, s := range w.secrets() {
			for _, role := range p.some(s.from) {
				who := w.people[role]
				for _, path := range s.get {
					pairs++
					get := func(id string) func() effect {
						return func() effect {
							return p.effect(id, func() answer { return p.ask(who, http.MethodGet, strings.ReplaceAll(path, each, id), nil) })
						}
					}
					p.alike(role+" asks for "+s.name+" at "+path, get(s.id), get(s.none))
				}
				for _, path := range pieces {
					if !slices.Contains(s.get, "/p/{}") {
						break
					}
					pairs++
					piece := func(id string) func() effect {
						return func() effect {
							return p.effect(id, func() answer { return p.asPiece(who, p.url+"/home", "p", strings.ReplaceAll(path, each, id), nil) })
						}
					}
					p.alike(role+" lets a script ask for "+s.name+" at "+path, piece(s.id), piece(s.none))
				}
				for _, path := range s.post {
					pairs++
					send := func(id string) func() effect {
						values := maps.Clone(body)
						values.Set("space", id)
						return func() effect { return p.formEffect(who, strings.ReplaceAll(path, each, id), values, id) }
					}
					p.alike(role+" sends a form about "+s.name+" to "+path, send(s.id), send(s.none))
				}
			}
		}
		t.Logf("%d pairs", pairs)
		w.holdMatrix(readers()) // nothing of it had any effect
	})
}

// TestSearchTellsNothing searches for words that somebody may not read, and
// for words that nobody wrote.
func TestSearchTellsNothing(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for mark, may := range readers() {
			for _, role := range p.some(without(roles, may)) {
				none := "qq" + mark[2:len(mark)-1] + "q"
				for _, path := range []string{"/search?q=", "/search?sort=newest&q=", "/people?q="} {
					get := func(q string) func() effect {
						return func() effect {
							return p.effect(q, func() answer { return p.ask(w.people[role], http.MethodGet, path+q, nil) })
						}
					}
					p.alike(role+" searches for "+mark+" at "+path, get(mark), get(none))
				}
			}
		}
	})
}

// TestHandlesAreNotAvailable tries to take a handle that is taken, in every
// way there is, as somebody who may not know of it.
func TestHandlesAreNotAvailable(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		taken := w.taken()
		taken["reserved"] = "admin"
		for _, role := range []string{"guest", "member"} {
			var first effect
			for _, what := range slices.Sorted(maps.Keys(taken)) {
				h := taken[what]
				a := p.formEffect(w.people[role], "/settings/account", url.Values{"name": {"Somebody"}, "handle": {h}}, `value="`+h+`"`)
				if !strings.HasPrefix(a.answer, "422") {
					t.Errorf("%s may take a handle that is %s: %.80s", role, what, a.answer)
				}
				if first.answer == "" {
					first = a
				}
				if what == "reserved" { // that everybody may know
					a.trace = first.trace
				}
				p.equal(role+" would take a handle that is "+what, a, first)
			}
		}
	})
}

// TestStrangersSeeWhatIsTrueNow asks as two strangers, so that the second may
// get what the first did, around everything that takes a post from strangers.
func TestStrangersSeeWhatIsTrueNow(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		ctx, insider, owner := t.Context(), w.people["insider"].actor(), w.people["owner"]
		paths := []string{"/p/" + w.posts["thread public"], w.spaces["public"].Path(), "/months/2026-03", w.spaces["public"].Path() + "/months/2026-03", "/sitemap.xml", "/feed.atom", w.spaces["public"].Path() + "/feed.json", "/search?q=harvest", "/@" + w.people["insider"].handle, "/spaces", "/about", "/"}
		seen := func() (marks string) {
			for range 2 {
				marks = ""
				for _, path := range paths {
					stranger := &person{Client: p.browser(), key: "stranger"}
					marks += p.ask(stranger, http.MethodGet, path, nil).body
				}
			}
			return marks
		}
		steps := []struct {
			mark string
			take func()
		}{
			{"qzreplypublic", func() { p.must(p.program.Posts.Withdraw(ctx, insider, "", w.posts["reply public"])) }},
			{"qznestedpublic", func() { p.must(p.program.Posts.Hide(ctx, owner.actor(), "", w.posts["nested public"], "")) }},
			{"qznowpublic", func() {
				p.must(p.program.Posts.Edit(ctx, insider, "", w.posts["edited public"], 2, post.Draft{Title: "x", Body: "y"}))
			}},
			{"qzfieldpublic", func() {
				p.must(p.program.Members.Describe(ctx, insider, "", []member.Entry{{Field: member.Pronouns, Value: "qzfieldpublic", Audience: member.Audience{Kind: member.ToMembers}}}))
			}},
			{"qzbodypublic", func() {
				page := owner.Submit(p.form(owner.Get("/community/door"), "/community/door"), url.Values{"face": {"named"}})
				p.want(page, "/community/door", http.StatusOK)
			}},
		}
		for _, s := range steps {
			if !strings.Contains(seen(), s.mark) {
				t.Fatalf("strangers never saw %s", s.mark)
			}
			s.take()
			// What a member sees is for her alone, and so is her page.
			const hers = `href="/compose`
			for _, path := range paths[:len(paths)-1] {
				if strings.Contains(path, "/feed.") || path == "/sitemap.xml" { // it is nobody's
					continue
				}
				if a := p.ask(w.people["insider"], http.MethodGet, path, nil); !strings.Contains(a.body, hers) {
					t.Errorf("%s is not hers:\n%s", path, a.body)
				}
			}
			if text := seen(); strings.Contains(text, s.mark) || strings.Contains(text, "qzhiddenreplypublic") || strings.Contains(text, hers) {
				t.Errorf("strangers still see %s, or see a member's page", s.mark)
			}
		}
	})
}
