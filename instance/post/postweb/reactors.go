package postweb

import (
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// reactorsView is what the page about who reacted shows.
type reactorsView struct {
	// Of is what was said, and by whom.
	Of    string
	Post  look.Post
	Signs []post.ChosenBy
	Pager look.Pager
}

func (h *Handler) reactors(r *web.Request) error {
	who, err := h.Posts.Reactors(r.Ctx(), r.Actor, r.Param("id"), r.Value("before"))
	if err != nil {
		return err
	}
	p, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	at := p.Path() + "/reactions"
	v := reactorsView{Of: said(r.Text, p), Post: view(r, "", p, true), Signs: who.Signs, Pager: look.Pager{Numbered: true}}
	if r.Value("before") != "" {
		v.Pager.NewerURL, v.Pager.End = at, r.Text.Text("web.list_end")
	}
	if who.Older != "" {
		v.Pager.OlderURL = at + "?before=" + who.Older
	}
	return r.Show(reactorsPage(r.Page(r.Text.Text("post.reactors")), v))
}

// said names something said by its author and place, and by its title if it has one.
func said(t *locale.Printer, p post.Post) string {
	of := untitled(t, p)
	if p.Title != "" {
		of = t.Apart(p.Title) + " · " + of
	}
	return of
}
