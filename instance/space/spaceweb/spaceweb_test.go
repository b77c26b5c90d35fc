package spaceweb_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/locale/localetest"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/space/spaceweb"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// TestSpaceIsMadeAndLivedIn follows an open space from the form to the day its
// maker leaves it.
func TestSpaceIsMadeAndLivedIn(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		ada, cem := s.as("ada"), s.as("cem")
		p := ada.Get("/spaces")
		p.Expect(200, "There are no spaces yet", "New space")
		p = ada.Get("/spaces/new")
		p.Expect(200, "!Put new members into it", "!Also people who are not members")
		p = ada.Submit(p.PostForm("/spaces/new"), url.Values{"name": {" "}, "purpose": {"For all who dig"}})
		p.Expect(422, "Give the space a name.")
		if got := p.PostForm("/spaces/new").Value("purpose"); got != "For all who dig" {
			t.Errorf("what was typed became %q", got)
		}
		p = ada.Submit(p.PostForm("/spaces/new"), url.Values{"name": {"Garden"}})
		p.Expect(200, "Garden", "For all who dig", "All members can read this", "1 person", "Nothing has been said here yet", "Write")
		if p.URL.Path != "/s/garden" {
			t.Errorf("the space is at %s", p.URL.Path)
		}
		p = ada.Get("/spaces/new")
		p = ada.Submit(p.PostForm("/spaces/new"), url.Values{"name": {"Another"}, "handle": {"garden"}})
		p.Expect(422, "It is not available.")

		s.say("ada", s.find("ada", "garden").ID, "The seedlings are ready")
		p = cem.Get("/spaces")
		p.Expect(200, "More spaces", "Garden", "!Your spaces", "!you moderate it")
		ada.Get("/s/garden").Expect(200, "What would you like to say?")
		cem.Get("/s/garden").Expect(200, "The seedlings are ready", "Newest", "Latest activity", "!What would you like to say?")
		p = cem.Submit(p.PostForm("/s/garden/join"), nil)
		p.Expect(200, "You are in this space now.", "2 people", "What would you like to say?")
		cem.Get("/spaces").Expect(200, "Your spaces", "!More spaces")

		p = ada.Follow(ada.Get("/s/garden"), "Leave this space")
		p.Expect(200, "Leave Garden?", "cem has been in it longest and will be its moderator")
		p = ada.Submit(p.PostForm("/s/garden/leave"), nil)
		p.Expect(200, "You have left the space.", "More spaces")
		cem.Get("/spaces").Expect(200, "you moderate it")
		p = cem.Follow(cem.Get("/s/garden"), "Leave this space")
		p.Expect(200, "You are the last one in it.", "!longest")
		ada.Get("/s/garden/leave").Expect(200, "Join") // there is nothing to leave
	})
}

// TestDoorOfClosedSpace: from outside a closed space shows its door, and who
// asks meets whoever answers.
func TestDoorOfClosedSpace(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		v := s.make(space.Draft{Name: "Board", Handle: "board", Visibility: space.Closed})
		s.Put(v.ID, "ben", "moderator")
		s.say("ada", v.ID, "A private word")
		ada, ben, cem := s.as("ada"), s.as("ben"), s.as("cem")
		p := cem.Get("/s/board")
		p.Expect(200, "Board", "2 people", "Ask to be let in", "What is said here is for the people in it", "!A private word", "!Newest")
		cem.Get("/s/board/members").Expect(404, "!ben")
		cem.Get("/s/board/settings").Expect(403)
		cem.Get("/s/board/members/add").Expect(403)

		ada.Get("/s/board").Expect(200, "!asks to be let in")
		p = cem.Submit(p.PostForm("/s/board/ask"), nil)
		p.Expect(200, "You have asked to be let in", "!Ask to be let in")
		cem.Get("/spaces").Expect(200, "you asked to be let in")
		p = cem.Submit(p.PostForm("/s/board/leave"), nil)
		p.Expect(200, "You took your request back.", "Ask to be let in")
		cem.Submit(p.PostForm("/s/board/ask"), nil)

		p = ada.Follow(ada.Get("/s/board"), "Answer")
		p.Expect(200, "Asking to be let in", "Let cem in")
		asked := p.PostForm("/s/board/requests/cem")
		late := ben.Get("/s/board/members").PostForm("/s/board/requests/cem")
		p = ada.Submit(asked, url.Values{"answer": {"yes"}})
		p.Expect(200, "Let in.", "3 people", "!Asking to be let in")
		p = ben.Submit(late, url.Values{"answer": {"no"}})
		p.Expect(409, "This request has been answered already", "3 people")
		cem.Get("/s/board").Expect(200, "A private word")
		ada.Submit(asked, url.Values{"answer": {"yes"}}).Expect(200, "Let in.") // the same form again
	})
}

