package fetch_test

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/opengather/opengather/instance/internal/fetch"
)

// TestMain names a proxy for all tests, because the environment is read once a
// process. Nobody answers there, and loopback names are never sent to it.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "",
		"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9", "no_proxy": "",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// ledger keeps what a door recorded.
type ledger struct {
	mu      sync.Mutex
	entries []fetch.Entry
	// refuse, when set, makes recording go wrong for the entries it says.
	refuse func(fetch.Entry) bool
}

var errLedger = errors.New("the ledger is full")

func (l *ledger) record(ctx context.Context, e fetch.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse != nil && l.refuse(e) {
		return errLedger
	}
	if ctx.Err() != nil {
		return fmt.Errorf("a ledger cannot write with a context that is over: %w", ctx.Err())
	}
	l.entries = append(l.entries, e)
	return nil
}

// lines are the entries as "purpose host result".
func (l *ledger) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for _, e := range l.entries {
		lines = append(lines, fmt.Sprintf("%s %s %s", e.Purpose, e.Host, e.Result))
	}
	return lines
}

func (l *ledger) last() fetch.Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.entries) == 0 {
		return fetch.Entry{}
	}
	return l.entries[len(l.entries)-1]
}

func (l *ledger) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := l.lines(); !slices.Equal(got, want) {
		t.Errorf("the ledger says\n%q, want\n%q", got, want)
	}
}

// site is a TLS server on a loopback address. Its certificate, the one of
// httptest, is for 127.0.0.1, ::1, example.com and *.example.com.
type site struct {
	*httptest.Server
	connections atomic.Int64
	requests    atomic.Int64
}

func newSite(t *testing.T, handler http.HandlerFunc) *site {
	t.Helper()
	return newSiteOn(t, "127.0.0.1:0", handler)
}

func newSiteOn(t *testing.T, address string, handler http.HandlerFunc) *site {
	t.Helper()
	s := &site{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		handler(w, r)
	}))
	s.Listener.Close()
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s.Listener = listener
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that hang up are what is tested
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *site) port() string {
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return port
}

// at is the site's address under another host name.
func (s *site) at(host, path string) string {
	return (&url.URL{Scheme: "https", Host: net.JoinHostPort(host, s.port()), Path: path}).String()
}

func (s *site) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return pool
}

// here allows the one address at which newSite listens.
var here = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}

// newDoor is a door that lets Webhook and Identity reach newSite.
func newDoor(t *testing.T, l *ledger, s *site, change ...func(*fetch.Config)) *fetch.Door {
	t.Helper()
	c := fetch.Config{
		Record:   l.record,
		Networks: map[fetch.Purpose][]netip.Prefix{fetch.Webhook: here, fetch.Identity: here},
		Timeout:  30 * time.Second,
		Resolver: resolver(nil),
	}
	if s != nil {
		c.Roots = s.roots()
	}
	for _, f := range change {
		f(&c)
	}
	d, err := fetch.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// page asks for a page of at most 1 MiB, as Webhook.
func page(address string) fetch.Request {
	return fetch.Request{Purpose: fetch.Webhook, URL: address, Accept: []string{"text/html"}, MaxBytes: 1 << 20}
}

func hello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	io.WriteString(w, "<html>hello")
}

func wantFailure(t *testing.T, err error, want fetch.Result) {
	t.Helper()
	failure, ok := errors.AsType[*fetch.Failure](err)
	if !ok {
		t.Fatalf("error = %v, want a Failure %s", err, want)
	}
	if failure.Result != want {
		t.Fatalf("error = %v, want the result %s", err, want)
	}
}

// resolver answers each question for an IPv4 address with the next of the
// name's answers, the last one again and again. Other names do not exist.
func resolver(answers map[string][]string) *net.Resolver {
	r := &names{answers: answers}
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go r.serve(server)
		return client, nil
	}}
}

type names struct {
	mu      sync.Mutex
	answers map[string][]string
}

// serve answers one question with the framing of DNS over TCP (RFC 1035
// section 4.2.2), which is what Go speaks over a pipe. An error ends the
// connection, and the resolver reports it.
func (n *names) serve(c net.Conn) {
	defer c.Close()
	var length [2]byte
	if _, err := io.ReadFull(c, length[:]); err != nil {
		return
	}
	question := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(c, question); err != nil {
		return
	}
	var m dnsmessage.Message
	if err := m.Unpack(question); err != nil {
		return
	}
	n.answer(&m)
	packed, err := m.Pack()
	if err != nil {
		return
	}
	c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(packed))), packed...))
}

func (n *names) answer(m *dnsmessage.Message) {
	n.mu.Lock()
	defer n.mu.Unlock()
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	name := q.Name.String()
	name = name[:len(name)-1]
	known := n.answers[name]
	if len(known) == 0 {
		m.RCode = dnsmessage.RCodeNameError
		return
	}
	if q.Type != dnsmessage.TypeA {
		return
	}
	m.Answers = []dnsmessage.Resource{{
		Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
		Body:   &dnsmessage.AResource{A: netip.MustParseAddr(known[0]).As4()},
	}}
	if len(known) > 1 {
		n.answers[name] = known[1:]
	}
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 12, 18, 5, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
