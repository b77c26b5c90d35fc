package demo

import (
	"context"
	"time"

	"github.com/opengather/opengather/instance/post"
)

// afterwards plans what is done with what was said: a few things are withdrawn,
// one or more hidden, some edited, many reacted to.
func (y *year) afterwards() {
	var all []*saying
	place := map[*saying]*thread{}
	for _, t := range y.threads {
		for _, p := range t.posts {
			all = append(all, p)
			place[p] = t
		}
	}
	y.hide(max(1, len(all)/1200))
	for range max(3, len(all)/120) {
		p := all[y.rng.IntN(len(all))]
		if !place[p].kept && p.parent != nil && p.ends.IsZero() {
			y.withdraw(p)
		}
	}
	for _, p := range all {
		if p.ends.IsZero() && y.rng.IntN(25) == 0 {
			y.edit(place[p], p)
		}
		y.react(place[p], p)
	}
}

// hide makes advertisements of answers that nobody has answered, and lets
// whoever looks after the place hide them.
func (y *year) hide(n int) {
	for _, t := range y.threads {
		p := t.posts[len(t.posts)-1]
		if n == 0 || t.kept || t.here.announces() || len(t.posts) < 4 || p.at.After(y.until.Add(-3*time.Hour)) || p.who == t.here.founder {
			continue
		}
		n--
		l := y.lexicons[t.language]
		advertisements, reasons := l.sections["general/spam"], l.sections["general/hidden"]
		p.body = t.speech.say(l, t.language, advertisements[y.rng.IntN(len(advertisements))].body, p.at)
		p.ends = p.at.Add(time.Duration(5+y.rng.IntN(100)) * time.Minute)
		reason := reasons[y.rng.IntN(len(reasons))].body
		y.at(p.ends, "hide", func(ctx context.Context) error {
			_, err := y.Posts.Hide(ctx, t.here.founder.actor(), "", p.id, reason)
			return err
		})
	}
}

// withdraw lets somebody delete what she said, after the last answer to it.
func (y *year) withdraw(p *saying) {
	at := y.soon(later(p.at, p.last), 8*time.Hour)
	if at.After(y.until) {
		return
	}
	p.ends = at
	y.at(at, "withdraw", func(ctx context.Context) error {
		_, err := y.Posts.Withdraw(ctx, p.who.actor(), "", p.id)
		return err
	})
}

// edit lets somebody correct a slip, or add something.
func (y *year) edit(t *thread, p *saying) {
	at := p.at.Add(time.Duration(2+y.rng.ExpFloat64()*40) * time.Minute)
	if at.After(y.until) || !t.here.has(p.who, at) {
		return
	}
	right := p.body
	if wrong := slip(y.rng, p.body); wrong != p.body && y.rng.IntN(2) == 0 {
		p.body = wrong
	} else {
		opening := t.opening
		if p.parent != nil {
			opening = &entry{}
		}
		l := y.lexicons[t.language]
		more := l.answers("general/afterwards", opening)
		right += "\n\n" + t.speech.say(l, t.language, more[y.rng.IntN(len(more))].body, at)
	}
	y.at(at, "edit", func(ctx context.Context) error {
		_, err := y.Posts.Edit(ctx, p.who.actor(), "", p.id, 1, post.Draft{Title: p.title, Body: right})
		return err
	})
}

// signs are the reactions, each as often as it is used.
var signs = []post.Sign{"thanks", "thanks", "thanks", "heart", "heart", "heart", "yes", "yes", "laugh", "sorry"}

// react lets some of those who are there react, to beginnings more than to
// answers.
func (y *year) react(t *thread, p *saying) {
	mean := .45
	if p.parent == nil {
		mean = 2.2
	}
	reacted := map[*person]bool{p.who: true}
	for range int(y.rng.ExpFloat64() * mean) {
		at := y.soon(p.at, 5*time.Hour)
		if at.After(y.until) || !p.ends.IsZero() && !at.Before(p.ends) {
			continue
		}
		who := y.somebody(t.here, at, func(p *person) bool { return reacted[p] })
		if who == nil {
			continue
		}
		reacted[who] = true
		sign := signs[y.rng.IntN(len(signs))]
		y.at(at, "react", func(ctx context.Context) error {
			_, err := y.Posts.React(ctx, who.actor(), p.id, sign, true)
			return err
		})
	}
}
