package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/fetch"
)

func TestAHundredViewsAreOneFetch(t *testing.T) {
	s := newSite(t, hello)
	d := newDoor(t, &ledger{}, s)
	for range 100 {
		answer, err := d.Get(t.Context(), page(s.URL))
		if err != nil || string(answer.Body) != "<html>hello" || answer.Type != "text/html" {
			t.Fatalf("answer %+v, error %v", answer, err)
		}
		answer.Body[0] = '!' // what one caller does to it must not reach the next
	}
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests were made", n)
	}
}

func TestAHundredViewsAtOnceAreOneFetch(t *testing.T) {
	s := newSite(t, hello)
	d := newDoor(t, &ledger{}, s)
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			if _, err := d.Get(t.Context(), page(s.URL)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests were made", n)
	}
}

func TestAFetchGoesOnWhenWhoAskedLeaves(t *testing.T) {
	arrived, proceed := make(chan struct{}), make(chan struct{})
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-proceed
		hello(w, r)
	})
	d := newDoor(t, &ledger{}, s)
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := d.Get(ctx, page(s.URL))
		left <- err
	}()
	<-arrived
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left was told %v", err)
	}
	close(proceed)
	if _, err := d.Get(t.Context(), page(s.URL)); err != nil {
		t.Errorf("who stayed was told %v", err)
	}
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests were made", n)
	}
}

func TestFailuresAreKeptForAWhile(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	now := newClock()
	d := newDoor(t, &ledger{}, s, func(c *fetch.Config) { c.Now = now.Now })
	for range 100 {
		_, err := d.Get(t.Context(), page(s.URL))
		wantFailure(t, err, fetch.BadStatus)
	}
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests were made for what is not there", n)
	}
	now.move(fiveMinutes)
	_, err := d.Get(t.Context(), page(s.URL))
	wantFailure(t, err, fetch.BadStatus)
	if n := s.requests.Load(); n != 2 {
		t.Errorf("%d requests were made five minutes later", n)
	}
}

const fiveMinutes = 5 * time.Minute

func TestAnswersAreKeptAsLongAsTheServerSaysWithinLimits(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"":                             time.Hour,
		"public":                       time.Hour,
		"max-age=7200":                 2 * time.Hour,
		`public, MAX-AGE="7200"`:       2 * time.Hour,
		"max-age=1":                    fiveMinutes,
		"no-store":                     fiveMinutes,
		"no-cache, max-age=7200":       fiveMinutes,
		"max-age=31536000":             24 * time.Hour,
		"max-age=-1":                   time.Hour,
		"max-age=99999999999999999999": time.Hour,
		"max-age=soon":                 time.Hour,
	} {
		t.Run(header, func(t *testing.T) {
			s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", header)
				hello(w, r)
			})
			now := newClock()
			d := newDoor(t, &ledger{}, s, func(c *fetch.Config) { c.Now = now.Now })
			ask := func() int64 {
				if _, err := d.Get(t.Context(), page(s.URL)); err != nil {
					t.Fatal(err)
				}
				return s.requests.Load()
			}
			ask()
			now.move(want - time.Second)
			if n := ask(); n != 1 {
				t.Errorf("asked again before %s were over", want)
			}
			now.move(time.Second)
			if n := ask(); n != 2 {
				t.Errorf("not asked again after %s", want)
			}
		})
	}
}

func TestMemoryForAnswersIsBounded(t *testing.T) {
	s := newSite(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/large" {
			io.WriteString(w, strings.Repeat("x", 30_000))
			return
		}
		io.WriteString(w, strings.Repeat("x", 10_000))
	})
	d := newDoor(t, &ledger{}, s, func(c *fetch.Config) { c.CacheBytes = 25_000 })
	// Two answers fit. The one not used for the longest makes room, and what is
	// too large for all the room takes none.
	for i, c := range []struct {
		path string
		want int64
	}{
		{"/a", 1},
		{"/b", 1},
		{"/a", 0},
		{"/c", 1},
		{"/a", 0},
		{"/b", 1},
		{"/c", 1},
		{"/large", 1},
		{"/large", 1},
		{"/b", 0},
		{"/c", 0},
	} {
		before := s.requests.Load()
		if _, err := d.Get(t.Context(), page(s.URL+c.path)); err != nil {
			t.Fatal(err)
		}
		if got := s.requests.Load() - before; got != c.want {
			t.Errorf("step %d, %s: %d requests, want %d", i, c.path, got, c.want)
		}
	}
}

func TestAnswersAreNotSharedBetweenPurposesTypesAndLimits(t *testing.T) {
	s := newSite(t, hello)
	d := newDoor(t, &ledger{}, s)
	base := page(s.URL)
	other := base
	other.Purpose = fetch.Identity
	types := base
	types.Accept = []string{"text/html", "text/plain"}
	if _, err := d.Get(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	for i, r := range []fetch.Request{other, types} {
		if _, err := d.Get(t.Context(), r); err != nil || s.requests.Load() != int64(i+2) {
			t.Errorf("request %d: error %v, %d requests so far", i, err, s.requests.Load())
		}
	}
	guarded := base
	guarded.Purpose = fetch.Preview
	_, err := d.Get(t.Context(), guarded)
	wantFailure(t, err, fetch.PrivateAddress)
	small := base
	small.MaxBytes = 3
	_, err = d.Get(t.Context(), small)
	wantFailure(t, err, fetch.TooLarge)
}
