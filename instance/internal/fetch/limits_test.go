package fetch_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/fetch"
)

// briefly makes a door give up almost at once.
func briefly(c *fetch.Config) { c.Timeout = 200 * time.Millisecond }

// flood sends what it can, up to 64 MiB, and then waits for the other side to
// leave: a door without a limit would read it all and run out of time.
func flood(sent *atomic.Int64, left chan<- struct{}) http.HandlerFunc {
	chunk := []byte("<html>" + strings.Repeat("x", 32<<10))
	return func(w http.ResponseWriter, r *http.Request) {
		defer close(left)
		for sent.Load() < 64<<20 {
			n, err := w.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				return
			}
		}
		<-r.Context().Done()
	}
}

func TestABodyWithoutAnEnd(t *testing.T) {
	var sent atomic.Int64
	left := make(chan struct{})
	s := newSite(t, flood(&sent, left))
	l := &ledger{}
	_, err := newDoor(t, l, s).Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.TooLarge)
	<-left
	if got := l.last().Bytes; got <= 1<<20 || got > 2<<20 {
		t.Errorf("%d bytes were read, want little more than the limit", got)
	}
	if sent.Load() >= 64<<20 {
		t.Error("the server could send everything")
	}
}

func TestABodyOf5GB(t *testing.T) {
	var sent atomic.Int64
	left := make(chan struct{})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", "5368709120")
		flood(&sent, left)(w, r)
	})
	l := &ledger{}
	_, err := newDoor(t, l, s).Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.TooLarge)
	<-left
	if got := l.last().Bytes; got != 0 {
		t.Errorf("%d bytes were read of a body that said it is too large", got)
	}
}

func TestABodyOfExactlyTheLimit(t *testing.T) {
	s := newSite(t, hello)
	r := page(s.URL)
	r.MaxBytes = int64(len("<html>hello"))
	answer, err := newDoor(t, &ledger{}, s).Get(t.Context(), r)
	if err != nil || string(answer.Body) != "<html>hello" {
		t.Errorf("answer %q, error %v", answer.Body, err)
	}
	r.MaxBytes--
	_, err = newDoor(t, &ledger{}, s).Get(t.Context(), r)
	wantFailure(t, err, fetch.TooLarge)
}

// dribble begins a page and never ends it, not even when the other side has
// left: a proper end could still arrive in that moment.
func dribble(w http.ResponseWriter, r *http.Request) {
	hello(w, r)
	http.NewResponseController(w).Flush()
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

func TestABodyThatDribbles(t *testing.T) {
	s := newSite(t, dribble)
	l := &ledger{}
	_, err := newDoor(t, l, s, briefly).Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.TooSlow)
	if got := l.last().Result; got != fetch.TooSlow {
		t.Errorf("the ledger ends with %s", got)
	}
}

// mute takes one call, answers the request with what it says, if anything, and
// then holds the line. It closes left when the caller has hung up.
func mute(t *testing.T, says string) (address string, left <-chan struct{}) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	done := make(chan struct{})
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer close(done)
		defer conn.Close()
		if says != "" {
			if _, err := http.ReadRequest(bufio.NewReader(conn)); err != nil {
				return
			}
			io.WriteString(conn, says)
		}
		io.Copy(io.Discard, conn)
	}()
	return listener.Addr().String(), done
}

func TestAServerThatHoldsTheLine(t *testing.T) {
	for name, c := range map[string]struct{ scheme, says string }{
		"before TLS":         {"https://", ""},
		"before the head":    {"http://", ""},
		"within the head":    {"http://", "HTTP/1.1 200 OK\r\nContent-Type: text/ht"},
		"between interim":    {"http://", "HTTP/1.1 103 Early Hints\r\n\r\n"},
		"before the body":    {"http://", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n"},
		"within a chunk":     {"http://", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n<htm"},
		"after a redirect":   {"http://", "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"},
		"without a head end": {"http://", "HTTP/1.1 200 OK\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			address, left := mute(t, c.says)
			_, err := newDoor(t, &ledger{}, nil, briefly).Get(t.Context(), page(c.scheme+address))
			wantFailure(t, err, fetch.TooSlow)
			<-left
		})
	}
}

func TestANameServerThatNeverAnswers(t *testing.T) {
	var questions atomic.Int64
	silent := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if ctx.Err() == nil { // afterwards the resolver rushes through its tries
			questions.Add(1)
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	d := newDoor(t, &ledger{}, nil, briefly, func(c *fetch.Config) { c.Resolver = silent })
	_, err := d.Get(t.Context(), page("https://example.com/"))
	wantFailure(t, err, fetch.TooSlow)

	named, err := d.Named(fetch.Database, "db.example.com:5432")
	if err != nil {
		t.Fatal(err)
	}
	questions.Store(0)
	_, err = named.DialContext(t.Context(), "tcp", "db.example.com:5432")
	wantFailure(t, err, fetch.TooSlow)
	// The resolver asks for IPv4 and IPv6, and asks again on its own time limit.
	if n := questions.Load(); n > 2 {
		t.Errorf("the dialer waited until %d questions were asked", n)
	}
}

func TestAHeadWithoutAnEnd(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Large", strings.Repeat("x", 128<<10))
		hello(w, r)
	})
	_, err := newDoor(t, &ledger{}, s).Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.Broken)
}

