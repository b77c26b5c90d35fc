package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/joining"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/signin"
)

// comeIn plans how everybody but the first owner comes into the community, and
// what becomes of the first few.
func (y *year) comeIn() {
	owner := y.people[theOwner]
	poster := y.invite(y.from.Add(18*time.Minute), owner, nil, joining.Draft{Role: access.FullRole, Note: y.note(0)})
	for i, p := range y.people {
		if p == owner {
			continue
		}
		y.enter(i, p, poster)
		y.describe(p)
	}
	other, moderator := y.people[theOther], y.people[theModerator]
	y.at(other.arrives.Add(day), "offer ownership", func(ctx context.Context) error {
		_, err := y.Members.OfferOwnership(ctx, owner.actor(), "", other.id)
		return err
	})
	y.at(other.arrives.Add(27*time.Hour), "accept ownership", func(ctx context.Context) error {
		_, err := y.Members.AcceptOwnership(ctx, other.actor(), "")
		return err
	})
	y.at(moderator.arrives.Add(2*day), "make a moderator", func(ctx context.Context) error {
		_, err := y.Members.ChangeRole(ctx, owner.actor(), "", moderator.id, access.Moderator)
		return err
	})
	// Nobody gets the address: it is shown once, and this is that time.
	y.at(moderator.arrives.Add(3*day), "make an address for a feed reader", func(ctx context.Context) error {
		_, err := y.Feeds.Make(ctx, moderator.actor(), "", feed.Draft{Name: "Phone"})
		return err
	})
}

// invite lets somebody make an invitation and gives where its token will be.
func (y *year) invite(at time.Time, who *person, here *place, d joining.Draft) *string {
	token := new(string)
	y.at(at, "invite", func(ctx context.Context) error {
		if here != nil {
			d.SpaceID = here.id
		}
		made, err := y.Joining.Invite(ctx, who.actor(), "", d)
		*token = made.Token
		return err
	})
	return token
}

// note is what an invitation is for, as its maker notes it.
func (y *year) note(i int) string {
	notes := y.lexicons[y.main].ours["note"]
	return notes[i%len(notes)]
}

// enter plans somebody's coming in.
func (y *year) enter(i int, p *person, poster *string) {
	early := p.arrives.Before(y.from.Add(5 * day))
	switch {
	case !p.full():
		here := p.in[0]
		token := y.invite(p.arrives.Add(-20*time.Hour), here.founder, here, joining.Draft{Role: access.Guest, MaxUses: 1, Lasts: 14 * day})
		y.accept(i, p, token)
	case p.way == byRequest && !early:
		y.ask(i, p)
	case p.way == byFriend && !early:
		at := p.arrives.Add(-time.Duration(2+y.rng.IntN(70)) * time.Hour)
		y.accept(i, p, y.invite(at, y.anybody(at), nil, joining.Draft{Role: access.FullRole, MaxUses: 1, Lasts: 14 * day}))
	default:
		y.accept(i, p, poster)
	}
}

// newcomer is what somebody says at the door. Only who is known gets the
// password that everybody knows.
func (p *person) newcomer(i int, answer string) joining.Newcomer {
	p.password = Password
	if !p.known {
		p.password = rand.Text()
	}
	device := []signin.Device{signin.Phone, signin.Computer, signin.Tablet}[i%3]
	return joining.Newcomer{
		Wish:   signin.Wish{Handle: p.handle, Name: p.name, Password: p.password, Network: strconv.Itoa(i)},
		Agreed: true, Answer: answer, Language: p.language, Device: device,
	}
}

func (y *year) accept(i int, p *person, token *string) {
	door := y.strangers
	if p.known {
		door = y.Joining
	}
	y.at(p.arrives, "come in", func(ctx context.Context) error {
		arrival, err := door.Accept(ctx, "", *token, p.newcomer(i, ""))
		p.id = arrival.Member
		if err != nil {
			return fmt.Errorf("%s comes in: %w", p.handle, err)
		}
		return nil
	})
}

