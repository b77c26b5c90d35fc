package feedweb

import (
	"errors"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/feed"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

const settingsPath = "/settings/feeds"

// settingsView is what the page of somebody's addresses shows.
type settingsView struct {
	Feeds []feed.Feed
	Draft feed.Draft
	// Spaces are what an address can be of.
	Spaces   []look.Option
	Problems []look.Problem
}

// everywhere is the answer that is not the id of a space.
const everywhere = "home"

// whole and heads are the answers to how much an address tells.
const (
	heads = "heads"
	whole = "whole"
)

func (h *Handler) settings(r *web.Request) error {
	v, err := h.view(r, feed.Draft{})
	if err != nil {
		return err
	}
	return r.Show(settingsPage(inSettings(r.Page(r.Text.Text("feed.title"))), v))
}

func inSettings(p look.Page) look.Page {
	p.Nav, p.Narrow = look.NavYou, true
	return p
}

func (h *Handler) view(r *web.Request, d feed.Draft) (v settingsView, err error) {
	v.Draft = d
	if v.Feeds, err = h.Feeds.Mine(r.Ctx(), r.Actor); err != nil {
		return v, err
	}
	mine, err := h.Spaces.Mine(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	v.Spaces = []look.Option{{Value: everywhere, Label: r.Text.Text("feed.which_home")}}
	for _, s := range mine {
		v.Spaces = append(v.Spaces, look.Option{Value: s.ID, Label: s.Name})
	}
	return v, nil
}

func (h *Handler) make(r *web.Request) error {
	d := feed.Draft{Name: r.Value("name"), Space: r.Value("space"), Whole: r.Value("tells") == whole}
	if d.Space == everywhere {
		d.Space = ""
	}
	made, err := h.Feeds.Make(r.Ctx(), r.Actor, r.Key(), d)
	if errors.Is(err, database.ErrRepeated) {
		return r.Say(settingsPath, "said.feed_again")
	}
	if err == nil {
		at := r.Origin() + "/feed/" + made.Token + "/"
		return r.ShowOnce(madePage(inSettings(r.Page(r.Text.Text("feed.made"))), at+atom.name, at+jsonFeed.name))
	}
	v, failed := h.view(r, d)
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		v.Problems = problems
		p.Title = r.Text.Text("feed.title")
		return settingsPage(inSettings(p), v)
	})
}

func (h *Handler) revoke(r *web.Request) error {
	if _, err := h.Feeds.Revoke(r.Ctx(), r.Actor, r.Key(), r.Param("id")); web.Done(err) != nil {
		return err
	}
	return r.Say(settingsPath, "said.feed_ended")
}

// tells is the answer that a draft stands for.
func tells(d feed.Draft) string {
	if d.Whole {
		return whole
	}
	return heads
}

// named is what an address is called, or else what is in it.
func named(t *locale.Printer, f feed.Feed) string {
	if f.Name != "" {
		return f.Name
	}
	return holds(t, f)
}

// holds says what is in a feed. A space that she does not know of any more has no
// name for her.
func holds(t *locale.Printer, f feed.Feed) string {
	switch {
	case f.SpaceName != "":
		return f.SpaceName
	case f.OfSpace:
		return t.Text("feed.space_unknown")
	}
	return t.Text("feed.which_home")
}
