package suite_test

import (
	"context"
	"net"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/canary"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fetch"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
)

const aDay = 24 * time.Hour

// limited is something that stays for a stated time: its rows are of a table,
// and there as long as the query gives some.
type limited struct {
	name   string
	tables []string
	limit  time.Duration
	// daily is what the job removes that runs once a day, and what is kept to
	// the day; the rest has a job at its own time.
	daily bool
	query string
	args  []any
}

// stays are the tables without a limit, with the reason.
var stays = map[string]string{
	"labels":         "sets that rows point to; they hold ids alone",
	"label_atoms":    "sets that rows point to; they hold ids alone",
	"community":      "as long as the community",
	"origins":        "former addresses lead to the community for ever",
	"features":       "until an owner switches them",
	"setup_tokens":   "one row: until a new link, which there is none of after the claim",
	"actors":         "ids alone; those of people who never came in go with their request",
	"spent_handles":  "a name is never given again; only its keyed hash is kept",
	"profile_fields": "until its member deletes it or is erased",
	"lists":          "until its member deletes it or is erased",
	"list_members":   "until its owner changes it, or who is on it is erased",
	"transfers":      "until it is answered or one of the two leaves",
	"passkeys":       "until its member removes it or is erased",
	"spaces":         "as long as the community",
	"post_versions":  "until the post is deleted",
	"page_versions":  "until the page is deleted",
	"polls":          "until the post is deleted; the key and the urn until it ends",
	"previews":       "until the post is deleted or has another link",
	"poll_options":   "until the post is deleted",
	"poll_votes":     "until taken back, the post is deleted, or she is erased",
	"reactions":      "until taken back or the post is deleted",
	"saved":          "until let go, the post is deleted, or she is erased",
	"mentions":       "until the post is edited or deleted",
	"search_docs":    "as long as what it belongs to",
	"search_text":    "as long as what it belongs to",
	"fact_head":      "one row",
	"fact_consumers": "one row for each part of the program",
	"jobs":           "until done",
	"keys":           "as long as the community",

	"goose_db_version": "which version the data has",
}

