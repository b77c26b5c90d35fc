package durability

import (
	"bufio"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/e2e/program"
)

// stream is one that somebody listens to at a process, an event at a time.
type stream struct {
	t      testing.TB
	events chan string
}

// listening opens a stream about a page.
func listening(t *testing.T, p *program.Process, token, page string) stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.URL+"/live?page="+url.QueryEscape(page), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.AddCookie(&http.Cookie{Name: "session", Value: token})
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	s := stream{t, make(chan string)}
	go func() {
		defer close(s.events)
		defer response.Body.Close()
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			if name, is := strings.CutPrefix(lines.Text(), "event: "); is && lines.Scan() {
				select {
				case s.events <- name + " " + lines.Text():
				case <-t.Context().Done():
					return
				}
			}
		}
	}()
	return s
}

// says waits for an event of which a text is part.
func (s stream) says(want string) {
	s.t.Helper()
	late := time.After(patience)
	for {
		select {
		case event, more := <-s.events:
			if strings.Contains(event, want) {
				return
			}
			if !more {
				s.t.Fatalf("the stream ends without %q", want)
			}
		case <-late:
			s.t.Fatalf("the stream does not say %q", want)
		}
	}
}

// Two processes serve one community, and somebody listens at one of them: what is
// said at the other comes to her, and signing out there ends it here.
func TestStreamsHearTheOtherProcess(t *testing.T) {
	here, there := shared(t)
	people := newLoad(t, here.seed(t), dice(t))
	a, b := here.start(t), there.start(t)
	writer, reader := people.people[1], people.people[2]
	as := func(who *person, at *program.Process) *program.Client {
		c := program.NewClient(t, at.URL)
		c.Hold("session=" + who.token)
		return c
	}
	submit := func(c *program.Client, path, action string, values url.Values) *program.Page {
		return c.Submit(formFor(t, c.Get(path), action), values)
	}
	thread := submit(as(writer, a), "/compose", "/compose", url.Values{"space": {space}, "body": {"the beginning"}}).URL.Path
	s := listening(t, b, reader.token, thread)
	s.says("hello")
	s.says(`"all":true`) // she came without a state
	for _, words := range []string{"first", "second"} {
		submit(as(writer, a), thread, thread+"/reply", url.Values{"body": {words}})
		s.says("changed")
	}
	submit(as(reader, a), "/settings/security", "/logout", nil)
	s.says(`"why":"out"`)
	a.Stop()
	b.Stop()
}
