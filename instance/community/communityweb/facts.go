package communityweb

import (
	"strings"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web/look"
)

// nameless leaves the community's name to the page itself, which shows it large.
func nameless(p look.Page) look.Page {
	if p.Title == "" {
		p.Title = p.Community.Name
	}
	p.Community.Name = ""
	return p
}

// letter stands for a community without a picture.
func letter(name string) string {
	for _, r := range look.Initials(name) {
		return string(r)
	}
	return ""
}

// facts are what a page about the community says of it.
func facts(t *locale.Printer, c *community.Community, carers []community.Carer) []look.Detail {
	var all []look.Detail
	if len(carers) > 0 {
		all = append(all, look.Detail{Name: t.Text("about.carers"), Value: carerNames(carers)})
	}
	names := make([]string, len(c.Languages))
	for i, l := range c.Languages {
		names[i] = LanguageName(l)
	}
	all = append(all,
		look.Detail{Name: t.Text("about.outside"), Value: look.Words(Effect(t, c))},
		look.Detail{Name: t.Text("about.languages"), Value: look.Words(strings.Join(names, ", "))})
	if c.Founded() {
		all = append(all, look.Detail{Name: t.Text("about.since"), Value: look.Words(t.Date(c.FoundedAt))})
	}
	return all
}

// program says which program runs here and where its source is.
func program(t *locale.Printer, b Build) (all []look.Detail) {
	if b.Version != "" {
		all = append(all, look.Detail{Name: t.Text("about.version"), Value: look.Words(b.Version)})
	}
	if b.Commit != "" {
		all = append(all, look.Detail{Name: t.Text("about.commit"), Value: look.Words(b.Commit)})
	}
	if b.Source != "" {
		all = append(all, look.Detail{Name: t.Text("about.source"), Value: sourceLink(t, b.Source)})
	}
	return all
}
