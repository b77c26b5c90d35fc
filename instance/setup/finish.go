package setup

import (
	"context"
	"errors"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/fact"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/space"
)

// Finish opens the community: it makes the spaces of its kind, with the owner
// as their moderator, puts in the texts that nobody has written yet, switches
// off what its kind does without, and gives the owner her recovery codes, which
// are shown this once. The form sent twice gives database.ErrRepeated.
func (o *Operations) Finish(ctx context.Context, a access.Actor, key string) (codes []string, err error) {
	_, err = o.DB.Write(ctx, database.Op{Class: database.Care, Name: "setup.finish", Actor: a.ID(), Key: key}, func(tx *database.Tx) (string, error) {
		if err := tx.Lock("setup"); err != nil {
			return "", err
		}
		c, err := o.unfounded(tx, a)
		if err != nil {
			return "", err
		}
		p, ok := community.PresetNamed(c.Preset)
		if !ok {
			return "", fmt.Errorf("found a community of the kind %q: there is none", c.Preset)
		}
		if err := o.found(tx, a, c, p); err != nil {
			return "", err
		}
		codes, err = o.SignIn.NewCodes(tx, a.ID())
		return c.ID, err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func (o *Operations) found(tx *database.Tx, a access.Actor, c community.Community, p community.Preset) error {
	w := p.In(c.Language())
	if c.Welcome == "" {
		c.Welcome = w.Welcome
	}
	if c.Rules == "" {
		c.Rules = w.Rules
	}
	if c.Question != "" && p.Asked(c.Question) {
		c.Question = w.Question // the language may have been chosen since
	}
	c.FoundedAt = tx.Now()
	if err := community.Save(tx, a.ID(), c); err != nil {
		return err
	}
	for _, f := range p.Off {
		if err := community.Switch(tx, f, false); err != nil {
			return fmt.Errorf("switch %s off: %w", f, err)
		}
	}
	for _, s := range p.Spaces {
		if err := o.makeSpace(tx, a, Draft(s, w.Spaces[s.Key], c.Face)); err != nil {
			return fmt.Errorf("make the space %s: %w", s.Key, err)
		}
	}
	fact.Record(tx, fact.Fact{Kind: community.Founded, Actor: a.ID(), SubjectKind: "community", Subject: c.ID, Label: access.ForMembers().ID()})
	return nil
}

// Draft is the space that an opening becomes behind a face: what nobody outside
// may see is open to members instead.
func Draft(s community.Opening, w community.SpaceWords, face community.Face) space.Draft {
	v := space.Visibility(s.Visibility)
	if v == space.Public && face != community.Open {
		v = space.Open
	}
	return space.Draft{Name: w.Name, Handle: w.Handle, Purpose: w.Purpose, Visibility: v, Posting: space.Posting(s.Posting), Arrivals: s.Arrivals}
}

// makeSpace gives the space's handle a number if it is not available: the owner
// may be called like it.
func (o *Operations) makeSpace(tx *database.Tx, a access.Actor, d space.Draft) error {
	handle := d.Handle
	for n := 2; ; n++ {
		_, err := space.Make(tx, o.Keys, a, d)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Key != "member.handle_unavailable" || n > 9 {
			return err
		}
		d.Handle = fmt.Sprintf("%s_%d", handle, n)
	}
}
