package spaceweb

import (
	"errors"
	"strconv"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// form is the form for a new space and for changing one.
type form struct {
	space.Draft
	// Space is the one that is changed; without an ID this is a new one.
	Space space.Space
	// Version is that of the space which the form was made from.
	Version                int64
	Visibilities, Postings []look.Option
	// MayArrive says that the viewer may choose where newcomers are put.
	MayArrive bool
	// Now is what the space is, where somebody else has changed it meanwhile.
	Now      []look.Detail
	Problems []look.Problem
}

func (f form) url() string {
	if f.Space.ID == "" {
		return "/spaces/new"
	}
	return f.Space.Path() + "/settings"
}

// back is where the form is left without sending it.
func (f form) back() string {
	if f.Space.ID == "" {
		return look.NavSpaces
	}
	return f.Space.Path()
}

func (h *Handler) form(r *web.Request, s space.Space, d space.Draft, problems []look.Problem) form {
	f := form{Draft: d, Space: s, Version: s.Version, MayArrive: standing(r).Cares(), Problems: problems}
	icons := map[space.Visibility]string{space.Public: "globe", space.Open: "users", space.Closed: "lock", space.Secret: "eye-off"}
	for _, v := range []space.Visibility{space.Public, space.Open, space.Closed, space.Secret} {
		if v == space.Public && r.Community.Face != community.Open && s.Visibility != space.Public {
			continue
		}
		f.Visibilities = append(f.Visibilities, look.Option{
			Value: string(v), Label: r.Text.Text("space.visibility_" + string(v)), Hint: r.Text.Text("space.visibility_" + string(v) + "_hint"), Icon: icons[v],
		})
	}
	for _, p := range []space.Posting{space.Everyone, space.Moderators} {
		f.Postings = append(f.Postings, look.Option{Value: string(p), Label: r.Text.Text("space.posting_" + string(p)), Hint: r.Text.Text("space.posting_" + string(p) + "_hint")})
	}
	return f
}

// typed is the draft that a form was sent with.
func typed(r *web.Request) space.Draft {
	return space.Draft{
		Name: r.Value("name"), Handle: r.Value("handle"), Purpose: r.Value("purpose"),
		Visibility: space.Visibility(r.Value("visibility")), Posting: space.Posting(r.Value("posting")), Arrivals: r.Value("arrivals") != "",
	}
}

func settingsHead(r *web.Request, p look.Page, s space.View) look.Page {
	p.Title, p.Nav = r.Text.Text("space.settings_title", locale.S("space", s.Name)), s.Path()
	return p
}

func (h *Handler) settings(r *web.Request, s space.View) error {
	if err := may(s.Standing, access.ChangeSpace); err != nil {
		return err
	}
	d := space.Draft{
		Name: s.Name, Handle: s.Handle, Purpose: s.Purpose, Visibility: s.Space.Visibility, Posting: s.Space.Posting, Arrivals: s.Arrivals,
	}
	return r.Show(formPage(settingsHead(r, r.Page(""), s), h.form(r, s.Space, d, nil)))
}

// change saves the settings. A change of who reads the space is asked about
// first, on a page that says what it means.
func (h *Handler) change(r *web.Request, s space.View) error {
	version, err := strconv.ParseInt(r.Value("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	d := typed(r)
	if !standing(r).Cares() {
		d.Arrivals = s.Arrivals // she was not asked
	}
	if r.Value("back") != "" {
		f := h.form(r, s.Space, d, nil)
		f.Version = version // of what she saw: who changed it meanwhile is not overwritten
		return r.Show(formPage(settingsHead(r, r.Page(""), s), f))
	}
	_, err = h.Spaces.Change(r.Ctx(), r.Actor, r.Key(), s.ID, space.Revision{Draft: d, Version: version, Agreed: space.Visibility(r.Value("agreed"))})
	switch {
	case web.Done(err) == nil:
		// Its address may be another one now; by its id it is found in any case.
		return r.Say("/s/"+s.ID, "said.space_changed")
	case errors.Is(err, space.ErrUnconfirmed):
		p := r.Page(r.Text.Text("space.confirm_title", locale.S("space", s.Name)))
		p.Nav = s.Path()
		return r.Show(confirmPage(p, s, d, version, h.consequences(r, s, d)))
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		f := h.form(r, s.Space, d, problems)
		if fault.Is(err, fault.Conflict) {
			f.Now = present(r, s.Space)
		}
		return formPage(settingsHead(r, p, s), f)
	})
}

// present is what a space is now, for whoever wanted to change it too.
func present(r *web.Request, s space.Space) []look.Detail {
	t := r.Text
	now := []look.Detail{
		{Name: t.Text("space.name"), Value: look.Words(s.Name)},
		{Name: t.Text("space.purpose"), Value: look.Words(s.Purpose)},
		{Name: t.Text("space.visibility"), Value: look.Words(readers(r, s.Visibility).Words)},
		{Name: t.Text("space.posting"), Value: look.Words(t.Text("space.posting_" + string(s.Posting)))},
	}
	if s.Handle != "" {
		now = append(now, look.Detail{Name: t.Text("space.handle"), Value: look.Words(s.Handle)})
	}
	return now
}

// consequences says what another visibility means, for what was said until now
// and for those who are there.
func (h *Handler) consequences(r *web.Request, s space.View, d space.Draft) []string {
	t, from, to := r.Text, s.Space.Visibility, d.Visibility
	words := []string{t.Text("space.becomes_" + string(to))}
	switch {
	case to == space.Open && from == space.Public:
		words = []string{t.Text("space.becomes_open_only")}
	case to == space.Closed && from == space.Secret:
		words = []string{t.Text("space.becomes_known")}
	case to.Wider(from):
		words = append(words, t.Text("space.becomes_wider"))
	}
	if s.Waiting > 0 {
		words = append(words, t.Text("space.becomes_unasked", locale.N("count", s.Waiting)))
	}
	return words
}
