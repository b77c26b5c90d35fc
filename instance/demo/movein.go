package demo

import (
	"context"

	"github.com/opengather/opengather/instance/space"
)

// moveIn plans the making of the places and who goes into and out of them.
func (y *year) moveIn() {
	for _, here := range y.places {
		if !here.given {
			y.at(here.made, "make a space", func(ctx context.Context) (err error) {
				here.id, err = y.Spaces.Create(ctx, here.founder.actor(), "", here.Draft)
				return err
			})
		}
		for _, s := range here.stays {
			y.stay(here, s)
		}
	}
}

// stay plans how somebody comes into a place, and goes.
func (y *year) stay(here *place, s stay) {
	if !s.to.IsZero() {
		y.at(s.to, "leave a space", func(ctx context.Context) error {
			_, err := y.Spaces.Leave(ctx, s.who.actor(), "", here.id)
			return err
		})
	}
	brought := !s.who.full() || here.Arrivals && s.who.arrives.After(here.made)
	switch {
	case s.who == here.founder || brought:
	case here.Visibility == space.Secret:
		y.at(s.from, "add to a space", func(ctx context.Context) error {
			_, err := y.Spaces.Add(ctx, here.founder.actor(), "", here.id, []string{s.who.id})
			return err
		})
	case here.Visibility == space.Closed:
		since := later(here.made, s.who.arrives)
		y.at(since.Add(s.from.Sub(since)/2), "ask for a space", func(ctx context.Context) error {
			_, err := y.Spaces.Ask(ctx, s.who.actor(), "", here.id)
			return err
		})
		y.at(s.from, "admit to a space", func(ctx context.Context) error {
			_, err := y.Spaces.Admit(ctx, here.founder.actor(), "", here.id, s.who.id)
			return err
		})
	default:
		y.at(s.from, "join a space", func(ctx context.Context) error {
			_, err := y.Spaces.Join(ctx, s.who.actor(), "", here.id)
			return err
		})
	}
}
