package suite_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
)

// wordsOf are everything that somebody has said, of others and of herself, by
// what it is: what was deleted is not among it.
func (w *town) wordsOf(who *person) map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for _, query := range []string{
		"SELECT 'post ' || id, title || '|' || body || '|' || html FROM posts WHERE deleted_at IS NULL AND author_id = $1",
		"SELECT 'what it said ' || v.post_id || ' ' || CAST(v.version AS TEXT), v.title || '|' || v.body FROM post_versions v JOIN posts p ON p.id = v.post_id WHERE p.deleted_at IS NULL AND p.author_id = $1",
		"SELECT 'field ' || name, value || '|' || label_id FROM profile_fields WHERE member_id = $1",
		"SELECT 'account', name || '|' || handle || '|' || language || '|' || zone || '|' || theme FROM members WHERE id = $1",
		"SELECT 'list ' || id, name FROM lists WHERE owner_id = $1",
		"SELECT 'invitation ' || id, note || '|' || question FROM invitations WHERE made_by = $1",
		"SELECT 'session ' || id, name FROM sessions WHERE member_id = $1",
		"SELECT 'answer', answer FROM requests WHERE member_id = $1 AND decided_at IS NULL",
	} {
		err := w.program.DB.Read(w.t.Context(), func(tx *database.Tx) error {
			return tx.Each(func(r *database.Rows) error {
				var key, words string
				err := r.Scan(&key, &words)
				all[key] = words
				return err
			}, query, who.id)
		})
		if err != nil {
			w.t.Fatalf("%s: %v", query, err)
		}
	}
	return all
}

// TestNobodyInOfficeChangesHerWords sends every form there is, at every address
// there is, as an owner, as a moderator of the community and as moderators of
// spaces: words are gone afterwards, where they may delete, or what they were
// (P115).
func TestNobodyInOfficeChangesHerWords(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		routes, err := p.program.Routes()
		if err != nil {
			t.Fatal(err)
		}
		insider, pending := w.people["insider"], w.people["pending"]
		before, asked := w.wordsOf(insider), w.wordsOf(pending)
		if len(before) < 30 || asked["answer"] != "qzanswer" {
			t.Fatalf("she has said only %d things, and %q", len(before), asked)
		}
		sent := 0
		// What deletes comes last: as long as nothing does, all of it is there.
		for _, deletes := range []bool{false, true} {
			for _, role := range p.some([]string{"owner", "moderator", "founder"}) {
				for _, r := range routes {
					if r.Method != http.MethodPost || r.Path == "/logout" || deletes != (strings.HasSuffix(r.Path, "/delete") || strings.HasSuffix(r.Path, "/remove")) {
						continue
					}
					for _, path := range p.some(w.wordyAddresses(r.Path)) {
						for _, version := range []string{"1", "2"} { // those that were edited have the second
							w.send(w.people[role], path, w.evil(version))
							sent++
							if !strings.HasSuffix(r.Path, "/edit") {
								break
							}
						}
					}
				}
				for what, id := range w.posts {
					if got := p.ask(w.people[role], http.MethodGet, "/p/"+id+"/edit", nil).status; got != http.StatusForbidden && got != http.StatusNotFound {
						t.Errorf("%s opens the form for %s: %d", role, what, got)
					}
				}
			}
			now := w.wordsOf(insider)
			unchanged(t, before, now)
			if !deletes && len(now) < len(before) {
				t.Errorf("of %d things that she said %d are there", len(before), len(now))
			}
		}
		unchanged(t, asked, w.wordsOf(pending))
		t.Logf("%d forms", sent)
	})
}

// wordyAddresses are the addresses of a route that has to do with words, all of
// them for those about posts.
func (w *town) wordyAddresses(pattern string) []string {
	with := w.parameters(pattern)
	if strings.HasPrefix(pattern, "/p/") {
		with[":id"] = slices.Sorted(maps.Values(w.posts))
	}
	if strings.HasPrefix(pattern, "/settings/security/sessions/") {
		with[":id"] = []string{w.one("SELECT max(id) FROM sessions WHERE member_id = $1", w.people["insider"].id)}
	}
	return addresses(pattern, with)
}

// evil is a form that says whose words are meant in every way that a program
// could understand, and other words.
func (w *town) evil(version string) url.Values {
	id := w.people["insider"].id
	form := url.Values{
		"version": {version}, "member": {id}, "member_id": {id}, "id": {id}, "author": {id}, "who": {id}, "actor": {id}, "owner_id": {id},
		"name": {"qzevil"}, "handle": {"qzevil"}, "language": {"de"}, "zone": {"Asia/Tokyo"}, "theme": {"dark"}, "order": {"active"},
		"title": {"qzevil"}, "body": {"qzevil"}, "html": {"qzevil"}, "value": {"qzevil"}, "note": {"qzevil"}, "question": {"qzevil"}, "reason": {"qzevil"},
	}
	for _, f := range []string{"about", "pronouns", "interests", "skills", "availability", "contact"} {
		form.Set(f, "qzevil")
		form.Set(f+"_audience", "members")
	}
	return form
}

func unchanged(t *testing.T, before, after map[string]string) {
	t.Helper()
	for what, words := range before {
		now, there := after[what]
		if there && now != words {
			t.Errorf("%s was %q and is %q", what, words, now)
		}
	}
}
