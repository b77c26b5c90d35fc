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

// on and off are what a button about a page sends.
const on, off = "1", "0"

func (h *Handler) pin(r *web.Request) error {
	word := "said.page_unpinned"
	if r.Value("on") == on {
		word = "said.page_pinned"
	}
	id, err := h.Pages.Pin(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("on") == on)
	if web.Done(err) == nil {
		return r.Say("/w/"+id, word)
	}
	return h.again(r, err)
}

func (h *Handler) own(r *web.Request) error {
	word := "said.page_disowned"
	if r.Value("on") == on {
		word = "said.page_owned"
	}
	id, err := h.Pages.Own(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("on") == on)
	if web.Done(err) == nil {
		return r.Say("/w/"+id, word)
	}
	return h.again(r, err)
}

// nextField asks for the day on which a page is to be looked through next.
func nextField(r *web.Request, value string, problems []look.Problem) look.Field {
	return look.Field{
		Name: "next", Label: r.Text.Text("page.review_when"), Hint: r.Text.Text("page.review_hint"), Type: "date", Value: value,
		Optional: true, Error: look.ProblemOf(problems, "next"),
	}
}

func (h *Handler) askReview(r *web.Request) error {
	x, err := h.changeable(r)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("page.review_title", locale.S("title", x.Title)))
	p.Nav = x.SpacePath
	return r.Show(reviewPage(p, x, nextField(r, soon(r), nil), nil))
}

// changeable gives the page of an address to who may change it.
func (h *Handler) changeable(r *web.Request) (page.View, error) {
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	switch {
	case err != nil:
		return x, err
	case !x.DeletedAt.IsZero():
		return x, fault.Missing()
	case !x.Standing.May(access.WritePage):
		return x, fault.New(fault.Forbidden, "fault.forbidden")
	}
	return x, nil
}

func (h *Handler) review(r *web.Request) error {
	id, err := h.Pages.Review(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("next"))
	if web.Done(err) == nil {
		return r.Say("/w/"+id, "said.page_reviewed")
	}
	x, failed := h.changeable(r)
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav = r.Text.Text("page.review_title", locale.S("title", x.Title)), x.SpacePath
		return reviewPage(p, x, nextField(r, r.Value("next"), problems), problems)
	})
}

// mine reports whether the viewer deletes a page as hers, for good.
func mine(r *web.Request, x page.View) bool {
	return x.Alone && access.Owns(r.Actor, x.Author.ID)
}

func (h *Handler) askDelete(r *web.Request) error {
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	words := "page.delete_words"
	switch {
	case !x.DeletedAt.IsZero():
		return fault.Missing()
	case mine(r, x):
		words = "page.withdraw_words"
	case !x.Standing.May(access.TendPage):
		return fault.New(fault.Forbidden, "fault.forbidden")
	}
	p := r.Page(r.Text.Text("page.delete_title", locale.S("title", x.Title)))
	p.Nav = x.SpacePath
	return r.Show(deletePage(p, x, r.Text.Text(words)))
}

// delete takes back what is the viewer's own, wherever it is by now, and for a
// moderator puts away what is not.
func (h *Handler) delete(r *web.Request) error {
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if fault.Is(err, fault.NotFound) || err == nil && mine(r, x) {
		if _, err := h.Pages.Withdraw(r.Ctx(), r.Actor, r.Key(), r.Param("id")); web.Done(err) != nil {
			return h.again(r, err)
		}
		return r.Say(listURL(x), "said.page_deleted")
	}
	if err != nil {
		return err
	}
	if _, err := h.Pages.Remove(r.Ctx(), r.Actor, r.Key(), x.ID); web.Done(err) != nil {
		return h.again(r, err)
	}
	return r.Say(listURL(x), "said.page_removed")
}

// listURL leads to the pages of its space, as far as the viewer knows that.
func listURL(x page.View) string {
	if x.SpacePath == "" {
		return "/pages"
	}
	return x.SpacePath + "/pages"
}

func (h *Handler) restore(r *web.Request) error {
	id, err := h.Pages.Restore(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if web.Done(err) == nil {
		return r.Say("/w/"+id, "said.page_restored")
	}
	return h.again(r, err)
}
