package suite_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/live"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
)

var (
	stateValue = regexp.MustCompile(`data-state="([\w-]+)"`)
	partName   = regexp.MustCompile(`id="part-([\w-]+)"`)
	thread     = regexp.MustCompile(`(?s)<main.*</main>`)
)

// screen is a thread as somebody has it in front of her: what of it she sees, its
// parts, and the state; nothing of what she does not read.
func (w *town) screen(who *person, path string) (text, state string, parts []string) {
	w.t.Helper()
	a := w.ask(who, http.MethodGet, path, nil)
	if a.status != http.StatusOK {
		return "", "", nil
	}
	if m := stateValue.FindStringSubmatch(a.body); m != nil {
		state = m[1]
	}
	for _, m := range partName.FindAllStringSubmatch(a.body, -1) {
		parts = append(parts, m[1])
	}
	body := stateValue.ReplaceAllString(keyValue.ReplaceAllString(thread.FindString(a.body), ""), "")
	return strings.Join(strings.Fields(body), " "), state, parts
}

// listener is a stream of somebody about a thread.
type listener struct {
	role  string
	who   *person
	path  string
	s     *live.Stream
	text  string
	parts []string
}

// listens opens a stream with the state of her page.
func (w *town) listens(role, path string) *listener {
	w.t.Helper()
	l := &listener{role: role, who: w.people[role], path: path}
	var state string
	l.text, state, l.parts = w.screen(l.who, path)
	session := w.one("SELECT max(id) FROM sessions WHERE member_id = $1", l.who.id)
	var err error
	l.s, err = w.program.Live.Join(live.Reader{Member: l.who.id, Session: session}, []live.Page{{Address: path, State: state}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(l.s.Leave)
	return l
}

// hears is what waits in the stream.
func (w *town) hears(l *listener) (all []live.Event) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	cancel()
	for {
		e, err := l.s.Next(ctx)
		if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, e)
	}
}

func (w *town) round() {
	w.t.Helper()
	w.clock.Add(3 * time.Second)
	if err := w.program.Live.Round(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// TestStreamsTellOnlyWhatIsRead does things in each space while everybody has the
// thread open. A stream says something exactly if its reader's page looks
// different, and names only parts that are or were on it (P103, P104).
func TestStreamsTellOnlyWhatIsRead(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		ctx := t.Context()
		for _, where := range p.some(wheres) {
			root, author, keeper := w.posts["thread "+where], w.people["insider"].actor(), w.keeper(where).actor()
			var all []*listener
			for _, role := range inside {
				all = append(all, w.listens(role, "/p/"+root))
			}
			w.round()
			for _, l := range all {
				events := w.hears(l)
				if reads := l.text != ""; len(events) == 0 || events[0].Kind != live.Hello || reads != (len(events) == 1) || !reads && events[1].Kind != live.Gone {
					t.Errorf("%s begins to listen in %s: %v", l.role, where, events)
				}
			}
			reply := w.posts["reply "+where]
			w.tells(where, all, "a reply", func() { p.must(p.program.Posts.Reply(ctx, author, "", post.Draft{Parent: root, Body: "more"})) })
			w.tells(where, all, "a reaction", func() { p.must(p.program.Posts.React(ctx, author, reply, "sorry", true)) })
			w.tells(where, all, "hiding", func() { p.must(p.program.Posts.Hide(ctx, keeper, "", reply, "")) })
			w.tells(where, all, "a reaction to what is hidden", func() { p.must(p.program.Posts.React(ctx, author, reply, "laugh", true)) })
			w.tells(where, all, "restoring", func() { p.must(p.program.Posts.Restore(ctx, keeper, "", reply)) })
			w.tells(where, all, "removing", func() { p.must(p.program.Posts.Remove(ctx, keeper, "", reply, "")) })
			w.tells(where, all, "something in a thread that is hidden", func() {
				p.must(p.program.Posts.React(ctx, author, w.posts["hidden "+where], "laugh", true))
			})
			for _, l := range all {
				l.s.Leave()
			}
		}
	})
}

