package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/signin"
	"github.com/opengather/opengather/instance/space"
)

// end plans what is left open when the year is over.
func (y *year) end() {
	y.outside()
	y.offered()
	y.knocking()
	for _, p := range y.people {
		if !p.known {
			continue
		}
		// They have not looked for a day and a half, so that there is news.
		for _, here := range p.in {
			y.at(y.until.Add(-36*time.Hour), "look", func(ctx context.Context) error {
				return y.Spaces.Seen(ctx, p.actor(), here.id)
			})
		}
	}
}

// signIn signs in as many members as are wanted. Guests, the first owner and who
// has left by then are passed over.
func (y *year) signIn(ctx context.Context) error {
	for i, p := range y.people {
		if len(y.made.Readers) == y.options.Readers {
			return nil
		}
		if !p.full() {
			continue
		}
		e, err := y.strangers.SignIn.ByPassword(ctx, p.handle, p.password, signin.Visit{Device: signin.Phone, Network: "reader " + strconv.Itoa(i)})
		if errors.Is(err, signin.ErrRefused) {
			continue
		}
		if err != nil {
			return fmt.Errorf("sign %s in: %w", p.handle, err)
		}
		y.made.Readers = append(y.made.Readers, e.Token)
	}
	return nil
}

// outside plans people who are not in: three wait, one was turned down.
func (y *year) outside() {
	for i, name := range []struct{ en, de string }{
		{"Tomás Herrera", "Tomás Herrera"}, {"Winifred Ashcombe", "Walburga Immergrün-Niedermayr"}, {"سلمى عبد الله", "سلمى عبد الله"}, {"Best Roofs Ltd", "Dachprofi Blitz"},
	} {
		p := &person{name: name.en, language: y.main}
		if y.main == "de" {
			p.name = name.de
		}
		at := y.soon(y.until.Add(-time.Duration(5-i)*day), 6*time.Hour)
		answer := y.line(y.lexicons[y.main], "general/answers", at)
		if i == 3 {
			answer = y.line(y.lexicons[y.main], "general/spam", at)
		}
		y.at(at, "ask to come in", func(ctx context.Context) error {
			arrival, err := y.strangers.Ask(ctx, "", p.newcomer(y.options.Members+i, answer))
			p.id = arrival.Member
			return err
		})
		if i == 3 {
			y.at(at.Add(3*time.Hour), "turn down", func(ctx context.Context) error {
				_, err := y.Joining.Decide(ctx, y.people[theModerator].actor(), "", p.id, false)
				return err
			})
		}
	}
}

// offered plans invitations: two open ones, one that expired, one that was
// revoked.
func (y *year) offered() {
	talk := y.placed("talk")
	owner, moderator, somebody := y.people[theOwner], y.people[theModerator], y.people[theMember]
	y.invite(y.until.Add(-20*day), moderator, talk, joining.Draft{Role: access.FullRole, MaxUses: 25, Lasts: 90 * day, Approval: true, Question: y.ours("question"), Note: y.note(1)})
	y.invite(y.until.Add(-4*day), somebody, nil, joining.Draft{Role: access.FullRole, MaxUses: 1, Lasts: 14 * day, Note: y.note(3)})
	y.invite(y.until.Add(-50*day), owner, talk, joining.Draft{Role: access.Guest, MaxUses: 3, Lasts: 30 * day, Note: y.note(2)})
	var id string
	y.at(y.until.Add(-9*day), "invite", func(ctx context.Context) error {
		made, err := y.Joining.Invite(ctx, owner.actor(), "", joining.Draft{Role: access.FullRole, Note: y.note(4)})
		id = made.ID
		return err
	})
	y.at(y.until.Add(-8*day), "revoke", func(ctx context.Context) error {
		_, err := y.Joining.Revoke(ctx, owner.actor(), "", id)
		return err
	})
}

// knocking plans that two ask to be let into a closed space and wait.
func (y *year) knocking() {
	for _, here := range y.places {
		if here.Visibility != space.Closed {
			continue
		}
		n := 0
		for _, p := range y.people {
			at := y.until.Add(-time.Duration(30-5*n) * time.Hour)
			if n == 2 || !p.full() || p == y.people[theMember] || here.has(p, y.until) || !p.arrives.Before(at.Add(-day)) || asks(here, p) {
				continue
			}
			n++
			y.at(at, "ask for a space", func(ctx context.Context) error {
				_, err := y.Spaces.Ask(ctx, p.actor(), "", here.id)
				return err
			})
		}
		return
	}
}

// asks reports whether somebody's way into a place is planned already.
func asks(here *place, p *person) bool {
	for _, s := range here.stays {
		if s.who == p {
			return true
		}
	}
	return false
}
