package fetch_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

func TestANamedDestinationMayBePrivate(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{}
	d := newDoor(t, l, s, func(c *fetch.Config) {
		c.Networks = nil
		c.Resolver = resolver(map[string][]string{"db.example.com": {"127.0.0.1"}})
	})
	named, err := d.Named(fetch.Database, "DB.example.com:"+s.port())
	if err != nil {
		t.Fatal(err)
	}
	for _, spelling := range []string{"db.example.com:", "Db.Example.Com.:"} {
		conn, err := named.DialContext(t.Context(), "tcp", spelling+s.port())
		if err != nil {
			t.Fatalf("%s: %v", spelling, err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	l.expect(t, "database db.example.com asked", "database db.example.com answered",
		"database db.example.com asked", "database db.example.com answered")
}

func TestANamedDialerLeadsNowhereElse(t *testing.T) {
	s := newSite(t, hello)
	other := newSite(t, hello)
	l := &ledger{}
	d := newDoor(t, l, s, func(c *fetch.Config) {
		c.Resolver = resolver(map[string][]string{"localhost.example.com": {"127.0.0.1"}})
	})
	named, err := d.Named(fetch.Database, s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ network, address string }{
		{"tcp", other.Listener.Addr().String()},
		{"tcp", "127.0.0.2:" + s.port()},
		{"tcp", "[::1]:" + s.port()},
		{"tcp", "localhost.example.com:" + s.port()},
		{"udp", s.Listener.Addr().String()},
		{"unix", s.Listener.Addr().String()},
		{"unix", "/run/postgresql/.s.PGSQL.5432"},
		{"tcp", "127.0.0.1"},
		{"tcp", ""},
	} {
		before := len(l.lines())
		_, err := named.DialContext(t.Context(), c.network, c.address)
		wantFailure(t, err, fetch.WrongDestination)
		if got := len(l.lines()) - before; got != 1 || l.last().Result != fetch.WrongDestination {
			t.Errorf("%s %s: %d entries, the last %+v", c.network, c.address, got, l.last())
		}
	}
	if n := s.connections.Load() + other.connections.Load(); n != 0 {
		t.Errorf("the servers saw %d connections", n)
	}
}

func TestNamingDoesNotOpenTheDoorForStrangersAddresses(t *testing.T) {
	d := newDoor(t, &ledger{}, nil)
	for _, p := range []fetch.Purpose{fetch.Preview, fetch.Feed, fetch.Push, fetch.Agent, fetch.Federation, fetch.Webhook, "something-new"} {
		if _, err := d.Named(p, "127.0.0.1:443"); err == nil {
			t.Errorf("a destination was named for %s", p)
		}
	}
	for _, hostport := range []string{"", "127.0.0.1", "127.0.0.1:", ":5432", "db:postgres", "db:0", "db:65536", "db:-1", "::1:5432"} {
		if _, err := d.Named(fetch.Database, hostport); err == nil {
			t.Errorf("%q was taken as a destination", hostport)
		}
	}
}

// The egress log may lie in the very database that is being dialled.
func TestANamedDialGoesOnWhenItCannotBeRecorded(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{refuse: func(fetch.Entry) bool { return true }}
	var log bytes.Buffer
	d := newDoor(t, l, s, func(c *fetch.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	named, err := d.Named(fetch.Database, s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := named.DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	for _, want := range []string{"purpose=database", "host=127.0.0.1", "result=asked", "result=answered", errLedger.Error()} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not say %q:\n%s", want, log.String())
		}
	}
}

func TestANamedDestinationThatRefuses(t *testing.T) {
	s := newSite(t, hello)
	address := s.Listener.Addr().String()
	s.Close()
	l := &ledger{}
	named, err := newDoor(t, l, nil).Named(fetch.Mail, address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = named.DialContext(t.Context(), "tcp", address)
	wantFailure(t, err, fetch.Broken)
	l.expect(t, "mail 127.0.0.1 asked", "mail 127.0.0.1 broken")
}

func TestNamesAreNotResolvedBesideTheDialer(t *testing.T) {
	named, err := newDoor(t, &ledger{}, nil).Named(fetch.Database, "db.example.com:5432")
	if err != nil {
		t.Fatal(err)
	}
	got, err := named.LookupHost(t.Context(), "db.example.com")
	if err != nil || !slices.Equal(got, []string{"db.example.com"}) {
		t.Errorf("looked up %q, error %v", got, err)
	}
}

func TestNamedHTTPDoesNotFollowToAnotherHost(t *testing.T) {
	other := newSite(t, hello)
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, other.URL, http.StatusFound)
			return
		}
		hello(w, r)
	})
	named, err := newDoor(t, &ledger{}, s).Named(fetch.Model, s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	transport := named.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	response, err := client.Get(s.URL)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the named host: %v", err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	_, err = client.Get(s.URL + "/away")
	wantFailure(t, err, fetch.WrongDestination)
	if n := other.connections.Load(); n != 0 {
		t.Errorf("the other host saw %d connections", n)
	}
}
