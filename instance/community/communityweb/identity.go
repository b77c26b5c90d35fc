package communityweb

import (
	"errors"
	"net/http"
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Identity is the form for what the community calls itself and how it looks.
type Identity struct {
	community.Identity
	// Offered are the languages to choose from.
	Offered  []string
	Problems []look.Problem
	// Guess says that nobody has chosen the zone: the device may propose its own.
	Guess bool
}

// own is the community's own language.
func (f Identity) own() string {
	if len(f.Languages) == 0 {
		return ""
	}
	return f.Languages[0]
}

// has reports whether a language is offered.
func (f Identity) has(language string) bool { return slices.Contains(f.Languages, language) }

// accents are colours to begin with. Any other one is as good.
var accents = []string{look.DefaultAccent, "#2f5d8a", "#5a4b8a", "#8a3b5d", "#a5452e", "#8a6414", "#4b6b2a", "#2a6b4b", "#4a4a4a"}

func (h *Handler) identity(r *web.Request) error {
	p, s, err := h.settings(r, "identity")
	if err != nil {
		return err
	}
	return r.Show(identityPage(p, s, h.identityOf(s.Community)))
}

func (h *Handler) identityOf(c *community.Community) Identity {
	return Identity{Identity: IdentityOf(c), Offered: h.Communities.Offered}
}

// IdentityOf is the identity that a community has.
func IdentityOf(c *community.Community) community.Identity {
	return community.Identity{Name: c.Name, Languages: c.Languages, Zone: c.Zone, Accent: c.Accent, AboutLine: c.AboutLine, Version: c.Version}
}

// ReadIdentity reads the form that IdentityFields makes.
func ReadIdentity(r *web.Request, offered []string) (community.Identity, error) {
	version, err := Version(r)
	d := community.Identity{Name: r.Value("name"), Languages: []string{r.Value("language")}, Zone: r.Value("zone"), Accent: r.Value("accent"), Version: version}
	if d.Accent == look.DefaultAccent {
		d.Accent = "" // a field for a colour cannot be empty
	}
	for _, l := range offered {
		if r.Value("also_"+l) != "" && !slices.Contains(d.Languages, l) {
			d.Languages = append(d.Languages, l)
		}
	}
	return d, err
}

func (h *Handler) changeIdentity(r *web.Request) error {
	d, err := ReadIdentity(r, h.Communities.Offered)
	if err != nil {
		return err
	}
	d.AboutLine = r.Value("about_line") != ""
	_, err = h.Communities.ChangeIdentity(r.Ctx(), r.Actor, r.Key(), d)
	if web.Done(err) == nil {
		return r.Say("/community", "said.community_saved")
	}
	return h.again(r, err, "identity", func(p look.Page, s community.Settings, problems []look.Problem) templ.Component {
		d.Version = s.Version
		return identityPage(p, s, Identity{Identity: d, Offered: h.Communities.Offered, Problems: problems})
	})
}

func (h *Handler) changePicture(r *web.Request) error {
	err := SavePicture(r, h.Communities)
	if err == nil {
		return r.Say("/community", "said.community_picture")
	}
	return h.again(r, err, "identity", func(p look.Page, s community.Settings, problems []look.Problem) templ.Component {
		f := h.identityOf(s.Community)
		f.Problems = problems
		return identityPage(p, s, f)
	})
}

// SavePicture stores the picture that was sent with a form. That none was sent
// is a fault of the field "picture".
func SavePicture(r *web.Request, o *community.Operations) error {
	head, err := r.FormFile("picture")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return fault.Bad("picture", "picture.none")
	}
	if err != nil {
		return fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	file, err := head.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = o.ChangePicture(r.Ctx(), r.Actor, r.Key(), file)
	return web.Done(err)
}

// PictureSent reports whether a picture was sent with a form.
func PictureSent(r *web.Request) bool {
	_, err := r.FormFile("picture")
	return err == nil
}

func (h *Handler) removePicture(r *web.Request) error {
	if _, err := h.Communities.RemovePicture(r.Ctx(), r.Actor, r.Key()); web.Done(err) != nil {
		return err
	}
	return r.Say("/community", "said.community_picture_gone")
}

// languageNames are what languages are called by who speaks them.
var languageNames = map[string]string{"en": "English", "de": "Deutsch"}

// LanguageName is what a language is called by who speaks it.
func LanguageName(tag string) string {
	if name, ok := languageNames[tag]; ok {
		return name
	}
	return tag
}

func languageOptions(offered []string) []look.Option {
	options := make([]look.Option, len(offered))
	for i, l := range offered {
		options[i] = look.Option{Value: l, Label: LanguageName(l)}
	}
	return options
}

// shade says what becomes of the chosen colour where it would be hard to read.
func shade(t *locale.Printer, accent string) string {
	if accent == "" {
		return ""
	}
	light, dark, _, _ := look.GuardAccent(accent)
	switch {
	case light != accent && dark != accent:
		return t.Text("community.accent_both")
	case light != accent:
		return t.Text("community.accent_light")
	case dark != accent:
		return t.Text("community.accent_dark")
	}
	return ""
}

// accentOr is the colour to begin with in the form.
func accentOr(accent string) string {
	if accent == "" {
		return look.DefaultAccent
	}
	return accent
}
