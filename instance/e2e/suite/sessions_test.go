package suite_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// glimpse is one request with a session's token, by a browser that keeps nothing,
// and what came of it.
type glimpse struct {
	in    bool   // she was known
	fresh string // the token that the browser is given
}

func (p *place) look(token string) glimpse {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.url+"/settings/data", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "session", Value: token})
	answer, err := p.transport.RoundTrip(r)
	if err != nil {
		p.t.Error(err)
		return glimpse{}
	}
	defer answer.Body.Close()
	v := glimpse{in: !strings.HasPrefix(answer.Header.Get("Location"), "/login")}
	for _, c := range answer.Cookies() {
		if c.Name == "session" && c.Value != token {
			v.fresh = c.Value
		}
	}
	return v
}

func (p *place) tokenOf(who *person) string {
	p.t.Helper()
	for _, c := range who.Cookies() {
		if c.Name == "session" {
			return c.Value
		}
	}
	p.t.Fatalf("%s is not signed in", who.key)
	return ""
}

// settled is a session's token that nothing has happened to for a while.
func (p *place) settled(who *person) string {
	p.t.Helper()
	for range 2 { // the first visit may bring a new token, the second settles it
		p.ask(who, http.MethodGet, "/settings/data", nil)
	}
	return p.tokenOf(who)
}

// changes are all that changes what somebody may do, or what she signs in with.
func (w *town) changes() []struct {
	name, who string
	do        func() error
} {
	ctx, members, spaces := w.t.Context(), w.program.Members, w.program.Spaces
	owner, founder := w.people["owner"].actor(), w.people["founder"].actor()
	id := func(role string) string { return w.people[role].id }
	return []struct {
		name, who string
		do        func() error
	}{
		{"made a moderator", "member", func() error {
			_, err := members.ChangeRole(ctx, owner, "", id("member"), access.Moderator)
			return err
		}},
		{"made a member again", "moderator", func() error {
			_, err := members.ChangeRole(ctx, owner, "", id("moderator"), access.FullRole)
			return err
		}},
		{"an owner", "insider", func() error {
			if _, err := members.OfferOwnership(ctx, owner, "", id("insider")); err != nil {
				return err
			}
			_, err := members.AcceptOwnership(ctx, w.people["insider"].actor(), "")
			return err
		}},
		{"let in", "pending", func() error {
			_, err := w.program.Joining.Decide(ctx, owner, "", id("pending"), true)
			return err
		}},
		{"a guest who became a member", "guest", func() error {
			made, err := w.program.Joining.Invite(ctx, owner, "", joining.Draft{Role: access.FullRole})
			if err != nil {
				return err
			}
			_, err = w.program.Joining.Follow(ctx, w.people["guest"].actor(), "", made.Token)
			return err
		}},
		{"staying after all", "leaving", func() error { return w.program.Portability.Stay(ctx, w.people["leaving"].actor(), "") }},
		{"made a moderator of a space", "guest", func() error {
			_, err := spaces.SetRole(ctx, founder, "", w.spaces["closed"].ID, id("guest"), space.Moderator)
			return err
		}},
		{"a space of her own", "quiet", func() error {
			w.space(w.people["quiet"], "Qznest", space.Closed)
			return nil
		}},
		{"another password", "quiet", func() error { return w.change("quiet") }},
		{"other recovery codes", "member", func() error { return w.newCodes("member") }},
		{"removed", "quiet", func() error {
			_, err := members.Remove(ctx, owner, "", id("quiet"))
			return err
		}},
	}
}

// change gives somebody another password.
func (w *town) change(role string) error {
	who := w.people[role]
	here := w.one("SELECT id FROM sessions WHERE member_id = $1", who.id)
	n := signin.NewPassword{Current: who.password, New: "nine slow rivers", Here: here, Network: "n"}
	return w.program.SignIn.ChangePassword(w.t.Context(), who.actor(), "", n)
}

// newCodes lets somebody prove who she is, and make other recovery codes.
func (w *town) newCodes(role string) error {
	who := w.people[role]
	here := w.one("SELECT id FROM sessions WHERE member_id = $1", who.id)
	if err := w.program.SignIn.Confirm(w.t.Context(), who.actor(), "", here, signin.Proof{Password: who.password, Network: "n"}); err != nil {
		return err
	}
	_, err := w.program.SignIn.MakeCodes(w.t.Context(), who.actor(), "", here)
	return err
}

// TestASessionIsNewAfterAChangeOfRights lets everything happen that changes what
// somebody may do: her next request is answered with a new token, and the one
// before is worth nothing once that is used, or after a minute (P119).
func TestASessionIsNewAfterAChangeOfRights(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for i, c := range w.changes() {
			who := w.people[c.who]
			before := p.settled(who)
			if v := p.look(before); !v.in || v.fresh != "" {
				t.Fatalf("before %q: %+v", c.name, v)
			}
			if err := c.do(); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			visits := p.together(4, before)
			fresh := ""
			for _, v := range visits {
				if !v.in {
					t.Errorf("%s: a request beside the one that renewed the session was a stranger's", c.name)
				}
				if v.fresh != "" && fresh != "" {
					t.Errorf("%s: two new tokens came of one", c.name)
				}
				fresh += v.fresh
			}
			if fresh == "" {
				t.Errorf("%s: the session has its old token", c.name)
				continue
			}
			if i%2 == 0 { // the browser comes with the new one
				if v := p.look(fresh); !v.in {
					t.Errorf("%s: the new token is worth nothing", c.name)
				}
			} else { // nobody does
				p.clock.Add(signin.Overlap)
			}
			if v := p.look(before); v.in {
				t.Errorf("%s: the old token is still good", c.name)
			}
			if v := p.look(fresh); !v.in || v.fresh != "" {
				t.Errorf("%s: then the new token gives %+v", c.name, v)
			}
			who.Hold("session=" + fresh)
		}
	})
}

// together makes requests of one browser at the same time.
func (p *place) together(n int, token string) []glimpse {
	all := make([]glimpse, n)
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() { all[i] = p.look(token) })
	}
	wg.Wait()
	return all
}

// TestASessionIsNewAfterSigningIn signs in as somebody who is signed in already,
// and out with a token that was replaced.
func TestASessionIsNewAfterSigningIn(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		who := w.people["member"]
		before := p.settled(who)
		a := p.send(who, "/login", url.Values{"handle": {who.handle}, "password": {who.password}})
		after := p.tokenOf(who)
		if a.status != http.StatusSeeOther || after == before {
			t.Errorf("signed in again she has the same token: %d", a.status)
		}
		if p.look(before).in || !p.look(after).in {
			t.Error("the token from before signing in is still good, or the new one is not")
		}
		key := p.freshKey(who)
		p.must(p.program.Members.ChangeRole(t.Context(), w.people["owner"].actor(), "", who.id, access.Moderator))
		if p.look(after).fresh == "" {
			t.Fatal("the session was not renewed")
		}
		// Another tab has not seen the new token.
		form := url.Values{"form_key": {key}}
		if a := p.ask(who, http.MethodPost, "/logout", strings.NewReader(form.Encode())); a.status != http.StatusSeeOther {
			t.Errorf("a form from before the renewal is refused: %d", a.status)
		}
		if p.count("sessions WHERE member_id = '"+who.id+"'") != 0 {
			t.Error("signed out with a replaced token the session goes on")
		}
	})
}