// begun makes one of everything that has a limit and gives the list.
func (w *town) begun() []limited {
	w.t.Helper()
	ctx := w.t.Context()
	of := func(name, table string, limit time.Duration, query string, args ...any) limited {
		return limited{name: name, tables: strings.Fields(table), limit: limit, query: query, args: args}
	}
	daily := func(l limited) limited { l.daily = true; return l }
	if _, err := w.program.SignIn.AskPasskey(ctx, signin.Asker{Origin: "http://localhost", Network: "n"}); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.program.Door.Get(ctx, fetch.Request{Purpose: fetch.Preview, URL: "http://127.0.0.1:9/", Accept: []string{"text/html"}, MaxBytes: 9}); err == nil {
		w.t.Fatal("an address of this house was asked")
	}
	declined := w.askToCome("declined")
	w.press(w.people["owner"], "/requests", "/requests/"+declined.id, url.Values{"answer": {"no"}})
	w.press(w.people["member"], w.spaces["closed"].Path(), w.spaces["closed"].Path()+"/ask", nil)
	owner := w.people["owner"].actor()
	revoked := w.must(w.program.Joining.Revoke(ctx, owner, "", w.one("SELECT id FROM invitations WHERE made_by = $1 AND uses = 0", w.people["insider"].id)))
	w.must(w.program.Members.Remove(ctx, owner, "", w.people["quiet"].id))
	insider := w.people["insider"].actor()
	alone := w.must(w.program.Posts.Publish(ctx, insider, "", post.Draft{Space: w.spaces["open"].ID, Body: "alone"}))
	below := w.must(w.program.Posts.Reply(ctx, insider, "", post.Draft{Parent: alone, Body: "below"}))
	taken := w.must(w.program.Posts.Publish(ctx, insider, "", post.Draft{Space: w.spaces["open"].ID, Body: "taken down"}))
	w.must(w.program.Posts.Remove(ctx, owner, "", taken, "It names somebody."))
	for _, id := range []string{alone, below, w.posts["thread open"]} {
		w.must(w.program.Posts.Withdraw(ctx, insider, "", id))
	}
	put := w.must(w.program.Pages.Create(ctx, insider, "", page.Draft{Space: w.spaces["open"].ID, Title: "put away", Body: "It names somebody else."}))
	w.must(w.program.Pages.Remove(ctx, owner, "", put))
	if err := w.program.CatchUp(ctx); err != nil {
		w.t.Fatal(err)
	}
	here := w.one("SELECT id FROM sessions WHERE member_id = $1 ORDER BY id LIMIT 1", insider.ID())
	if err := w.program.SignIn.Confirm(ctx, insider, "", here, signin.Proof{Password: w.people["insider"].password, Network: "n"}); err != nil {
		w.t.Fatal(err)
	}
	whose := "SELECT id FROM members WHERE id = $1 AND state <> 'gone'"
	return []limited{
		of("when somebody proved who she is", "", signin.ProofLength, "SELECT id FROM sessions WHERE proved_until > 0 AND member_id = $1", w.people["insider"].id),
		of("a passkey ceremony", "ceremonies", 5*time.Minute, "SELECT 'x' FROM ceremonies"),
		of("who was turned down", "requests members handles passwords recovery_codes sessions", 14*aDay, whose, declined.id),
		of("who left", "members handles space_members", 14*aDay, whose, w.people["leaving"].id),
		daily(of("the key of a form that was sent", "form_keys", 15*aDay, "SELECT operation FROM form_keys WHERE used_at <= $1", w.now())),
		daily(of("a photo in no post", "media", media.Loose, "SELECT id FROM media WHERE id = $1", w.photos["loose"])),
		daily(of("what happened", "facts", 30*aDay, "SELECT kind FROM facts WHERE at <= $1", w.now())),
		daily(of("a request to a space", "space_requests", 30*aDay, "SELECT member_id FROM space_requests WHERE member_id = $1", w.people["member"].id)),
		daily(of("a page that a moderator deleted", "pages", page.Undelete, "SELECT id FROM pages WHERE id = $1", put)),
		daily(of("the mark of a deleted reply", "posts", 30*aDay, "SELECT id FROM posts WHERE id = $1", below)),
		daily(of("the mark of a deleted thread", "posts reviews", 30*aDay, "SELECT id FROM posts WHERE id = $1", alone)),
		of("who was not answered", "requests members handles passwords recovery_codes sessions", 30*aDay, whose, w.people["pending"].id),
		daily(of("a session that nobody uses", "sessions", 60*aDay, "SELECT id FROM sessions WHERE member_id = $1", w.people["guest"].id)),
		of("who was removed", "members handles space_members", 60*aDay, whose, w.people["quiet"].id),
		daily(of("an invitation that ended", "invitations", 90*aDay, "SELECT id FROM invitations WHERE id = $1", revoked)),
		daily(of("what went out", "egress", 90*aDay, "SELECT host FROM egress WHERE at <= $1 AND purpose = 'preview'", w.now())),
		daily(of("a draft", "drafts", post.UnsentFor, "SELECT id FROM drafts WHERE id = $1", w.drafts["secret"])),
		daily(of("an address of a feed that nobody asks", "feeds", feed.Unused, "SELECT id FROM feeds WHERE name = 'qzfeedname'")),
		daily(of("the list of what was erased", "erasures", 400*aDay, "SELECT id FROM erasures WHERE id = $1", alone)),
		daily(of("why a post was removed", "post_marks", 2*365*aDay, "SELECT post_id FROM post_marks WHERE post_id = $1", taken)),
		daily(of("the mark of a removed post", "", 2*365*aDay, "SELECT id FROM posts WHERE id = $1", taken)),
		daily(of("the numbers of a day", "numbers", 2*365*aDay, "SELECT kind FROM numbers WHERE day <= $1", w.now())),
		daily(of("how the place was looked after", "audit", 2*365*aDay, "SELECT kind FROM audit WHERE at <= $1", w.now())),
	}
}

func (p *place) now() int64 { return database.Micros(p.clock.Now()) }

// askToCome is somebody who asks at the door.
func (w *town) askToCome(key string) *person {
	w.t.Helper()
	w.press(w.people["owner"], "/community/door", "/community/door", url.Values{"face": {"named"}, "door": {"ask"}})
	who := &person{Client: w.browser(), key: key, password: "five quiet lamps"}
	form := w.want(who.Get("/join"), "/join", 200).Form("/join")
	page := who.Submit(form, url.Values{"name": {"Ned Stone"}, "password": {who.password}, "answer": {"Bees."}, "rules": {"yes"}})
	if who.codes = codesOf(page); len(who.codes) == 0 {
		w.t.Fatalf("nobody asked: %d\n%s", page.Status, page.Text())
	}
	who.id = w.one("SELECT id FROM members WHERE name = 'Ned Stone'")
	return who
}

// serve lets the program begin as it does, and end again.
func (p *place) serve() {
	p.t.Helper()
	ctx, stop := context.WithCancel(p.t.Context())
	defer stop()
	if err := p.program.Serve(ctx, func(net.Addr) { stop() }); err != nil {
		p.t.Error(err)
	}
}

