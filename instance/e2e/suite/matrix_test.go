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

	"github.com/opengather/opengather/instance/post"
)

// channel is one way in which things reach people.
type channel struct {
	name string
	// paths are its addresses, own those that only one role has.
	paths []string
	own   map[string][]string
	// who comes through it at all; nil is everybody.
	who []string
	// carries are the beginnings of marks that it shows to whoever may read
	// them; in is where, nil for everywhere.
	carries []string
	in      []string
	// piece says that a script asks, for a piece of a page.
	piece bool
}

// inside are those for whom there is a home.
var inside = []string{"owner", "moderator", "founder", "insider", "member", "quiet", "guest"}

// channels are all of them, which holdChannels holds. Each is held against every
// mark for every role: what a reader may not read must be in none, what she may
// read has to be in those that carry it.
func (w *town) channels() []channel {
	lists := []string{"qztitle", "qzbody", "qzedited", "qznow", "qzhidden", "qzhiddenbody", "qzalt", "qzhiddenalt"}
	all := []channel{
		{name: "space list", paths: []string{"/spaces"}, carries: []string{"qzspace"}},
		{name: "search", paths: []string{"/search?q=harvest"}, carries: append([]string{"qzreply", "qznested", "qzhiddenreply", "qzreplyalt", "qzhiddenreplyalt", "qzpagetitle", "qzpagenow"}, lists...)},
		{name: "search, newest first", paths: []string{"/search?q=harvest&sort=newest"}, carries: append([]string{"qzreply", "qzhiddenreply", "qzpagetitle"}, lists...)},
		{name: "search from her", paths: []string{"/search?from=" + w.people["insider"].handle, "/search?q=harvest&from=qzname"}, who: full, carries: append([]string{"qzreply", "qznested", "qzhiddenreply"}, lists...)},
		{name: "search by days and photos", paths: []string{"/search?since=2000-01-01", "/search?until=2100-01-01&photos=1"}, carries: append([]string{"qzreply", "qznested", "qzhiddenreply", "qzreplyalt"}, lists...)},
		{name: "what was saved", paths: []string{"/saved"}, who: inside, carries: []string{"qztitle", "qzbody", "qzreply", "qzedited", "qznow", "qzhidden", "qzhiddenbody", "qzhiddenreply"}},
		{name: "drafts", paths: []string{"/drafts"}, who: []string{"insider"}, carries: []string{"qzdraft", "qzdraftreply", "qzdrafttitle"}},
		{name: "drafts of others", paths: []string{"/drafts?page=2", "/compose?draft=" + w.drafts["secret"], "/compose?space=" + w.spaces["open"].ID + "&draft=" + w.drafts["closed"], "/p/" + w.posts["thread open"] + "?draft=" + w.drafts["reply"]}},
		{name: "search for spaces", paths: []string{"/search?q=qzspace"}, carries: []string{"qzspace"}},
		{name: "search for people", paths: []string{"/search?q=qzname"}, who: full},
		{name: "search for former words", paths: []string{"/search?q=qzformer", "/search?q=qzformerpublic", "/search?q=qzpageformer", "/pages?q=qzpageformer"}},
		{name: "pages from her", paths: []string{"/search?q=harvest&from=" + w.people["insider"].handle}, who: full, carries: []string{"qzpagetitle", "qzpagenow"}},
		{name: "pages", paths: []string{"/pages"}, carries: []string{"qzpagetitle"}},
		{name: "pages that words find", paths: []string{"/pages?q=harvest"}, carries: []string{"qzpagetitle", "qzpagenow"}},
		{name: "writing a page", paths: []string{"/pages/new", "/pages/new?space=" + w.spaces["secret"].ID, "/pages/new?space=" + w.spaces["closed"].ID}},
		{name: "search for what is on photos", paths: []string{"/search?q=qzformeralt", "/search?q=qzdeletedalt"}},
		{name: "months", paths: []string{"/months", "/months?year=2025"}},
		{name: "month", paths: []string{"/months/2026-03"}, carries: lists},
		{name: "other months", paths: []string{"/months/2026-02", "/months/1999-12", "/months/2026-13"}},
		{name: "photo in no post", paths: copiesOf(w.photos["loose"]), who: []string{"insider"}, carries: []string{"qzloosepixels"}},
		{name: "original in no post", paths: []string{"/m/" + w.photos["loose"] + "/original"}, who: []string{"insider"}, carries: []string{"qzloosepixels", "qzloosegps"}},
		{name: "own photos", paths: []string{"/settings/data/photos"}, who: []string{"insider"}, carries: []string{"qzalt", "qzreplyalt", "qzhiddenalt", "qzhiddenreplyalt"}},
		{name: "directory", paths: []string{"/people", "/people?q=qz"}, who: full, carries: []string{"qznamefounder", "qznameinsider", "qznamequiet", "qznameguest"}},
		{name: "directory of others", paths: []string{"/people", "/people?q=qzname", "/people?q=qzfield"}},
		{name: "profile", paths: []string{"/@" + w.people["insider"].handle}, carries: []string{"qzfield", "qznameinsider"}},
		{name: "other profiles", paths: w.profiles()},
		{name: "composer", paths: []string{"/compose", "/compose?space=" + w.spaces["secret"].ID, "/compose?space=" + w.spaces["closed"].ID}},
		{name: "invitations", paths: []string{"/invitations", "/invitations/new", w.invite}, carries: []string{"qznoteowner", "qznoteinsider"}, who: []string{"owner", "moderator", "insider"}},
		{name: "invitations of others", paths: []string{"/invitations", "/invitations/new", "/invitations/new?space=" + w.spaces["secret"].ID}},
		{name: "requests", paths: []string{"/requests"}, carries: []string{"qznamepending", "qzanswer"}, who: []string{"owner", "moderator"}},
		{name: "requests of others", paths: []string{"/requests", "/requests/" + w.people["pending"].id}},
		{name: "lists", paths: []string{"/settings/lists", "/settings/lists/" + w.list}, who: []string{"insider"}, carries: []string{"qzlist"}},
		{name: "lists of others", paths: []string{"/settings/lists", "/settings/lists/" + w.list, "/settings/lists/" + w.list + "?q=qz", "/settings/profile"}},
		{name: "addresses of feeds", paths: []string{"/settings/feeds"}, who: []string{"insider"}, carries: []string{"qzfeedname"}},
		{name: "addresses of feeds of others", paths: []string{"/settings/feeds"}},
		{name: "public feeds", paths: []string{"/feed.atom", "/feed.json"}, in: []string{"public"}, carries: []string{"qztitle", "qzbody", "qzedited", "qznow", "qzalt"}},
		{name: "map for search engines", paths: []string{"/sitemap.xml", "/sitemap.xml?part=1"}, in: []string{"public"}, carries: []string{"qzspace"}},
		{name: "robots.txt", paths: []string{"/robots.txt"}},
		{name: "feeds that nobody has", paths: []string{"/feed/" + strings.Repeat("x", 43) + "/atom", "/feed/" + strings.Repeat("x", 43) + "/json"}},
		{name: "pages of the community", paths: []string{"/", "/about", "/about/rules", "/about/imprint", "/about/licences", "/about/numbers", "/privacy", "/privacy/data", "/join"}, who: everybody, carries: []string{"qzwelcome", "qzrules", "qzimprint", "qzprivacy"}},
		{name: "welcome", paths: []string{"/welcome"}, who: inside, carries: []string{"qzwelcome", "qzrules", "qzspace"}},
		{name: "settings of the community", paths: []string{"/community", "/community/door", "/community/texts", "/community/features", "/community/preview", "/community/preview?as=stranger", "/community/preview?as=member"}},
		{name: "own pages", paths: []string{"/you", "/settings/data", "/settings/data/posts", "/settings/data/posts?choose=yes", "/m/" + w.photos["thread secret"] + "/remove", "/settings/data/leave", "/waiting", "/leaving", "/settings/security", "/settings/security/confirm", "/settings/account", "/settings", "/settings/appearance", "/spaces/new", w.sessionName()}},
		{name: "signing in", paths: []string{"/login", "/login/code", "/.well-known/change-password"}},
		{name: "setting up", paths: []string{"/setup", "/setup/kind", "/setup/look", "/setup/door", "/setup/people"}},
		{name: "missing pages", paths: []string{"/nothing", "/p/nothing", "/s/qzspacesecret", "/@qzspacesecret", "/static/qz.css"}},
		{name: "rail after an error", paths: []string{"/home?before=nonsense", "/home/new?cursor=nonsense"}},
	}
	for _, where := range wheres {
		for _, order := range []string{"newest", "active"} {
			all = append(all, channel{name: "home, " + order, paths: []string{"/home?sort=" + order}, who: home[where], in: []string{where}, carries: lists})
		}
		all = append(all, channel{name: "home, questions", paths: []string{"/home?only=question"}, who: home[where], in: []string{where}, carries: []string{"qztitle"}}, channel{name: "home, open questions", paths: []string{"/home?only=question&open=1"}})
		all = append(all, w.channelsIn(where)...)
		all = append(all, w.feedsIn(where)...)
	}
	return all
}

