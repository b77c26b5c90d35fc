package setup

import (
	"context"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fault"
)

// Choose says what kind of community this is. Another kind than before brings
// its own way in; the same kind again leaves what was chosen since.
func (o *Operations) Choose(ctx context.Context, a access.Actor, key, preset string) (string, error) {
	op := database.Op{Class: database.Care, Name: "setup.choose", Actor: a.ID(), Target: preset, Key: key}
	return o.DB.Write(ctx, op, func(tx *database.Tx) (string, error) {
		c, err := o.unfounded(tx, a)
		if err != nil {
			return "", err
		}
		p, ok := community.PresetNamed(preset)
		switch {
		case !ok:
			return "", fault.Bad("kind", "setup.kind_unknown")
		case p.Name == c.Preset:
			return c.ID, nil
		}
		c.Preset = p.Name
		entrance := community.Entrance{Face: p.Face, Door: p.Door, Question: p.In(c.Language()).Question}
		if err := entrance.Apply(&c); err != nil {
			return "", err
		}
		return c.ID, community.Save(tx, a.ID(), c)
	})
}

// unfounded gives an owner a copy of the community while it is being set up.
// For everybody else, and afterwards, setting up does not exist.
func (o *Operations) unfounded(tx *database.Tx, a access.Actor) (community.Community, error) {
	c, err := o.Communities.Current(tx)
	if err != nil {
		return community.Community{}, err
	}
	_, err = access.Authorise(tx, a, access.ChangeCommunity, "")
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Unauthenticated) || err == nil && c.Founded() {
		return community.Community{}, fault.Missing()
	}
	return *c, err
}
