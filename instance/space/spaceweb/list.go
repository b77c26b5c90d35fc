package spaceweb

import (
	"cmp"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// entry is a space in the list.
type entry struct {
	Name, URL, Purpose string
	Readers            look.Audience
	// People says how many are in it, empty for who may not know.
	People string
	Unread int
	// Note is what the viewer is to it, where that is more than a member.
	Note string
	// Action is what she can do about it, without a Label nothing.
	Action look.Action
}

// listView is the list: the viewer's own spaces, then the others.
type listView struct {
	Mine, Others []entry
	MayCreate    bool
	Pager        look.Pager
}

func (h *Handler) list(r *web.Request) error {
	all, err := h.Spaces.List(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("space.spaces"))
	p.Nav = look.NavSpaces
	v := listView{MayCreate: standing(r).May(access.CreateSpace)}
	unread := map[string]int{}
	for _, s := range p.Spaces {
		unread[s.URL] = s.Unread
	}
	slices.SortStableFunc(all, func(a, b space.Listed) int { return cmp.Compare(others(a), others(b)) })
	some, pager := web.Cut(r, all, look.NavSpaces, "page")
	v.Pager = pager
	for _, l := range some {
		e := listed(r, p.FormKey, l)
		e.Unread = unread[e.URL]
		if l.In != "" {
			v.Mine = append(v.Mine, e)
		} else {
			v.Others = append(v.Others, e)
		}
	}
	return r.Show(listPage(p, v))
}

// others puts the spaces that the viewer is in before the others.
func others(l space.Listed) int {
	if l.In != "" {
		return 0
	}
	return 1
}

// standing is the viewer's standing in the community.
func standing(r *web.Request) access.Standing {
	return access.Standing{Actor: r.Actor, State: r.Viewer.State, Role: r.Viewer.Role}
}

func listed(r *web.Request, key string, l space.Listed) entry {
	e := entry{Name: l.Name, URL: l.Path(), Purpose: l.Purpose, Readers: readers(r, l.Visibility), People: people(r.Text, l.Members)}
	switch {
	case l.In == string(space.Moderator):
		e.Note = r.Text.Text("space.you_moderate")
	case l.In != "":
	case l.Asking:
		e.Note = r.Text.Text("space.you_asked")
	default:
		e.Action = way(r.Text, key, l.Space, l.Standing)
	}
	return e
}

// Rows shows spaces with what the viewer can do about each, for a page that she
// comes back to: back is its path.
func Rows(r *web.Request, key, back string, all []space.Listed) templ.Component {
	entries := make([]entry, len(all))
	for i, l := range all {
		entries[i] = listed(r, key, l)
		if l.In == string(space.Member) {
			entries[i].Note = r.Text.Text("space.you_are_in")
		}
		if entries[i].Action.URL != "" {
			entries[i].Action.URL += "?back=" + url.QueryEscape(back)
		}
	}
	return rows(r.Text, entries)
}

// people says how many are in a space, and nothing of none: nobody may know.
func people(t *locale.Printer, count int) string {
	if count == 0 {
		return ""
	}
	return t.Text("space.people", locale.N("count", count))
}

// way is how the viewer can come into a space, without a Label not at all.
func way(t *locale.Printer, key string, s space.Space, st access.Standing) look.Action {
	switch {
	case st.InSpace != "":
	case st.May(access.JoinSpace):
		return look.Action{Label: t.Text("space.join"), URL: s.Path() + "/join", Post: true, Key: key}
	case st.May(access.AskForSpace):
		return look.Action{Label: t.Text("space.ask"), URL: s.Path() + "/ask", Post: true, Key: key}
	}
	return look.Action{}
}

func (h *Handler) compose(r *web.Request) error {
	if err := may(standing(r), access.CreateSpace); err != nil {
		return err
	}
	p := r.Page(r.Text.Text("space.new"))
	p.Nav = look.NavSpaces
	return r.Show(formPage(p, h.form(r, space.Space{}, space.Draft{Visibility: space.Open, Posting: space.Everyone}, nil)))
}

func (h *Handler) create(r *web.Request) error {
	d := typed(r)
	id, err := h.Spaces.Create(r.Ctx(), r.Actor, r.Key(), d)
	if web.Done(err) == nil {
		// Its address may have been chosen for it; by its id it is found too.
		return r.See("/s/" + id)
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav = r.Text.Text("space.new"), look.NavSpaces
		return formPage(p, h.form(r, space.Space{}, d, problems))
	})
}
