package suite_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/poll"
	"github.com/opengather/opengather/instance/post"
)

// asks has the insider ask something in a space, with two options.
func (w *town) asks(where string, d poll.Draft) string {
	w.t.Helper()
	d.Length, d.Options = poll.Usual, []string{"bread", "roses"}
	return w.must(w.program.Posts.Publish(w.t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces[where].ID, Body: "what is needed?", Poll: &d}))
}

var ballotCode = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}`)

// TestPollThroughPages puts a named poll with the buttons of its form, votes,
// changes the vote and takes it back, without a script (P17, P170).
func TestPollThroughPages(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who, other := w.people["insider"], w.people["member"]
		form := p.form(who.Get("/compose?space="+w.spaces["open"].ID), "/compose")
		again := who.Submit(form, url.Values{"body": {"what is needed?"}, "option-0": {"bread"}, "do": {"options"}})
		form = p.form(again, "/compose")
		if form.Value("option-0") != "bread" || form.Value("body") != "what is needed?" || !slices.Contains(texts(string(again.Body)), "option-7") {
			t.Fatalf("asked for more options it shows %q", texts(string(again.Body)))
		}
		page := who.Submit(form, url.Values{"option-7": {"roses"}, "quorum": {"2"}})
		p.want(page, page.URL.Path, http.StatusOK)
		at := page.URL.Path
		p.press(other, at, at+"/vote", url.Values{"choice": {"1"}})
		p.sees(who, at, "One person has taken part.")
		page = p.press(other, at, at+"/vote", url.Values{"choice": {"0"}})
		if !strings.Contains(page.Text(), "Your vote is counted.") || !strings.Contains(page.Text(), "2 have to take part.") {
			t.Errorf("after a vote:\n%s", page.Text())
		}
		p.sees(who, at+"/poll/voters", "bread: 1")
		p.press(other, at, at+"/vote", url.Values{"do": {"back"}})
		p.sees(who, at, "Nobody has taken part.")
		late := p.form(other.Get(at), at+"/vote")
		p.press(who, at, at+"/poll/end", nil)
		p.sees(other, at, "2 had to take part, 0 did: not decided.")
		if a := p.ask(other, http.MethodGet, at+"/poll/result.csv", nil); a.status != http.StatusOK || !strings.Contains(a.body, "option,bread,0\n") || a.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the table: %d %v\n%s", a.status, a.header, a.body)
		}
		if page := other.Submit(late, url.Values{"choice": {"1"}}); page.Status != http.StatusConflict || !strings.Contains(page.Text(), "Your choice was not counted.") {
			t.Errorf("too late: %d\n%s", page.Status, page.Text())
		}
	})
}

// TestConsentThroughPages fills the options of a consent vote in by a button.
func TestConsentThroughPages(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["insider"]
		form := p.form(who.Get("/compose?space="+w.spaces["open"].ID), "/compose")
		form = p.form(who.Submit(form, url.Values{"body": {"may I?"}, "do": {"consent"}}), "/compose")
		page := who.Submit(form, nil)
		for _, option := range []string{"I agree", "I stand aside", "I object"} {
			if !strings.Contains(page.Text(), option) {
				t.Errorf("no %q in\n%s", option, page.Text())
			}
		}
	})
}

// TestSecretPollThroughPages votes in secret and finds each ballot by its code in
// the end. The answer with a code is kept nowhere, and neither the log nor a row
// besides the urn knows anything of a vote (P170).
func TestSecretPollThroughPages(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		at := "/p/" + w.asks("open", poll.Draft{Method: poll.Single, Secret: true})
		codes := map[string]string{}
		for i, role := range []string{"insider", "member", "founder"} {
			who, choice := w.people[role], fmt.Sprint(i%2)
			form := p.form(who.Get(at), at+"/vote")
			counts := w.counts()
			page := who.Submit(form, url.Values{"choice": {choice}})
			code := ballotCode.FindString(page.Text())
			if page.Status != http.StatusOK || code == "" || page.Header.Get("Cache-Control") != "no-store" || page.URL.Path != at+"/vote" {
				t.Fatalf("%s gets %d at %s, %v\n%s", role, page.Status, page.URL, page.Header, page.Text())
			}
			if after := w.counts(); after != counts {
				t.Errorf("a vote changed how many rows there are:\n%s\n%s", counts, after)
			}
			codes[code] = []string{"bread", "roses"}[i%2]
			if again := who.Submit(form, url.Values{"choice": {choice}}); ballotCode.FindString(again.Text()) != code {
				t.Errorf("%s sends it again and gets %d\n%s", role, again.Status, again.Text())
			}
			if other := who.Submit(form, url.Values{"choice": {fmt.Sprint(1 - i%2)}}); other.Status != http.StatusConflict || !strings.Contains(other.Text(), "This choice was not counted.") {
				t.Errorf("%s goes back and chooses another: %d\n%s", role, other.Status, other.Text())
			}
			p.sees(who, at, "You have voted.")
		}
		if page := w.people["quiet"].Get(at); strings.Contains(page.Text(), "Result") || ballotCode.MatchString(page.Text()) {
			t.Errorf("while it is open:\n%s", page.Text())
		}
		p.press(w.people["insider"], at, at+"/poll/end", nil)
		p.drain()
		page := w.people["quiet"].Get(at)
		for code, choice := range codes {
			if !regexp.MustCompile(code + `\s+` + choice).MatchString(page.Text()) {
				t.Errorf("no ballot %s with %s in\n%s", code, choice, page.Text())
			}
			for _, of := range []string{code, strings.ReplaceAll(code, "-", "")} {
				if strings.Contains(p.log.String(), of) {
					t.Errorf("the log knows the ballot %s", code)
				}
			}
		}
		if a := p.ask(w.people["quiet"], http.MethodGet, at+"/poll/result.json", nil); !strings.Contains(a.body, `"voters": 3`) || len(ballotCode.FindAllString(a.body, -1)) != 3 {
			t.Errorf("as JSON: %s", a.body)
		}
	})
}

// counts are how many rows there are where an action usually leaves one.
func (w *town) counts() string {
	w.t.Helper()
	var all []string
	for _, table := range []string{"facts", "form_keys", "audit", "jobs", "egress", "poll_votes", "posts", "reactions", "sessions"} {
		all = append(all, fmt.Sprint(table, " ", w.count(table)))
	}
	return strings.Join(all, ", ")
}

// TestRankedPollThroughPages puts a poll in order of preference, votes with the
// numbers of its form, changes the order and takes it back, without a script. Gaps
// are closed, and a place that is given twice is told with all that was chosen (P170).
func TestRankedPollThroughPages(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who, other := w.people["insider"], w.people["member"]
		form := p.form(who.Get("/compose?space="+w.spaces["open"].ID), "/compose")
		page := who.Submit(form, url.Values{"body": {"what is needed?"}, "method": {"ranked"}, "option-0": {"bread"}, "option-1": {"roses"}, "option-2": {"rain"}})
		p.want(page, page.URL.Path, http.StatusOK)
		at := page.URL.Path
		p.sees(who, at, "Put them in your order", "Nobody has taken part.")
		p.press(who, at, at+"/vote", url.Values{"place-0": {"3"}, "place-2": {"2"}})
		form = p.form(who.Get(at), at+"/vote")
		if got := form.Value("place-0") + form.Value("place-1") + form.Value("place-2"); got != "21" || form.Value("was") != "2,0" {
			t.Errorf("voted for the third and the second place, it shows %q", got)
		}
		p.press(other, at, at+"/vote", url.Values{"place-0": {"1"}})
		p.press(w.people["founder"], at, at+"/vote", url.Values{"place-0": {"1"}, "place-1": {"2"}})
		p.sees(who, at, "First comes bread, with 2 of the 3 ballots of the last round.", "Round 1")
		page = who.Submit(p.form(who.Get(at), at+"/vote"), url.Values{"place-0": {"1"}, "place-1": {""}, "place-2": {"1"}})
		if got := p.form(page, at+"/vote"); page.Status != http.StatusUnprocessableEntity || got.Value("place-0") != "1" || got.Value("place-2") != "1" || got.Value("was") != "2,0" {
			t.Errorf("one place twice: %d\n%s", page.Status, page.Text())
		}
		page = who.Submit(p.form(who.Get(at), at+"/vote"), url.Values{"place-0": {""}, "place-2": {""}})
		if page.Status != http.StatusUnprocessableEntity || !strings.Contains(page.Text(), "Choose something first.") {
			t.Errorf("no place at all: %d\n%s", page.Status, page.Text())
		}
		p.sees(other, at+"/poll/voters", "bread: 3", "Place 2")
		p.press(other, at, at+"/vote", url.Values{"do": {"back"}})
		p.sees(who, at, "2 people have taken part.", "First comes", "0 · out")
		p.press(who, at, at+"/poll/end", nil)
		if a := p.ask(other, http.MethodGet, at+"/poll/result.csv", nil); !strings.Contains(a.body, "method,ranked\n") || !strings.Contains(a.body, "round,1,bread,1\n") || !strings.Contains(a.body, "winner,") {
			t.Errorf("the table: %d\n%s", a.status, a.body)
		}
	})
}

// TestSecretOrderThroughPages votes in secret in order of preference: what comes of
// it are rounds, and codes with nothing beside them, on the page and in both files.
// Places that no form offers change nothing (P170).
func TestSecretOrderThroughPages(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		at := "/p/" + w.asks("open", poll.Draft{Method: poll.Ranked, Secret: true})
		who := w.people["insider"]
		for _, bad := range []url.Values{{"place-0": {"3"}}, {"place-0": {"0"}}, {"place-1": {"-1"}}, {"place-0": {"x"}}, {"place-1": {"99999999999999999999"}}, {"choice": {"1"}}, {"place-7": {"1"}}, {"place-0": {"1"}, "place-1": {"1"}}} {
			if a := p.send(who, at+"/vote", bad); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%v gives %d", bad, a.status)
			}
		}
		p.sees(who, at, "Nobody has taken part.")
		var codes []string
		for i, role := range []string{"insider", "member", "founder"} {
			who := w.people[role]
			counts := w.counts()
			page := who.Submit(p.form(who.Get(at), at+"/vote"), url.Values{"place-0": {fmt.Sprint(1 + i%2)}, "place-1": {fmt.Sprint(2 - i%2)}})
			code := ballotCode.FindString(page.Text())
			if page.Status != http.StatusOK || code == "" || page.Header.Get("Cache-Control") != "no-store" || !strings.Contains(page.Text(), "nobody sees by it what you chose") {
				t.Fatalf("%s gets %d\n%s", role, page.Status, page.Text())
			}
			if after := w.counts(); after != counts {
				t.Errorf("a vote changed how many rows there are:\n%s\n%s", counts, after)
			}
			codes = append(codes, code)
		}
		p.sees(w.people["quiet"], at, "not: Result", "not: First comes")
		p.press(who, at, at+"/poll/end", nil)
		p.drain()
		p.sees(w.people["quiet"], at, "First comes bread, with 2 of the 3 ballots of the last round.", "her ballot was counted")
		page := w.people["quiet"].Get(at)
		table := p.ask(w.people["quiet"], http.MethodGet, at+"/poll/result.csv", nil)
		object := p.ask(w.people["quiet"], http.MethodGet, at+"/poll/result.json", nil)
		for _, code := range codes {
			if !strings.Contains(page.Text(), code) || !strings.Contains(table.body, "ballot,"+code+"\n") || !strings.Contains(object.body, code) || strings.Contains(p.log.String(), code) {
				t.Errorf("the ballot %s is missing, or in the log", code)
			}
		}
		if strings.Contains(object.body, `"vote"`) || regexp.MustCompile(`[0-9A-Z]{5}\s+(bread|roses)`).MatchString(page.Text()) {
			t.Errorf("an order is told:\n%s\n%s", object.body, page.Text())
		}
	})
}
