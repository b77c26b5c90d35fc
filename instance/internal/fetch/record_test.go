package fetch_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

func TestAnEntryNamesTheHostAndNothingMore(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{}
	now := newClock()
	d := newDoor(t, l, s, func(c *fetch.Config) {
		c.Now = now.Now
		c.Resolver = resolver(map[string][]string{"example.com": {"127.0.0.1"}})
	})
	if _, err := d.Get(t.Context(), page(s.at("example.com", "/members/maria")+"?token=secret#part")); err != nil {
		t.Fatal(err)
	}
	want := []fetch.Entry{
		{Time: now.Now(), Purpose: fetch.Webhook, Host: "example.com", Result: fetch.Asked},
		{Time: now.Now(), Purpose: fetch.Webhook, Host: "example.com", Result: fetch.Answered, Bytes: 11},
	}
	if !slices.Equal(l.entries, want) {
		t.Errorf("entries %+v, want %+v", l.entries, want)
	}
}

func TestTheIntentIsRecordedBeforeTheServerIsReached(t *testing.T) {
	l := &ledger{}
	var at []string
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		at = l.lines()
		hello(w, r)
	})
	if _, err := newDoor(t, l, s).Get(t.Context(), page(s.URL)); err != nil {
		t.Fatal(err)
	}
	if want := []string{"webhook 127.0.0.1 asked"}; !slices.Equal(at, want) {
		t.Errorf("when the server was reached the ledger said %q, want %q", at, want)
	}
}

func TestWhatCannotBeRecordedIsNotFetched(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{refuse: func(e fetch.Entry) bool { return true }}
	d := newDoor(t, l, s)
	_, err := d.Get(t.Context(), page(s.URL))
	if !errors.Is(err, errLedger) {
		t.Errorf("error %v, want the ledger's", err)
	}
	if _, err := newClient(t, d, fetch.Webhook).Post(s.URL, "text/plain", strings.NewReader("x")); !errors.Is(err, errLedger) {
		t.Errorf("client: error %v, want the ledger's", err)
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("the server saw %d connections", n)
	}
	// And once the ledger works again nothing stands in the way.
	l.refuse = nil
	if _, err := d.Get(t.Context(), page(s.URL)); err != nil {
		t.Errorf("after the ledger's repair: %v", err)
	}
}

func TestAnAnswerThatCannotBeRecordedIsNotGiven(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{refuse: func(e fetch.Entry) bool { return e.Result == fetch.Answered }}
	answer, err := newDoor(t, l, s).Get(t.Context(), page(s.URL))
	if !errors.Is(err, errLedger) || answer.Body != nil {
		t.Errorf("answer %q, error %v", answer.Body, err)
	}
}

func TestTheClosedDoor(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{}
	d := newDoor(t, l, s, func(c *fetch.Config) { c.Closed = true })
	for range 2 {
		_, err := d.Get(t.Context(), page(s.URL))
		wantFailure(t, err, fetch.Closed)
	}
	_, err := newClient(t, d, fetch.Identity).Get(s.URL)
	wantFailure(t, err, fetch.Closed)
	named, err := d.Named(fetch.Database, s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, err = named.DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	wantFailure(t, err, fetch.Closed)
	if n := s.connections.Load(); n != 0 {
		t.Errorf("the server saw %d connections", n)
	}
	l.expect(t, "webhook 127.0.0.1 closed", "webhook 127.0.0.1 closed", "identity 127.0.0.1 closed", "database 127.0.0.1 closed")
}