func TestRedirectsEnd(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Path+"x", http.StatusMovedPermanently)
	})
	l := &ledger{}
	_, err := newDoor(t, l, s).Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.TooManyRedirects)
	if n := s.requests.Load(); n != 6 {
		t.Errorf("%d requests were made, want the first and five redirects", n)
	}
	if got := l.last().Result; got != fetch.TooManyRedirects {
		t.Errorf("the ledger ends with %s", got)
	}
}

func TestARedirectIsFollowedAndRecorded(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "https://www.example.com:"+r.Host[len("127.0.0.1:"):]+"/new?a=b", http.StatusPermanentRedirect)
			return
		}
		hello(w, r)
	})
	l := &ledger{}
	d := newDoor(t, l, s, func(c *fetch.Config) {
		c.Resolver = resolver(map[string][]string{"www.example.com": {"127.0.0.1"}})
	})
	answer, err := d.Get(t.Context(), page(s.at("127.0.0.1", "/old")))
	if err != nil {
		t.Fatal(err)
	}
	if want := s.at("www.example.com", "/new") + "?a=b"; answer.URL != want {
		t.Errorf("found at %s, want %s", answer.URL, want)
	}
	l.expect(t, "webhook 127.0.0.1 asked", "webhook 127.0.0.1 redirected",
		"webhook www.example.com asked", "webhook www.example.com answered")
}

func TestAStatusIsTold(t *testing.T) {
	for _, code := range []int{http.StatusNoContent, http.StatusFound, http.StatusNotModified, http.StatusGone, http.StatusBadGateway} {
		s := newSite(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
		_, err := newDoor(t, &ledger{}, s).Get(t.Context(), page(s.URL))
		wantFailure(t, err, fetch.BadStatus)
		if status, ok := errors.AsType[fetch.Status](err); !ok || int(status) != code {
			t.Errorf("status %d was told as %v", code, err)
		}
	}
}

func TestAServerThatTheRootsDoNotKnow(t *testing.T) {
	s := newSite(t, hello)
	_, err := newDoor(t, &ledger{}, nil).Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.Broken)
	known := newDoor(t, &ledger{}, s, func(c *fetch.Config) {
		c.Networks[fetch.Webhook] = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.Resolver = resolver(map[string][]string{"wrong.name.example.org": {"127.0.0.1"}})
	})
	_, err = known.Get(t.Context(), page(s.at("wrong.name.example.org", "/")))
	wantFailure(t, err, fetch.Broken)
	if n := s.requests.Load(); n != 0 {
		t.Errorf("%d requests were made", n)
	}
}

func TestARequestWithoutLimitsIsRefused(t *testing.T) {
	for name, r := range map[string]fetch.Request{
		"no type":       {Purpose: fetch.Webhook, URL: "https://127.0.0.1/", MaxBytes: 1},
		"no size":       {Purpose: fetch.Webhook, URL: "https://127.0.0.1/", Accept: []string{"text/html"}},
		"named purpose": {Purpose: fetch.Database, URL: "https://127.0.0.1/", Accept: []string{"text/html"}, MaxBytes: 1},
		"no purpose":    {URL: "https://127.0.0.1/", Accept: []string{"text/html"}, MaxBytes: 1},
	} {
		l := &ledger{}
		if _, err := newDoor(t, l, nil).Get(t.Context(), r); err == nil || len(l.lines()) != 0 {
			t.Errorf("%s: error %v, ledger %q", name, err, l.lines())
		}
	}
}
