// Package communityweb shows the community: to strangers its front page, to
// everybody what it says of itself, to owners its settings.
package communityweb

import (
	"embed"
	"strconv"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// Handler serves the community.
type Handler struct {
	Communities *community.Operations
	Spaces      *space.Operations
	Build       Build
	Elsewhere   Elsewhere
}

// Build says which program runs here.
type Build struct {
	// Version and Commit may be empty if nobody knows.
	Version, Commit string
	// Source is the address of the source as the operator gave it: whoever
	// changed the program names her own.
	Source string
}

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.GET(web.Visitors, "/", h.front)
	m.GET(web.Visitors, "/picture", h.picture)
	m.GET(web.Visitors, "/about", h.about)
	m.GET(web.Visitors, "/about/rules", h.rules)
	m.GET(web.Visitors, "/about/imprint", h.imprint)
	m.GET(web.Visitors, "/about/licences", h.licences)
	m.GET(web.Visitors, "/privacy", h.privacy)
	m.GET(web.Visitors, "/privacy/data", h.data)
	m.GET(web.Members, "/community", h.identity)
	m.POST(web.Members, "/community", h.changeIdentity)
	m.POST(web.Members, "/community/picture", h.changePicture)
	m.POST(web.Members, "/community/picture/remove", h.removePicture)
	m.GET(web.Members, "/community/door", h.door)
	m.POST(web.Members, "/community/door", h.changeDoor)
	m.GET(web.Members, "/community/texts", h.texts)
	m.POST(web.Members, "/community/texts", h.changeTexts)
	m.GET(web.Members, "/community/features", h.features)
	m.POST(web.Members, "/community/features", h.switchFeature)
	m.Of(community.Media).POST(web.Members, "/community/room", h.changeRoom)
	m.GET(web.Members, "/community/preview", h.preview)
}

// Version is the version of the community that a form was made from.
func Version(r *web.Request) (int64, error) {
	v, err := strconv.ParseInt(r.Value("version"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	return v, nil
}

// sections are the pages of the settings, by their address.
var sections = []struct{ path, key string }{
	{"/community", "identity"}, {"/community/door", "door"}, {"/community/texts", "texts"}, {"/community/features", "features"},
}

// settingsTabs lead from one page of the settings to the others.
func settingsTabs(t *locale.Printer, current string) []look.Tab {
	tabs := make([]look.Tab, len(sections))
	for i, s := range sections {
		tabs[i] = look.Tab{Label: t.Text("community.tab_" + s.key), URL: s.path, Current: s.path == current}
	}
	return tabs
}

// again shows an owner a form that was refused, as she typed it, made from the
// settings as they are now: sending it once more then replaces them.
func (h *Handler) again(r *web.Request, err error, section string, form func(look.Page, community.Settings, []look.Problem) templ.Component) error {
	s, serr := h.Communities.Settings(r.Ctx(), r.Actor)
	if serr != nil {
		return serr
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		return form(settingsPage(p, section), s, problems)
	})
}

// settings begins a page for owners, with the settings as they are.
func (h *Handler) settings(r *web.Request, section string) (look.Page, community.Settings, error) {
	s, err := h.Communities.Settings(r.Ctx(), r.Actor)
	return settingsPage(r.Page(""), section), s, err
}

func settingsPage(p look.Page, section string) look.Page {
	p.Title, p.Nav, p.Narrow = p.Text.Text("community.title_"+section), look.NavYou, true
	return p
}
