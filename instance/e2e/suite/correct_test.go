package suite_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/privacy"
)

// Why somebody cannot correct what is stored of her.
const (
	whose    = "says whose it is"
	which    = "says which it is, or of what sort"
	happened = "says when or how it happened"
	others   = "others decided it"
	withIt   = "goes with what she wrote, which she changes and deletes"
)

// correction is where somebody corrects what a column says of her.
type correction struct {
	who, page, form, field, value string
	// where finds the row, with her id for $1.
	where string
}

// corrections are the columns about a person that she corrects (P115).
func (w *town) corrections() map[string]correction {
	const own, members = "member_id = $1", "id = $1"
	at, list := "/p/"+w.posts["edited open"]+"/edit", "/settings/lists/"+w.list
	session := "/settings/security/sessions/" + w.one("SELECT id FROM sessions WHERE member_id = $1", w.people["insider"].id) + "/name"
	key, closed, post := "/settings/security/passkeys/aGVy/name", w.spaces["closed"].Path()+"/settings", "id = '"+w.posts["edited open"]+"' AND author_id = $1"
	photo := "/p/" + w.posts["reply closed"] + "/edit"
	wiki := "/w/" + w.posts["page open"] + "/edit"
	return map[string]correction{
		"members.name":            {"insider", "/settings/account", "/settings/account", "name", "Dan Other", members},
		"members.handle":          {"insider", "/settings/account", "/settings/account", "handle", "dan_other", members},
		"handles.handle":          {"insider", "/settings/account", "/settings/account", "handle", "zan_third", "subject_id = $1"},
		"members.language":        {"insider", "/settings/account", "/settings/account/language", "language", "de", members},
		"members.zone":            {"insider", "/settings/account", "/settings/account/language", "zone", "Asia/Tokyo", members},
		"members.theme":           {"insider", "/settings/appearance", "/settings/appearance", "theme", "dark", members},
		"members.home_order":      {"insider", "/settings/appearance", "/settings/appearance", "order", "active", members},
		"members.shortcuts":       {"insider", "/settings/appearance", "/settings/appearance", "shortcuts", "", members},
		"members.live":            {"insider", "/settings/appearance", "/settings/appearance", "live", "", members},
		"members.state":           {"quiet", "/settings/data/leave", "/settings/data/leave", "password", w.people["quiet"].password, members},
		"members.erase_posts":     {"leaving", "/leaving", "/leaving/posts", "words", "erase", members},
		"members.erase_at":        {"leaving", "/leaving", "/leaving/stay", "", "", members},
		"requests.answer":         {"pending", "/waiting", "/waiting", "answer", "Number nine", own},
		"profile_fields.value":    {"insider", "/settings/profile", "/settings/profile", "skills", "Ladders", "name = 'skills' AND member_id = $1"},
		"profile_fields.label_id": {"insider", "/settings/profile", "/settings/profile", "about_audience", "me", "name = 'about' AND member_id = $1"},
		"lists.name":              {"insider", list, list, "name", "Choir", "owner_id = $1"},
		"sessions.name":           {"insider", session, session, "name", "Kitchen", own},
		"passkeys.name":           {"founder", key, key, "name", "Ring", own},
		"passwords.changed_at":    {"founder", "/settings/security", "/settings/security/password", "password", "nine green wheelbarrows", own},
		"spaces.name":             {"founder", closed, closed, "name", "Cellar", "visibility = 'closed' AND created_by = $1"},
		"spaces.purpose":          {"founder", closed, closed, "purpose", "Wine.", "visibility = 'closed' AND created_by = $1"},
		"spaces.handle":           {"founder", "/s/" + w.spaces["closed"].ID + "/settings", "/s/cellar_two/settings", "handle", "cellar_two", "visibility = 'closed' AND created_by = $1"},
		"posts.title":             {"insider", at, at, "title", "Another title", post},
		"posts.body":              {"insider", at, at, "body", "Other words.", post},
		"posts.kind":              {"insider", at, at, "kind", "question", post},
		"posts.html":              {"insider", at, at, "body", "Still others.", post},
		"pages.title":             {"insider", wiki, wiki, "title", "Another title of a page", "id = '" + w.posts["page open"] + "' AND author_id = $1"},
		"pages.html":              {"insider", wiki, wiki, "body", "Other words of a page.", "id = '" + w.posts["page open"] + "' AND author_id = $1"},
		"media.alt":               {"insider", photo, photo, "alt-" + w.photos["reply closed"], "Seen from behind", "id = '" + w.photos["reply closed"] + "' AND author_id = $1"},
	}
}

