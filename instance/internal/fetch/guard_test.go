package fetch_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

func TestNewRefusesNetworksForStrangersAddresses(t *testing.T) {
	for _, p := range []fetch.Purpose{
		fetch.Preview, fetch.Feed, fetch.Push, fetch.Agent,
		fetch.Database, fetch.Mail, fetch.Storage, fetch.Telemetry, fetch.Model, "something-new",
	} {
		_, err := fetch.New(fetch.Config{Record: new(ledger).record, Networks: map[fetch.Purpose][]netip.Prefix{p: here}})
		if err == nil {
			t.Errorf("a network was allowed for %s", p)
		}
	}
	for _, p := range []fetch.Purpose{fetch.Federation, fetch.Identity, fetch.Webhook} {
		_, err := fetch.New(fetch.Config{Record: new(ledger).record, Networks: map[fetch.Purpose][]netip.Prefix{p: here}})
		if err != nil {
			t.Errorf("a network for %s: %v", p, err)
		}
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	if _, err := fetch.New(fetch.Config{}); err == nil {
		t.Error("a door was made that records nothing")
	}
	for _, n := range []netip.Prefix{{}, netip.MustParsePrefix("::ffff:10.0.0.0/104")} {
		networks := map[fetch.Purpose][]netip.Prefix{fetch.Webhook: {n}}
		if _, err := fetch.New(fetch.Config{Record: new(ledger).record, Networks: networks}); err == nil {
			t.Errorf("the network %s was taken, and could never match", n)
		}
	}
}

func TestGivenAddressesReachNothingPrivate(t *testing.T) {
	s := newSite(t, hello)
	for _, host := range []string{
		"127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::", "::1%lo",
		"127.0.0.2", "fe80::1%lo", "169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::1",
		"inside.example.com", "INSIDE.example.com.",
	} {
		t.Run(host, func(t *testing.T) {
			l := &ledger{}
			d := newDoor(t, l, s, func(c *fetch.Config) {
				c.Resolver = resolver(map[string][]string{"inside.example.com": {"127.0.0.1"}, "INSIDE.example.com": {"127.0.0.1"}})
			})
			// Preview stays guarded although the same door allows this network for Webhook.
			r := page(s.at(host, "/"))
			r.Purpose = fetch.Preview
			_, err := d.Get(t.Context(), r)
			wantFailure(t, err, fetch.PrivateAddress)
			lower := strings.ToLower(host)
			l.expect(t, "preview "+lower+" asked", "preview "+lower+" private-address")
		})
	}
	if n := s.connections.Load(); n != 0 {
		t.Errorf("the private server saw %d connections", n)
	}
}

func TestRedirectsAreGuardedLikeTheFirstAddress(t *testing.T) {
	inner := newSiteOn(t, "[::1]:0", hello)
	other := newSiteOn(t, "127.0.0.2:0", hello)
	for name, target := range map[string]string{
		"metadata": "https://169.254.169.254/latest/meta-data/",
		"loopback": inner.at("::1", "/"),
		"name":     other.at("inside.example.com", "/"),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, target, http.StatusFound)
			})
			l := &ledger{}
			d := newDoor(t, l, s, func(c *fetch.Config) {
				c.Resolver = resolver(map[string][]string{"inside.example.com": {"127.0.0.2"}})
				// What another purpose may reach is no help.
				c.Networks[fetch.Federation] = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
			})
			_, err := d.Get(t.Context(), page(s.URL))
			wantFailure(t, err, fetch.PrivateAddress)
			if last := l.last(); last.Result != fetch.PrivateAddress || s.requests.Load() != 1 {
				t.Errorf("after %d requests the ledger ends with %+v", s.requests.Load(), last)
			}
		})
	}
	if n := inner.connections.Load() + other.connections.Load(); n != 0 {
		t.Errorf("the private servers saw %d connections", n)
	}
}

// A name that answers with an allowed address when it is checked and with
// another when it is dialled gets no further than its first answer.
func TestANameThatChangesItsAnswer(t *testing.T) {
	public := newSite(t, hello)
	private := newSiteOn(t, net.JoinHostPort("127.0.0.2", public.port()), hello)
	l := &ledger{}
	d := newDoor(t, l, public, func(c *fetch.Config) {
		c.Resolver = resolver(map[string][]string{"example.com": {"127.0.0.1", "127.0.0.2"}})
	})
	if _, err := d.Get(t.Context(), page(public.at("example.com", "/first"))); err != nil {
		t.Errorf("the allowed answer: %v", err)
	}
	_, err := d.Get(t.Context(), page(public.at("example.com", "/second")))
	wantFailure(t, err, fetch.PrivateAddress)
	if n := private.connections.Load(); n != 0 {
		t.Errorf("the private server saw %d connections", n)
	}
	if n := public.connections.Load(); n != 1 {
		t.Errorf("the allowed server saw %d connections, want 1", n)
	}
}

func TestOnlyPlainHTTPSAddressesAreTried(t *testing.T) {
	for _, address := range []string{
		"http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/",
		"https:///path", "https:example.com", "https://", "", "https://maria:secret@example.com/", "https://maria@example.com/",
		"https://exa mple.com/", "https://example.com:port/", "https://example.com/%zz",
	} {
		l := &ledger{}
		r := page(address)
		r.Purpose = fetch.Preview
		_, err := newDoor(t, l, nil).Get(t.Context(), r)
		wantFailure(t, err, fetch.BadURL)
		if n := len(l.lines()); n != 1 || l.last().Result != fetch.BadURL {
			t.Errorf("%q: the ledger says %q", address, l.lines())
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "%zz") {
			t.Errorf("%q: the error repeats the address: %v", address, err)
		}
	}
}

func TestAllowedNetworksMayUsePlainHTTP(t *testing.T) {
	open := httptest.NewServer(http.HandlerFunc(hello))
	t.Cleanup(open.Close)
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, open.URL, http.StatusFound)
	})
	d := newDoor(t, &ledger{}, s)
	if _, err := d.Get(t.Context(), page(s.URL)); err != nil {
		t.Errorf("plain http in an allowed network: %v", err)
	}
	r := page(open.URL)
	r.Purpose = fetch.Federation
	_, err := d.Get(t.Context(), r)
	wantFailure(t, err, fetch.BadURL)
}

func TestAHostThatIsNoTextIsRecordedAsText(t *testing.T) {
	l := &ledger{}
	d := newDoor(t, l, nil)
	if _, err := d.Get(t.Context(), page("https://%ff%fe.example/")); err == nil {
		t.Error("a host that is no text was reached")
	}
	if got := l.last().Host; got != "?.example" {
		t.Errorf("recorded host %q", got)
	}
	if _, err := d.Get(t.Context(), page("https://"+strings.Repeat("a", 5000)+".example/")); err == nil {
		t.Error("a host of 5000 letters was reached")
	}
	if got := len(l.last().Host); got != 253 {
		t.Errorf("a host of %d bytes was recorded", got)
	}
}
