package durability

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/setup/setuptest"
)

// Starting, setting up, posting, the daily jobs: nothing of it needs another
// host, and nothing of it ends one day.
func TestNobodyElseIsNeeded(t *testing.T) {
	for name, later := range map[string]time.Duration{"today": 0, "in ten years": 10 * 366 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			here := place{data: t.TempDir()}
			now := func() time.Time { return time.Now().Add(later) }
			p := here.open(t, now)
			link, err := p.Setup.NewToken(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			made, err := p.Setup.Claim(t.Context(), "", setuptest.Form(link))
			if err != nil {
				t.Fatal(err)
			}
			ada := access.Member(made.Member)
			if _, err := p.Setup.Choose(t.Context(), ada, "", "friends"); err != nil {
				t.Fatal(err)
			}
			if _, err := p.Setup.Finish(t.Context(), ada, ""); err != nil {
				t.Fatal(err)
			}
			spaces, err := p.Spaces.Writable(t.Context(), ada)
			if err != nil || len(spaces) == 0 {
				t.Fatalf("there is nowhere to write: %v", err)
			}
			serving, stop := context.WithCancel(t.Context())
			address, ended := make(chan net.Addr), make(chan error, 1)
			go func() { ended <- p.Serve(serving, func(a net.Addr) { address <- a }) }()
			l := newLoad(t, map[string]string{owner: made.Session}, dice(t))
			var at string
			select {
			case a := <-address:
				at = "http://" + a.String()
			case err := <-ended:
				t.Fatalf("it does not serve: %v", err)
			}
			l.say(at, spaces[0].ID, "alone in the world")
			if n, err := p.Worker().Drain(t.Context()); err != nil {
				t.Errorf("after %d jobs: %v", n, err)
			}
			// What serves may have begun the job before we could: it is let finish.
			ran := fmt.Sprintf("SELECT run_at FROM jobs WHERE kind = 'retention' AND attempts = 0 AND run_at > %d", now().Add(23*time.Hour).UnixMicro())
			b := here.books(t)
			b.eventually(ran)
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			if went := b.list("SELECT purpose || ' ' || host FROM egress"); len(went) > 0 {
				t.Errorf("attempts to reach other hosts: %q", went)
			}
			if found := b.find("alone"); len(found) != 1 {
				t.Errorf("the post is found %d times", len(found))
			}
		})
	}
}

// say has the owner write one post.
func (l *load) say(address, space, words string) {
	l.t.Helper()
	ada := l.people[0]
	if !l.begin(l.t.Context(), ada, address) {
		l.t.Fatal("there is no form")
	}
	ada.open = &form{path: "/compose", values: url.Values{"space": {space}, "body": {words}}, ack: ack{word: words}}
	if !l.turn(l.t.Context(), ada, address) {
		l.t.Fatalf("refused: %q", l.refused)
	}
}