// uncorrected are the other columns about a person, and why.
var uncorrected = map[string]string{
	"actors.id": which, "actors.kind": which, "handles.subject_id": whose, "handles.current": happened,
	"members.id": which, "members.role": others, "members.invited_by": happened, "members.asked_at": happened, "members.joined_at": happened, "members.left_at": happened,
	"requests.member_id": whose, "requests.asked_at": happened, "requests.decided_at": happened, "requests.decided_by": others, "requests.accepted": others,
	"profile_fields.member_id": whose, "profile_fields.name": which, "lists.id": which, "lists.owner_id": whose,
	"list_members.list_id": which, "list_members.member_id": "she takes people off and puts others on",
	"transfers.to_member": others, "transfers.from_member": whose, "transfers.offered_at": happened,
	"invitations.id": which, "invitations.made_by": whose, "invitations.role": passed, "invitations.space_id": passed, "invitations.question": passed, "invitations.approval": passed,
	"invitations.note": passed, "invitations.max_uses": passed, "invitations.uses": happened, "invitations.created_at": happened, "invitations.expires_at": passed, "invitations.revoked_at": happened,
	"feeds.id": which, "feeds.member_id": whose, "feeds.space_id": passed, "feeds.name": passed, "feeds.whole": passed, "feeds.created_day": happened, "feeds.last_used_day": happened,
	"passwords.member_id": whose, "passkeys.member_id": whose, "passkeys.created_day": happened, "passkeys.last_used_day": happened,
	"recovery_codes.member_id": whose, "recovery_codes.used_at": happened,
	"sessions.id": which, "sessions.member_id": whose, "sessions.device": happened, "sessions.created_day": happened, "sessions.last_used_day": happened, "sessions.expires_at": happened,
	"spaces.id": which, "spaces.visibility": "whoever looks after the space changes it", "spaces.posting": "whoever looks after the space changes it", "spaces.arrivals": "whoever looks after the space changes it",
	"spaces.created_by": whose, "spaces.created_at": happened,
	"space_members.space_id": which, "space_members.member_id": whose, "space_members.role": others, "space_members.joined_at": happened, "space_members.seen_at": happened,
	"space_requests.space_id": which, "space_requests.member_id": whose, "space_requests.asked_at": happened,
	"reviews.object_id": which, "reviews.author_id": whose, "reviews.space_id": which, "reviews.opened_at": happened,
	"posts.id": which, "posts.space_id": which, "posts.author_id": whose, "posts.root_id": which, "posts.parent_id": which, "posts.depth": which, "posts.listed": which,
	"posts.created_at": happened, "posts.edited_at": happened, "posts.edited_by": happened, "posts.deleted_at": happened,
	"posts.settled_at": "she says that it is not so after all", "posts.answer_id": "she accepts another one, or none", "posts.locked_at": others, "posts.pinned_at": others,
	"posts.poll": relied, "posts.media": "she adds photos and takes them out",
	"media.id": which, "media.author_id": whose, "media.post_id": which, "media.place": "she changes their order", "media.type": which,
	"media.width": which, "media.height": which, "media.bytes": which, "media.created_at": happened,
	"post_marks.post_id": which, "post_marks.kind": which, "post_marks.actor_id": whose, "post_marks.reason": "another's words on hers; undone and done again", "post_marks.made_at": happened,
	"post_versions.post_id": withIt, "post_versions.version": withIt, "post_versions.title": withIt, "post_versions.body": withIt, "post_versions.edited_by": withIt, "post_versions.edited_at": withIt,
	"pages.id": which, "pages.space_id": which, "pages.author_id": whose, "pages.version": happened, "pages.created_at": happened, "pages.edited_at": happened, "pages.edited_by": happened, "pages.owner_id": "she gives it up, and takes it on again",
	"pages.review_on": "she says another day", "pages.reviewed_at": happened, "pages.pinned_at": others, "pages.deleted_at": happened, "pages.deleted_by": happened,
	"page_versions.page_id": withIt, "page_versions.version": withIt, "page_versions.title": withIt, "page_versions.body": withIt, "page_versions.note": withIt, "page_versions.author_id": withIt, "page_versions.edited_by": withIt, "page_versions.edited_at": withIt,
	"reactions.post_id": which, "reactions.actor_id": whose, "reactions.kind": "taken back, and another given", "drafts.id": which, "drafts.author_id": whose, "drafts.place": which, "drafts.place_id": which, "drafts.words": "she goes on writing, or throws it away", "drafts.updated_at": happened, "saved.member_id": whose, "saved.post_id": "she lets it go, and keeps another", "saved.saved_at": happened, "mentions.post_id": which, "mentions.member_id": "another's words",
	"polls.post_id": which, "polls.method": relied, "polls.secret": relied, "polls.most": relied, "polls.quorum": relied, "polls.closes_at": relied, "polls.state": happened, "polls.closed_by": happened,
	"polls.reworded": happened, "polls.result": happened, "polls.urn": "sealed, and nobody's; a secret vote is for good",
	"previews.post_id": which, "previews.url": "she changes the link", "previews.state": "she takes it away", "previews.title": ofTheirs, "previews.description": ofTheirs, "previews.site": ofTheirs,
	"previews.picture_id": ofTheirs, "previews.width": ofTheirs, "previews.height": ofTheirs, "previews.picture": ofTheirs, "posts.previewed": "she takes it away",
	"poll_votes.post_id": which, "poll_votes.actor_id": whose, "poll_votes.place": "she chooses again, or takes it back", "poll_votes.rank": "she chooses again, or takes it back",
	"audit.id": which, "audit.at": happened, "audit.kind": happened, "audit.actor_id": happened, "audit.subject_kind": happened, "audit.subject_id": happened,
}