func (w *town) profiles() (paths []string) {
	for _, role := range roles {
		if h := w.people[role].handle; h != "" {
			paths = append(paths, "/@"+h, "/people/"+h+"/role", "/people/"+h+"/remove")
		}
	}
	return append(paths, "/@qzspaceclosed", "/@qzspaceopen")
}

func (w *town) channelsIn(where string) []channel {
	s, id := w.spaces[where], func(what string) string { return "/p/" + w.posts[what+" "+where] }
	here := []string{where}
	thread := []string{"qztitle", "qzbody", "qzreply", "qznested", "qzhiddenreply", "qzalt", "qzreplyalt", "qzhiddenreplyalt", "qzoption", "qzpreview", "qzreplypreview"}
	all := []channel{
		{name: "space page " + where, paths: []string{s.Path() + "?sort=newest", "/s/" + s.ID + "?sort=active"}, in: here, carries: []string{"qztitle", "qzedited", "qzhidden", "qzspace"}},
		{name: "search in " + where, paths: []string{"/search?q=harvest&in=" + s.ID, "/search?in=" + s.ID}, in: here, carries: []string{"qztitle", "qzbody", "qzreply", "qznested", "qzedited", "qzhidden", "qzhiddenreply", "qzspace", "qzpagetitle"}},
		{name: "search for what resembles in " + where, paths: []string{"/search?q=ody" + where}, in: here, carries: []string{"qztitle", "qzbody", "qzhidden", "qzhiddenbody"}},
		// Whom somebody may be told of is for TestNamesWhileWriting; never who waits or has left.
		{name: "names while writing in " + where, paths: []string{"/compose/people?q=qznamepending&space=" + s.ID, "/compose/people?q=qznameleaving&parent=" + w.posts["thread "+where]}},
		{name: "months of " + where, paths: []string{s.Path() + "/months", "/s/" + s.ID + "/months?year=2025"}, in: here, carries: []string{"qzspace"}},
		{name: "month of " + where, paths: []string{s.Path() + "/months/2026-03", s.Path() + "/months/2026-02"}, in: here, carries: []string{"qztitle", "qzedited", "qzhidden", "qzspace"}},
		{name: "photos of " + where, paths: []string{s.Path() + "/photos", "/s/" + s.ID + "/photos"}, in: here, carries: []string{"qzalt", "qzreplyalt", "qzhiddenalt", "qzhiddenreplyalt", "qzspace"}},
		{name: "photos of " + where + " in one file", paths: []string{s.Path() + "/photos/2026-03/download", s.Path() + "/photos/all/download"}, in: here, carries: []string{"qzalt", "qzreplyalt", "qzhiddenalt", "qzhiddenreplyalt", "qzpixels", "qzhiddenpixels", "qzfilm", "qzhiddenfilm", "qzspace"}},
		{name: "no photos of " + where + " in one file", paths: []string{s.Path() + "/photos/2026-02/download"}},
		{name: "members of " + where, paths: []string{s.Path() + "/members", s.Path() + "/members/add", s.Path() + "/members/add?q=qz"}},
		{name: "settings of " + where, paths: []string{s.Path() + "/settings", s.Path() + "/leave"}},
		{name: "of a kind in " + where, paths: []string{s.Path() + "?only=question", s.Path() + "?only=offer&open=1", s.Path() + "?only=request&sort=active"}, in: here, carries: []string{"qztitle", "qzedited", "qzhidden"}},
		{name: "open questions in " + where, paths: []string{s.Path() + "?only=question&open=1"}, in: here, carries: []string{"qztitle"}, who: without(said[where], append(keep[where], "pending", "leaving"))},
		{name: "thread " + where, paths: []string{id("thread"), id("thread") + "?to=" + w.posts["reply "+where]}, in: here, carries: thread},
		{name: "parts of " + where, paths: []string{id("thread") + "/parts?all=1", id("thread") + "/parts?last=0&new=" + w.posts["reply "+where] + "&part=" + w.posts["hidden reply "+where]}, in: here, carries: thread, piece: true, who: without(said[where], []string{"pending", "leaving", "stranger"})},
		{name: "stream of " + where, paths: []string{"/live?once=1&page=" + id("thread") + "&page=" + id("hidden") + "&page=/home"}},
		{name: "reply " + where, paths: []string{id("reply"), id("nested"), id("hidden reply")}, in: here, carries: []string{"qzreply"}},
		{name: "history " + where, paths: []string{id("edited") + "/history"}, in: here, carries: []string{"qzformer"}},
		{name: "history of what is hidden " + where, paths: []string{id("hidden") + "/history"}, in: here, carries: []string{"qzhiddenformer"}},
		{
			name: "who reacted " + where, paths: []string{id("thread") + "/reactions"}, in: here, carries: []string{"qztitle", "qznameinsider"},
			who: without(said[where], []string{"pending", "leaving", "stranger"}),
		},
		{
			name: "who voted " + where, paths: []string{id("thread") + "/poll/voters"}, in: here, carries: []string{"qztitle", "qzoption", "qznameinsider"},
			who: without(said[where], []string{"pending", "leaving", "stranger"}),
		},
		{name: "what came of a poll " + where, paths: []string{id("thread") + "/poll/result.csv", id("thread") + "/poll/result.json"}, in: here, carries: []string{"qztitle", "qzoption"}},
		{name: "hidden poll " + where, paths: []string{id("hidden")}, in: here, carries: []string{"qzhidden", "qzhiddenoption", "qzhiddenpreview"}},
		{name: "what comes of an open poll " + where, paths: []string{id("hidden") + "/poll/voters", id("hidden") + "/poll/result.csv", id("hidden") + "/poll/result.json"}},
		{name: "deleted " + where, paths: []string{id("deleted"), id("deleted") + "/history"}},
	}
	for _, what := range []string{"thread", "reply", "hidden", "hidden reply", "deleted"} {
		for _, form := range []string{"edit", "delete", "hide", "remove", "react", "reactions", "history", "move", "split"} {
			all = append(all, channel{name: form + " " + what + " " + where, paths: []string{id(what) + "/" + form}})
		}
	}
	for _, to := range wheres {
		all = append(all, channel{name: "moving from " + where + " to " + to, paths: []string{id("thread") + "/move?space=" + w.spaces[to].ID, id("edited") + "/move?space=" + w.spaces[to].ID}})
	}
	return slices.Concat(all, w.photosIn(where), w.videosIn(where), w.previewsIn(where), w.pagesIn(where))
}

