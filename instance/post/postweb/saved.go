package postweb

import (
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// savedView is what the page shows of what somebody saved.
type savedView struct {
	Posts []look.Post
	Pager look.Pager
}

// save is the button by which the viewer keeps something. Without a form's key
// nothing can be pressed.
func save(r *web.Request, key string, p post.Post) look.Save {
	if key == "" || !r.SignedIn() || r.Viewer.State != "active" || !p.DeletedAt.IsZero() {
		return look.Save{}
	}
	return look.Save{URL: p.Path() + "/save", FormKey: key, On: p.Saved}
}

func (h *Handler) save(r *web.Request) error {
	keep := r.Value("on") == on
	id, err := h.Posts.Save(r.Ctx(), r.Actor, r.Param("id"), keep)
	if err != nil {
		return err
	}
	if isFragment(r) {
		return r.Show(look.SaveButton(r.Text, id, look.Save{URL: "/p/" + id + "/save", FormKey: r.NewKey(), On: keep}))
	}
	if keep {
		return r.Say("/p/"+id, "said.post_saved")
	}
	return r.Say("/p/"+id, "said.post_unsaved")
}

func (h *Handler) saved(r *web.Request) error {
	page, err := h.Posts.Saved(r.Ctx(), r.Actor, r.Value("before"))
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("post.saved"))
	p.Nav = look.NavYou
	v := savedView{Posts: shown(r, p.FormKey, page.Posts, true), Pager: look.Pager{Numbered: true}}
	for i, x := range page.Posts {
		if x.IsReply() {
			v.Posts[i].InThread = true
			v.Posts[i].Signs = append(v.Posts[i].Signs, look.Sign{Icon: "reply", Words: r.Text.Text("post.search_reply")})
		}
	}
	if r.Value("before") != "" {
		v.Pager.NewerURL = "/saved"
	}
	if page.Older != "" {
		v.Pager.OlderURL = "/saved?before=" + page.Older
	} else if len(v.Posts) > 0 {
		v.Pager.End = r.Text.Text("web.list_end")
	}
	return r.Show(savedPage(p, v))
}
