package communityweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// textsForm is the form for what the community says of itself.
type textsForm struct {
	community.Texts
	// Face is what somebody outside sees.
	Face community.Face
	// Now are the texts that somebody else has saved meanwhile, nil if nobody has.
	Now      *community.Texts
	Problems []look.Problem
}

func textsOf(c *community.Community) community.Texts {
	return community.Texts{Welcome: c.Welcome, Rules: c.Rules, Imprint: c.Imprint, Privacy: c.Privacy, Version: c.Version}
}

func (h *Handler) texts(r *web.Request) error {
	p, s, err := h.settings(r, "texts")
	if err != nil {
		return err
	}
	return r.Show(textsPage(p, textsForm{Texts: textsOf(s.Community), Face: s.Face}))
}

func (h *Handler) changeTexts(r *web.Request) error {
	version, err := Version(r)
	if err != nil {
		return err
	}
	t := community.Texts{
		Welcome: r.FormValue("welcome"), Rules: r.FormValue("rules"), Imprint: r.FormValue("imprint"), Privacy: r.FormValue("privacy"), Version: version,
	}
	_, err = h.Communities.ChangeTexts(r.Ctx(), r.Actor, r.Key(), t)
	if web.Done(err) == nil {
		return r.Say("/community/texts", "said.community_saved")
	}
	return h.again(r, err, "texts", func(p look.Page, s community.Settings, problems []look.Problem) templ.Component {
		f := textsForm{Texts: t, Face: s.Face, Problems: problems}
		f.Version = s.Version
		if fault.Is(err, fault.Conflict) {
			now := textsOf(s.Community)
			f.Now = &now
		}
		return textsPage(p, f)
	})
}
