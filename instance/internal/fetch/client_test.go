package fetch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

func newClient(t *testing.T, d *fetch.Door, p fetch.Purpose) *http.Client {
	t.Helper()
	client, err := d.Client(p, 100)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestClientIsForGivenPurposesWithALimit(t *testing.T) {
	d := newDoor(t, &ledger{}, nil)
	if _, err := d.Client(fetch.Database, 100); err == nil {
		t.Error("a client for a named purpose was made")
	}
	if _, err := d.Client(fetch.Webhook, 0); err == nil {
		t.Error("a client without a limit was made")
	}
}

func TestClientIsGuarded(t *testing.T) {
	s := newSite(t, hello)
	l := &ledger{}
	d := newDoor(t, l, s)
	_, err := newClient(t, d, fetch.Push).Post(s.URL, "text/plain", strings.NewReader("x"))
	wantFailure(t, err, fetch.PrivateAddress)
	_, err = newClient(t, d, fetch.Push).Get("http://" + s.Listener.Addr().String())
	wantFailure(t, err, fetch.BadURL)
	if n := s.connections.Load(); n != 0 {
		t.Errorf("the private server saw %d connections", n)
	}
	l.expect(t, "push 127.0.0.1 asked", "push 127.0.0.1 private-address", "push 127.0.0.1 bad-url")
}

func TestClientFollowsNoRedirect(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	response, err := newClient(t, newDoor(t, &ledger{}, s), fetch.Webhook).Post(s.URL, "text/plain", strings.NewReader("a delivery"))
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Error(err)
	}
	if n := s.requests.Load(); n != 1 || response.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("%d requests, status %d", n, response.StatusCode)
	}
}

func TestClientStopsAtItsLimit(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, strings.Repeat("x", 101))
	})
	l := &ledger{}
	response, err := newClient(t, newDoor(t, l, s), fetch.Identity).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	wantFailure(t, err, fetch.TooLarge)
	if len(body) != 100 {
		t.Errorf("%d bytes came through", len(body))
	}
	wantFailure(t, response.Body.Close(), fetch.TooLarge)
	if err := response.Body.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	l.expect(t, "identity 127.0.0.1 asked", "identity 127.0.0.1 too-large")
}

func TestClientGivesUp(t *testing.T) {
	address, left := mute(t, "")
	_, err := newClient(t, newDoor(t, &ledger{}, nil, briefly), fetch.Webhook).Get("http://" + address)
	wantFailure(t, err, fetch.TooSlow)
	<-left
}

func TestClientGivesUpOnABodyThatDribbles(t *testing.T) {
	s := newSite(t, dribble)
	l := &ledger{}
	response, err := newClient(t, newDoor(t, l, s, briefly), fetch.Webhook).Get(s.URL)
	if err == nil { // on a slow machine the time may be over before the body begins
		_, err = io.ReadAll(response.Body)
		wantFailure(t, response.Body.Close(), fetch.TooSlow)
	}
	wantFailure(t, err, fetch.TooSlow)
	l.expect(t, "webhook 127.0.0.1 asked", "webhook 127.0.0.1 too-slow")
}
