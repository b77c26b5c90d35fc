package communityweb

import (
	"context"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/setup"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// frontView is what somebody sees who comes from outside.
type frontView struct {
	Name, Picture string
	Face          community.Face
	Door          community.Door
	// Shut says that people come in by invitation and invitations are switched off.
	Shut bool
	// Welcome is safe HTML.
	Welcome string
	// Spaces are those that strangers read.
	Spaces []space.Space
	// Back is where a preview was opened from.
	Back string
}

// front leads everybody to where she belongs, and shows strangers the front
// page of a community that has one.
func (h *Handler) front(r *web.Request) error {
	c := r.Community
	switch {
	case r.SignedIn() && r.Viewer.Role == access.Owner && !c.Founded():
		return r.See("/setup/kind")
	case r.SignedIn():
		return r.See(look.NavHome)
	}
	p := r.Page(c.Name)
	v := viewOf(c, p.Community.Picture)
	if c.Face == community.Open {
		listed, err := h.Spaces.List(r.Ctx(), r.Actor)
		if err != nil {
			return err
		}
		v.Spaces = public(listed)
		if c.Has(community.Feeds) {
			p.Feeds = look.FeedsAt("", c.Name)
		}
	}
	return r.Show(frontPage(p, v))
}

func viewOf(c *community.Community, picture string) frontView {
	return frontView{Name: c.Name, Picture: picture, Face: c.Face, Door: c.Door, Shut: shut(c), Welcome: html(c.Welcome)}
}

// public are the spaces of a list that strangers read behind an open face.
func public(listed []space.Listed) (all []space.Space) {
	for _, s := range listed {
		if s.Visibility == space.Public {
			all = append(all, s.Space)
		}
	}
	return all
}

func html(written string) string { return markup.Render(written, markup.Options{}).HTML }

// preview shows an owner the community as somebody else sees it: a stranger,
// behind the face it has or another one, or a member on her first day.
func (h *Handler) preview(r *web.Request) error {
	p, s, err := h.settings(r, "preview")
	if err != nil {
		return err
	}
	c := *s.Community
	if f := community.Face(r.Value("face")); f != "" {
		e := community.Entrance{Face: f, Door: c.Door, Question: c.Question}
		if f == community.Hidden {
			e.Door = community.ByInvitation
		}
		if err := e.Apply(&c); err != nil {
			return err
		}
	}
	all, err := h.allSpaces(r.Ctx(), r.Actor, &c)
	if err != nil {
		return err
	}
	v := viewOf(&c, p.Community.Picture)
	p.Spaces, v.Back = nil, "/community/door"
	if !c.Founded() {
		v.Back = "/setup/door"
	}
	if r.Value("as") == "member" {
		for _, l := range all {
			// A secret space is known to who is in it: not to somebody new.
			if l.Visibility != space.Secret {
				v.Spaces = append(v.Spaces, l.Space)
			}
		}
		return r.Show(memberPreview(p, v))
	}
	if c.Face == community.Open {
		v.Spaces = public(all)
	}
	p.Viewer = look.Viewer{}
	return r.Show(strangerPreview(p, v))
}

// allSpaces are the spaces there are, or as long as the community is being set
// up, those there will be.
func (h *Handler) allSpaces(ctx context.Context, a access.Actor, c *community.Community) ([]space.Listed, error) {
	if c.Founded() {
		return h.Spaces.List(ctx, a)
	}
	p, _ := community.PresetNamed(c.Preset)
	var all []space.Listed
	for _, s := range p.Spaces {
		d := setup.Draft(s, p.In(c.Language()).Spaces[s.Key], c.Face)
		all = append(all, space.Listed{Space: space.Space{Handle: d.Handle, Name: d.Name, Purpose: d.Purpose, Visibility: d.Visibility}})
	}
	return all, nil
}