// tells does something and holds what each hears against her page.
func (w *town) tells(where string, all []*listener, what string, do func()) {
	w.t.Helper()
	do()
	w.round()
	heard := 0
	for _, l := range all {
		events := w.hears(l)
		text, _, parts := w.screen(l.who, l.path)
		differs := text != l.text
		heard += len(events)
		if len(events) > 1 || differs != (len(events) == 1) {
			w.t.Errorf("%s in %s: the page of %s differs: %v, and she hears %v", what, where, l.role, differs, events)
		}
		for _, e := range events {
			for _, id := range append(e.Parts, e.Parted...) {
				if !slices.Contains(parts, id) && !slices.Contains(l.parts, id) {
					w.t.Errorf("%s in %s: %s hears of %s, which is not on her page", what, where, l.role, id)
				}
			}
			if e.All || e.Page != l.path {
				w.t.Errorf("%s in %s: %s hears %+v", what, where, l.role, e)
			}
		}
		l.text, l.parts = text, parts
	}
	if heard == 0 && !strings.Contains(what, "in a thread") {
		w.t.Errorf("%s in %s: nobody hears anything", what, where)
	}
}

// wire is a stream over a socket: an event a line, "" at its end.
func (w *town) wire(who *person, path string) (*http.Response, <-chan string) {
	w.t.Helper()
	_, state, _ := w.screen(who, path)
	ctx, cancel := context.WithCancel(w.t.Context())
	w.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/live?"+url.Values{"page": {path}, "state": {state}}.Encode(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, values := range who.Header {
		r.Header[name] = values
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Accept-Encoding", "gzip")
	for _, c := range who.Cookies() {
		r.AddCookie(c)
	}
	silent := time.AfterFunc(30*time.Second, cancel)
	defer silent.Stop()
	resp, err := w.transport.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	said := make(chan string)
	go func() {
		defer resp.Body.Close()
		defer close(said)
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			if lines.Text() == "" {
				continue
			}
			select {
			case said <- lines.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return resp, said
}

// next is the next line of a stream.
func (w *town) next(said <-chan string) string {
	w.t.Helper()
	select {
	case line := <-said:
		return line
	case <-time.After(30 * time.Second):
		w.t.Fatal("the stream says nothing")
		return ""
	}
}

// TestAStreamOverTheWire listens over a socket: its first event comes before
// anything has happened, nothing keeps it back, and how long it lasts is nowhere.
func TestAStreamOverTheWire(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who, path := w.people["founder"], "/p/"+w.posts["thread secret"]
		resp, said := w.wire(who, path)
		h := resp.Header
		if resp.StatusCode != http.StatusOK || h.Get("Content-Type") != "text/event-stream" || h.Get("Content-Encoding") != "" || h.Get("X-Accel-Buffering") != "no" ||
			h.Get("Cache-Control") != "no-store, no-transform" || h.Get("Content-Security-Policy") == "" || h.Get("No-Gzip-Compression") != "" {
			t.Errorf("%d %v", resp.StatusCode, h)
		}
		if a, b := w.next(said), w.next(said); a != "event: hello" || b != `data: {"pages":["`+path+`"]}` {
			t.Errorf("it begins with %s %s", a, b)
		}
		w.round()
		p.must(p.program.Posts.Reply(t.Context(), w.people["insider"].actor(), "", post.Draft{Parent: w.posts["thread secret"], Body: "more"}))
		w.round()
		var e live.Event
		if a, b := w.next(said), strings.TrimPrefix(w.next(said), "data: "); a != "event: changed" || json.Unmarshal([]byte(b), &e) != nil || len(e.Parts) != 2 || e.State == "" {
			t.Errorf("a reply comes as %s %s", a, b)
		}
		if n := strings.Count(p.log.String(), `route=/live `); n != 1 { // written when it began
			t.Errorf("while somebody listens the log has %d lines about it", n)
		}
		p.press(who, "/settings/security", "/logout", nil)
		w.round()
		if a, b, c := w.next(said), w.next(said), w.next(said); a != "event: end" || b != `data: {"why":"out"}` || c != "" {
			t.Errorf("after signing out: %s %s %s", a, b, c)
		}
		if n := strings.Count(p.log.String(), `route=/live `); n != 1 {
			t.Errorf("the log has %d lines about the stream", n)
		}
	})
}

// cut is a way in which somebody's right to what she listens to ends.
type cut struct {
	name, role, what, where string
	take                    func()
	want                    string
}

