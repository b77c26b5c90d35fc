package live_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/live"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// house is a place with streams: in the garden, which is closed, are mod, who
// moderates it, ada, ben and gil, a guest; cem is in nothing.
type house struct {
	*testing.T
	accesstest.World
	hub      *live.Hub
	posts    *post.Operations
	spaces   *space.Operations
	sessions *signin.Operations
	clock    *databasetest.Clock
	names    map[string]string // of ids, for what is told
	tokens   map[string]string // by session
}

func houses(t *testing.T, test func(h house)) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		keys, err := keyring.Open(t.Context(), db, bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		h := house{
			T: t, World: accesstest.World{T: t, DB: db}, clock: clock, names: map[string]string{post.Head: "head"}, tokens: map[string]string{},
			posts: &post.Operations{DB: db, Keys: keys}, spaces: &space.Operations{DB: db, Keys: keys}, sessions: &signin.Operations{DB: db, Keys: keys},
		}
		h.hub = &live.Hub{DB: db, Keys: keys, Posts: h.posts, Communities: &community.Operations{DB: db}, Log: slog.New(slog.DiscardHandler)}
		h.Community("hidden")
		for _, who := range []string{"mod", "ada", "ben", "cem"} {
			h.Member(who, "active", access.FullRole)
		}
		h.Member("gil", "active", access.Guest)
		h.Space("garden", "closed")
		for _, who := range []string{"ada", "ben", "gil"} {
			h.Put("garden", who, "member")
		}
		h.Put("garden", "mod", "moderator")
		test(h)
	})
}

func (h house) must(id string, err error) string {
	h.T.Helper()
	if err != nil {
		h.T.Fatal(err)
	}
	return id
}

func (h house) write(fn func(tx *database.Tx) error) {
	h.T.Helper()
	h.must(h.DB.Write(h.Context(), database.Op{}, func(tx *database.Tx) (string, error) { return "", fn(tx) }))
}

// session begins one and gives its reader.
func (h house) session(who string) live.Reader {
	h.T.Helper()
	var id string
	h.write(func(tx *database.Tx) error {
		token, err := signin.Begin(tx, who, signin.Computer)
		if err != nil {
			return err
		}
		s, err := signin.Resume(tx, token)
		id = s.Session
		h.tokens[id] = token
		return err
	})
	return live.Reader{Member: who, Session: id}
}

func (h house) says(who, to, as string) string {
	h.T.Helper()
	d, say := post.Draft{Space: "garden", Body: as}, h.posts.Publish
	if to != "" {
		d, say = post.Draft{Parent: to, Body: as}, h.posts.Reply
	}
	id := h.must(say(h.Context(), access.Member(who), "", d))
	h.names[id] = as
	return id
}

// page is a thread as somebody has it on her screen.
func (h house) page(who, root string) live.Page {
	h.T.Helper()
	t, err := h.posts.Thread(h.Context(), access.Member(who), root, "")
	if err != nil {
		h.T.Fatal(err)
	}
	p := live.Page{Address: t.Root.Path()}
	p.State = h.must(live.State(h.posts.Keys, who, p.Address, t.Look.Sum))
	return p
}

// ear is a stream with what it was told so far and not yet heard.
type ear struct {
	house
	*live.Stream
	who live.Reader
}

func (h house) listen(who live.Reader, pages ...live.Page) *ear {
	h.T.Helper()
	s, err := h.hub.Join(who, pages)
	if err != nil {
		h.T.Fatal(err)
	}
	h.T.Cleanup(s.Leave)
	return &ear{h, s, who}
}

// reading is a stream of somebody with a new session about a thread as it is.
func (h house) reading(who, root string) *ear {
	h.T.Helper()
	e := h.listen(h.session(who), h.page(who, root))
	h.round()
	if got := e.hears(); got != "hello" {
		h.T.Fatalf("%s is greeted with %q", who, got)
	}
	return e
}

func (h house) round() {
	h.T.Helper()
	if err := h.hub.Round(h.Context()); err != nil {
		h.T.Fatal(err)
	}
}

// rest moves the clock so far that a page may be told again, and does a round.
func (h house) rest() {
	h.T.Helper()
	h.clock.Add(3 * time.Second)
	h.round()
}

// said is an event in the words of the house.
func (h house) said(e live.Event) string {
	all := []string{string(e.Kind)}
	for _, id := range e.Parts {
		all = append(all, h.names[id])
	}
	for _, id := range e.Parted {
		all = append(all, "-"+h.names[id])
	}
	if e.All {
		all = append(all, "all")
	}
	return strings.Join(append(all, string(e.Why)), " ")
}

