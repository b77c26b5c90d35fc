package spaceweb

import (
	"net/url"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post/postweb"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// pageView is what a space's own page shows.
type pageView struct {
	space.View
	Readers look.Audience
	// People says how many are in it; PeopleURL leads to them.
	People, PeopleURL string
	// PhotosURL leads to what the space has of them; empty where it is off.
	PhotosURL string
	// PagesURL leads to its pages; empty where they are off.
	PagesURL string
	// Way is how the viewer can come in; Menu what she can do otherwise.
	Way  look.Action
	Menu []look.Action
	// SpaceView is what is said here; First is true on its first page.
	postweb.SpaceView
	First bool
}

// page shows a space to who reads it, and its door to who does not.
func (h *Handler) page(r *web.Request, s space.View) error {
	v := pageView{View: s, Readers: readers(r, s.Space.Visibility), People: people(r.Text, s.Members), First: r.Value("before") == ""}
	if s.Reads && v.People != "" {
		v.PeopleURL = s.Path() + "/members"
	}
	if v.First && s.Active() && s.InSpace != "" && !prefetched(r.Context.Request()) {
		// A community that is read-only is still read.
		if err := h.Spaces.Seen(r.Ctx(), r.Actor, s.ID); err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
	p := r.Page(s.Name)
	p.Nav = s.Path()
	v.Way, v.Menu = way(r.Text, p.FormKey, s.Space, s.Standing), menu(r.Text, s)
	if !s.Reads {
		return r.Show(doorPage(p, v))
	}
	if s.Space.Visibility == space.Public && r.Community.Face == community.Open && r.Community.Has(community.Feeds) {
		p.Feeds = look.FeedsAt(s.Path(), s.Name)
		v.Menu = append(v.Menu, look.Action{Label: r.Text.Text("space.feed"), URL: p.Feeds[0].URL, Icon: "link"})
	}
	if r.Community.Has(community.Media) {
		v.PhotosURL = s.Path() + "/photos"
	}
	if r.Community.Has(community.Pages) {
		v.PagesURL = s.Path() + "/pages"
	}
	var err error
	if v.SpaceView, err = h.Posts.SpacePage(r, p.FormKey, s); err != nil {
		return err
	}
	return r.Show(spacePage(p, v))
}

// menu lists what the viewer can do about a space.
func menu(t *locale.Printer, s space.View) (all []look.Action) {
	if s.Reads {
		all = append(all, look.Action{Label: t.Text("space.months"), URL: s.Path() + "/months", Icon: "calendar"})
	}
	if s.May(access.AdmitToSpace) {
		all = append(all, look.Action{Label: t.Text("space.add"), URL: s.Path() + "/members/add", Icon: "user-plus"})
	}
	if s.May(access.ChangeSpace) {
		all = append(all, look.Action{Label: t.Text("space.settings"), URL: s.Path() + "/settings", Icon: "settings"})
	}
	if s.Active() && s.InSpace != "" {
		all = append(all, look.Action{Label: t.Text("space.leave"), URL: s.Path() + "/leave", Icon: "log-out"})
	}
	return all
}

// writeURL leads to the composer, with the space chosen.
func writeURL(id string) string { return look.NavWrite + "?space=" + url.QueryEscape(id) }

func (h *Handler) join(r *web.Request, s space.View) error {
	if _, err := h.Spaces.Join(r.Ctx(), r.Actor, r.Key(), s.ID); web.Done(err) != nil {
		return err
	}
	if back := r.Value("back"); back != "" {
		return r.Say(back, "said.space_joined_back")
	}
	return r.Say(s.Path(), "said.space_joined")
}

func (h *Handler) ask(r *web.Request, s space.View) error {
	if _, err := h.Spaces.Ask(r.Ctx(), r.Actor, r.Key(), s.ID); web.Done(err) != nil {
		return err
	}
	if back := r.Value("back"); back != "" {
		return r.Say(back, "said.space_asked")
	}
	return r.See(s.Path())
}

// parting asks before somebody leaves, and says what will be then.
func (h *Handler) parting(r *web.Request, s space.View) error {
	if s.InSpace == "" {
		return r.See(s.Path())
	}
	will, err := h.Spaces.Parting(r.Ctx(), r.Actor, s.ID)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("space.leave_title", locale.S("space", s.Name)))
	p.Nav = s.Path()
	words := []string{r.Text.Text("space.leave_posts")}
	if !s.Space.Visibility.Wider(space.Closed) {
		words = append(words, r.Text.Text("space.leave_"+string(s.Space.Visibility)))
	}
	switch {
	case will.Last && s.Space.Visibility.Wider(space.Closed):
		words = append(words, r.Text.Text("space.leave_last"))
	case will.Last:
		// Nobody who is not in it can let anybody in.
		words = append(words, r.Text.Text("space.leave_last_for_good"))
	case will.Heir.ID != "":
		words = append(words, r.Text.Text("space.leave_heir", locale.S("name", will.Heir.Name)))
	}
	return r.Show(leavePage(p, s, words, will.Last && s.May(access.AdmitToSpace)))
}

func (h *Handler) leave(r *web.Request, s space.View) error {
	if _, err := h.Spaces.Leave(r.Ctx(), r.Actor, r.Key(), s.ID); web.Done(err) != nil {
		return err
	}
	if s.Asking {
		return r.Say(s.Path(), "said.space_unasked")
	}
	return r.Say(look.NavSpaces, "said.space_left")
}

// primary is an action as the one thing that a page is for.
func primary(a look.Action) look.Action {
	a.Kind = look.Primary
	return a
}
