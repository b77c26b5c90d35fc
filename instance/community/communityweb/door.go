package communityweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Entrance is the form for what strangers see and how they come in.
type Entrance struct {
	community.Entrance
	Problems []look.Problem
}

// EntranceOf is the entrance that a community has.
func EntranceOf(c *community.Community) community.Entrance {
	return community.Entrance{Face: c.Face, Door: c.Door, Question: c.Question, Version: c.Version}
}

// ReadEntrance reads the form that EntranceFields makes.
func ReadEntrance(r *web.Request) (community.Entrance, error) {
	version, err := Version(r)
	return community.Entrance{
		Face: community.Face(r.Value("face")), Door: community.Door(r.Value("door")), Question: r.Value("question"), Version: version,
		Agreed: community.Face(r.Value("agreed")),
	}, err
}

func (h *Handler) door(r *web.Request) error {
	p, s, err := h.settings(r, "door")
	if err != nil {
		return err
	}
	return r.Show(doorPage(p, s, Entrance{Entrance: EntranceOf(s.Community)}))
}

func (h *Handler) changeDoor(r *web.Request) error {
	e, err := ReadEntrance(r)
	if err != nil {
		return err
	}
	if r.Value("back") != "" {
		p, s, err := h.settings(r, "door")
		if err != nil {
			return err
		}
		return r.Show(doorPage(p, s, Entrance{Entrance: e}))
	}
	_, err = h.Communities.ChangeDoor(r.Ctx(), r.Actor, r.Key(), e)
	switch {
	case web.Done(err) == nil:
		return r.Say("/community/door", "said.community_saved")
	case errors.Is(err, community.ErrUnconfirmed):
		return h.confirmDoor(r, e)
	}
	return h.again(r, err, "door", func(p look.Page, s community.Settings, problems []look.Problem) templ.Component {
		e.Version = s.Version
		return doorPage(p, s, Entrance{e, problems})
	})
}

// confirmDoor asks before strangers read what was written for members.
func (h *Handler) confirmDoor(r *web.Request, e community.Entrance) error {
	n, err := h.Communities.Exposure(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	p := settingsPage(r.Page(""), "door")
	p.Title = r.Text.Text("community.confirm_title")
	return r.Show(confirmDoorPage(p, e, n))
}

// Effect says in one or two sentences who can see the community and come in.
func Effect(t *locale.Printer, c *community.Community) string {
	face := t.Text("community.now_" + string(c.Face))
	if shut(c) {
		return face + " " + t.Text("community.now_shut")
	}
	return face + " " + t.Text("community.now_"+string(c.Door))
}

// shut reports whether nobody new can come in.
func shut(c *community.Community) bool {
	return c.Door == community.ByInvitation && !c.Has(community.Invitations)
}

var faceIcons = map[community.Face]string{community.Hidden: "eye-off", community.Named: "house", community.Open: "globe"}

func faceOptions(t *locale.Printer) []look.Option {
	options := make([]look.Option, len(community.Faces))
	for i, f := range community.Faces {
		options[i] = look.Option{Value: string(f), Label: t.Text("community.face_" + string(f)), Hint: t.Text("community.face_hint_" + string(f)), Icon: faceIcons[f]}
	}
	return options
}

var doorIcons = map[community.Door]string{community.ByInvitation: "mail", community.ByAsking: "message-circle", community.ByJoining: "door-open"}

func doorOptions(t *locale.Printer) []look.Option {
	options := make([]look.Option, len(community.Doors))
	for i, d := range community.Doors {
		options[i] = look.Option{Value: string(d), Label: t.Text("community.door_" + string(d)), Hint: t.Text("community.door_hint_" + string(d)), Icon: doorIcons[d]}
	}
	return options
}