func TestAddingAndRoles(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		v := s.make(space.Draft{Name: "Surprise", Visibility: space.Secret})
		s.Put(v.ID, "gil", "member")
		ada, cem, gil := s.as("ada"), s.as("cem"), s.as("gil")
		here := v.Path()
		cem.Get(here).Expect(404)
		gil.Get("/spaces").Expect(200, "Surprise", "Only the people in it know of it", "!New space")
		gil.Get(here+"/members").Expect(200, "ada", "ben", "!Add people")
		gil.Get("/spaces/new").Expect(403)

		p := ada.Get(here + "/members/add")
		p.Expect(200, "cem (@cem)", "mo (@mo)", "can read everything that was said here until now", "!gil", "!ben")
		p = ada.Submit(p.PostForm(here+"/members/add"), nil)
		p.Expect(422, "Tick at least one person.")
		p = ada.Get(here + "/members/add?q=ce")
		p.Expect(200, "cem (@cem)", "!mo (@mo)")
		p = ada.Submit(p.PostForm(here+"/members/add"), url.Values{"who": {"cem"}})
		p.Expect(200, "Added.", "4 people")
		cem.Get(here).Expect(200, "Surprise")
		ada.Get(here+"/members/add?q=nobody").Expect(200, "nobody called")

		p = ada.Submit(p.PostForm(here+"/members/cem/role"), nil)
		p.Expect(200, "Saved.")
		p = cem.Submit(cem.Get(here+"/members").PostForm(here+"/members/ada/role"), nil)
		p.Expect(200, "Saved.")
		p = cem.Submit(p.PostForm(here+"/members/cem/role"), nil)
		p.Expect(409, "This space needs a moderator.")
		p = cem.Submit(p.PostForm(here+"/members/ada/remove"), nil)
		p.Expect(200, "Taken out of this space.", "3 people", "!ada")
		ada.Get(here).Expect(404)
	})
}

func TestSettings(t *testing.T) {
	both(t, "public", func(t *testing.T, s street) {
		v := s.make(space.Draft{Name: "Board", Handle: "board", Visibility: space.Closed})
		s.say("ben", v.ID, "A private word")
		ada, ben, cem := s.as("ada"), s.as("ben"), s.as("cem")
		ben.Get("/s/board/settings").Expect(403)
		ben.Get("/s/board").Expect(200, "!Settings", "Leave this space")

		// Who reads it is asked about, and nothing has changed before the answer.
		late := ada.Get("/s/board/settings").PostForm("/s/board/settings")
		p := ada.Submit(late, url.Values{"visibility": {"open"}, "purpose": {"What the board does"}, "handle": {"council"}})
		p.Expect(200, "Change who can read Board?", "All members of the community will be able to read what is said here", "Tell them before you do this")
		cem.Get("/s/board").Expect(200, "Ask to be let in", "!A private word", "!What the board does")
		cem.Get("/s/council").Expect(404)
		back := ada.Submit(p.PostForm("/s/board/settings"), url.Values{"back": {"yes"}}).PostForm("/s/board/settings")
		for field, want := range map[string]string{"visibility": "open", "purpose": "What the board does", "handle": "council"} {
			if got := back.Value(field); got != want {
				t.Errorf("going back, %s is %q", field, got)
			}
		}
		cem.Get("/s/board").Expect(200, "!What the board does")
		p = ada.Submit(p.PostForm("/s/board/settings"), nil)
		p.Expect(200, "Saved.", "What the board does", "All members can read this")
		if p.URL.Path != "/s/council" {
			t.Errorf("the space is at %s", p.URL.Path)
		}
		cem.Get("/s/board").Expect(200, "A private word")

		// Who changed the older one is shown what is there now.
		p = ada.Submit(late, url.Values{"name": {"Committee"}, "visibility": {"closed"}})
		p.Expect(409, "Somebody changed this in the meantime", "This is how it is now", "council", "What the board does")
		p = ada.Submit(p.PostForm("/s/council/settings"), url.Values{"visibility": {"public"}, "handle": {"committee"}})
		p.Expect(200, "Change who can read Board?", "search engines")
		p = ada.Submit(p.PostForm("/s/council/settings"), nil)
		p.Expect(200, "Committee", "Everybody can read this, also outside")
		s.as("").Get("/s/board").Expect(200, "A private word")

		p = ada.Submit(ada.Get("/s/committee/settings").PostForm("/s/committee/settings"), url.Values{"visibility": {"secret"}})
		p.Expect(200, "lead nowhere from then on", "!Tell them")
		p = ada.Submit(p.PostForm("/s/committee/settings"), nil)
		p.Expect(200, "Saved.", "Only the people in it know of it")
		if p.URL.Path != "/s/"+v.ID {
			t.Errorf("the secret space is at %s", p.URL.Path)
		}
		for _, former := range []string{"board", "council", "committee"} {
			cem.Get("/s/" + former).Expect(404)
			ada.Get("/s/" + former).Expect(404)
		}
	})
}

