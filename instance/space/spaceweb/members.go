package spaceweb

import (
	"net/url"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// membersView is who is in a space, and who has asked to be.
type membersView struct {
	space.View
	People   space.People
	Pager    look.Pager
	Requests []space.Person
	// Later leads to more of the requests.
	Later look.Pager
	// Me is the viewer's id.
	Me string
}

func (h *Handler) members(r *web.Request, s space.View) error {
	v, err := h.membersView(r, s)
	if err != nil {
		return err
	}
	return r.Show(membersPage(membersHead(r, r.Page(""), s), v, nil))
}

func membersHead(r *web.Request, p look.Page, s space.View) look.Page {
	p.Title, p.Nav = r.Text.Text("space.members_title", locale.S("space", s.Name)), s.Path()
	return p
}

func (h *Handler) membersView(r *web.Request, s space.View) (v membersView, err error) {
	v.View, v.Me = s, r.Actor.ID()
	at := s.Path() + "/members"
	if v.People, err = h.Spaces.Members(r.Ctx(), r.Actor, s.ID, r.PageAsked("page")); err != nil {
		return v, err
	}
	v.Pager = r.Pager(at, "page", v.People.Page, v.People.Pages)
	if s.May(access.AdmitToSpace) {
		all, err := h.Spaces.Requests(r.Ctx(), r.Actor, s.ID)
		if err != nil {
			return v, err
		}
		v.Requests, v.Later = web.Cut(r, all, at, "asking")
	}
	return v, nil
}

// membersAgain shows who is in a space with what could not be done to them.
func (h *Handler) membersAgain(r *web.Request, s space.View, err error) error {
	v, failed := h.membersView(r, s)
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		return membersPage(membersHead(r, p, s), v, problems)
	})
}

// person is somebody in a space as components show people, with what she is in it.
func person(t *locale.Printer, p space.Person) look.Person {
	v := look.Person{Name: p.Name, Handle: p.Handle, URL: "/@" + p.Handle}
	switch {
	case p.Here == space.Moderator:
		v.Role = t.Text("space.role_moderator")
	case p.Role == access.Guest:
		v.Role = t.Text("web.role_guest")
	}
	return v
}

// about lists what the viewer can do about somebody in a space.
func (v membersView) about(t *locale.Printer, key string, p space.Person) (all []look.Action) {
	base := v.Path() + "/members/" + p.ID
	if v.May(access.SetSpaceRole) {
		role := look.Action{URL: base + "/role", Post: true, Key: key, Name: "role", Icon: "shield"}
		switch {
		case p.Here == space.Moderator:
			role.Label, role.Value = t.Text("space.make_member"), string(space.Member)
			all = append(all, role)
		case p.Role != access.Guest:
			role.Label, role.Value = t.Text("space.make_moderator"), string(space.Moderator)
			all = append(all, role)
		}
	}
	if v.May(access.RemoveFromSpace) && p.ID != v.Me {
		all = append(all, look.Action{Label: t.Text("space.remove"), URL: base + "/remove", Post: true, Key: key, Kind: look.Danger, Icon: "x"})
	}
	return all
}

func (h *Handler) answer(r *web.Request, s space.View) error {
	var err error
	said := "said.space_admitted"
	switch r.Value("answer") {
	case "yes":
		_, err = h.Spaces.Admit(r.Ctx(), r.Actor, r.Key(), s.ID, r.Param("member"))
	case "no":
		said = "said.space_declined"
		_, err = h.Spaces.Decline(r.Ctx(), r.Actor, r.Key(), s.ID, r.Param("member"))
	default:
		return fault.New(fault.Invalid, "fault.bad_request")
	}
	if web.Done(err) != nil {
		return h.membersAgain(r, s, err)
	}
	return r.Say(s.Path()+"/members", said)
}

func (h *Handler) remove(r *web.Request, s space.View) error {
	if _, err := h.Spaces.Remove(r.Ctx(), r.Actor, r.Key(), s.ID, r.Param("member")); web.Done(err) != nil {
		return err
	}
	return r.Say(s.Path()+"/members", "said.space_removed")
}

func (h *Handler) setRole(r *web.Request, s space.View) error {
	_, err := h.Spaces.SetRole(r.Ctx(), r.Actor, r.Key(), s.ID, r.Param("member"), space.Role(r.Value("role")))
	if web.Done(err) != nil {
		return h.membersAgain(r, s, err)
	}
	return r.Say(s.Path()+"/members", "said.space_role")
}

// addView is who can be added to a space.
type addView struct {
	space.View
	Query string
	Some  []space.Person
	// More says that there are more than these.
	More bool
	// ByHandle says that people are found by their whole handle alone.
	ByHandle bool
	// Chosen are those who were ticked.
	Chosen   map[string]bool
	Problems []look.Problem
}

func (h *Handler) addView(r *web.Request, s space.View) (v addView, err error) {
	v.View, v.Query, v.ByHandle = s, r.Value("q"), !r.Community.Has(community.Directory)
	v.Some, v.More, err = h.Spaces.Addable(r.Ctx(), r.Actor, s.ID, v.Query)
	return v, err
}

func (h *Handler) addable(r *web.Request, s space.View) error {
	v, err := h.addView(r, s)
	if err != nil {
		return err
	}
	return r.Show(addPage(addHead(r, r.Page(""), s), v))
}

func addHead(r *web.Request, p look.Page, s space.View) look.Page {
	p.Title, p.Nav = r.Text.Text("space.add_title", locale.S("space", s.Name)), s.Path()
	return p
}

func (h *Handler) add(r *web.Request, s space.View) error {
	form, err := r.FormParams()
	if err != nil {
		return fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	if _, err = h.Spaces.Add(r.Ctx(), r.Actor, r.Key(), s.ID, form["who"]); web.Done(err) == nil {
		return r.Say(s.Path()+"/members", "said.space_added")
	}
	v, failed := h.addView(r, s)
	if failed != nil {
		return failed
	}
	v.Chosen = map[string]bool{}
	for _, id := range form["who"] {
		v.Chosen[id] = true
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		v.Problems = problems
		return addPage(addHead(r, p, s), v)
	})
}

// lead says what being added means.
func (v addView) lead(t *locale.Printer) string {
	if v.Space.Visibility.Wider(space.Closed) {
		return t.Text("space.add_lead")
	}
	return t.Text("space.add_lead_inside")
}

// search is the question whom to look for.
func (v addView) search(t *locale.Printer) look.Field {
	// An empty one leads back to everybody.
	f := look.Field{Name: "q", Label: t.Text("space.add_search"), Value: v.Query, Type: "search", MaxLength: 100, Attrs: templ.Attributes{"required": false}}
	if v.ByHandle {
		f.Label, f.Hint = t.Text("space.add_search_handle"), t.Text("space.add_search_handle_hint")
	}
	return f
}

// addURL is where the form that adds people is sent: with the query, so that a
// refused one shows the same people.
func (v addView) addURL() string {
	if v.Query == "" {
		return v.Path() + "/members/add"
	}
	return v.Path() + "/members/add?q=" + url.QueryEscape(v.Query)
}
