package pageweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// pageView is what a page shows.
type pageView struct {
	page.View
	Readers look.Audience
	Body    templ.Component
	Due     string
	// Edit is the button for who may change it; Menu what else she can do.
	Edit     look.Action
	Menu     []look.Action
	Details  []look.Detail
	Problems []look.Problem
	// Gone says that a moderator deleted it, Back is how it comes back.
	Gone string
	Back look.Action
}

func (h *Handler) page(r *web.Request) error {
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	p := r.Page(x.Title)
	p.Nav = x.SpacePath
	return r.Show(wholePage(p, view(r, p.FormKey, x)))
}

// again shows a page as it stands now, where something else happened to it before
// what was asked for.
func (h *Handler) again(r *web.Request, err error) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	x, failed := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav = x.Title, x.SpacePath
		v := view(r, p.FormKey, x)
		v.Problems = problems
		return wholePage(p, v)
	})
}

func view(r *web.Request, key string, x page.View) pageView {
	v := pageView{View: x, Readers: readers(r, x.SpaceVisibility, x.SpaceName), Body: templ.Raw(x.HTML)}
	if !x.DeletedAt.IsZero() {
		v.Gone = r.Text.Text("page.deleted_until", locale.S("day", r.Text.Date(x.DeletedAt.Add(page.Undelete))))
		v.Back = look.Action{Label: r.Text.Text("page.restore"), URL: x.Path() + "/restore", Post: true, Key: key, Icon: "eye"}
	} else {
		if x.Standing.May(access.WritePage) {
			v.Edit = look.Action{Label: r.Text.Text("page.edit"), URL: x.Path() + "/edit", Icon: "pencil"}
		}
		v.Menu = menu(r, key, x)
	}
	if x.Due(today(r)) {
		v.Due = r.Text.Text("page.due", locale.S("day", dayWords(r, x.ReviewOn)))
	}
	v.Details = details(r, key, x)
	return v
}

// menu lists what the viewer may do about a page, besides changing it.
func menu(r *web.Request, key string, x page.View) []look.Action {
	t := r.Text
	all := []look.Action{{Label: t.Text("page.history"), URL: x.Path() + "/history", Icon: "clock"}}
	if x.Standing.May(access.TendPage) {
		word, value := "page.pin", on
		if x.Pinned {
			word, value = "page.unpin", off
		}
		all = append(all, look.Action{Label: t.Text(word), URL: x.Path() + "/pin", Post: true, Key: key, Name: "on", Value: value, Icon: "pin"})
	}
	if x.Standing.May(access.TendPage) || x.Alone && access.Owns(r.Actor, x.Author.ID) {
		all = append(all, look.Action{Label: t.Text("page.delete"), URL: x.Path() + "/delete", Kind: look.Danger, Icon: "trash-2"})
	}
	return all
}

// details are what is so about a page: who changed it, who looks after it, and when
// it is looked through.
func details(r *web.Request, key string, x page.View) []look.Detail {
	writes := x.Standing.May(access.WritePage) && x.DeletedAt.IsZero()
	return []look.Detail{
		{Name: r.Text.Text("page.version"), Value: changedBy(r.Text, r.Now, person(r, x.Editor), x)},
		{Name: r.Text.Text("page.owner"), Value: owner(r.Text, keeping(r, x), caring(r, key, x, writes))},
		{Name: r.Text.Text("page.review"), Value: reviewed(r.Text, r.Now, x, nextWords(r, x), reviewing(r, x, writes))},
	}
}

func keeping(r *web.Request, x page.View) look.Person {
	if x.Owner.ID == "" {
		return look.Person{}
	}
	return person(r, x.Owner)
}

// caring is the button by which somebody looks after a page, or does so no more.
func caring(r *web.Request, key string, x page.View, writes bool) look.Action {
	a := look.Action{URL: x.Path() + "/own", Post: true, Key: key, Name: "on", Value: on}
	switch mine := x.Owner.ID == r.Viewer.ID; {
	case !writes:
		return look.Action{}
	case x.Owner.ID == "":
		a.Label = r.Text.Text("page.own")
	case mine:
		a.Label, a.Value = r.Text.Text("page.disown"), off
	case x.Standing.May(access.TendPage):
		a.Label, a.Value = r.Text.Text("page.free"), off
	default:
		return look.Action{}
	}
	return a
}

func reviewing(r *web.Request, x page.View, writes bool) look.Action {
	if !writes {
		return look.Action{}
	}
	return look.Action{Label: r.Text.Text("page.review_do"), URL: x.Path() + "/review"}
}

func nextWords(r *web.Request, x page.View) string {
	if x.ReviewOn == "" {
		return ""
	}
	return r.Text.Text("page.review_next", locale.S("day", dayWords(r, x.ReviewOn)))
}