// ofTheirs is for what a page elsewhere says, in the preview of her link.
const ofTheirs = "she takes the preview away"

// relied is for how a poll is, which people rely on who have voted.
const relied = "who erred deletes the post and asks again"

// passed is for what an invitation, or an address for a feed reader, says that was
// passed on.
const passed = "what was passed on stays what it was: it is revoked, and another made"

// TestWhatIsStoredOfHerSheCorrects holds every column that somebody can see, of
// every table that names a person, against the pages where she corrects it.
func TestWhatIsStoredOfHerSheCorrects(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		w.prepareThings()
		all := w.corrections()
		tables := map[string]bool{"actors": true, "handles": true}
		for _, c := range p.naming() {
			table, _, _ := strings.Cut(c, ".")
			tables[table] = true
		}
		listed, err := privacy.Tables()
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, table := range listed {
			for _, c := range table.Columns {
				key := table.Name + "." + c.Name
				seen[key] = true
				_, corrected := all[key]
				if tables[table.Name] && c.Audience != "the program" && corrected == (uncorrected[key] != "") {
					t.Errorf("%s (%s): it is corrected %v and excused %v", key, c.Purpose, corrected, uncorrected[key] != "")
				}
			}
		}
		for key := range uncorrected {
			if !seen[key] {
				t.Errorf("%s is excused and not stored", key)
			}
		}
		// Whoever stays or leaves does that last.
		late := []string{"spaces.handle", "members.erase_at"}
		for _, key := range append(slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(k string) bool { return slices.Contains(late, k) }), late...) {
			t.Run(key, func(t *testing.T) { w.corrects(t, key, all[key]) })
		}
	})
}

// corrects sends the form and looks whether the column says something else.
func (w *town) corrects(t *testing.T, key string, c correction) {
	t.Helper()
	who := w.people[c.who]
	table, column, _ := strings.Cut(key, ".")
	query := "SELECT coalesce(max(CAST(" + column + " AS TEXT)), '') FROM " + table + " WHERE " + c.where
	before := w.one(query, who.id)
	values := url.Values{}
	if c.field != "" {
		values[c.field] = []string{c.value}
	}
	if c.value == "" && c.field != "" {
		values[c.field] = nil // a tick taken away
	}
	if table == "passwords" {
		values["current_password"] = []string{who.password}
		w.clock.Add(1e9)
	}
	page := who.Get(c.page)
	form := page.Forms()[0]
	for _, f := range page.Forms() {
		if f.Method == http.MethodPost && (f.Action.Path == c.form || key == "spaces.handle" && strings.HasSuffix(f.Action.Path, "/settings")) {
			form = f
		}
	}
	if c.field != "" && !slices.Contains(form.Fields(), c.field) {
		t.Fatalf("%s has no field %s: %v", c.page, c.field, form.Fields())
	}
	if got := who.Submit(form, values); got.Status != http.StatusOK {
		t.Fatalf("%d\n%s", got.Status, got.Text())
	}
	if now := w.one(query, who.id); now == before {
		t.Errorf("it still says %q", now)
	}
}
