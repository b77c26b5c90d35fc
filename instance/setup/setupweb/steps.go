package setupweb

import (
	"strings"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/community/communityweb"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func (h *Handler) kind(r *web.Request) error {
	c, err := h.settingUp(r)
	if err != nil {
		return err
	}
	return r.Show(kindPage(r.Page(r.Text.Text("setup.kind")), c.Preset, nil))
}

func (h *Handler) choose(r *web.Request) error {
	kind := r.Value("kind")
	_, err := h.Setup.Choose(r.Ctx(), r.Actor, r.Key(), kind)
	if web.Done(err) == nil {
		return r.See("/setup/look")
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("setup.kind")
		return kindPage(p, kind, problems)
	})
}

var kindIcons = map[string]string{
	"family": "house", "friends": "users", "neighbourhood": "map-pin", "team": "flag", "club": "calendar",
	"school": "pencil", "workplace": "layers", "volunteers": "hand-heart", "movement": "megaphone",
}

func kindOptions(t *locale.Printer) []look.Option {
	options := make([]look.Option, len(community.Presets))
	for i, p := range community.Presets {
		w := p.In(t.Lang())
		names := make([]string, len(p.Spaces))
		for j, s := range p.Spaces {
			names[j] = w.Spaces[s.Key].Name
		}
		options[i] = look.Option{
			Value: p.Name, Label: t.Text("setup.kind_" + p.Name), Icon: kindIcons[p.Name],
			Hint: t.Text("setup.kind_hint_"+p.Name) + " " + t.Text("setup.kind_spaces", locale.S("spaces", strings.Join(names, ", "))),
		}
	}
	return options
}

func (h *Handler) look(r *web.Request) error {
	c, err := h.settingUp(r)
	if err != nil {
		return err
	}
	return r.Show(lookPage(lookPageOf(r.Page("")), h.identity(r, communityweb.IdentityOf(c), nil)))
}

func lookPageOf(p look.Page) look.Page {
	p.Title, p.Modules = p.Text.Text("setup.look"), []string{"zone.js"}
	return p
}

func (h *Handler) identity(r *web.Request, d community.Identity, problems []look.Problem) communityweb.Identity {
	return communityweb.Identity{
		Identity: d, Offered: h.Communities.Offered, Problems: problems,
		Guess: len(problems) == 0 && d.Zone == zoneOf(r.Text.Lang()),
	}
}

func (h *Handler) changeLook(r *web.Request) error {
	c, err := h.settingUp(r)
	if err != nil {
		return err
	}
	d, err := communityweb.ReadIdentity(r, h.Communities.Offered)
	if err != nil {
		return err
	}
	d.AboutLine = c.AboutLine
	_, err = h.Communities.ChangeIdentity(r.Ctx(), r.Actor, r.Key(), d)
	if web.Done(err) == nil && communityweb.PictureSent(r) {
		err = communityweb.SavePicture(r, h.Communities)
	}
	if web.Done(err) == nil {
		return r.See("/setup/door")
	}
	now, nerr := h.settingUp(r)
	if nerr != nil {
		return nerr
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		d.Version = now.Version
		return lookPage(lookPageOf(p), h.identity(r, d, problems))
	})
}

func (h *Handler) door(r *web.Request) error {
	c, err := h.settingUp(r)
	if err != nil {
		return err
	}
	return r.Show(doorPage(r.Page(r.Text.Text("setup.door")), communityweb.Entrance{Entrance: communityweb.EntranceOf(c)}))
}

func (h *Handler) changeDoor(r *web.Request) error {
	if _, err := h.settingUp(r); err != nil {
		return err
	}
	e, err := communityweb.ReadEntrance(r)
	if err != nil {
		return err
	}
	_, err = h.Communities.ChangeDoor(r.Ctx(), r.Actor, r.Key(), e)
	if web.Done(err) == nil {
		return r.See("/setup/people")
	}
	now, nerr := h.settingUp(r)
	if nerr != nil {
		return nerr
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, e.Version = r.Text.Text("setup.door"), now.Version
		return doorPage(p, communityweb.Entrance{Entrance: e, Problems: problems})
	})
}