// TestGoingBackOverwritesNothing: between the question and going back somebody
// else has saved.
func TestGoingBackOverwritesNothing(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		s.make(space.Draft{Name: "Board", Handle: "board", Visibility: space.Closed})
		ada, other := s.as("ada"), s.as("ada")
		asked := ada.Submit(ada.Get("/s/board/settings").PostForm("/s/board/settings"), url.Values{"visibility": {"open"}})
		asked.Expect(200, "Change who can read Board?")
		other.Submit(other.Get("/s/board/settings").PostForm("/s/board/settings"), url.Values{"purpose": {"Decides"}}).Expect(200, "Saved.")
		back := ada.Submit(asked.PostForm("/s/board/settings"), url.Values{"back": {"yes"}})
		ada.Submit(back.PostForm("/s/board/settings"), url.Values{"visibility": {"closed"}}).Expect(409, "Somebody changed this in the meantime", "Decides")
	})
}

// TestOnlyWhoCaresChoosesArrivals: who is not asked changes nothing about it.
func TestOnlyWhoCaresChoosesArrivals(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		s.make(space.Draft{Name: "News", Handle: "news", Visibility: space.Open})
		ada, mo := s.as("ada"), s.as("mo")
		p := mo.Get("/s/news/settings")
		p.Expect(200, "Put new members into it")
		mo.Submit(p.PostForm("/s/news/settings"), url.Values{"arrivals": {"yes"}}).Expect(200, "Saved.")
		p = ada.Get("/s/news/settings")
		p.Expect(200, "!Put new members into it")
		ada.Submit(p.PostForm("/s/news/settings"), url.Values{"name": {"Street news"}}).Expect(200, "Street news")
		if v := s.find("ada", "news"); !v.Arrivals {
			t.Error("a moderator of the space, who was not asked, took newcomers out of it")
		}
		p = mo.Submit(mo.Get("/s/news/settings").PostForm("/s/news/settings"), url.Values{"visibility": {"secret"}})
		p.Expect(422, "you would lock yourself out")
	})
}

