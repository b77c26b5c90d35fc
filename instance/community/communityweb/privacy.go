package communityweb

import (
	"slices"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web"
)

// Elsewhere is what the operator configured by which something is kept or sent
// on other computers.
type Elsewhere struct {
	// Database says that a PostgreSQL server keeps the data.
	Database bool
	// Media is the host that keeps the photos, empty for the program's own disk.
	Media string
	// Traces is the host that is told how long answers took, empty for none.
	Traces string
}

func (h *Handler) privacy(r *web.Request) error {
	carers, err := h.Communities.Carers(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	return r.Show(privacyPage(r.Page(r.Text.Text("privacy.title")), r.Community, h.privacyParts(r.Text, r.Community, carers)))
}

// privacyPart is a part of the page on privacy: a title and sentences.
type privacyPart struct {
	title     string
	sentences []string
}

// privacyParts are what is kept, what is not, whom the program and the browser
// speak to and what everybody may do about it. They are true of the program as
// it is configured, whatever a community writes.
func (h *Handler) privacyParts(t *locale.Printer, c *community.Community, carers []community.Carer) []privacyPart {
	kept := []string{"kept_words", "kept_profile", "kept_signin", "kept_session", "kept_joining"}
	if c.Has(community.Media) {
		kept = slices.Insert(kept, 1, "kept_media")
	}
	if c.Has(community.Numbers) {
		kept = append(kept, "kept_numbers")
	}
	if c.Has(community.Feeds) {
		kept = append(kept, "kept_feeds")
	}
	if c.Has(community.Live) {
		kept = append(kept, "kept_live")
	}
	if c.Has(community.Polls) {
		kept = append(kept, "kept_polls")
	}
	outside := []string{"outside_browser", "outside_cookie"}
	if c.Has(community.Previews) {
		outside = append(outside, "outside_previews")
	}
	yours := []string{"yours_change", "yours_leave"}
	switch {
	case len(carers) > 0:
		yours = append(yours, "yours_ask")
	case c.Imprint != "": // who takes no part learns of nobody by name
		yours = append(yours, "yours_ask_imprint")
	}
	part := func(title string, keys ...string) privacyPart {
		p := privacyPart{title: t.Text("privacy." + title)}
		for _, k := range keys {
			p.sentences = append(p.sentences, t.Text("privacy."+k))
		}
		return p
	}
	return []privacyPart{
		part("kept", kept...),
		part("not_kept", "not_address", "not_looks", "not_adverts"),
		part("outside", outside...),
		{t.Text("privacy.elsewhere"), h.Elsewhere.sentences(t)},
		part("yours", yours...),
	}
}

func (e Elsewhere) sentences(t *locale.Printer) (all []string) {
	if e.Database {
		all = append(all, t.Text("privacy.elsewhere_database"))
	}
	if e.Media != "" {
		all = append(all, t.Text("privacy.elsewhere_media", locale.S("host", e.Media)))
	}
	if e.Traces != "" {
		all = append(all, t.Text("privacy.elsewhere_traces", locale.S("host", e.Traces)))
	}
	if len(all) == 0 {
		all = append(all, t.Text("privacy.elsewhere_none"))
	}
	return all
}
