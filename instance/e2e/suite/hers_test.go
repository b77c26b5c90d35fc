package suite_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/poll"
)

// pressed is a form of a page as somebody sends it.
type pressed struct {
	page, form string
	values     url.Values
}

// thing is something that a person made or that is kept of her: how she changes
// it and takes it back through pages (P52).
type thing struct {
	// column says whose it is.
	column, name, who string
	// state gives what is there of it, and nothing when it is gone.
	state string
	// change and withdraw are nil where why says so.
	change, withdraw *pressed
	why              string
}

// notHers are columns that name a person and are no thing of hers.
var notHers = map[string]string{
	"members.invited_by":       "whose invitation it was is what happened",
	"requests.decided_by":      "an answer was given once and has been read",
	"polls.closed_by":          "says that it has ended",
	"posts.edited_by":          "goes with the post",
	"posts.deleted_by":         "says that it is gone",
	"post_versions.edited_by":  "goes with the post, below",
	"pages.edited_by":          "goes with the page",
	"pages.deleted_by":         "says that it is gone",
	"page_versions.author_id":  "goes with the page, below",
	"page_versions.edited_by":  "goes with the page, below",
	"reviews.author_id":        "a moderator's decision on her post; goes with the post",
	"mentions.member_id":       "who is named in another's words, which are that person's",
	"facts.actor_id":           "what happened, for 30 days",
	"audit.actor_id":           "how the place was looked after, for two years",
	"recovery_codes.member_id": "she makes new ones, which ends these: signinweb.TestCodePages",
}