// wordless are the routes that no channel is about, with the reason why nothing
// that is for some can be on them.
var wordless = map[string]string{
	"/picture":                             "the picture of the community, which everybody may see",
	"/settings/security/passkeys/:id/name": "the name of a passkey, which only a device makes; the tests of signinweb hold that it is for its owner",
}

// holdChannels demands that every page there is belongs to a channel.
func (w *town) holdChannels() {
	w.t.Helper()
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	var paths []string
	for _, c := range w.channels() {
		paths = append(paths, c.paths...)
		for _, own := range c.own {
			paths = append(paths, own...)
		}
	}
	left := maps.Clone(wordless)
	for _, r := range routes {
		if r.Method != http.MethodGet {
			continue
		}
		covered := slices.ContainsFunc(paths, func(path string) bool { return matches(r.Path, path) })
		if _, excused := left[r.Path]; covered == excused {
			w.t.Errorf("%s belongs to a channel: %v, and to what has no words: %v", r.Path, covered, excused)
		}
		delete(left, r.Path)
	}
	for path := range left {
		w.t.Errorf("there is no page %s that could have no words", path)
	}
}

// older is the way to the next page of a list.
var older = regexp.MustCompile(`href="([^"]*(?:[?&;]before|/months/[\d-]+\?after)=[^"]+)"`)