// hears is all that waits in a stream.
func (e *ear) hears() string {
	e.T.Helper()
	ctx, cancel := context.WithCancel(e.Context())
	cancel() // what is there is given nevertheless
	var all []string
	for {
		x, err := e.Next(ctx)
		switch {
		case err == nil:
			all = append(all, strings.TrimSpace(e.said(x)))
			continue
		case errors.Is(err, io.EOF):
			all = append(all, "over")
		case !errors.Is(err, context.Canceled):
			e.T.Fatal(err)
		}
		return strings.Join(all, ", ")
	}
}

// TestAStreamTellsWhatLooksDifferent does things about a thread that three
// people have open.
func TestAStreamTellsWhatLooksDifferent(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		one := h.says("ben", root, "one")
		h.says("ben", one, "below")
		ada, mod, ben := h.reading("ada", root), h.reading("mod", root), h.reading("ben", root)
		for _, x := range []struct {
			name           string
			do             func()
			ada, mod, bens string
		}{
			{"nothing", func() {}, "", "", ""},
			{"elsewhere", func() { h.says("ada", "", "another") }, "", "", ""},
			{"a reply", func() { h.says("ada", root, "two") }, "changed head two", "changed head two", "changed head two"},
			{"below", func() { h.says("ada", one, "deep") }, "changed head one", "changed head one", "changed head one"},
			{"hidden", func() { h.must(h.posts.Hide(h.Context(), access.Member("mod"), "", one, "")) }, "changed head below deep -one", "changed one", "changed one"},
			{"restored", func() { h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", one)) }, "changed head one -below -deep", "changed one", "changed one"},
			{"there and back", func() {
				h.must(h.posts.React(h.Context(), access.Member("ben"), one, "heart", true))
				h.must(h.posts.React(h.Context(), access.Member("ben"), one, "heart", false))
			}, "", "", ""},
		} {
			x.do()
			h.rest()
			for _, c := range []struct {
				who  string
				ear  *ear
				want string
			}{{"ada", ada, x.ada}, {"mod", mod, x.mod}, {"ben", ben, x.bens}} {
				if got := c.ear.hears(); got != c.want {
					t.Errorf("%s: %s hears %q, want %q", x.name, c.who, got, c.want)
				}
			}
		}
	})
}

// TestWhatComesBetweenPageAndStream begins streams with states of every kind.
func TestWhatComesBetweenPageAndStream(t *testing.T) {
	houses(t, func(h house) {
		root, other := h.says("ada", "", "root"), h.says("ada", "", "other")
		ben := h.session("ben")
		was := h.page("ben", root)
		h.says("ada", root, "meanwhile")
		now, adas := h.page("ben", root), h.page("ada", root)
		there, err := h.posts.Thread(t.Context(), access.Member("ben"), root, "")
		h.must("", err)
		elsewhere := live.Page{State: h.must(live.State(h.posts.Keys, "ben", "/p/"+other, there.Look.Sum))}
		state := func(s string) live.Page { return live.Page{Address: now.Address, State: s} }
		for name, x := range map[string]struct {
			pages []live.Page
			want  string
		}{
			"as it is":               {[]live.Page{now}, "hello"},
			"from before":            {[]live.Page{was}, "hello, changed all"},
			"without":                {[]live.Page{state("")}, "hello, changed all"},
			"of nothing":             {[]live.Page{state(strings.Repeat("x", 1<<20))}, "hello, changed all"},
			"of somebody else":       {[]live.Page{state(adas.State)}, "hello, changed all"},
			"of another page":        {[]live.Page{state(elsewhere.State)}, "hello, changed all"},
			"two windows, one old":   {[]live.Page{now, was}, "hello, changed all"},
			"two windows, both new":  {[]live.Page{now, now}, "hello"},
			"nowhere":                {[]live.Page{{Address: "/p/01a20406-0000-7000-8000-00000000abcd"}}, "hello, gone, end later, over"},
			"one of two is nowhere":  {[]live.Page{now, {Address: "/p/01a20406-0000-7000-8000-00000000abcd"}}, "hello, gone"},
			"beyond the eighth":      {append(repeated(now, 8), was), "hello"},
			"home, where it is calm": {[]live.Page{{Address: "/home"}}, "hello, news"},
		} {
			e := h.listen(ben, x.pages...)
			h.rest()
			if got := e.hears(); got != x.want {
				t.Errorf("%s: %q, want %q", name, got, x.want)
			}
			e.Leave()
		}
		for _, address := range []string{"", "/", "/people", "/p/x", "/p/" + root + "/edit", "/p/" + root + "?after=x", "/p/" + root + "?after=0.\x00", "/p/" + root + "?after=+0." + root, "/p/" + root + "?after=0." + root + "&after=x", "/p/" + strings.ToUpper(root), "https://x.example/home"} {
			if s, err := h.hub.Join(ben, []live.Page{{Address: address}}); s != nil || err != nil {
				t.Errorf("%s is a page, %v", address, err)
			}
		}
	})
}

