package suite_test

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/signin"
)

// peersBug is one that comparable programs have had. It is refused here by a
// test, or waits for the feature in which it could come up.
type peersBug struct {
	name, peer string
	refused    func(w *town)
	waits      string
}

var peersBugs = []peersBug{
	{name: "things of others are changed by their id", peer: "OpenMeet", refused: (*town).othersThings},
	{name: "search shows what one may not read", peer: "OpenMeet", refused: (*town).searchIsFiltered},
	{name: "private groups are named on profiles", peer: "OpenMeet", refused: (*town).profilesNameNoSecretSpace},
	{name: "a guard reads another id than what is changed", peer: "OpenMeet", refused: (*town).oneIDCounts},
	{name: "trying on resets the limit of tries", peer: "OpenMeet", refused: (*town).tryingOnDoesNotHelp},
	{name: "sessions can be guessed", peer: "OpenMeet", refused: (*town).sessionsAreNotGuessed},
	{name: "a decision is undone by an old form", peer: "OpenMeet", refused: (*town).decisionsStay},
	{name: "markup in a group's summary", peer: "Mobilizon", refused: (*town).markupInSpaces},
	{name: "markup in the text of a report", peer: "Mobilizon", refused: (*town).markupInReasons},
	{name: "markup in the message of somebody unknown", peer: "Mobilizon", refused: (*town).markupInRequests},
	{name: "markup in a list of contacts", peer: "Mobilizon", refused: (*town).markupInLists},
	{name: "markup in a title", peer: "Mobilizon", refused: (*town).markupInTitles},
	{name: "words are edited without permission", peer: "Mobilizon", refused: (*town).wordsAreTheirAuthors},
	{name: "secrets of the configuration reach the pages", peer: "Mobilizon", refused: (*town).pagesHoldNoConfiguration},
	{name: "names of uploaded files are shown", peer: "Mobilizon", refused: (*town).filesHaveNoNames},
	{name: "ids of people are public", peer: "gathio", refused: (*town).idsOfPeopleAreNotPublic},
	{name: "a refusal that is an accident", peer: "gathio", refused: (*town).refusalsAreNoAccidents},
	{name: "words of members in the public feed", peer: "Ghost", refused: (*town).publicFeedsAreForStrangers},
	{name: "feeds stay open where the place is closed", peer: "Ghost", refused: (*town).feedsCloseWithTheFace},
	{name: "an address of a feed cannot be ended", peer: "Mozilla's add-ons", refused: (*town).addressesEnd},
	{name: "addresses given for pictures reach into the network", peer: "OpenMeet", refused: (*town).photosComeAsFiles},
	{name: "a remote server overwrites a person's mail address", peer: "OpenMeet", waits: "federation"},
	{name: "what comes from other servers passes no approval", peer: "OpenMeet", waits: "federation"},
	{name: "a repeated answer to an event undoes a decision", peer: "OpenMeet", waits: "events"},
	{name: "markup in the title of an event", peer: "Mobilizon", waits: "events"},
	{name: "markup in the message of an anonymous participant", peer: "Mobilizon", waits: "events"},
	{name: "markup in a report", peer: "Mobilizon", waits: "moderation"},
	{name: "the password for sending mail reaches the pages", peer: "Mobilizon", waits: "notifications"},
	{name: "names of files as descriptions of pictures", peer: "Mobilizon", refused: (*town).filesDescribeNothing},
	{name: "ids of people in the API", peer: "gathio", waits: "api"},
	{name: "a stranger's server changes an event that is not its own", peer: "gathio", waits: "federation"},
	{name: "the digest of a message is not checked", peer: "gathio", waits: "federation"},
	{name: "a join that is sent again counts again", peer: "like gathio's", waits: "federation"},
	{name: "an object that another server quotes is believed", peer: "like gathio's", waits: "federation"},
}

// TestBugsOfPeers holds that none of them is ours, and that none is forgotten
// when its feature comes.
func TestBugsOfPeers(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/features.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range peersBugs {
		state := regexp.MustCompile(`(?m)^` + b.waits + `: (\w+)`).FindStringSubmatch(string(raw))
		switch {
		case (b.waits == "") == (b.refused == nil):
			t.Errorf("%s: it has either a test or a feature to wait for", b.name)
		case b.waits != "" && (state == nil || state[1] != "false"):
			t.Errorf("%s: waits for %s, which is built or unknown", b.name, b.waits)
		}
	}
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for _, b := range peersBugs {
			if b.refused == nil {
				continue
			}
			t.Run(b.name, func(t *testing.T) {
				here := *p
				here.t = t
				b.refused(&town{place: &here, people: w.people, spaces: w.spaces, posts: w.posts, feeds: w.feeds, list: w.list, invite: w.invite})
			})
		}
	})
}