// through gives all that comes through a channel, over all its pages.
func (w *town) through(who *person, c channel) string {
	w.t.Helper()
	var text strings.Builder
	if c.piece {
		who.Header.Set("HX-Request", "true")
		defer who.Header.Del("HX-Request")
	}
	for _, path := range slices.Concat(c.paths, c.own[who.key]) {
		for pages := 0; path != "" && pages < 20; pages++ {
			a := w.ask(who, http.MethodGet, path, nil)
			if to := a.header.Get("Location"); to != "" {
				path, _, _ = strings.Cut(to, "#")
				if strings.HasPrefix(path, "/login?") { // it repeats what was asked for
					path = ""
				}
				text.WriteString(path + "\n")
				continue
			}
			text.WriteString(" " + painted(a.header.Get("Content-Type"), a.body) + " ")
			// What was asked for is no news to whoever asks.
			_, query, _ := strings.Cut(path, "q=")
			text.WriteString(a.body)
			if q, err := url.QueryUnescape(query); err == nil && q != "" && strings.HasPrefix(q, "qzformer") {
				return strings.ReplaceAll(text.String(), q+`"`, "")
			}
			path = ""
			if m := older.FindStringSubmatch(a.body); m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
	}
	return strings.ToLower(text.String())
}

// has looks for a mark as a whole word: one may begin another.
func has(text, mark string) bool {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, mark)
		if !found {
			return false
		}
		if after == "" || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", rune(after[0])) {
			return true
		}
		rest = after
	}
}

