package suite_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
)

// TestInvitationsThatOpenNothing are all the same, at the same cost (P120).
func TestInvitationsThatOpenNothing(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner := w.people["owner"]
		used, revoked := p.invite(owner, url.Values{"uses": {"1"}}), p.invite(owner, nil)
		p.accept("late", used, "Una", nil)
		for _, path := range revocable(owner) {
			p.send(owner, path, nil)
		}
		// Made by somebody who may not invite any more, and by one who is on her way out.
		lost := p.invite(w.people["quiet"], nil)
		p.must(p.program.Members.ChangeRole(t.Context(), owner.actor(), "", w.people["quiet"].id, access.Guest))
		left := p.invite(w.people["founder"], nil)
		p.must("", p.setState(w.people["founder"].id, "leaving"))
		expired := p.invite(owner, url.Values{"lasts": {"1"}})
		p.clock.Add(25 * time.Hour)
		p.ask(w.people["member"], http.MethodGet, "/home", nil) // her session is renewed once a day
		never := "/invite/" + strings.Repeat("x", 43)
		form := url.Values{"name": {"Eve"}, "password": {password}, "rules": {"yes"}}
		for _, role := range []string{"stranger", "member"} {
			get := func(path string) func() effect {
				return func() effect {
					return p.effect(path, func() answer { return p.ask(w.people[role], http.MethodGet, path, nil) })
				}
			}
			send := func(path string) func() effect {
				return func() effect { return p.formEffect(w.people[role], path, form, path) }
			}
			for what, path := range map[string]string{"used": used, "revoked": revoked, "expired": expired, "of a guest": lost, "of who leaves": left} {
				p.alike(role+" opens an invitation that is "+what, get(path), get(never))
				p.alike(role+" accepts an invitation that is "+what, send(path), send(never))
			}
		}
	})
}

func (p *place) setState(member, state string) error {
	_, err := p.program.DB.Write(p.t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec("UPDATE members SET state = $1 WHERE id = $2", state, member)
		return "", err
	})
	return err
}

// revocable are where the forms of somebody's invitations lead.
func revocable(who *person) (all []string) {
	for _, f := range who.Get("/invitations").Forms() {
		if strings.HasSuffix(f.Action.Path, "/revoke") {
			all = append(all, f.Action.Path)
		}
	}
	return all
}

// taken are handles that nobody can have, each for another reason. Somebody of
// the last one was here, and nothing but a hash remains of her.
func (w *town) taken() map[string]string {
	w.t.Helper()
	w.must(w.program.Members.Rename(w.t.Context(), w.people["quiet"].actor(), "", "Quin Qznamequiet", "quin_now"))
	taken := map[string]string{
		"somebody's": "quin_now", "former": "quin_qznamequiet", "of who waits": w.people["pending"].handle, "of who leaves": w.people["leaving"].handle,
		"of a closed space": "qzspaceclosed", "of an open space": "qzspaceopen", "of who is gone": "gone_by_now",
	}
	gone := w.accept("gone", w.place.invite(w.people["owner"], nil), "Gone By Now", nil)
	w.want(gone.Submit(w.form(gone.Get("/settings/data/leave"), "/settings/data/leave"), url.Values{"password": {gone.password}, "words": {"erase"}}), "/login", http.StatusOK)
	w.clock.Add(15 * 24 * time.Hour)
	if _, err := w.program.Portability.EraseDue(w.t.Context(), gone.id); err != nil {
		w.t.Fatal(err)
	}
	if n := w.one("SELECT name FROM members WHERE id = $1", gone.id); n != "" {
		w.t.Fatalf("%s is still here", n)
	}
	return taken
}

// anew is what is made for each newcomer: her session, her codes, her
// handle, which has a number in any case.
var anew = regexp.MustCompile(`Set-Cookie: .*|<code>[^<]*</code>|[a-z_]+_\d{3,7}\b`)

// TestNewcomersAreNotToldWhoIsHere comes in with a name or a handle that is
// taken, through an invitation and by asking (P120).
func TestNewcomersAreNotToldWhoIsHere(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner := w.people["owner"]
		taken := w.taken()
		many := p.invite(owner, url.Values{"uses": {"0"}})
		try := func(handle string) func() effect {
			return func() effect {
				stranger := &person{Client: p.browser(), key: "stranger"}
				return p.formEffect(stranger, many, url.Values{"name": {"Eve"}, "handle": {handle}, "password": {password}, "rules": {"yes"}}, handle)
			}
		}
		for what, h := range taken {
			if a := try(h)().answer; !strings.HasPrefix(a, "422") {
				t.Errorf("a newcomer may take a handle that is %s: %.80s", what, a)
			}
			p.alike("a newcomer takes a handle that is "+what, try(h), try("quin_now"))
		}
		p.want(owner.Submit(p.form(owner.Get("/community/door"), "/community/door"), url.Values{"door": {"ask"}}), "/community/door", http.StatusOK)
		asks := func(name string) func() effect {
			return func() effect {
				who := &person{Client: p.browser(), key: "stranger"}
				e := p.formEffect(who, "/join", url.Values{"name": {name}, "password": {password}, "rules": {"yes"}, "answer": {"please"}}, name)
				e.answer = anew.ReplaceAllString(e.answer, "MADE")
				return e
			}
		}
		for _, role := range []string{"member", "pending", "leaving"} {
			name := p.one("SELECT name FROM members WHERE id = $1", w.people[role].id)
			p.alike("a stranger asks by the name of who is "+role, asks(name), asks(strings.Repeat("N", len(name))))
		}
	})
}

// TestAccountsThatDoNotExist holds signing in against guessing whose accounts
// there are: answers, queries and hashes are the same (P120).
func TestAccountsThatDoNotExist(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		for what, path := range map[string]string{"password": "/login", "code": "/login/code"} {
			values := url.Values{"password": {"nine wrong wheelbarrows"}, "new_password": {"nine wrong wheelbarrows"}, "code": {"0000-0000-0000-0000"}}
			try := func(handle string) func() effect {
				return func() effect {
					who := &person{Client: p.browser(), key: "stranger"}
					form := who.Get(path).Form(path)
					send := url.Values{}
					for _, f := range form.Fields() {
						if v, ok := values[f]; ok {
							send[f] = v
						}
						if f == "handle" {
							send["handle"] = []string{handle}
						}
					}
					return p.effect(handle, func() answer {
						page := who.Submit(form, send)
						return answer{page.Status, page.Header, string(page.Body)}
					})
				}
			}
			for _, role := range []string{"member", "pending", "leaving"} {
				h := w.people[role].handle
				p.alike("the "+what+" form about who is "+role, try(h), try(strings.Repeat("n", len(h))))
			}
		}
	})
}