// things are one of everything, in an order in which each is still there.
func (w *town) things() []thing {
	id := func(role string) string { return w.people[role].id }
	said := func(key string) string {
		return "SELECT coalesce(max(title || body || html), '') FROM posts WHERE id = '" + w.posts[key] + "'"
	}
	at := func(key string) string { return "/p/" + w.posts[key] }
	wiki := func(key string) string { return "/w/" + w.posts[key] }
	open, closed := w.spaces["open"].Path(), w.spaces["closed"].Path()
	list, other := "/settings/lists/"+w.list, w.one("SELECT id FROM sessions WHERE member_id = $1 AND device = 'phone'", id("insider"))
	invitation := w.one("SELECT id FROM invitations WHERE made_by = $1", id("insider"))
	quiet := "/people/" + w.people["quiet"].handle
	address := w.one("SELECT id FROM feeds WHERE name = 'qzfeedname'")
	words := url.Values{"title": {"Another title"}, "body": {"Other words."}}
	return []thing{
		{"posts.author_id", "a post", "insider", said("edited open"), &pressed{at("edited open") + "/edit", at("edited open") + "/edit", words}, &pressed{at("edited open") + "/delete", at("edited open") + "/delete", nil}, ""},
		{"posts.author_id", "a reply", "insider", said("nested closed"), &pressed{at("nested closed") + "/edit", at("nested closed") + "/edit", url.Values{"body": {"Other words."}}}, &pressed{at("nested closed") + "/delete", at("nested closed") + "/delete", nil}, ""},
		{"posts.author_id", "a post that is hidden", "insider", said("hidden secret"), &pressed{at("hidden secret") + "/edit", at("hidden secret") + "/edit", words}, &pressed{at("hidden secret") + "/delete", at("hidden secret") + "/delete", nil}, ""},
		{"posts.author_id", "what a post said before", "insider", "SELECT coalesce(max(body), '') FROM post_versions WHERE post_id = '" + w.posts["edited closed"] + "'", nil, &pressed{at("edited closed") + "/delete", at("edited closed") + "/delete", nil}, "what was read stays as it was read until the post goes"},
		{"pages.author_id", "a page", "insider", "SELECT coalesce(max(title || html), '') FROM pages WHERE id = '" + w.posts["page open"] + "'", &pressed{wiki("page open") + "/edit", wiki("page open") + "/edit", words}, &pressed{wiki("page open") + "/delete", wiki("page open") + "/delete", nil}, ""},
		{"pages.author_id", "what a page said before", "insider", "SELECT coalesce(max(body), '') FROM page_versions WHERE version = 1 AND page_id = '" + w.posts["page closed"] + "'", nil, &pressed{wiki("page closed") + "/delete", wiki("page closed") + "/delete", nil}, "what was read stays as it was read until the page goes"},
		{"pages.owner_id", "looking after a page", "insider", "SELECT coalesce(max(owner_id), '') FROM pages WHERE id = '" + w.posts["page secret"] + "'", nil, &pressed{wiki("page secret"), wiki("page secret") + "/own", nil}, "she looks after it or not"},
		{"media.author_id", "a photo", "insider", "SELECT coalesce(max(alt), '') FROM media WHERE id = '" + w.photos["reply open"] + "'", &pressed{at("reply open") + "/edit", at("reply open") + "/edit", url.Values{"alt-" + w.photos["reply open"]: {"Seen from behind"}}}, &pressed{at("reply open") + "/delete", at("reply open") + "/delete", nil}, ""},
		{"reactions.actor_id", "a reaction", "insider", "SELECT coalesce(max(kind), '') FROM reactions WHERE post_id = '" + w.posts["thread open"] + "'", nil, &pressed{at("thread open") + "/react", at("thread open") + "/react", url.Values{"reaction": {"-heart"}}}, "it is one word: taken back, and another given"},
		{"saved.member_id", "what she saved", "insider", "SELECT coalesce(max(post_id), '') FROM saved WHERE post_id = '" + w.posts["thread open"] + "' AND member_id = '" + id("insider") + "'", nil, &pressed{at("thread open"), at("thread open") + "/save", nil}, "is on the list or not"},
		{"drafts.author_id", "a draft", "insider", "SELECT coalesce(max(version), '') FROM drafts WHERE id = '" + w.drafts["closed"] + "'", &pressed{"/compose?space=" + w.spaces["closed"].ID, "/compose", url.Values{"body": {"Other words."}, "do": {"draft"}}}, &pressed{"/drafts", "/drafts/" + w.drafts["closed"] + "/drop", nil}, ""},
		{"poll_votes.actor_id", "a vote", "insider", "SELECT coalesce(max(CAST(v.place AS TEXT)), '') FROM poll_votes v WHERE v.post_id = '" + w.posts["asked open"] + "'", &pressed{at("asked open"), at("asked open") + "/vote", url.Values{"choice": {"1"}}}, &pressed{at("asked open"), at("asked open") + "/vote", url.Values{"do": {"back"}}}, ""},
		{"profile_fields.member_id", "a field of her profile", "insider", "SELECT coalesce(max(value), '') FROM profile_fields WHERE name = 'about' AND member_id = '" + id("insider") + "'", &pressed{"/settings/profile", "/settings/profile", url.Values{"about": {"Grows beans"}}}, &pressed{"/settings/profile", "/settings/profile", url.Values{"about": {""}}}, ""},
		{"list_members.member_id", "somebody on her list", "insider", "SELECT coalesce(max(member_id), '') FROM list_members", nil, &pressed{list, list + "/unchoose", nil}, "is on it or not"},
		{"lists.owner_id", "a list", "insider", "SELECT coalesce(max(name), '') FROM lists", &pressed{list, list, url.Values{"name": {"Choir"}}}, &pressed{list, list + "/drop", nil}, ""},
		{"invitations.made_by", "an invitation", "insider", "SELECT coalesce(max(note), '') FROM invitations WHERE revoked_at IS NULL AND id = '" + invitation + "'", nil, &pressed{"/invitations", "/invitations/" + invitation + "/revoke", nil}, "what was passed on stays what it was: another is made"},
		{"feeds.member_id", "an address for a feed reader", "insider", "SELECT coalesce(max(name), '') FROM feeds WHERE id = '" + address + "'", nil, &pressed{"/settings/feeds", "/settings/feeds/" + address + "/revoke", nil}, "what was passed on stays what it was: another is made"},
		{"sessions.member_id", "a session", "insider", "SELECT coalesce(max(id || name), '') FROM sessions WHERE id = '" + other + "'", &pressed{"/settings/security/sessions/" + other + "/name", "/settings/security/sessions/" + other + "/name", url.Values{"name": {"Kitchen"}}}, &pressed{"/settings/security", "/settings/security/sessions/" + other + "/end", nil}, ""},
		{"passkeys.member_id", "a passkey", "insider", "SELECT coalesce(max('key' || name), '') FROM passkeys WHERE member_id = '" + id("insider") + "'", &pressed{"/settings/security/passkeys/a2V5/name", "/settings/security/passkeys/a2V5/name", url.Values{"name": {"Ring"}}}, &pressed{"/settings/security", "/settings/security/passkeys/a2V5/remove", nil}, ""},
		{"passwords.member_id", "a password", "founder", "SELECT coalesce(max(hash), '') FROM passwords WHERE member_id = '" + id("founder") + "'", &pressed{"/settings/security", "/settings/security/password", url.Values{"current_password": {w.people["founder"].password}, "password": {"nine green wheelbarrows"}}}, &pressed{"/settings/security", "/settings/security/password/remove", nil}, ""},
		{"spaces.created_by", "a space", "founder", "SELECT name || purpose FROM spaces WHERE id = '" + w.spaces["closed"].ID + "'", &pressed{closed + "/settings", closed + "/settings", url.Values{"purpose": {"Another purpose."}}}, nil, "others speak in it: she leaves it, and somebody else looks after it"},
		{"space_members.member_id", "being in a space", "insider", "SELECT coalesce(max(role), '') FROM space_members WHERE space_id = '" + w.spaces["open"].ID + "' AND member_id = '" + id("insider") + "'", nil, &pressed{open + "/leave", open + "/leave", nil}, "she is in it or not"},
		{"space_requests.member_id", "asking for a space", "member", "SELECT coalesce(max(member_id), '') FROM space_requests", nil, &pressed{closed, closed + "/leave", nil}, "she asks or not"},
		{"post_marks.actor_id", "hiding a post", "owner", "SELECT coalesce(max(reason), '') FROM post_marks WHERE post_id = '" + w.posts["hidden reply open"] + "'", nil, &pressed{at("thread open"), at("hidden reply open") + "/restore", nil}, "it is undone, and done again with another reason"},
		{"transfers.from_member", "asking somebody to be an owner", "owner", "SELECT coalesce(max(to_member), '') FROM transfers WHERE to_member = '" + id("quiet") + "'", nil, &pressed{quiet + "/role", quiet + "/owner/withdraw", nil}, "she asks or not"},
		{"transfers.to_member", "being asked to be an owner", "member", "SELECT coalesce(max(to_member), '') FROM transfers", nil, &pressed{"/you", "/you/ownership", url.Values{"answer": {"no"}}}, "she says yes or no"},
		{"requests.member_id", "asking to come in", "pending", "SELECT coalesce(max(answer), '') FROM requests WHERE member_id = '" + id("pending") + "'", &pressed{"/waiting", "/waiting", url.Values{"answer": {"Number nine"}}}, &pressed{"/waiting", "/waiting/withdraw", nil}, ""},
		{"members.id", "her account", "quiet", "SELECT coalesce(max(name || handle), '') FROM members WHERE state = 'active' AND id = '" + id("quiet") + "'", &pressed{"/settings/account", "/settings/account", url.Values{"name": {"Quin Other"}, "handle": {"quin_other"}}}, &pressed{"/settings/data/leave", "/settings/data/leave", url.Values{"password": {w.people["quiet"].password}, "words": {"erase"}}}, ""},
	}
}