// TestFormerAddressesLeadOn: a page at a former address is at the current one
// for good, with what was asked of it.
func TestFormerAddressesLeadOn(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		v := s.make(space.Draft{Name: "Garden", Handle: "garden", Visibility: space.Closed})
		for _, h := range []string{"allotment", "yard"} {
			v = s.find("ada", v.ID)
			_, err := s.spaces.Change(t.Context(), access.Member("ada"), "", v.ID, space.Revision{
				Version: v.Version, Draft: space.Draft{Name: v.Name, Handle: h, Visibility: v.Space.Visibility, Posting: v.Space.Posting},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		ada, gil := s.as("ada"), s.as("gil")
		for _, former := range []string{"garden", "allotment", v.ID} {
			for _, rest := range []string{"", "?sort=active&before=a.b", "/members?page=2", "/members/add?q=a%20b", "/settings", "/leave"} {
				res, _ := raw(t, ada, http.MethodGet, s.url+"/s/"+former+rest, nil, nil)
				if res.StatusCode != http.StatusMovedPermanently || res.Header.Get("Location") != "/s/yard"+rest {
					t.Errorf("/s/%s%s: %d to %s", former, rest, res.StatusCode, res.Header.Get("Location"))
				}
				if res, _ := raw(t, gil, http.MethodGet, s.url+"/s/"+former+rest, nil, nil); res.StatusCode != http.StatusNotFound {
					t.Errorf("to somebody who may not know of it, /s/%s%s answers %d", former, rest, res.StatusCode)
				}
			}
		}
	})
}

var formKey = regexp.MustCompile(`name="form_key" value="[^"]*"`)

// TestHiddenAnswersAsIfItWereNotThere asks for every page and sends every form
// of a secret space, of its former handle, and of spaces that never were, as
// people who may not know of it. Nothing may differ: status, headers, body.
func TestHiddenAnswersAsIfItWereNotThere(t *testing.T) {
	both(t, "public", func(t *testing.T, s street) {
		v := s.make(space.Draft{Name: "Surprise", Handle: "surprise", Visibility: space.Closed})
		s.secret(v)
		known := s.make(space.Draft{Name: "Street", Visibility: space.Open})
		addresses := []string{"0198c5f0-0000-7000-8000-000000000000", v.ID, "never_was", "surprise", "mo"}
		for _, who := range []string{"", "olga", "cem", "gil"} {
			c := s.as(who)
			key := ""
			if who != "" {
				s.Put(known.ID, who, "member")
				key = c.Get(known.Path() + "/leave").PostForm(known.Path() + "/leave").Value("form_key")
			}
			for _, route := range s.routes {
				if !strings.HasPrefix(route.Path, "/s/:space") {
					continue
				}
				var answers []string
				for _, address := range addresses {
					path := strings.NewReplacer(":space", address, ":member", "ben").Replace(route.Path)
					var form url.Values
					if route.Method == http.MethodPost {
						form = url.Values{"form_key": {key}, "answer": {"yes"}, "role": {"moderator"}, "version": {"1"}, "who": {"ben"}, "name": {"x"}}
					}
					res, body := raw(t, c, route.Method, s.url+path, form, nil)
					res.Header.Del("Date")
					head := new(strings.Builder)
					if err := res.Header.Write(head); err != nil {
						t.Fatal(err)
					}
					answer := res.Status + "\n" + head.String() + "\n" + formKey.ReplaceAllString(body, "")
					answers = append(answers, strings.NewReplacer("/s/"+address, "/s/X", "%2Fs%2F"+address, "%2Fs%2FX").Replace(answer))
					want := http.StatusNotFound
					if who == "" && route.Audience != web.Visitors {
						want = http.StatusSeeOther // to where one signs in, whatever is asked for
					}
					if res.StatusCode != want {
						t.Errorf("%q, %s %s: %d", who, route.Method, path, res.StatusCode)
					}
				}
				for i, a := range answers {
					if a != answers[0] {
						t.Errorf("%q, %s %s: the answer for %s differs:\n%s\n--- from\n%s", who, route.Method, route.Path, addresses[i], a, answers[0])
					}
				}
			}
		}
	})
}

// TestVisitIsSeen: looking at the first page counts, loading it ahead does not.
func TestVisitIsSeen(t *testing.T) {
	both(t, "named", func(t *testing.T, s street) {
		v := s.make(space.Draft{Name: "Garden", Visibility: space.Open})
		ben := s.as("ben")
		unread := func() int {
			mine, err := s.spaces.Mine(t.Context(), access.Member("ben"))
			if err != nil || len(mine) != 1 {
				t.Fatalf("ben is in %v, %v", mine, err)
			}
			return mine[0].Unread
		}
		for _, c := range []struct {
			query string
			head  http.Header
			seen  bool
		}{
			{"", http.Header{"Sec-Purpose": {"prefetch"}}, false},
			{"", http.Header{"Sec-Purpose": {"prefetch;prerender"}}, false},
			{"", http.Header{"Purpose": {"prefetch"}}, false},
			{"", http.Header{"X-Moz": {"prefetch"}}, false},
			{"?before=zzzzzzzzz.x", nil, false},
			{"", nil, true},
			{"?sort=active", nil, true},
		} {
			s.say("ada", v.ID, "Something new")
			if unread() == 0 {
				t.Fatal("nothing is unread")
			}
			res, body := raw(t, ben, http.MethodGet, s.url+v.Path()+c.query, nil, c.head)
			if seen := unread() == 0; res.StatusCode != 200 || seen != c.seen {
				t.Errorf("%s %v: seen is %v after %d", c.query, c.head, seen, res.StatusCode)
			}
			if marked := strings.Contains(body, `class="unread"`); marked == c.seen {
				t.Errorf("%s %v: the rail counts something unread: %v", c.query, c.head, marked)
			}
		}
	})
}

func TestStrangers(t *testing.T) {
	both(t, "public", func(t *testing.T, s street) {
		open := s.make(space.Draft{Name: "Street", Visibility: space.Open})
		news := s.make(space.Draft{Name: "News", Visibility: space.Public})
		s.say("ada", news.ID, "Open day on Sunday")
		stranger := s.as("")
		stranger.Get("/spaces").Expect(200, "News", "Everybody can read this, also outside", "!Street", "!Join", "!New space", "!people")
		p := stranger.Get(news.Path())
		p.Expect(200, "Open day on Sunday", "Sign in to take part", "!2 people", "!Join", "!Leave")
		if strings.Contains(string(p.Body), "/members") {
			t.Error("a stranger is shown the way to the people")
		}
		stranger.Get(open.Path()).Expect(404, "!Street")
		for _, path := range []string{"/members", "/leave", "/settings", "/members/add"} {
			if p := stranger.Get(news.Path() + path); p.URL.Path != look.NavSignIn {
				t.Errorf("%s led a stranger to %s", path, p.URL)
			}
		}
		s.Do("UPDATE community SET face = 'hidden', version = version + 1")
		for _, path := range []string{"/s/news", "/spaces", "/s/never_was"} {
			if p := stranger.Get(path); p.URL.Path != look.NavSignIn {
				t.Errorf("in a hidden community, %s led a stranger to %s", path, p.URL)
			}
		}
		s.Do("UPDATE community SET face = 'named', version = version + 1")
		stranger.Get("/s/news").Expect(404)
		stranger.Get("/spaces").Expect(200, "Nothing here is for everybody", "!News")
		s.as("cem").Get("/s/news").Expect(200, "All members can read this")
	})
}

// TestWordsArePlain reads every page in both languages: nothing is left
// untranslated, and what people typed is shown as they typed it.
func TestWordsArePlain(t *testing.T) {
	const evil = `"><img src=x onerror=alert(1)>{name}`
	both(t, "public", func(t *testing.T, s street) {
		s.Do("UPDATE members SET language = ''")
		s.Do("UPDATE members SET name = $1 WHERE id = 'ben'", evil)
		closed := s.make(space.Draft{Name: evil, Purpose: evil, Visibility: space.Closed})
		open := s.make(space.Draft{Name: "Street", Purpose: evil, Visibility: space.Open})
		secret := s.make(space.Draft{Name: "Surprise", Visibility: space.Secret})
		if _, err := s.spaces.Ask(t.Context(), access.Member("mo"), "", closed.ID); err != nil {
			t.Fatal(err)
		}
		s.Do("INSERT INTO features (name, enabled) VALUES ('directory', $1)", false)
		for _, lang := range []string{"en", "de"} {
			for _, who := range []string{"", "ada", "mo", "cem", "gil"} {
				c := s.as(who)
				c.Header.Set("Accept-Language", lang)
				paths := []string{"/spaces", "/spaces/new"}
				for _, v := range []space.View{closed, open, secret} {
					for _, rest := range []string{"", "/members", "/members/add", "/members/add?q=x", "/settings", "/leave"} {
						paths = append(paths, v.Path()+rest)
					}
				}
				for _, path := range paths {
					p := c.Get(path)
					if strings.Contains(string(p.Body), "⟦") || strings.Contains(string(p.Body), "<img src=x") {
						t.Errorf("%s as %q in %s:\n%s", path, who, lang, p.Body)
					}
				}
			}
			ada := s.as("ada")
			ada.Header.Set("Accept-Language", lang)
			for _, from := range []space.View{closed, open, secret} {
				for _, to := range []string{"public", "open", "closed", "secret"} {
					if string(from.Space.Visibility) == to {
						continue
					}
					p := ada.Get(from.Path() + "/settings")
					p = ada.Submit(p.PostForm(from.Path()+"/settings"), url.Values{"visibility": {to}})
					if p.Status != 200 || strings.Contains(string(p.Body), "⟦") || strings.Contains(string(p.Body), "<img src=x") {
						t.Errorf("%s becoming %s in %s:\n%s", from.Name, to, lang, p.Body)
					}
				}
			}
		}
	})
}

// TestWordsAndKeysMatch: every key in use has words in both languages, and no
// words are left over.
func TestWordsAndKeysMatch(t *testing.T) {
	var source strings.Builder
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	used := localetest.Keys(t, "..")
	for _, key := range regexp.MustCompile(`"(said\.[a-z_]+)"`).FindAllStringSubmatch(source.String(), -1) {
		used[key[1]] = append(used[key[1]], "said")
	}
	maps.DeleteFunc(used, func(key string, _ []string) bool {
		return !strings.HasPrefix(key, "space.") && !strings.HasPrefix(key, "said.")
	})
	for _, lang := range []string{"en", "de"} {
		text, err := spaceweb.Messages.ReadFile("messages/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		missing, unused := localetest.Compare(used, slices.Collect(maps.Keys(words)))
		if len(missing) > 0 || len(unused) > 0 {
			t.Errorf("%s: missing %q, unused %q", lang, missing, unused)
		}
	}
}
