package memberweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// profileForm is the form of the viewer's own profile.
type profileFormView struct {
	Entries  []member.Entry
	Options  []look.Option
	Problems []look.Problem
	// Lists says that she has lists to choose.
	Lists bool
}

func (v profileFormView) error(field string) string { return look.ProblemOf(v.Problems, field) }

// options are who may be chosen to read a field, with the one chosen now also
// if it is gone.
func (v profileFormView) options(t *locale.Printer, now member.Audience) []look.Option {
	for _, o := range v.Options {
		if o.Value == now.String() {
			return v.Options
		}
	}
	label := t.Text("member.audience_gone_" + string(now.Kind))
	return append([]look.Option{{Value: now.String(), Label: label}}, v.Options...)
}

func (h *Handler) profileForm(r *web.Request) error {
	entries, err := h.Members.Own(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	v, err := h.profileView(r, entries)
	if err != nil {
		return err
	}
	return r.Show(profileFormPage(settings(r, "member.profile"), v))
}

// readers say of each of the viewer's fields who sees it, in the words in which
// she chose.
func (h *Handler) readers(r *web.Request) (map[member.Field]string, error) {
	entries, err := h.Members.Own(r.Ctx(), r.Actor)
	if err != nil {
		return nil, err
	}
	v, err := h.profileView(r, entries)
	if err != nil {
		return nil, err
	}
	words := map[member.Field]string{}
	for _, e := range entries {
		for _, o := range v.options(r.Text, e.Audience) {
			if o.Value == e.Audience.String() {
				words[e.Field] = o.Label
			}
		}
	}
	return words, nil
}

func (h *Handler) profileView(r *web.Request, entries []member.Entry) (profileFormView, error) {
	v := profileFormView{Entries: entries}
	t := r.Text
	v.Options = []look.Option{{Value: string(member.Me), Label: t.Text("member.audience_me")}}
	lists, err := h.Members.Lists(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	v.Lists = len(lists) > 0
	for _, l := range lists {
		v.Options = append(v.Options, look.Option{
			Value: member.Audience{Kind: member.Chosen, Ref: l.ID}.String(),
			Label: t.Text("member.audience_list", locale.S("list", l.Name), locale.N("count", len(l.People))),
		})
	}
	spaces, err := h.Spaces.Mine(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	for _, s := range spaces {
		v.Options = append(v.Options, look.Option{
			Value: member.Audience{Kind: member.Within, Ref: s.ID}.String(), Label: t.Text("member.audience_space", locale.S("space", s.Name)),
		})
	}
	if r.Viewer.Role != access.Guest {
		v.Options = append(v.Options, look.Option{Value: string(member.ToMembers), Label: t.Text("member.audience_members")})
	}
	if r.Community.Face == community.Open {
		v.Options = append(v.Options, look.Option{Value: string(member.ToPublic), Label: t.Text("member.audience_public")})
	}
	return v, nil
}

func (h *Handler) describe(r *web.Request) error {
	var entries []member.Entry
	for _, f := range member.Fields {
		audience, ok := member.ParseAudience(r.Value(string(f) + "_audience"))
		if !ok {
			audience = f.Audience()
		}
		entries = append(entries, member.Entry{Field: f, Value: r.FormValue(string(f)), Audience: audience})
	}
	_, err := h.Members.Describe(r.Ctx(), r.Actor, r.Key(), entries)
	if web.Done(err) == nil {
		return r.Say("/@"+r.Viewer.Handle, "said.profile_saved")
	}
	v, failed := h.profileView(r, entries)
	if failed != nil {
		return failed
	}
	return again(r, err, r.Text.Text("member.profile"), look.NavYou, func(p look.Page, problems []look.Problem) templ.Component {
		v.Problems = problems
		return profileFormPage(p, v)
	})
}