// carried reports whether a channel shows a mark to its readers.
func (c channel) carried(mark string) bool {
	for _, begin := range c.carries {
		in := c.in
		if in == nil {
			in = wheres
		}
		for _, where := range in {
			if mark == begin+where {
				return true
			}
		}
		if mark == begin || begin == "qzfield" && strings.HasPrefix(mark, begin) {
			return true
		}
	}
	return false
}

// TestMatrix holds every role against every mark in every channel.
func TestMatrix(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		w.holdChannels()
		w.holdMatrix(readers())
		w.holdDeparture()
	})
}

// holdMatrix holds all roles, or some of them.
func (w *town) holdMatrix(readers map[string][]string, some ...string) {
	w.t.Helper()
	if len(some) == 0 {
		some = roles
	}
	cells, shown := 0, 0
	for _, role := range some {
		for _, c := range w.channels() {
			text := w.through(w.people[role], c)
			reaches := c.who == nil && slices.Contains(everybody, role) || slices.Contains(c.who, role)
			for _, mark := range slices.Sorted(maps.Keys(readers)) {
				cells++
				allowed, there := slices.Contains(readers[mark], role), has(text, mark)
				switch {
				case there && !allowed && slices.Contains(w.kept[role], c.name+": "+mark):
					shown++
				case there && !allowed:
					w.t.Errorf("%s must not see %s: %s", role, mark, c.name)
				case !there && allowed && reaches && c.carried(mark):
					w.t.Errorf("%s does not see %s: %s", role, mark, c.name)
				case there:
					shown++
				}
			}
		}
	}
	w.t.Logf("%d cells, %d shown", cells, shown)
}

// holdDeparture lets the insider, who wrote everything, leave the closed and the
// secret space, and holds what she and who stays there read then (P54).
func (w *town) holdDeparture() {
	w.t.Helper()
	who := w.people["insider"]
	after := readers()
	w.kept = map[string][]string{"insider": nil}
	for _, where := range []string{"closed", "secret"} {
		leave := w.spaces[where].Path() + "/leave"
		w.press(who, leave, leave, nil)
		for _, what := range []string{
			"title", "body", "reply", "nested", "edited", "now", "former", "hidden", "hiddenbody", "hiddenformer", "hiddenreply", "reason",
			"alt", "replyalt", "pixels", "hiddenalt", "hiddenreplyalt", "hiddenpixels", "film", "hiddenfilm", "option", "hiddenoption", "preview", "replypreview", "hiddenpreview",
			"pagetitle", "pagenow", "pageformer", "pagenote",
		} {
			after["qz"+what+where] = without(after["qz"+what+where], []string{"insider"})
		}
		w.holdFeedEnds("insider " + where)
		// What she shows to the readers of a space, she shows without being one.
		after["qzfield"+where] = without(after["qzfield"+where], []string{"insider"})
		w.kept["insider"] = append(w.kept["insider"], herOwn(where)...)
	}
	after["qzspacesecret"] = without(after["qzspacesecret"], []string{"insider"})
	w.holdMatrix(after, "founder", "insider", "guest")
}