// TestEverythingSheMadeIsHers changes and takes back one of everything through
// pages, and holds the list of things against the schema.
func TestEverythingSheMadeIsHers(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		w.prepareThings()
		all := w.things()
		listed := map[string]bool{}
		for _, x := range all {
			listed[x.column] = true
		}
		for _, column := range p.naming() {
			if listed[column] == (notHers[column] != "") {
				t.Errorf("%s names a person: it is listed %v and excused %v", column, listed[column], notHers[column] != "")
			}
		}
		for _, x := range all {
			t.Run(x.name, func(t *testing.T) { w.isHers(t, x) })
		}
	})
}

// prepareThings makes what the town does not have of itself: another session, a
// passkey for each who needs one, and questions that somebody has asked.
func (w *town) prepareThings() {
	w.t.Helper()
	phone := &person{Client: w.browser(), key: "phone", handle: w.people["insider"].handle, password: w.people["insider"].password}
	phone.Header.Set("User-Agent", "Mozilla/5.0 (Android; Mobile)")
	w.want(w.signIn(phone), "/home", http.StatusOK)
	insider := w.people["insider"].actor()
	w.posts["asked open"] = w.asks("open", poll.Draft{Method: poll.Single})
	w.must(w.program.Polls.Choose(w.t.Context(), insider, "", w.posts["asked open"], poll.Vote{0}, ""))
	closed := w.spaces["closed"].Path()
	w.press(w.people["member"], closed, closed+"/ask", nil)
	for _, role := range []string{"quiet", "member"} {
		at := "/people/" + w.people[role].handle
		w.press(w.people["owner"], at+"/role", at+"/owner", nil)
	}
	_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		for role, id := range map[string]string{"insider": "key", "founder": "her"} {
			_, err := tx.Exec("INSERT INTO passkeys (id, member_id, credential, name, created_day) VALUES ($1, $2, '{}', 'Watch', 0)", []byte(id), w.people[role].id)
			if err != nil {
				return "", err
			}
		}
		return "", nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// isHers changes a thing and takes it back.
func (w *town) isHers(t *testing.T, x thing) {
	t.Helper()
	who, before := w.people[x.who], w.one(x.state)
	if before == "" || (x.change == nil || x.withdraw == nil) == (x.why == "") {
		t.Fatalf("there is %q of it at first; why: %q", before, x.why)
	}
	if x.change != nil {
		w.press(who, x.change.page, x.change.form, x.change.values)
		if now := w.one(x.state); now == before || now == "" {
			t.Errorf("she cannot change it: %q", now)
		}
	}
	if x.withdraw != nil {
		w.press(who, x.withdraw.page, x.withdraw.form, x.withdraw.values)
		if now := w.one(x.state); now != "" {
			t.Errorf("she cannot take it back: %q", now)
		}
	}
}

var personal = regexp.MustCompile(`(_by|actor_id|author_id|member_id|owner_id)$`)

// naming are the columns that say who somebody is: by what they refer to, and
// by what they are called.
func (p *place) naming() []string {
	p.t.Helper()
	query := `SELECT m.name || '.' || f."from" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f."table" IN ('actors', 'members')`
	if p.program.DB.Engine() == database.PostgreSQL {
		query = `SELECT k.table_name || '.' || k.column_name FROM information_schema.key_column_usage k
			JOIN information_schema.constraint_column_usage u ON u.constraint_name = k.constraint_name AND u.constraint_schema = k.constraint_schema
			JOIN information_schema.table_constraints c ON c.constraint_name = k.constraint_name AND c.constraint_schema = k.constraint_schema
			WHERE c.constraint_type = 'FOREIGN KEY' AND u.table_name IN ('actors', 'members') AND k.table_schema = current_schema()`
	}
	var all []string
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (name string, err error) {
			err = r.Scan(&name)
			return name, err
		}, query)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range p.columns() {
		if personal.MatchString(c.name) {
			all = append(all, fmt.Sprintf("%s.%s", c.table, c.name))
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) < 25 {
		p.t.Fatalf("only %d columns name a person: %v", len(all), all)
	}
	return all
}

// TestWhatEverybodyReadIsGone deletes what everybody had read on every page that
// carries it, so that whatever keeps pages had it, and looks there again (P52).
func TestWhatEverybodyReadIsGone(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["insider"]
		for _, where := range wheres {
			at := w.press(who, "/compose?space="+w.spaces[where].ID, "/compose", url.Values{"title": {"qzgone" + where}, "body": {"harvest qzfirst" + where}}).URL.Path
			w.press(who, at+"/edit", at+"/edit", url.Values{"body": {"harvest qzsecond" + where}})
			w.press(who, at+"/react", at+"/react", url.Values{"reaction": {"heart"}})
			var before int
			for _, again := range []string{"the first time", "again"} { // the second time it is kept, where anything is
				before = w.holdGone(where, at, again, said[where])
			}
			if before < 8 {
				t.Errorf("%s was read on %d pages only", at, before)
			}
			w.press(who, at+"/delete", at+"/delete", nil)
			w.holdGone(where, at, "deleted", nil)
		}
	})
}

