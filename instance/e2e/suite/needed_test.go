package suite_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/database"
	"golang.org/x/net/html"
)

// asked are all fields that a form for somebody new may have, and why (P106).
// Those that are demanded are the name and one way to sign in; the tick and the
// answer are what the community wants to hear, where it does.
var asked = map[string]string{
	"form_key": "the form's one-time key", "name": "what she is called", "password": "a way to sign in", "passkey": "another way to sign in",
	"handle": "may stay empty", "rules": "only where there are rules", "answer": "only where there is a question", "community": "setting up: what the community is called",
	"token": "setting up: the printed link", "theme": "the page's own",
}

// TestAnAccountIsANameAndOneWayIn looks at every form by which somebody comes
// in, and comes in with nothing but a name and a password.
func TestAnAccountIsANameAndOneWayIn(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		link, err := p.program.SetupLink(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		p.demands(link[strings.Index(link, "/setup"):], "/setup", "community", "name", "password")
		owner := p.found("Lime Street")
		p.press(owner, "/community/texts", "/community/texts", url.Values{"rules": {""}})
		p.demands(p.invite(owner, url.Values{"uses": {"0"}}), "", "name", "password")
		for door, question := range map[string]string{"open": "", "ask": ""} {
			p.press(owner, "/community/door", "/community/door", url.Values{"door": {door}, "question": {question}})
			p.demands("/join", "/join", "name", "password")
		}
		p.press(owner, "/community/door", "/community/door", url.Values{"door": {"ask"}, "question": {"Which house?"}})
		p.demands("/join", "/join", "name", "password", "answer")
		p.press(owner, "/community/texts", "/community/texts", url.Values{"rules": {"Be kind."}})
		p.demands("/join", "/join", "name", "password", "answer", "rules")

		p.press(owner, "/community/texts", "/community/texts", url.Values{"rules": {""}})
		nia := p.accept("nia", p.invite(owner, url.Values{"uses": {"0"}}), "Nia Fresh", nil)
		p.sees(nia, "/settings/account", "Name")
		p.filled(nia)
	})
}

// demands looks at a form as a stranger: what has to be filled in, and that
// nothing else is asked for.
func (p *place) demands(path, action string, want ...string) {
	p.t.Helper()
	a := p.ask(&person{Client: p.browser()}, http.MethodGet, path, nil)
	root, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		p.t.Fatal(err)
	}
	var demanded []string
	for form := range root.Descendants() {
		if form.Data != "form" || attr(form, "method") != "post" || action != "" && attr(form, "action") != action {
			continue
		}
		for n := range form.Descendants() {
			if !slices.Contains([]string{"input", "select", "textarea"}, n.Data) {
				continue
			}
			if asked[attr(n, "name")] == "" {
				p.t.Errorf("%s asks for %q", path, attr(n, "name"))
			}
			if marked(n, "required") {
				demanded = append(demanded, attr(n, "name"))
			}
		}
	}
	slices.Sort(demanded)
	slices.Sort(want)
	if !slices.Equal(demanded, want) {
		p.t.Errorf("%s (%d) demands %q, want %q", path, a.status, demanded, want)
	}
}

