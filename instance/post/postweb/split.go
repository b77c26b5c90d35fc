package postweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// splitView is what the page shows that makes a thread of a reply.
type splitView struct {
	Post look.Post
	// From is the thread in which it is now.
	From     string
	Title    look.Field
	Problems []look.Problem
}

// maySplit reports whether the viewer may make a thread of a post.
func maySplit(p post.Post, st access.Standing) bool {
	return p.IsReply() && !p.Hidden && !p.RootHidden && st.May(access.SplitThread)
}

func (h *Handler) askSplit(r *web.Request) error {
	x, err := h.Posts.Splitting(r.Ctx(), r.Actor, r.Param("id"))
	if fault.Is(err, fault.Conflict) {
		return h.refuseSplit(r, err)
	}
	if err != nil {
		return err
	}
	return r.Show(splitPage(r.Page(r.Text.Text("post.split_title")), splitting(r, x, nil)))
}

// refuseSplit shows the thread as it stands, where nothing can be taken out of it.
func (h *Handler) refuseSplit(r *web.Request, err error) error {
	x, gone := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if gone != nil {
		return gone
	}
	return h.againIn(r, err, x.RootID)
}

func (h *Handler) split(r *web.Request) error {
	id, err := h.Posts.Split(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("from"), r.FormValue("title"))
	if web.Done(err) == nil {
		return r.Say("/p/"+id, "said.post_split")
	}
	if fault.Is(err, fault.Conflict) {
		return h.refuseSplit(r, err)
	}
	x, gone := h.Posts.Splitting(r.Ctx(), r.Actor, r.Param("id"))
	if gone != nil {
		return gone
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("post.split_title")
		return splitPage(p, splitting(r, x, problems))
	})
}

func splitting(r *web.Request, x post.Post, problems []look.Problem) splitView {
	title := look.Field{
		Name: "title", Label: r.Text.Text("post.title"), Value: r.FormValue("title"), MaxLength: post.MaxTitle,
		Hint: r.Text.Text("look.will_read", locale.S("audience", audience(r, x).Words)),
	}
	for _, p := range problems {
		if p.Field == title.Name {
			title.Error = p.Text
		}
	}
	return splitView{Post: asked(r, x), From: x.RootID, Title: title, Problems: problems}
}