func (p *place) drain() {
	p.t.Helper()
	if _, err := p.program.Worker().Drain(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
}

// TestEverythingGoesInTime makes one of everything that stays for a stated time
// and moves the clock: just before its end it is there, and after the next run
// of the jobs it is gone (P111).
func TestEverythingGoesInTime(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		p.serve()
		all := w.begun()
		start := p.clock.Now()
		type look struct {
			at    time.Duration
			what  limited
			there bool
		}
		var looks []look
		for _, l := range all {
			end := l.limit + time.Minute
			if l.daily {
				end += aDay
			}
			looks = append(looks, look{l.limit - time.Minute, l, true}, look{end, l, false})
		}
		slices.SortStableFunc(looks, func(a, b look) int { return int(a.at - b.at) })
		for _, l := range looks {
			if ahead := start.Add(l.at).Sub(p.clock.Now()); ahead > 0 {
				p.clock.Add(ahead)
			}
			p.drain()
			if p.has(l.what.query, l.what.args...) != l.there {
				t.Errorf("%s after %v: there is %v, want %v", l.what.name, l.at, !l.there, l.there)
			}
		}
		w.nothingLeft()
		canary.Absent(t, p.stored(), map[string]canary.Bird{"why a post was removed": canary.Word("It names somebody."), "a deleted page": canary.Word("It names somebody else.")})
	})
}

// nothingLeft holds what must be gone with people, and what must not go with
// anything.
func (w *town) nothingLeft() {
	w.t.Helper()
	for _, role := range []string{"pending", "leaving", "quiet"} {
		id := w.people[role].id
		for _, query := range []string{
			"SELECT member_id FROM passwords WHERE member_id = $1", "SELECT member_id FROM recovery_codes WHERE member_id = $1", "SELECT member_id FROM requests WHERE member_id = $1",
			"SELECT member_id FROM sessions WHERE member_id = $1", "SELECT handle FROM handles WHERE subject_id = $1", "SELECT member_id FROM space_members WHERE member_id = $1",
			"SELECT name FROM members WHERE id = $1 AND name <> ''", "SELECT subject_id FROM search_docs WHERE subject_id = $1",
		} {
			if w.has(query, id) {
				w.t.Errorf("of %s there is still: %s", role, query)
			}
		}
	}
	if w.has("SELECT id FROM actors WHERE id = $1", w.people["pending"].id) {
		w.t.Error("who never came in is still somebody")
	}
	if !w.has("SELECT id FROM posts WHERE id = $1 AND body = ''", w.posts["thread open"]) || !w.has("SELECT id FROM posts WHERE id = $1 AND body <> ''", w.posts["reply open"]) {
		w.t.Error("what was said below a deleted post has lost its place")
	}
	if !w.has("SELECT id FROM members WHERE id = $1 AND state = 'active'", w.people["owner"].id) {
		w.t.Error("the owner is gone")
	}
}

// TestWhoAsksIsToldHowLong is the days in words: before she asks, while she
// waits, and for who answers.
func TestWhoAsksIsToldHowLong(t *testing.T) {
	p := open(t, newConfig())
	w := settle(t, p)
	who := w.askToCome("asker")
	w.press(w.people["member"], w.spaces["closed"].Path(), w.spaces["closed"].Path()+"/ask", nil)
	// The clock begins on 12 March.
	p.sees(w.people["stranger"], "/join", "within 30 days")
	p.sees(who, "/waiting", "by 11 April 2026")
	p.sees(w.people["owner"], "/requests", "deleted on 11 April 2026 if nobody answers")
	p.sees(w.people["member"], w.spaces["closed"].Path(), "within 30 days")
	p.sees(w.people["founder"], w.spaces["closed"].Path()+"/members", "ends on 11 April 2026 if nobody answers")
}

// TestEveryTableHasALimitOrAReason fails on a table for which nobody has thought
// of how long its rows stay.
func TestEveryTableHasALimitOrAReason(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		held := map[string]bool{}
		for _, l := range w.begun() {
			for _, table := range l.tables {
				held[table] = true
				if why, both := stays[table]; both {
					t.Errorf("%s goes in time (%s) and stays because: %s", table, l.name, why)
				}
			}
			if !p.has(l.query, l.args...) {
				t.Errorf("there is nothing of this kind: %s", l.name)
			}
		}
		for _, table := range p.tables() {
			if !held[table] && stays[table] == "" {
				t.Errorf("the rows of %s stay without a limit that is tested and without a reason", table)
			}
		}
	})
}

func (p *place) tables() (all []string) {
	p.t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_text_%'"
	if p.program.DB.Engine() == database.PostgreSQL {
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) (err error) {
		all, err = database.Collect(tx, func(r *database.Rows) (name string, err error) {
			err = r.Scan(&name)
			return name, err
		}, query)
		return err
	})
	if err != nil || len(all) < 30 {
		p.t.Fatalf("the tables are %q: %v", all, err)
	}
	return all
}
