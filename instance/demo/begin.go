package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/signin"
)

const (
	zoneName = "Europe/Berlin"
	accent   = "#7a3e1d" // the brown of a chestnut
)

// begin plans the first evening: the owner sets the community up.
func (y *year) begin() {
	owner := y.people[theOwner]
	y.at(y.from, "claim the place", func(ctx context.Context) error {
		claimed, err := y.Setup.Claim(ctx, "", setup.Claim{
			Token: y.options.Token, Community: y.ours("name"), Language: y.main, Zone: zoneName, Device: signin.Computer,
			Owner: signin.Wish{Handle: owner.handle, Name: owner.name, Password: Password, Origin: y.options.Origin, Network: "the owner's"},
		})
		owner.id = claimed.Member
		if err != nil {
			return err
		}
		return y.choose(ctx, owner.actor())
	})
	y.at(y.from.Add(15*time.Minute), "open the community", func(ctx context.Context) error { return y.open(ctx, owner) })
	y.describe(owner)
}

// ours is one of the community's own texts.
func (y *year) ours(key string) string {
	return strings.Join(y.lexicons[y.main].ours[key], "\n\n")
}

// choose says what kind of community it is, how it looks and who can come in.
func (y *year) choose(ctx context.Context, a access.Actor) error {
	if _, err := y.Setup.Choose(ctx, a, "", preset); err != nil {
		return fmt.Errorf("choose the kind: %w", err)
	}
	c, err := y.Communities.Read(ctx)
	if err != nil {
		return err
	}
	both := []string{y.main, "en"}
	if y.main == "en" {
		both[1] = "de"
	}
	_, err = y.Communities.ChangeIdentity(ctx, a, "", community.Identity{
		Name: c.Name, Languages: both, Zone: zoneName, Accent: accent, AboutLine: true, Version: c.Version,
	})
	if err != nil {
		return fmt.Errorf("change the look: %w", err)
	}
	if c, err = y.Communities.Read(ctx); err != nil {
		return err
	}
	_, err = y.Communities.ChangeDoor(ctx, a, "", community.Entrance{Face: c.Face, Door: c.Door, Question: y.ours("question"), Version: c.Version})
	if err != nil {
		return fmt.Errorf("change who can come in: %w", err)
	}
	return nil
}

// open finishes setting up, and writes the texts that the preset leaves open.
func (y *year) open(ctx context.Context, owner *person) error {
	a := owner.actor()
	if _, err := y.Setup.Finish(ctx, a, ""); err != nil {
		return fmt.Errorf("finish setting up: %w", err)
	}
	c, err := y.Communities.Read(ctx)
	if err != nil {
		return err
	}
	_, err = y.Communities.ChangeTexts(ctx, a, "", community.Texts{
		Welcome: y.ours("welcome"), Rules: c.Rules, Imprint: y.ours("imprint"), Privacy: c.Privacy, Version: c.Version,
	})
	if err != nil {
		return fmt.Errorf("change the texts: %w", err)
	}
	there, err := y.Spaces.List(ctx, a)
	if err != nil {
		return err
	}
	for _, here := range y.places {
		for _, s := range there {
			if s.Name == here.Name {
				here.id = s.ID
			}
		}
	}
	return nil
}