// state is everything that people could change, as it is now.
func (p *place) state() string {
	p.t.Helper()
	var all []string
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error {
		for _, query := range []string{
			"id, title, body, label_id, version FROM posts", "post_id, kind, reason FROM post_marks", "post_id, actor_id, kind FROM reactions", "id, handle, name, role, state FROM members", "member_id, answer, accepted FROM requests",
			"id, owner_id, name FROM lists", "list_id, member_id FROM list_members", "to_member, from_member FROM transfers", "id, revoked_at FROM invitations", "id, member_id, name FROM feeds", "id, author_id, version FROM drafts", "id, member_id, name FROM sessions",
			"id, handle, name, purpose, visibility, posting FROM spaces", "space_id, member_id, role FROM space_members", "space_id, member_id FROM space_requests", "name, face, door, rules, welcome FROM community", "member_id, name, value FROM profile_fields",
		} {
			columns, table, _ := strings.Cut(query, " FROM ")
			rows, err := database.Collect(tx, func(r *database.Rows) (s string, err error) {
				err = r.Scan(&s)
				return s, err
			}, "SELECT coalesce(CAST("+strings.ReplaceAll(columns, ", ", " AS TEXT), '') || '|' || coalesce(CAST(")+" AS TEXT), '') FROM "+table+" ORDER BY 1 -- unfiltered: test")
			if err != nil {
				return err
			}
			all = append(all, table+": "+strings.Join(rows, "\n"))
		}
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// unchanged holds that what somebody tries is refused by a rule, and changes
// nothing.
func (w *town) unchanged(who string, try func(who *person) []answer) {
	w.t.Helper()
	before := w.state()
	for i, a := range try(w.people[who]) {
		if a.status < 400 && !strings.HasPrefix(a.header.Get("Location"), "/login") || a.status >= 500 {
			w.t.Errorf("%s: try %d is answered by %d %s", who, i, a.status, a.header.Get("Location"))
		}
	}
	if after := w.state(); after != before {
		w.t.Errorf("%s has changed something:\n%s", who, differ(before, after))
	}
}

// theirs are forms by which somebody would change what others made or are.
func (w *town) theirs() map[string]url.Values {
	thread, reply, open := "/p/"+w.posts["thread open"], "/p/"+w.posts["reply open"], w.spaces["open"].Path()
	session := "/settings/security/sessions/" + w.one("SELECT id FROM sessions WHERE member_id = $1", w.people["insider"].id)
	invitation := "/invitations/" + w.one("SELECT id FROM invitations WHERE made_by = $1", w.people["insider"].id)
	guest, founder := w.people["guest"], w.people["founder"]
	return map[string]url.Values{
		thread + "/edit": {"body": {"theirs"}, "version": {"1"}}, thread + "/delete": nil, thread + "/hide": {"reason": {"theirs"}}, reply + "/edit": {"body": {"theirs"}, "version": {"1"}}, reply + "/delete": nil,
		"/p/" + w.posts["hidden open"] + "/restore": nil, "/settings/lists/" + w.list: {"name": {"theirs"}}, "/settings/lists/" + w.list + "/choose": {"who": {founder.id}},
		"/settings/lists/" + w.list + "/unchoose": {"who": {w.people["member"].id}}, "/settings/lists/" + w.list + "/drop": nil, "/drafts/" + w.drafts["secret"] + "/drop": nil, session + "/name": {"name": {"theirs"}}, session + "/end": nil, invitation + "/revoke": nil, "/settings/feeds/" + w.one("SELECT id FROM feeds WHERE name = 'qzfeedname'") + "/revoke": nil,
		"/requests/" + w.people["pending"].id: {"answer": {"yes"}}, "/people/" + founder.handle + "/remove": nil, "/people/" + founder.handle + "/role": {"role": {"guest"}}, "/people/" + founder.handle + "/owner": nil,
		open + "/settings": {"name": {"Theirs"}, "visibility": {"open"}, "posting": {"everyone"}}, open + "/members/" + founder.id + "/remove": nil, open + "/members/" + founder.id + "/role": {"role": {"moderator"}},
		open + "/members/add": {"who": {guest.id}}, "/community": {"name": {"Theirs"}}, "/community/texts": {"rules": {"theirs"}}, "/community/door": {"face": {"hidden"}, "door": {"invite"}},
	}
}

func (w *town) othersThings() {
	for _, role := range w.some([]string{"member", "quiet", "guest", "stranger"}) {
		w.unchanged(role, func(who *person) (all []answer) {
			for path, values := range w.theirs() {
				all = append(all, w.send(who, path, values))
			}
			return all
		})
	}
	// A thing of one's own in the address, somebody else's in the form.
	member, theirs := w.people["member"], w.posts["thread open"]
	own := w.must(w.program.Members.MakeList(w.t.Context(), member.actor(), "", "own"))
	w.send(member, "/settings/lists/"+own, url.Values{"name": {"renamed"}, "id": {w.list}, "list": {w.list}, "owner": {w.people["insider"].id}})
	if got := w.one("SELECT name FROM lists WHERE id = $1", w.list); got != "qzlist" {
		w.t.Errorf("the insider's list is called %q", got)
	}
	w.unchanged("member", func(who *person) []answer {
		return []answer{w.send(who, "/p/"+theirs+"/edit", url.Values{"body": {"theirs"}, "version": {"1"}, "author": {who.id}, "id": {own}, "_method": {"PATCH"}})}
	})
	for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
		w.unchanged("member", func(who *person) []answer { return []answer{w.ask(who, method, "/p/"+theirs, nil)} })
	}
}

func (w *town) searchIsFiltered() {
	for role, wants := range map[string]string{"member": "open", "guest": "closed", "insider": "secret", "stranger": "public"} {
		body := strings.ToLower(w.through(w.people[role], channel{paths: []string{"/search?q=harvest"}}))
		if role != "stranger" && !strings.Contains(body, "qzbody"+wants) {
			w.t.Errorf("%s does not find what is %s", role, wants)
		}
		for _, where := range wheres {
			if strings.Contains(body, "qzbody"+where) && !slices.Contains(said[where], role) {
				w.t.Errorf("%s finds what is %s", role, where)
			}
		}
	}
}

func (w *town) profilesNameNoSecretSpace() {
	for _, role := range []string{"owner", "moderator", "member", "quiet", "guest", "stranger"} {
		for _, path := range w.profiles() {
			if a := w.ask(w.people[role], http.MethodGet, path, nil); strings.Contains(strings.ToLower(a.body), "qzspacesecret") {
				w.t.Errorf("%s reads of the secret space at %s", role, path)
			}
		}
	}
	if a := w.ask(w.people["insider"], http.MethodGet, "/settings/profile", nil); !strings.Contains(strings.ToLower(a.body), "qzspacesecret") {
		w.t.Error("who is in it does not read of it")
	}
}

// oneIDCounts sends two ids: one of a thing that may be changed, where a guard
// could look, and one of what is meant.
func (w *town) oneIDCounts() {
	open, secret := w.spaces["open"], w.spaces["secret"]
	for _, role := range []string{"owner", "member"} {
		w.unchanged(role, func(who *person) (all []answer) {
			for name, value := range map[string]string{"X-Space": open.ID, "X-Group-Slug": open.Handle, "X-Original-Url": open.Path() + "/settings", "X-Rewrite-Url": open.Path() + "/settings", "X-Http-Method-Override": "GET", "Referer": w.url + open.Path()} {
				who.Header.Set(name, value)
				defer who.Header.Del(name)
			}
			other := url.Values{"space": {open.ID}, "id": {open.ID}, "to": {w.posts["thread open"]}, "parent": {w.posts["thread open"]}, "name": {"Theirs"}, "visibility": {"open"}, "posting": {"everyone"}, "who": {who.id}, "body": {"theirs"}, "version": {"1"}, "reaction": {"heart"}}
			for _, path := range []string{"/settings", "/members/add", "/join", "/leave"} {
				all = append(all, w.send(who, "/s/"+secret.ID+path+"?space="+open.ID+"&id="+open.ID, other))
			}
			for _, path := range []string{"/edit", "/delete", "/react"} {
				all = append(all, w.send(who, "/p/"+w.posts["thread secret"]+path+"?id="+w.posts["thread open"], other))
			}
			theirs := w.posts["reply secret"]
			return append(all, w.send(who, "/compose?space="+open.ID, url.Values{"space": {secret.ID}, "body": {"theirs"}}),
				w.send(who, "/p/"+w.posts["thread open"]+"/reply", url.Values{"to": {theirs}, "body": {"theirs"}}),
				w.send(who, "/p/"+w.posts["thread open"]+"/reply?to="+theirs, url.Values{"to": {theirs}, "body": {"theirs"}}))
		})
		for _, path := range []string{"/s/" + secret.ID + "?space=" + open.ID, "/p/" + w.posts["thread secret"] + "?id=" + w.posts["thread open"], "/p/" + w.posts["thread open"] + "?to=" + w.posts["reply secret"]} {
			if a := w.ask(w.people[role], http.MethodGet, path, nil); strings.Contains(strings.ToLower(a.body), "qzbodysecret") || strings.Contains(strings.ToLower(a.body), "qzreplysecret") {
				w.t.Errorf("%s reads the secret space at %s", role, path)
			}
		}
	}
	// Whoever may write in both writes where what she answers is.
	w.send(w.people["insider"], "/p/"+w.posts["thread open"]+"/reply", url.Values{"to": {w.posts["reply secret"]}, "body": {"qqconfused"}})
	if n := w.count("posts WHERE body = 'qqconfused' AND label_id <> '" + w.one("SELECT label_id FROM posts WHERE id = $1", w.posts["reply secret"]) + "' -- unfiltered: test"); n != 0 {
		w.t.Error("an answer to something secret is read by others")
	}
}

func (w *town) tryingOnDoesNotHelp() {
	try := func(password string) int {
		who := &person{Client: program.NewClient(w.t, w.url), key: "guesser"}
		who.Header.Set("X-Forwarded-For", "203.0.113.77, 10.66.250.7") // what is before the last one is made up
		return w.send(who, "/login", url.Values{"handle": {w.people["quiet"].handle}, "password": {password}}).status
	}
	right := w.people["quiet"].password
	for range 5 {
		if got := try("not her password"); got != http.StatusUnprocessableEntity {
			w.t.Errorf("a wrong password is answered by %d", got)
		}
	}
	// Now not even the right one opens, and is answered as a wrong one is.
	for i := range 30 {
		w.clock.Add(time.Second)
		if got := try(map[bool]string{true: right, false: "not her password"}[i%2 == 0]); got != http.StatusUnprocessableEntity {
			w.t.Errorf("try %d beyond the limit is answered by %d", i, got)
		}
	}
	who := &person{Client: w.browser(), key: "quiet", handle: w.people["quiet"].handle, password: right}
	w.want(w.signIn(who), "/home", http.StatusOK) // from elsewhere she comes in
	w.clock.Add(31 * time.Second)
	if got := try(right); got != http.StatusSeeOther {
		w.t.Errorf("after a minute she cannot sign in: %d", got)
	}
}

func (w *town) sessionsAreNotGuessed() {
	var tokens []string
	id := w.people["quiet"].id
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test.sessions"}, func(tx *database.Tx) (string, error) {
		for range 64 {
			token, err := signin.Begin(tx, id, signin.Phone)
			if err != nil {
				return "", err
			}
			tokens = append(tokens, token)
		}
		return "", nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for at := range tokens[0] {
		seen := map[byte]bool{}
		for _, token := range tokens {
			if len(token) != 43 { // 256 bits
				w.t.Fatalf("a session of %d characters", len(token))
			}
			seen[token[at]] = true
		}
		if len(seen) < 8 && at < 42 {
			w.t.Errorf("character %d of a session is one of %d", at, len(seen))
		}
	}
	token := []byte(tokens[63])
	for name, session := range map[string]string{"the next one": string(append(token[:42:42], token[42]^1)), "her id": id, "the stored one": w.sessionID(id), "none": ""} {
		who := &person{Client: w.browser(), key: "guesser"}
		who.Header.Set("Cookie", "session="+session)
		if a := w.ask(who, http.MethodGet, "/home", nil); a.status == http.StatusOK {
			w.t.Errorf("%s is a session", name)
		}
	}
	who := &person{Client: w.browser(), key: "quiet"}
	who.Header.Set("Cookie", "session="+tokens[63])
	if a := w.ask(who, http.MethodGet, "/home", nil); a.status != http.StatusOK {
		w.t.Errorf("a real session is answered by %d", a.status)
	}
}

func (w *town) sessionID(member string) string {
	return w.one("SELECT min(id) FROM sessions WHERE member_id = $1", member)
}

func (w *town) decisionsStay() {
	owner := w.people["owner"]
	careful := w.place.invite(owner, url.Values{"approval": {"yes"}, "question": {"Who?"}, "uses": {"0"}})
	for answer, state := range map[string]string{"no": "pending", "yes": "active"} {
		late := w.accept("late "+answer, careful, "Late "+answer, url.Values{"answer": {"Me"}})
		form := w.form(owner.Get("/requests"), "/requests/"+late.id)
		owner.Submit(form, url.Values{"answer": {answer}})
		now := w.state()
		if n := w.count("requests r JOIN members m ON m.id = r.member_id WHERE m.id = '" + late.id + "' AND m.state = '" + state + "' AND r.decided_at IS NOT NULL -- unfiltered: test"); n != 1 {
			w.t.Errorf("%s is no decision", answer)
		}
		for _, other := range []string{"yes", "no"} {
			owner.Submit(form, url.Values{"answer": {other}})
			w.send(owner, "/requests/"+late.id, url.Values{"answer": {other}})
			w.send(w.people["moderator"], "/requests/"+late.id, url.Values{"answer": {other}})
			w.send(late, "/requests/"+late.id, url.Values{"answer": {"yes"}})
		}
		if again := w.state(); again != now {
			w.t.Errorf("%s is undone:\n%s", answer, differ(now, again))
		}
	}
}
