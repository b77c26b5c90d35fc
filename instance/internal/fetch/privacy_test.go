package fetch_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

// seen collects the headers of the requests that arrived.
type seen struct {
	mu      sync.Mutex
	headers []http.Header
}

func (s *seen) note(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.headers = append(s.headers, r.Header)
}

func headerNames(h http.Header) []string {
	var all []string
	for name := range h {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

func TestGetSaysNothingAboutTheVisitor(t *testing.T) {
	var requests seen
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		requests.note(r)
		http.SetCookie(w, &http.Cookie{Name: "visitor", Value: "1", Path: "/"})
		if r.URL.Path == "/from" {
			http.Redirect(w, r, "/to", http.StatusFound)
			return
		}
		hello(w, r)
	})
	d := newDoor(t, &ledger{}, s)
	for _, path := range []string{"/from?secret=1", "/again"} {
		if _, err := d.Get(t.Context(), page(s.URL+path)); err != nil {
			t.Fatal(err)
		}
	}
	if len(requests.headers) != 3 {
		t.Fatalf("%d requests arrived, want 3", len(requests.headers))
	}
	want := []string{"Accept", "Accept-Encoding", "Connection", "User-Agent"}
	for _, h := range requests.headers {
		if got := headerNames(h); !slices.Equal(got, want) {
			t.Errorf("headers %q, want %q", got, want)
		}
		if h.Get("User-Agent") != "OpenGather" || h.Get("Accept") != "text/html" || h.Get("Accept-Encoding") != "identity" {
			t.Errorf("headers %v", h)
		}
	}
	if n := s.connections.Load(); n != 3 {
		t.Errorf("%d connections for 3 requests: one was kept", n)
	}
}

func TestClientLetsOnlyTheDeliveryThrough(t *testing.T) {
	var requests seen
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		requests.note(r)
		body, _ := io.ReadAll(r.Body)
		http.SetCookie(w, &http.Cookie{Name: "visitor", Value: "1"})
		w.WriteHeader(http.StatusAccepted)
		w.Write(body)
	})
	l := &ledger{}
	client, err := newDoor(t, l, s).Client(fetch.Webhook, 100)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/hook?key=1", strings.NewReader(`{"a":1}`))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{
			"Cookie", "Referer", "Origin", "From", "Forwarded", "Via", "X-Forwarded-For", "X-Real-Ip",
			"Accept-Language", "Traceparent", "Baggage", "Sec-Ch-Ua",
		} {
			r.Header.Set(name, "visitor")
		}
		r.Header.Set("User-Agent", "Visitor/7.1")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer x")
		r.Header.Set("Webhook-Signature", "v1,x")
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || string(body) != `{"a":1}` || response.StatusCode != http.StatusAccepted {
			t.Errorf("status %d, body %q, error %v", response.StatusCode, body, err)
		}
		if err := response.Body.Close(); err != nil {
			t.Error(err)
		}
	}
	want := []string{"Accept-Encoding", "Authorization", "Connection", "Content-Length", "Content-Type", "User-Agent", "Webhook-Signature"}
	for _, h := range requests.headers {
		if got := headerNames(h); !slices.Equal(got, want) {
			t.Errorf("headers %q, want %q", got, want)
		}
		if h.Get("User-Agent") != "OpenGather" {
			t.Errorf("User-Agent %q", h.Get("User-Agent"))
		}
	}
	l.expect(t, "webhook 127.0.0.1 asked", "webhook 127.0.0.1 answered", "webhook 127.0.0.1 asked", "webhook 127.0.0.1 answered")
	if got := l.last().Bytes; got != 7 {
		t.Errorf("recorded %d bytes, want 7", got)
	}
}

func TestNoProxyOfTheEnvironmentLearnsOfIt(t *testing.T) {
	s := newSite(t, hello)
	address := s.at("example.com", "/")
	probe, err := http.NewRequest(http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if proxy, err := http.ProxyFromEnvironment(probe); err != nil || proxy == nil {
		t.Fatalf("the environment names no proxy, so nothing is tested: %v, %v", proxy, err)
	}
	d := newDoor(t, &ledger{}, s, func(c *fetch.Config) {
		c.Resolver = resolver(map[string][]string{"example.com": {"127.0.0.1"}})
	})
	if _, err := d.Get(t.Context(), page(address)); err != nil {
		t.Errorf("get: %v", err)
	}
	named, err := d.Named(fetch.Storage, "example.com:"+s.port())
	if err != nil {
		t.Fatal(err)
	}
	transport := named.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	response, err := (&http.Client{Transport: transport}).Get(address)
	if err != nil {
		t.Fatalf("named: %v", err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if n := s.requests.Load(); n != 2 {
		t.Errorf("the site saw %d requests, want 2", n)
	}
}
