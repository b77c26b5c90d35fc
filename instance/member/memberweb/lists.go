package memberweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

const listsPath = "/settings/lists"

func (h *Handler) lists(r *web.Request) error {
	all, err := h.Members.Lists(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	return r.Show(listsPage(settings(r, "member.lists"), all, "", nil))
}

func (h *Handler) makeList(r *web.Request) error {
	name := r.Value("name")
	id, err := h.Members.MakeList(r.Ctx(), r.Actor, r.Key(), name)
	if web.Done(err) == nil {
		return r.See(listsPath + "/" + id)
	}
	all, failed := h.Members.Lists(r.Ctx(), r.Actor)
	if failed != nil {
		return failed
	}
	return again(r, err, r.Text.Text("member.lists"), look.NavYou, func(p look.Page, problems []look.Problem) templ.Component {
		return listsPage(p, all, name, problems)
	})
}

// listView is one of the viewer's lists.
type listView struct {
	member.List
	// Query is whom she looks for, Found who fits and is not on the list.
	Query string
	Found []member.Person
	// ByHandle says that people are found by their whole handle alone.
	ByHandle bool
	// Pager leads through the people on it.
	Pager    look.Pager
	Problems []look.Problem
}

// maxFound is how many people are offered for a list: who looks for more than
// these types more of the name.
const maxFound = 10

func (h *Handler) listView(r *web.Request) (v listView, err error) {
	v.ByHandle = !r.Community.Has(community.Directory)
	all, err := h.Members.Lists(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	for _, l := range all {
		if l.ID == r.Param("id") {
			v.List = l
		}
	}
	if v.ID == "" {
		return v, fault.Missing()
	}
	on := map[string]bool{r.Actor.ID(): true}
	for _, p := range v.People {
		on[p.ID] = true
	}
	v.People, v.Pager = web.Cut(r, v.People, listsPath+"/"+v.ID, "page")
	if v.Query = r.QueryParam("q"); v.Query == "" {
		return v, nil
	}
	d, err := h.Members.Directory(r.Ctx(), r.Actor, v.Query, 1)
	if err != nil {
		return v, err
	}
	for _, p := range d.People {
		if !on[p.ID] && len(v.Found) < maxFound {
			v.Found = append(v.Found, p)
		}
	}
	return v, nil
}

func (h *Handler) list(r *web.Request) error {
	v, err := h.listView(r)
	if err != nil {
		return err
	}
	p := settings(r, "member.lists")
	p.Title = v.Name
	return r.Show(listPage(p, v))
}

func (h *Handler) renameList(r *web.Request) error {
	v, err := h.listView(r)
	if err != nil {
		return err
	}
	name := r.Value("name")
	_, err = h.Members.RenameList(r.Ctx(), r.Actor, r.Key(), v.ID, name)
	if web.Done(err) == nil {
		return r.Say(listsPath+"/"+v.ID, "said.saved")
	}
	return again(r, err, v.Name, look.NavYou, func(p look.Page, problems []look.Problem) templ.Component {
		v.Name, v.Problems = name, problems
		return listPage(p, v)
	})
}

func (h *Handler) choose(r *web.Request) error {
	id, err := h.Members.Choose(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("who"))
	if web.Done(err) != nil {
		return err
	}
	return r.See(listsPath + "/" + id)
}

func (h *Handler) unchoose(r *web.Request) error {
	id, err := h.Members.Unchoose(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("who"))
	if web.Done(err) != nil {
		return err
	}
	return r.See(listsPath + "/" + id)
}

func (h *Handler) dropList(r *web.Request) error {
	if _, err := h.Members.DropList(r.Ctx(), r.Actor, r.Key(), r.Param("id")); web.Done(err) != nil {
		return err
	}
	return r.Say(listsPath, "said.list_dropped")
}
