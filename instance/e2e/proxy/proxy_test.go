package proxy

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/program"
	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/live"
)

// thread has Bo in the garden, which is closed, and gives a thread of Ada's in it.
func (p *place) thread() (bo *village.Villager, garden, post string) {
	p.t.Helper()
	bo = p.Arrives(p.Owner.Invitation(nil), "Bo Okafor", "en")
	garden = p.Owner.Makes("Garden", "What grows.", "closed")
	p.Owner.Adds(garden, bo)
	return bo, garden, p.Owner.Says(garden, "Tomatoes", "Who has some?")
}

// TestAHintComesThroughAtOnce says things in a thread that somebody has open. No
// proxy keeps a hint back until there is more, though nginx does by itself, and
// each is the first word after the one before.
func TestAHintComesThroughAtOnce(t *testing.T) {
	behind(t, func(t *testing.T, p *place) {
		bo, _, post := p.thread()
		s := p.listens(bo, post, p.state(bo, post))
		if h := s.header; h.Get("Content-Type") != "text/event-stream" || h.Get("Cache-Control") != "no-store, no-transform" || h.Get("Content-Encoding") != "" {
			t.Errorf("a stream comes with %v", h)
		}
		p.Owner.Answers(post, 0, "I have three.")
		s.hears(post)
		for _, words := range []string{"And a pot.", "And water."} {
			p.Owner.Answers(post, 0, words)
			s.knows(p, post)
		}
	})
}

// TestASilentStreamLasts says nothing in a thread for longer than nginx waits for
// a word here. Beats keep the stream; the hint comes on the same one.
func TestASilentStreamLasts(t *testing.T) {
	behind(t, func(t *testing.T, p *place) {
		bo, _, post := p.thread()
		s := p.listens(bo, post, p.state(bo, post))
		for range 2 {
			if e, more := s.any(); !more || e.Kind != beat {
				t.Fatalf("a silent stream says %+v, or ends: %v\n%s", e, !more, p.proxy.Output())
			}
		}
		p.Owner.Answers(post, 0, "I have three.")
		s.knows(p, post)
	})
}

// TestAStreamIsCutThroughTheProxy takes from somebody what he reads, and then
// himself: his streams end, without a word about what is said behind it (P54).
func TestAStreamIsCutThroughTheProxy(t *testing.T) {
	behind(t, func(t *testing.T, p *place) {
		bo, garden, post := p.thread()
		s := p.listens(bo, post, p.state(bo, post))
		page := p.Owner.Get(garden + "/members")
		for _, f := range page.Forms() {
			if strings.HasSuffix(f.Action.Path, "/remove") {
				p.Owner.Submit(f, nil)
			}
		}
		p.Owner.Answers(post, 0, "Without Bo.")
		if all := s.rest(); len(all) != 1 || all[0].Kind != live.End || all[0].Why != live.Later {
			t.Errorf("who was put out of the space hears %+v", all)
		}
		if again := bo.Get(post); again.Status != http.StatusNotFound {
			t.Errorf("who was put out of the space is shown %d", again.Status)
		}
		s = p.listens(bo, post, "")
		if e := s.next(); e.Kind != live.Gone {
			t.Errorf("a page that he does not read is %+v", e)
		}
		s = p.listens(bo, "/home", "")
		if e := s.next(); e.Kind != live.News {
			t.Errorf("home begins with %+v", e)
		}
		out := "/people/" + bo.Handle + "/remove"
		p.Owner.Submit(p.Owner.Get(out).PostForm(out), nil)
		if all := s.rest(); len(all) != 1 || all[0].Kind != live.End || all[0].Why != live.Out {
			t.Errorf("who was removed hears %+v", all)
		}
	})
}

// TestNothingIsLostInAKill kills the program, and then the proxy, while somebody
// listens and right after something was said. What was said, and what is said
// before she comes again, is there once when she does, and known from then on.
func TestNothingIsLostInAKill(t *testing.T) {
	behind(t, func(t *testing.T, p *place) {
		bo, _, post := p.thread()
		state := p.state(bo, post)
		var said []string
		says := func(words string) {
			p.Owner.Answers(post, 0, words)
			said = append(said, words)
		}
		for _, victim := range []struct {
			name    string
			process **program.Process
			command program.Command
		}{{"the program", &p.server, p.serverCommand}, {"the proxy", &p.proxy, p.proxyCommand}} {
			s := p.listens(bo, post, state)
			says("Before " + victim.name + " dies.")
			state = s.hears(post).State
			says("As " + victim.name + " dies.")
			(*victim.process).Kill()
			for _, e := range s.rest() {
				if e.Kind != live.Changed {
					t.Errorf("when %s dies the stream says %+v", victim.name, e)
				}
				state = e.State
			}
			if victim.name == "the program" {
				p.isDown(bo)
			}
			*victim.process = program.Start(t, victim.command)
			says("While nobody listens to " + victim.name + ".")
			s = p.listens(bo, post, state)
			if e := s.hears(post); !e.All {
				t.Errorf("after %s died she hears %+v", victim.name, e)
			}
			p.shows(bo, post, said)
			says("After " + victim.name + " died.")
			state = s.knows(p, post)
			p.shows(bo, post, said)
		}
	})
}

// isDown holds that a page and a stream are answered by the proxy alone, with what
// makes live.js try again later.
func (p *place) isDown(who *village.Villager) {
	p.t.Helper()
	for _, path := range []string{"/home", "/live?" + url.Values{"page": {"/home"}}.Encode()} {
		if page := who.Get(path); page.Status != http.StatusBadGateway {
			p.t.Errorf("without the program %s is answered with %d", path, page.Status)
		}
	}
}

// shows holds that a page has each of these once.
func (p *place) shows(who *village.Villager, post string, said []string) {
	p.t.Helper()
	text := who.Get(post).Text()
	for _, words := range said {
		if n := strings.Count(text, words); n != 1 {
			p.t.Errorf("%q is there %d times:\n%s", words, n, text)
		}
	}
}
