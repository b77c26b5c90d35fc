package look

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"
)

// liveSite serves a thread at /p/1 and /p/2 and a home that are live, and does
// with who listens what a test says.
type liveSite struct {
	*testing.T
	url string

	mu sync.Mutex
	// how /live answers: with a stream, or "held" back, "full", "none", "out".
	how string
	// heard is what /live was asked, asked what parts were.
	heard, asked []url.Values
	open         map[chan string]bool
	// parts gives what is in an answer, and the ids that are new in it.
	parts func(q url.Values) (here, words, pieces string)
	// held, if not nil, keeps parts back until it is closed.
	held chan struct{}
}

func newLiveSite(t *testing.T) *liveSite {
	t.Helper()
	s := &liveSite{T: t, open: map[chan string]bool{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	t.Cleanup(func() { s.set("none"); s.drop() }) // a stream would keep the server
	s.url = server.URL
	return s
}

func (s *liveSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cache-Control", "no-cache")
	switch path := r.URL.Path; {
	case path == "/live":
		s.listen(w, r)
	case strings.HasSuffix(path, "/parts"):
		s.answer(w, r)
	case Files()[path].Body != nil:
		w.Header().Set("Content-Type", Files()[path].Type)
		s.write(w, string(Files()[path].Body))
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		s.write(w, s.page(path))
	}
}

func (s *liveSite) write(w io.Writer, text string) {
	if _, err := io.WriteString(w, text); err != nil {
		s.Log(err) // she has gone
	}
}

// page is a thread or home, or says where it is.
func (s *liveSite) page(path string) string {
	mark := Live{Page: path}
	body := `<h1>Home</h1><textarea aria-label="A thought"></textarea><div data-news role="status"></div><article class="post" id="a0"><p>the post</p></article>`
	if strings.HasPrefix(path, "/p/") {
		mark.State, mark.Parts = "start", path+"/parts"
		body = `<div class="stack" id="part-a0"><article class="post" id="a0" tabindex="-1"><p>the post</p>` + liveMenu + `</article></div>
			<section id="replies"><div class="stack" id="part-head"><h2>2 replies</h2></div>MARK<ol class="thread" id="thread">` + liveReply("a1", "one", "") + liveReply("a2", "two", "") + `</ol>
			<div class="stack" id="part-foot"></div></section><section id="reply"><textarea aria-label="Your reply"></textarea></section>`
	}
	if path != NavHome && mark.Parts == "" {
		return render(s.T, Bare(membersPage(s.T)))
	}
	html := render(s.T, LiveMark(printer(s.T, "en"), mark))
	if !strings.Contains(body, "MARK") {
		body = "MARK" + body
	}
	body = strings.Replace(body, "MARK", html, 1) + `<form method="post" action="/logout" data-sign-out><button>Sign out</button></form>`
	inner := templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, body); return err })
	return render(s.T, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return Layout(membersPage(s.T)).Render(templ.WithChildren(ctx, inner), w)
	}))
}

const liveMenu = `<details class="menu"><summary>More</summary><a href="#x">x</a></details>`

// liveReply is a reply as a part; swap is how it takes the place of another.
func liveReply(id, words, swap string) string {
	if swap != "" {
		swap = ` hx-swap-oob="` + swap + `"`
	}
	return `<li id="part-` + id + `"` + swap + `><article class="reply" id="` + id + `" data-post tabindex="-1"><p>` + words + `</p>` + liveMenu + `</article></li>`
}

// listen answers who listens.
func (s *liveSite) listen(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	events := make(chan string, 100)
	s.mu.Lock()
	s.heard = append(s.heard, q)
	how := s.how
	if how == "" {
		s.open[events] = true
	}
	s.mu.Unlock()
	switch {
	case how == "full":
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case how == "none":
		w.WriteHeader(http.StatusNoContent)
		return
	case how == "out":
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return
	case how == "held" && q.Get("once") == "":
		<-r.Context().Done()
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	s.write(w, "event: hello\ndata: {}\n\n")
	if q.Get("once") != "" {
		return
	}
	w.(http.Flusher).Flush()
	for {
		select {
		case text, more := <-events:
			if !more {
				return
			}
			s.write(w, text)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			s.mu.Lock()
			delete(s.open, events)
			s.mu.Unlock()
			return
		}
	}
}

// answer gives parts.
func (s *liveSite) answer(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	s.mu.Lock()
	s.asked = append(s.asked, q)
	parts, held := s.parts, s.held
	s.mu.Unlock()
	if held != nil {
		<-held
	}
	if parts == nil {
		w.Header().Set("HX-Redirect", "/login")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	here, words, pieces := parts(q)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	s.write(w, `<span data-n="`+q.Get("n")+`" data-here="`+here+`">`+words+`</span>`+pieces)
}

// tell says an event to all who listen.
func (s *liveSite) tell(kind, data string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for events := range s.open {
		events <- "event: " + kind + "\ndata: " + data + "\n\n"
	}
}

// changed says that parts of /p/1 look different.
func (s *liveSite) changed(state string, parts, gone []string) {
	s.tell("changed", fmt.Sprintf(`{"page":"/p/1","parts":%s,"gone":%s,"state":%q}`, list(parts), list(gone), state))
}

func list(all []string) string {
	if len(all) == 0 {
		return "[]"
	}
	return `["` + strings.Join(all, `","`) + `"]`
}

// drop ends all streams as a proxy does.
func (s *liveSite) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for events := range s.open {
		close(events)
		delete(s.open, events)
	}
}

func (s *liveSite) set(how string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.how = how
}

// gives sets what parts are answered with: nil is a way to signing in.
func (s *liveSite) gives(parts func(q url.Values) (here, words, pieces string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts = parts
}

// keeps lets parts wait until the function that it gives is called.
func (s *liveSite) keeps() (let func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := make(chan struct{})
	s.held = held
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = nil
		close(held)
	}
}

// questions are how often /live was asked, and how many of those only once.
func (s *liveSite) questions() (all, once int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.heard {
		if q.Get("once") != "" {
			once++
		}
	}
	return len(s.heard), once
}

// pieces are what parts were asked for, and what /live was last.
func (s *liveSite) pieces() (asked []url.Values, heard url.Values) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.heard) > 0 {
		heard = s.heard[len(s.heard)-1]
	}
	return append(asked, s.asked...), heard
}

func (s *liveSite) listeners() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}