// made are the columns that have to be filled for an account, by who fills
// them: she, or the program of itself (P106).
var made = map[string]string{
	"actors.id": "the program: a random id", "actors.kind": "the program: a member", "actors.created_at": "the program: the time",
	"handles.handle": "the program, from her name", "handles.subject_kind": "the program: a member", "handles.subject_id": "the program: whose", "handles.current": "the program: today's",
	"members.id": "the program: a random id", "members.handle": "the program, from her name", "members.name": "SHE", "members.role": "the invitation",
	"members.state": "the program", "members.label_id": "the program: who may know of her", "members.language": "her browser, for the first page",
	"members.zone": "empty", "members.theme": "the program: as the device", "members.shortcuts": "the program", "members.live": "the program", "members.home_order": "the program",
	"members.erase_posts": "the program: no", "members.version": "the program",
	"passwords.member_id": "the program: whose", "passwords.hash": "SHE: a hash of her password", "passwords.changed_at": "the program: the time",
	"recovery_codes.hash": "the program: codes it makes", "recovery_codes.member_id": "the program: whose",
	"sessions.token_hash": "the program: a random secret", "sessions.id": "the program: a random id", "sessions.member_id": "the program: whose",
	"sessions.device": "her browser: phone, tablet or computer", "sessions.name": "empty", "sessions.created_day": "the program: the day",
	"sessions.last_used_day": "the program: the day", "sessions.expires_at": "the program: the time",
	"passkeys.id": "the passkey", "passkeys.member_id": "the program: whose", "passkeys.credential": "SHE: the passkey's public half", "passkeys.name": "empty", "passkeys.created_day": "the program: the day",
	"space_members.space_id": "where newcomers are put", "space_members.member_id": "the program: who", "space_members.role": "the program", "space_members.joined_at": "the program: the time",
	"space_members.seen_at": "the program: the time", "search_docs.doc": "the program: her name can be found", "search_docs.subject_kind": "the program", "search_docs.subject_id": "the program: whose", "search_docs.made": "the program: by which rules her name can be found",
	"facts.position": logged, "facts.kind": logged, "facts.actor_id": logged, "facts.subject_kind": logged, "facts.subject_id": logged,
	"facts.place_id": logged, "facts.label_id": logged, "facts.root": logged, "facts.depth": logged, "facts.at": logged,
	"form_keys.hash": logged, "form_keys.operation": logged, "form_keys.made": logged, "form_keys.used_at": logged,
	"audit.id": logged, "audit.at": logged, "audit.kind": logged, "audit.actor_id": logged, "audit.subject_kind": logged, "audit.subject_id": logged,
	"jobs.id": logged, "jobs.kind": logged, "jobs.unique_key": logged, "jobs.run_at": logged, "jobs.attempts": logged, "jobs.lease_until": logged, "jobs.last_error": logged,
}

// logged is for what the program notes of what happened: ids and times.
const logged = "the program: that it happened"

// filled looks at every table that has something about somebody who gave only
// a name and a password, and at the passkeys, which take the place of that.
func (p *place) filled(who *person) {
	p.t.Helper()
	columns := p.columns()
	tables := map[string]bool{"passkeys": true}
	for _, c := range columns {
		if c.text && p.has("SELECT 1 FROM "+c.table+" WHERE "+c.name+" = $1", who.id) {
			tables[c.table] = true
		}
	}
	if !tables["members"] || !tables["passwords"] || !tables["sessions"] {
		p.t.Errorf("the account is only in %v", tables)
	}
	demanded, hers := 0, 0
	for _, c := range columns {
		key := c.table + "." + c.name
		if !tables[c.table] || !c.demanded {
			continue
		}
		demanded++
		if made[key] == "" {
			p.t.Errorf("%s has to be filled, and nobody has thought about by whom", key)
		}
		if strings.HasPrefix(made[key], "SHE") {
			hers++
		}
		if made[key] == "empty" && !p.has("SELECT 1 FROM "+c.table+" WHERE "+c.name+" = ''") && c.table != "passkeys" {
			p.t.Errorf("%s is not empty", key)
		}
	}
	if hers != 3 || demanded < 20 {
		p.t.Errorf("%d of %d columns have to be filled by her", hers, demanded)
	}
}

// column is one of the schema.
type column struct {
	table, name    string
	text, demanded bool
}

// columns are all of the schema, without those of the search engine's own.
func (p *place) columns() (all []column) {
	p.t.Helper()
	query := `SELECT m.name, c.name, lower(c.type) = 'text', (c."notnull" = 1 OR c.pk > 0) AND c.dflt_value IS NULL FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_text%' AND m.name <> 'goose_db_version' ORDER BY m.name, c.cid`
	if p.program.DB.Engine() == database.PostgreSQL {
		query = `SELECT table_name, column_name, data_type = 'text', is_nullable = 'NO' AND column_default IS NULL FROM information_schema.columns
			WHERE table_schema = current_schema() AND table_name NOT LIKE 'search_text%' AND table_name <> 'goose_db_version' ORDER BY table_name, ordinal_position`
	}
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (c column, err error) {
			err = r.Scan(&c.table, &c.name, &c.text, &c.demanded)
			return c, err
		}, query)
		return err
	})
	if err != nil || len(all) < 100 {
		p.t.Fatalf("%d columns: %v", len(all), err)
	}
	return all
}

func (p *place) has(query string, args ...any) (found bool) {
	p.t.Helper()
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) (err error) {
		found, err = tx.Has(query, args...)
		return err
	})
	if err != nil {
		p.t.Fatalf("%s: %v", query, err)
	}
	return found
}