func repeated(p live.Page, n int) (all []live.Page) {
	for range n {
		all = append(all, p)
	}
	return all
}

// TestStreamsEndWithTheRight takes from somebody who reads, in each way there is,
// the right to: she is told nothing more, also of what was to be told already.
func TestStreamsEndWithTheRight(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		h.cellar()
		for _, x := range []struct {
			name, who, want string
			take, back      func(e *ear)
		}{
			{"signing out", "ben", "end out, over", func(e *ear) { h.must("", h.sessions.Out(h.Context(), h.tokens[e.who.Session])) }, nil},
			{"ending the session", "ben", "end out, over", func(e *ear) { h.must("", h.sessions.EndSession(h.Context(), access.Member("ben"), "", e.who.Session)) }, nil},
			{"the end of its time", "ben", "end out, over", func(*ear) { h.clock.Add(90 * 24 * time.Hour) }, nil},
			{"leaving the space", "ben", "end later, over", func(*ear) { h.Put("garden", "ben", "") }, func(*ear) { h.Put("garden", "ben", "member") }},
			{"leaving one space for another", "ben", "gone, end later, over", func(*ear) { h.Space("attic", "closed"); h.Put("attic", "ben", "member"); h.Put("garden", "ben", "") }, func(*ear) { h.Put("garden", "ben", "member") }},
			{"becoming a guest", "ben", "end later, over", func(*ear) { h.Do("UPDATE members SET role = 'guest' WHERE id = 'ben'") }, func(*ear) { h.Do("UPDATE members SET role = 'member' WHERE id = 'ben'") }},
			{"being removed", "ben", "end out, over", func(*ear) { h.Do("UPDATE members SET state = 'leaving' WHERE id = 'ben'") }, func(*ear) { h.Do("UPDATE members SET state = 'active' WHERE id = 'ben'") }},
			{"a new token", "ben", "end later, over", func(e *ear) {
				h.must("", second(h.sessions.Renew(h.Context(), h.tokens[e.who.Session])))
				h.Do("UPDATE sessions SET rights = rights || 'x' WHERE member_id = 'ben'")
			}, nil},
			{"switching it off for herself", "ben", "end later, over", func(*ear) { h.Do("UPDATE members SET live = FALSE WHERE id = 'ben'") }, func(*ear) { h.Do("UPDATE members SET live = TRUE WHERE id = 'ben'") }},
			{"hiding the post", "ben", "gone, end later, over", func(*ear) { h.must(h.posts.Hide(h.Context(), access.Member("mod"), "", root, "")) }, func(*ear) { h.must(h.posts.Restore(h.Context(), access.Member("mod"), "", root)) }},
			{"moving the thread", "ben", "gone, end later, over", func(*ear) { h.moves(root, "garden", "cellar") }, func(*ear) { h.moves(root, "cellar", "garden") }},
			{"switching it off", "ben", "end off, over", func(*ear) {
				h.Do("INSERT INTO features (name, enabled) VALUES ('live', FALSE)")
				h.Do("UPDATE community SET version = version + 1")
			}, func(*ear) {
				h.Do("DELETE FROM features WHERE name = 'live'")
				h.Do("UPDATE community SET version = version + 1")
			}},
			{"the end of the program", "ben", "end later, over", func(*ear) { h.hub.Close() }, nil},
		} {
			e := h.reading(x.who, root)
			h.says("ada", root, "two")
			h.rest() // it is to be told, and not yet heard
			x.take(e)
			h.reacts(root)
			h.rest()
			h.reacts(root)
			h.rest()
			if got := e.hears(); got != x.want {
				t.Errorf("%s: %q, want %q", x.name, got, x.want)
			}
			if x.back != nil {
				x.back(e)
			}
			e.Leave()
		}
		if s, err := h.hub.Join(h.session("ada"), []live.Page{h.page("ada", root)}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("at the end there is a new stream %v, %v", s, err)
		}
	})
}

// reacts lets the author of a post, who reads it also when it is hidden, react.
func (h house) reacts(id string) {
	h.T.Helper()
	for _, on := range []bool{false, true} {
		h.must(h.posts.React(h.Context(), access.Member("ada"), id, "heart", on))
	}
}

// cellar is another space, in which are mod and ada.
func (h house) cellar() {
	h.Space("cellar", "closed")
	h.Put("cellar", "mod", "moderator")
	h.Put("cellar", "ada", "member")
}