// holdGone looks for a post on the pages that carry it, as somebody of each
// kind, and gives on how many it was.
func (w *town) holdGone(where, at, when string, may []string) (shown int) {
	w.t.Helper()
	space := w.spaces[where].Path()
	for _, role := range []string{"owner", "insider", "member", "stranger"} {
		all := ""
		for _, path := range []string{at, at + "/history", at + "/reactions", at + "/edit", "/search?q=harvest", space, space + "?sort=active", space + "/months/2026-03", space + "/photos", "/months/2026-03", "/home", "/home?sort=active", "/@" + w.people["insider"].handle, "/", "/feed.atom", space + "/feed.json", "/feed/" + w.feeds[role+" home"] + "/atom", "/feed/" + w.feeds[role+" "+where] + "/json"} {
			text := strings.ToLower(w.ask(w.people[role], http.MethodGet, path, nil).body)
			found := slices.DeleteFunc([]string{"qzgone" + where, "qzfirst" + where, "qzsecond" + where}, func(mark string) bool { return !has(text, mark) })
			if len(found) > 0 {
				shown++
				all += text
			}
			if len(found) > 0 && !slices.Contains(may, role) {
				w.t.Errorf("%s, %s gets %q of %s at %s", when, role, found, at, path)
			}
		}
		for _, mark := range []string{"qzgone", "qzfirst", "qzsecond"} {
			if slices.Contains(may, role) && !has(all, mark+where) {
				w.t.Errorf("%s, %s does not get %s of %s", when, role, mark, at)
			}
		}
	}
	return shown
}