// herOwn is what somebody still gets of what she herself wrote in a space that
// she has left: where she changes it, for it stays hers (P52), and what is
// hidden, which is for its author wherever she is.
func herOwn(where string) (all []string) {
	for channel, marks := range map[string][]string{
		"edit thread": {"title", "body", "alt"}, "edit reply": {"reply", "replyalt"}, "edit hidden reply": {"hiddenreply", "hiddenreplyalt"}, "edit hidden": {"hidden", "hiddenbody", "hiddenalt"},
		"delete hidden": {"hidden", "hiddenbody", "hiddenalt"}, "hide hidden": {"hidden", "hiddenbody", "hiddenalt"}, "remove hidden": {"hidden", "hiddenbody", "hiddenalt"},
		"move hidden": {"hidden", "hiddenbody", "hiddenalt"}, "react hidden": {"hidden", "hiddenbody", "hiddenalt"}, "reactions hidden": {"hidden", "hiddenalt"},
		"hidden poll": {"hidden", "hiddenbody", "hiddenalt", "hiddenoption", "reason", "hiddenpreview"}, "preview in hidden": {"hiddenpixels"},
		"photo in thread": {"alt", "pixels"}, "photo in reply": {"replyalt", "pixels"}, "photo in hidden": {"hiddenalt", "hiddenpixels"}, "photo in hidden reply": {"hiddenreplyalt", "hiddenpixels"},
		"video in nested": {"film"}, "video in hidden reply": {"hiddenfilm"}, "original video in nested": {"film"}, "original video in hidden reply": {"hiddenfilm"},
		"original in thread": {"pixels"}, "original in reply": {"pixels"}, "original in hidden": {"hiddenpixels"}, "original in hidden reply": {"hiddenpixels"},
	} {
		for _, mark := range marks {
			all = append(all, channel+" "+where+": qz"+mark+where)
		}
	}
	for _, mark := range []string{"alt", "replyalt", "hiddenalt", "hiddenreplyalt"} {
		all = append(all, "own photos: qz"+mark+where)
	}
	if where == "secret" {
		all = append(all, "own pages: qzaltsecret")
	}
	for _, channel := range []string{"what was saved", "search", "search, newest first", "search from her", "pages from her", "search by days and photos", "search in " + where, "search for what resembles in " + where} {
		all = append(all, channel+": qzhidden"+where, channel+": qzhiddenbody"+where, channel+": qzhiddenalt"+where)
	}
	return append(all, "month: qzhidden"+where, "month: qzhiddenbody"+where, "month: qzhiddenalt"+where,
		"lists of others: qzfield"+where)
}

var newsCursor = regexp.MustCompile(`hx-get="(/home/new\?cursor=[^"]+)"`)

// TestNewsIsCountedAfterFiltering counts, behind everybody's cursor, one post
// in each space and one that is hidden at once.
func TestNewsIsCountedAfterFiltering(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		cursors := map[string]string{}
		for _, role := range inside {
			m := newsCursor.FindStringSubmatch(p.ask(w.people[role], http.MethodGet, "/home", nil).body)
			if m == nil {
				t.Fatalf("%s has no cursor on her home page", role)
			}
			cursors[role] = m[1]
		}
		for _, where := range wheres {
			for _, hide := range []bool{false, true} {
				id := p.must(p.program.Posts.Publish(t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces[where].ID, Body: "news"}))
				if hide {
					p.must(p.program.Posts.Hide(t.Context(), w.keeper(where).actor(), "", id, ""))
				}
			}
		}
		// Of the four posts and the four hidden ones, in the spaces that she has
		// joined; her own are no news.
		want := map[string]int{"owner": 4, "moderator": 0, "founder": 6, "insider": 0, "member": 2, "quiet": 0, "guest": 1}
		for role, n := range want {
			a := p.ask(w.people[role], http.MethodGet, cursors[role], nil)
			got := 0
			fmt.Sscan(strings.Join(regexp.MustCompile(`\d+`).FindAllString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(a.body, ""), 1), ""), &got)
			if got != n {
				t.Errorf("%s is told of %d new posts, want %d: %s", role, got, n, a.body)
			}
		}
		// A cursor is sealed for one person.
		if a := p.ask(w.people["member"], http.MethodGet, cursors["founder"], nil); a.status == http.StatusOK {
			t.Errorf("the founder's cursor tells the member: %s", a.body)
		}
	})
}