// cuts are the ways there are, in an order in which each is possible.
func (w *town) cuts() []cut {
	ctx, o := w.t.Context(), w.program
	owner, founder := w.people["owner"].actor(), w.people["founder"].actor()
	id := func(role string) string { return w.people[role].id }
	return []cut{
		{"she leaves the space", "insider", "thread", "secret", func() { w.departs("insider", "secret") }, "end later"},
		{"she is put out of the space", "guest", "thread", "closed", func() { w.must(o.Spaces.Remove(ctx, founder, "", w.spaces["closed"].ID, id("guest"))) }, "end later"},
		{"it is hidden", "member", "thread", "open", func() { w.must(o.Posts.Hide(ctx, owner, "", w.posts["thread open"], "")) }, "gone, end later"},
		{"it is deleted", "quiet", "edited", "public", func() {
			w.must(o.Posts.Withdraw(ctx, w.people["insider"].actor(), "", w.posts["edited public"]))
		}, "gone, end later"},
		{"she signs out", "insider", "thread", "closed", func() { w.press(w.people["insider"], "/settings/security", "/logout", nil) }, "end out"},
		{"her session is ended elsewhere", "founder", "thread", "secret", func() {
			w.must("", o.SignIn.EndSession(ctx, founder, "", w.sessionID(id("founder"))))
		}, "end out"},
		{"she has another password", "member", "thread", "public", func() { w.must("", w.change("member")) }, "end later"},
		{"another password is made elsewhere", "quiet", "thread", "public", w.elsewhere("quiet"), "end out"},
		{"she has another role", "moderator", "thread", "public", func() { w.must(o.Members.ChangeRole(ctx, owner, "", id("moderator"), access.FullRole)) }, "end later"},
		{"she is removed", "moderator", "thread", "public", func() { w.must(o.Members.Remove(ctx, owner, "", id("moderator"))) }, "end out"},
		{"it is switched off", "member", "thread", "public", func() { w.must(o.Communities.SwitchFeature(ctx, owner, "", community.Live, false)) }, "end off"},
	}
}

// elsewhere gives what lets somebody make another password in another browser
// than the one that she listens with.
func (w *town) elsewhere(role string) func() {
	return func() {
		w.t.Helper()
		who := w.people[role]
		here := w.sessionID(who.id)
		there := &person{Client: w.browser(), key: who.key, id: who.id, handle: who.handle, password: who.password}
		w.want(w.signIn(there), "/home", http.StatusOK)
		other := w.one("SELECT id FROM sessions WHERE member_id = $1 AND id <> $2", who.id, here)
		n := signin.NewPassword{Current: who.password, New: "nine slow rivers", Here: other, Network: "n"}
		w.must("", w.program.SignIn.ChangePassword(w.t.Context(), who.actor(), "", n))
	}
}

// TestStreamsAreCut takes from people who listen what they may read, each in the
// way in which it happens in life, and says something before and behind it (P54).
func TestStreamsAreCut(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for _, x := range w.cuts() {
			id := w.posts[x.what+" "+x.where]
			l := w.listens(x.role, "/p/"+id)
			if l.text == "" {
				t.Fatalf("%s: %s does not read in %s", x.name, x.role, x.where)
			}
			w.round()
			w.hears(l)
			w.says(x.where, id)
			w.round()
			x.take()
			w.says(x.where, id)
			w.round()
			w.says(x.where, id)
			w.round()
			var heard []string
			for _, e := range w.hears(l) {
				heard = append(heard, strings.TrimSpace(string(e.Kind)+" "+string(e.Why)))
			}
			if got := strings.Join(heard, ", "); got != x.want {
				t.Errorf("%s: %s hears %q, want %q", x.name, x.role, got, x.want)
			}
			l.s.Leave()
		}
	})
}

// says lets whoever looks after a space react to something in it, which she may
// while it is hidden, and nobody may when it is deleted.
func (w *town) says(where, id string) {
	w.t.Helper()
	for _, on := range []bool{false, true} {
		if _, err := w.program.Posts.React(w.t.Context(), w.keeper(where).actor(), id, "sorry", on); err != nil && !fault.Is(err, fault.NotFound) {
			w.t.Fatal(err)
		}
	}
}

// departs lets somebody leave a space through its page.
func (w *town) departs(role, where string) {
	w.t.Helper()
	leave := w.spaces[where].Path() + "/leave"
	w.press(w.people[role], leave, leave, nil)
}
