package proxy

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/live"
)

// patience is how long a test waits for a word: long, since a busy machine must
// not make a test red.
const patience = 60 * time.Second

// beat is what a stream says so as not to be silent.
const beat live.Kind = "beat"

// stream is one that somebody listens to through the proxy.
type stream struct {
	t      testing.TB
	header http.Header
	events chan live.Event // closed when the stream ends, however it does
}

// listens opens a stream about a page, as live.js does, and waits for its first
// word.
func (p *place) listens(who *village.Villager, page, state string) *stream {
	p.t.Helper()
	ctx, cancel := context.WithCancel(p.t.Context())
	late := time.AfterFunc(patience, cancel)
	to := p.URL + "/live?" + url.Values{"page": {page}, "state": {state}}.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, to, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	for _, c := range who.Cookies() {
		r.AddCookie(c)
	}
	transport := &http.Transport{ForceAttemptHTTP2: true}
	p.t.Cleanup(transport.CloseIdleConnections)
	p.t.Cleanup(cancel)
	response, err := transport.RoundTrip(r)
	if err != nil {
		p.t.Fatalf("the stream does not begin: %v\n%s%s", err, p.proxy.Output(), p.server.Output())
	}
	late.Stop()
	if response.StatusCode != http.StatusOK {
		p.t.Fatalf("the stream begins with %s", response.Status)
	}
	s := &stream{p.t, response.Header, make(chan live.Event)}
	go func() {
		defer close(s.events)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		for e, ok := event(lines); ok; e, ok = event(lines) {
			select {
			case s.events <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	if e := s.next(); e.Kind != live.Hello || len(e.Pages) != 1 || e.Pages[0] != page {
		p.t.Fatalf("the stream begins with %+v", e)
	}
	return s
}

// event reads the next one; ok is false at the end.
func event(lines *bufio.Scanner) (e live.Event, ok bool) {
	for lines.Scan() {
		line := lines.Text()
		switch kind, named := strings.CutPrefix(line, "event: "); {
		case line == ":":
			return live.Event{Kind: beat}, true
		case named && lines.Scan():
			data, is := strings.CutPrefix(lines.Text(), "data: ")
			if !is || json.Unmarshal([]byte(data), &e) != nil {
				return live.Event{Kind: live.Kind("unreadable: " + lines.Text())}, true
			}
			e.Kind = live.Kind(kind)
			return e, true
		case line != "":
			return live.Event{Kind: live.Kind("unreadable: " + line)}, true
		}
	}
	return e, false
}

// any waits for the next word; more is false if the stream has ended.
func (s *stream) any() (e live.Event, more bool) {
	s.t.Helper()
	return s.before(time.After(patience))
}

func (s *stream) before(late <-chan time.Time) (e live.Event, more bool) {
	s.t.Helper()
	select {
	case e, more = <-s.events:
		return e, more
	case <-late:
		s.t.Fatalf("the stream says nothing new for %v", patience)
		return e, false
	}
}

// word waits for the next word that is more than a beat; more is false if the
// stream has ended.
func (s *stream) word() (e live.Event, more bool) {
	s.t.Helper()
	late := time.After(patience)
	for e, more = s.before(late); more && e.Kind == beat; e, more = s.before(late) {
		continue
	}
	return e, more
}

// next is a word of a stream that goes on.
func (s *stream) next() live.Event {
	s.t.Helper()
	e, more := s.word()
	if !more {
		s.t.Fatal("the stream has ended")
	}
	return e
}

// rest are all words until the stream ends.
func (s *stream) rest() (all []live.Event) {
	s.t.Helper()
	for e, more := s.word(); more; e, more = s.word() {
		all = append(all, e)
	}
	return all
}

// hears holds the next word to one that the page looks different. It may be that
// anything in it does, as long as the stream has only begun.
func (s *stream) hears(page string) live.Event {
	s.t.Helper()
	e := s.next()
	if e.Kind != live.Changed || e.Page != page || e.State == "" || !e.All && len(e.Parts) == 0 {
		s.t.Fatalf("something new comes as %+v", e)
	}
	return e
}

// knows holds the next word to the one that comes to somebody who knows the rest
// of the page: it names the reply that was said last. It gives the new state.
func (s *stream) knows(p *place, post string) (state string) {
	s.t.Helper()
	e := s.hears(post)
	if e.All || len(e.Parts) > 2 || !slices.Contains(e.Parts, p.lastReply(post)) {
		s.t.Fatalf("a reply comes as %+v", e)
	}
	return e.State
}

var (
	stateValue = regexp.MustCompile(`data-state="([\w-]+)"`)
	replyID    = regexp.MustCompile(`<article class="reply[^"]*" id="([\w-]+)"`)
)

// state is that of a page as it is shown to somebody now.
func (p *place) state(who *village.Villager, page string) string {
	p.t.Helper()
	shown := who.Get(page)
	m := stateValue.FindSubmatch(shown.Body)
	if shown.Status != http.StatusOK || m == nil {
		p.t.Fatalf("%s has no state: %d\n%s", page, shown.Status, shown.Text())
	}
	return string(m[1])
}

func (p *place) lastReply(post string) string {
	p.t.Helper()
	all := replyID.FindAllSubmatch(p.Owner.Get(post).Body, -1)
	if len(all) == 0 {
		p.t.Fatalf("%s has no replies", post)
	}
	return string(all[len(all)-1][1])
}