func (h house) moves(id, from, to string) {
	h.T.Helper()
	h.must(h.posts.Move(h.Context(), access.Member("mod"), "", id, from, to))
}

func second[T any](_ T, err error) error { return err }

// TestWhoDoesNotListenOwesNothing lets much happen while nobody takes anything:
// one thing is told then, and a page is told at most so often.
func TestWhoDoesNotListenOwesNothing(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		ben := h.reading("ben", root)
		for n := range 30 {
			h.says("ada", root, fmt.Sprint("r", n))
			h.round()
		}
		if got := ben.hears(); got != "changed all" {
			t.Errorf("after much: %q", got)
		}
		h.says("ada", root, "x")
		h.round()
		if got := ben.hears(); got != "" {
			t.Errorf("at once again: %q", got)
		}
		h.rest()
		if got := ben.hears(); got != "changed head x" {
			t.Errorf("a while later: %q", got)
		}
	})
}

// TestLimitsOfStreams opens more than anybody needs.
func TestLimitsOfStreams(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		here, page := h.session("ben"), h.page("ben", root)
		var all []*ear
		for range 4 {
			all = append(all, h.listen(here, page))
		}
		h.round()
		for i, e := range all {
			if got, want := e.hears(), map[bool]string{true: "hello, end full, over", false: "hello"}[i == 0]; got != want {
				t.Errorf("stream %d of a session: %q, want %q", i, got, want)
			}
		}
		for n := range 18 {
			_, err := h.hub.Join(h.session("ben"), []live.Page{page})
			if fault.Is(err, fault.TooMany) != (n == 17) {
				t.Fatalf("stream %d of a member: %v", n+4, err)
			}
		}
	})
}

// TestARoundCosts counts what a round asks: as many questions for many readers as
// for few, besides those about them, and no look where nothing has happened.
func TestARoundCosts(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		h.says("ben", root, "one")
		cost := func() int {
			return databasetest.Statements(h.DB, func() { h.round() }).Count()
		}
		reader, page := h.session("ben"), h.page("ben", root)
		h.listen(reader, page)
		h.round()
		quiet := cost()
		h.says("ada", root, "two")
		one := cost()
		for n := range 40 {
			who := fmt.Sprintf("m%d", n)
			h.Member(who, "active", access.FullRole)
			h.Put("garden", who, "member")
			h.listen(h.session(who), h.page(who, root))
		}
		h.round()
		h.says("ada", root, "three")
		many := cost()
		h.Do("UPDATE fact_head SET version = version + 1")
		untouched := cost()
		// Of 41 sessions in questions for twenty each two more, of their labels two
		// more; the look is one for all.
		if quiet != 1 || many != one+2+2 || untouched >= many-3 {
			t.Errorf("statements: %d where nothing was written, %d for one, %d for 41, %d of those where nothing touches the page", quiet, one, many, untouched)
		}
		gil := h.session("gil")
		from := databasetest.Statements(h.DB, func() { h.once(gil, live.Page{Address: "/p/01a20406-0000-7000-8000-00000000abcd"}) })
		h.must(h.posts.Hide(h.Context(), access.Member("mod"), "", root, ""))
		if hidden := databasetest.Statements(h.DB, func() { h.once(gil, page) }); hidden != from {
			t.Errorf("what is hidden takes %d statements, what is not there %d, or others", hidden.Count(), from.Count())
		}
	})
}

func (h house) once(who live.Reader, p live.Page) {
	h.T.Helper()
	events, err := h.hub.Once(h.Context(), who, []live.Page{p})
	if err != nil || len(events) != 2 || events[1].Kind != live.Gone {
		h.T.Errorf("once: %v, %v", events, err)
	}
}

// TestRunTells lets the hub work by itself.
func TestRunTells(t *testing.T) {
	houses(t, func(h house) {
		root := h.says("ada", "", "root")
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); h.hub.Run(ctx) }()
		defer func() { stop(); <-ended }()
		e := h.listen(h.session("ben"), h.page("ben", root))
		wait, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if x, err := e.Next(wait); err != nil || x.Kind != live.Hello {
			t.Fatalf("%v, %v", x, err)
		}
		h.says("ada", root, "one")
		if x, err := e.Next(wait); err != nil || x.Kind != live.Changed {
			t.Fatalf("%q, %v", h.said(x), err)
		}
		h.must("", h.sessions.Out(h.Context(), h.tokens[e.who.Session]))
		if x, err := e.Next(wait); err != nil || x.Why != live.Out {
			t.Fatalf("%v, %v", x, err)
		}
		if _, err := e.Next(wait); !errors.Is(err, io.EOF) {
			t.Errorf("behind the end: %v", err)
		}
	})
}
