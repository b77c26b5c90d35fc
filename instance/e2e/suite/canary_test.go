package suite_test

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/canary"
	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/post"
)

// traced runs a test on places that send traces.
func traced(t *testing.T, test func(t *testing.T, p *place, c *canary.Collector)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) {
		c := canary.Collect(t)
		test(t, open(t, &config.Config{OTLPEndpoint: c.URL}), c)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		c := canary.Collect(t)
		test(t, open(t, &config.Config{OTLPEndpoint: c.URL, Database: config.Secret(databasetest.DSN(t)), MasterKey: config.Secret(strings.Repeat("5c", 32))}), c)
	})
}

// stored is everything that is kept, by the name of the file or table.
func (p *place) stored(except ...string) map[string]string {
	p.t.Helper()
	all := canary.Files(p.t, p.dir, except...)
	if p.program.DB.Engine() == database.SQLite {
		return all
	}
	err := p.program.DB.Read(p.t.Context(), func(tx *database.Tx) error {
		scan := func(r *database.Rows) (s string, err error) {
			err = r.Scan(&s)
			return s, err
		}
		tables, err := database.Collect(tx, scan, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
		for _, table := range tables {
			rows, err := database.Collect(tx, scan, `SELECT x::text FROM "`+table+`" x`)
			if err != nil {
				return err
			}
			all[table] = strings.Join(rows, "\n")
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

var marks = regexp.MustCompile(`(?i)qz[a-z]{4,}`)

// from has ask come from another address of this machine, past the proxy.
func (p *place) from(address string) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	p.transport = &http.Transport{DialContext: d.DialContext}
	p.t.Cleanup(p.transport.CloseIdleConnections)
}

// The addresses from which people come, beside those of browser.
const (
	direct    = "127.66.233.171"
	forwarded = "fd66:6b61:6e61:7269::e5"
)

// strew has everybody do what may be written down, with what must not be, and
// gives that.
func (w *town) strew() map[string]canary.Bird {
	w.t.Helper()
	p := w.place
	never := map[string]canary.Bird{
		"a direct address": canary.Address(p.t, direct), "an address from far": canary.Address(p.t, forwarded), "something from the header": canary.Word("qzheader"),
		"a search": canary.Word("qzsearched"), "a missing page": canary.Word("qzmissing"), "a wrong secret": canary.Word("qzwrong"), "something refused": canary.Word("qzrefused"),
		"the password": canary.Word(password), "an invitation": canary.Word(strings.TrimPrefix(w.invite, "/invite/")),
	}
	for whose, token := range w.feeds {
		never["the feed "+whose] = canary.Word(token)
	}
	for role, who := range w.people {
		address := who.Header.Get("X-Forwarded-For")
		never["the address of "+role] = canary.Address(p.t, address)
		if role == "member" {
			address = forwarded
		}
		maps.Copy(who.Header, canary.Telling(address))
		who.Header.Set("X-Forwarded-For", address)
		who.Header.Set("Accept-Language", "en, qzheaderlanguage;q=0.3")
		if who.password != "" {
			never["the password of "+role] = canary.Word(who.password)
		}
		for i, code := range who.codes {
			never[fmt.Sprintf("code %d of %s", i, role)] = canary.Word(code)
		}
		for _, cookie := range who.Cookies() {
			never["the session of "+role] = canary.Word(cookie.Value)
		}
		if slices.Contains(p.some([]string{"insider", "owner", "guest", "stranger"}), role) {
			for _, ch := range w.channels() {
				if paths := slices.Concat(ch.paths, ch.own[role]); len(paths) > 0 {
					p.ask(who, http.MethodGet, paths[0], nil)
				}
			}
		}
		never["a form key of "+role] = w.misuse(who)
	}
	w.upload()
	// Somebody signs in on a new device, somebody comes past the proxy.
	again := &person{Client: p.browser(), key: "insider", handle: w.people["insider"].handle, password: w.people["insider"].password}
	again.Header.Set("User-Agent", "qzheader (iPad)")
	never["the address of another device"] = canary.Address(p.t, again.Header.Get("X-Forwarded-For"))
	p.want(p.signIn(again), "/home", http.StatusOK)
	p.from(direct)
	for _, path := range []string{"/", "/login?next=/qzsearched", "/qzmissing"} {
		p.ask(w.people["stranger"], http.MethodGet, path, nil)
	}
	w.misuse(w.people["stranger"])
	return never
}

// misuse asks for what is not there and sends forms that are refused, and gives
// the key of one that is taken.
func (w *town) misuse(who *person) canary.Bird {
	w.t.Helper()
	thread := "/p/" + w.posts["thread open"]
	for _, path := range []string{"/search?q=qzsearched", "/people?q=qzsearched", "/qzmissing/%ff?qzmissing=qzmissing", "/p/qzmissing", "/s/qzmissing", "/@qzmissing", "/invite/qzmissing", "/feed/qzmissing/atom", "/home?before=qzmissing", "/setup?token=qzwrongsetuptoken"} {
		w.ask(who, http.MethodGet, path, nil)
	}
	w.ask(who, "QZMISSING", "/home", nil)
	w.ask(who, http.MethodPost, thread+"/reply", strings.NewReader("form_key=qzwrongkey&body=qzrefused"))
	w.send(who, "/login", url.Values{"handle": {"qzwronghandle"}, "password": {"qzwrongpassword"}})
	w.send(who, "/login/code", url.Values{"handle": {who.handle}, "code": {"qzwrongcode"}})
	w.send(who, thread+"/reply", url.Values{"body": {strings.Repeat("qzrefused ", 20_000)}})
	for _, broken := range []string{"qztyped\x00null", "qztyped\xff\xfe"} {
		for _, path := range []string{thread + "/reply?qzmissing=" + url.QueryEscape(broken), "/settings/profile", "/login", "/spaces/new"} {
			w.send(who, path, url.Values{"body": {broken}, "about": {broken}, "handle": {broken}, "name": {broken}, "password": {broken}})
		}
	}
	key := w.freshKey(who)
	w.ask(who, http.MethodPost, thread+"/reply", strings.NewReader(url.Values{"form_key": {key}, "body": {"anything of " + who.key}}.Encode()))
	return canary.Word(key)
}

// upload sends what is no picture and is called what nobody is to know.
func (w *town) upload() {
	w.t.Helper()
	owner := w.people["owner"]
	form := w.form(owner.Get("/community"), "/community/picture")
	form.Attach("picture", program.File{Name: "qzrefused.png", Type: "image/png", Data: []byte("qzrefused")})
	if page := owner.Submit(form, nil); page.Status < 400 {
		w.t.Errorf("a text is taken for a picture: %d", page.Status)
	}
}

// TestNothingOfAnybodyIsKeptOrLogged runs everybody through everything with
// headers, addresses and secrets that occur nowhere else, and looks for them
// in all that is stored, logged and sent (P96, P98, P110).
func TestNothingOfAnybodyIsKeptOrLogged(t *testing.T) {
	traced(t, func(t *testing.T, p *place, c *canary.Collector) {
		w := settle(t, p)
		never := w.strew()
		if _, err := p.program.Worker().Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.program.DB.Backup(t.Context(), p.backups(), 1); err != nil {
			t.Fatal(err)
		}
		stored := p.stored()
		all := strings.Join(slices.Collect(maps.Values(stored)), "")
		if strings.Count(all, "qztitlesecret") < 2 || !strings.Contains(all, "tablet") {
			t.Fatal("what is kept was not read")
		}
		canary.Absent(t, stored, never)
		// Errors of ours are logged too, and say as little.
		w.breakDown()
		if err := p.program.Telemetry.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		said := map[string]string{"the log": p.log.String(), "the traces": c.Sent()}
		for where, text := range said {
			if !strings.Contains(text, "/p/:id") {
				t.Errorf("%s says nothing of what was asked: %.300q", where, text)
			}
			if found := marks.FindAllString(text, -1); len(found) > 0 {
				t.Errorf("%s has content or names: %q", where, found[:min(len(found), 10)])
			}
		}
		for _, why := range []string{"nil pointer", "level=ERROR"} {
			if !strings.Contains(p.log.String(), why) {
				t.Errorf("the log does not say %q", why)
			}
		}
		for what, word := range map[string]string{"a name": "Ada Lind", "another name": "Mo Warden", "the community's name": "Lime Street", "a handle": "mo_warden"} {
			never[what] = canary.Word(word)
		}
		canary.Absent(t, said, never)
		if got := c.Paths(); !slices.Equal(got, []string{"/v1/traces"}) {
			t.Errorf("the collector is sent more than traces: %q", got)
		}
	})
}

func (p *place) backups() string {
	p.t.Helper()
	dir := filepath.Join(p.dir, "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// TestErasureReachesEverything deletes the account of who wrote everything,
// lets the time of grace pass, and looks for her in all that is stored (P53).
// Backups are left out: they expire.
func TestErasureReachesEverything(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["insider"]
		// Others have answered her and named her.
		p.must(p.program.Posts.Reply(t.Context(), w.people["founder"].actor(), "", post.Draft{Parent: w.posts["reply secret"], Body: "qqstays for @" + who.handle}))
		hers := map[string]string{"her name": "Qznameinsider", "her id at the door": "dan_qznameinsider"}
		for mark := range readers() {
			what := strings.TrimPrefix(mark, "qz")
			if !strings.HasPrefix(what, "space") && !strings.HasPrefix(what, "name") && !strings.HasPrefix(what, "note") && !slices.Contains([]string{"answer", "welcome", "rules", "imprint", "privacy"}, what) {
				hers[mark] = mark
			}
		}
		hers["her note"] = "qznoteinsider"
		birds := map[string]canary.Bird{}
		for what, mark := range hers {
			birds[what] = canary.Word(mark)
		}
		before := strings.ToLower(strings.Join(slices.Collect(maps.Values(p.stored())), ""))
		for what, mark := range hers {
			if strings.HasPrefix(mark, "qzdraft") { // what she has not said is sealed
				if strings.Contains(before, mark) {
					t.Errorf("%s lies in clear", what)
				}
				continue
			}
			if !strings.Contains(before, strings.ToLower(mark)) && !strings.Contains(mark, "deleted") && !strings.Contains(mark, "pixels") && !strings.Contains(mark, "formeralt") {
				t.Errorf("%s was never there", what)
			}
		}
		page := who.Submit(w.form(who.Get("/settings/data/leave"), "/settings/data/leave"), url.Values{"password": {who.password}, "words": {"erase"}})
		if page.Status >= 400 {
			t.Fatalf("leaving: %d\n%s", page.Status, page.Text())
		}
		// At once she is signed out, and nobody finds her.
		if a := p.ask(who, http.MethodGet, "/home", nil); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/login") {
			t.Errorf("she is still signed in: %d", a.status)
		}
		if a := p.ask(w.people["owner"], http.MethodGet, "/@"+who.handle, nil); a.status != http.StatusNotFound {
			t.Errorf("her page is still there: %d", a.status)
		}
		p.clock.Add(31 * 24 * time.Hour)
		if _, err := p.program.Worker().Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Not each run leaves her words where the index was rearranged, so it has to
		// be written anew: what was rearranged is in more pieces than one.
		if p.program.DB.Engine() == database.SQLite && p.count("(SELECT DISTINCT segid FROM search_text_idx)") != 1 {
			t.Error("the index for search is as it was when her words were in it")
		}
		canary.Absent(t, p.stored("backups"), birds)
		if n := p.count("drafts"); n > 0 {
			t.Errorf("%d of her drafts are left", n)
		}
		if all := strings.Join(slices.Collect(maps.Values(p.stored("backups"))), ""); !strings.Contains(all, "qqstays") || !strings.Contains(all, "Qznamefounder") {
			t.Error("others lost what is theirs")
		}
	})
}

// TestErasureLeavesNoOriginals: where her words stay her photos do, as others
// have always seen them. What only she could have is gone: the originals, with
// the places where she was.
func TestErasureLeavesNoOriginals(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["insider"]
		page := who.Submit(w.form(who.Get("/settings/data/leave"), "/settings/data/leave"), url.Values{"password": {who.password}, "words": {"keep"}})
		if page.Status >= 400 {
			t.Fatalf("leaving: %d\n%s", page.Status, page.Text())
		}
		p.clock.Add(31 * 24 * time.Hour)
		if _, err := p.program.Worker().Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		birds := map[string]canary.Bird{"a photo in no post": canary.Word("qzloosegps")}
		for _, where := range wheres {
			birds["where a photo was taken, "+where] = canary.Word("qzgps" + where)
			birds["where a video was taken, "+where] = canary.Word("qzfilmgps" + where)
			birds["where a hidden video was taken, "+where] = canary.Word("qzhidfilmgps" + where)
			birds["where a hidden photo was taken, "+where] = canary.Word("qzhiddengps" + where)
		}
		canary.Absent(t, p.stored("backups"), birds)
		for _, path := range copiesOf(w.photos["thread secret"])[1:] {
			a := p.ask(w.people["founder"], http.MethodGet, path, nil)
			if got := painted(a.header.Get("Content-Type"), a.body); got != "qzpixelssecret" {
				t.Errorf("who is still there sees %q at %s, %d", got, path, a.status)
			}
		}
		for _, path := range waysTo(w.photos["video in nested secret"])[1:] {
			if a := p.ask(w.people["founder"], http.MethodGet, path, nil); a.status != http.StatusOK || !strings.Contains(a.body, "qzfilmsecret") {
				t.Errorf("who is still there gets %d bytes at %s, %d", len(a.body), path, a.status)
			}
		}
	})
}

// TestDeletedWordsLeaveEverything deletes single posts among many: within a day
// their words are nowhere in the data, also not where the index for search had them.
func TestDeletedWordsLeaveEverything(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		by := w.people["insider"].actor()
		birds := map[string]canary.Bird{}
		var gone []string
		for i := range 200 {
			word := fmt.Sprintf("qqgone%dend", i)
			id := w.must(p.program.Posts.Publish(t.Context(), by, "", post.Draft{Space: w.spaces["open"].ID, Body: "all about " + word}))
			if i%2 == 0 {
				birds[word] = canary.Word(word)
				gone = append(gone, id)
			}
		}
		for _, id := range gone {
			w.must(p.program.Posts.Withdraw(t.Context(), by, "", id))
		}
		p.clock.Add(25 * time.Hour)
		p.drain()
		canary.Absent(t, p.stored("backups"), birds)
		if all := strings.Join(slices.Collect(maps.Values(p.stored("backups"))), ""); !strings.Contains(all, "qqgone199end") {
			t.Error("what was not deleted is gone too")
		}
	})
}