// ask plans a request and its answer. Whoever asks gets a handle with a number,
// and chooses another as soon as she is in.
func (y *year) ask(i int, p *person) {
	l := y.lexicons[p.language]
	at := p.arrives.Add(-time.Duration(1+y.rng.IntN(40)) * time.Hour)
	answer := y.line(l, "general/answers", at)
	y.at(at, "ask to come in", func(ctx context.Context) error {
		arrival, err := y.strangers.Ask(ctx, "", p.newcomer(i, answer))
		p.id = arrival.Member
		return err
	})
	decides := y.people[[]int{theOwner, theOther, theModerator}[y.rng.IntN(3)]]
	y.at(p.arrives, "let in", func(ctx context.Context) error {
		_, err := y.Joining.Decide(ctx, decides.actor(), "", p.id, true)
		return err
	})
	y.at(p.arrives.Add(10*time.Second), "choose a handle", func(ctx context.Context) error {
		_, err := y.Members.Rename(ctx, p.actor(), "", p.name, p.handle)
		return err
	})
}

// line draws an entry of a section and fills its slots.
func (y *year) line(l *lexicon, section string, at time.Time) string {
	all := l.sections[section]
	s := &speech{rng: y.rng, topic: map[string]string{}, about: at}
	return s.say(l, "", all[y.rng.IntN(len(all))].body, at)
}

// describe plans what somebody says of herself, each thing to its audience.
func (y *year) describe(p *person) {
	l := y.lexicons[p.language]
	at := later(y.soon(p.arrives, 2*time.Hour), p.arrives.Add(time.Hour))
	if at.After(y.until) || !p.known && y.rng.IntN(6) == 0 {
		return
	}
	var entries []member.Entry
	for _, f := range member.Fields {
		value := y.line(l, "profile/"+string(f), at)
		switch {
		case f == member.About && p.about != "":
			value = p.about
		case !p.known && y.rng.IntN(2) == 0:
			continue
		}
		entries = append(entries, member.Entry{Field: f, Value: value, Audience: member.Audience{Kind: y.audience(p, f)}})
	}
	var near *place
	if len(p.in) > 0 && y.rng.IntN(5) == 0 {
		near = p.in[0]
	}
	friends := []*person{y.anybody(at), y.anybody(at)}
	y.at(at, "describe oneself", func(ctx context.Context) error {
		for i, e := range entries {
			switch {
			case e.Field == member.Contact && e.Audience.Kind == member.Chosen:
				list, err := y.list(ctx, p, friends)
				if err != nil {
					return err
				}
				entries[i].Audience.Ref = list
			case e.Field == member.Availability && near != nil && near.has(p, at):
				entries[i].Audience = member.Audience{Kind: member.Within, Ref: near.id}
			}
		}
		_, err := y.Members.Describe(ctx, p.actor(), "", entries)
		return err
	})
}

// audience draws who reads a field: most people leave it as it is. A guest
// knows nobody whom she could put on a list.
func (y *year) audience(p *person, f member.Field) member.AudienceKind {
	n := y.rng.IntN(10)
	switch {
	case !p.full():
	case f == member.Contact && n < 4:
		return member.Chosen
	case f == member.Contact && n < 6:
		return member.ToMembers
	case f != member.Contact && n == 0:
		return member.Me
	case (f == member.About || f == member.Skills) && n < 3:
		return member.ToPublic
	}
	return f.Audience().Kind
}

// list makes a list of friends.
func (y *year) list(ctx context.Context, p *person, friends []*person) (string, error) {
	id, err := y.Members.MakeList(ctx, p.actor(), "", y.lexicons[p.language].ours["list"][0])
	if err != nil {
		return "", err
	}
	for _, f := range friends {
		if f == p {
			continue
		}
		if _, err := y.Members.Choose(ctx, p.actor(), "", id, f.id); err != nil {
			return "", err
		}
	}
	return id, nil
}
