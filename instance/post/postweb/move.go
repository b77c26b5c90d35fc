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

// moveView is what the page shows that moves a thread.
type moveView struct {
	Post look.Post
	// Spaces are where it can go; Space is the one chosen, empty for none yet.
	Spaces []look.Option
	Space  string
	// From is where it is now, Will what would become of it in the chosen one.
	From     string
	Will     []string
	Problems []look.Problem
}

// mayMove reports whether the viewer may take a thread elsewhere: of what is her
// own, only the operation knows whether all of it is.
func mayMove(r *web.Request, p post.Post, st access.Standing) bool {
	return !p.IsReply() && (st.May(access.MoveThread) || access.Owns(r.Actor, p.Author.ID))
}

func (h *Handler) askMove(r *web.Request) error {
	v, err := h.moving(r)
	if err != nil {
		return err
	}
	if v.Space != "" {
		m, err := h.Posts.Moving(r.Ctx(), r.Actor, r.Param("id"), v.Space)
		if err != nil {
			return moveAgain(r, err, v)
		}
		v.Will = will(r.Text, m)
	}
	return r.Show(movePage(r.Page(r.Text.Text("post.move_title")), v))
}

// moveAgain asks once more where a thread is to go, because it cannot go there.
func moveAgain(r *web.Request, err error, v moveView) error {
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("post.move_title")
		v.Space, v.Problems = "", problems
		return movePage(p, v)
	})
}

// moving is the page without what would become of the thread.
func (h *Handler) moving(r *web.Request) (v moveView, err error) {
	x, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return v, err
	}
	if x.IsReply() || !x.DeletedAt.IsZero() {
		return v, fault.Missing()
	}
	mine, err := h.Spaces.Writable(r.Ctx(), r.Actor)
	if err != nil {
		return v, err
	}
	v = moveView{Post: asked(r, x), From: x.SpaceID, Space: r.Value("space")}
	for _, s := range mine {
		if s.ID != x.SpaceID {
			v.Spaces = append(v.Spaces, look.Option{Value: s.ID, Label: s.Name, Hint: readers(r, s.Space)})
		}
	}
	return v, nil
}

// will says who reads a thread now, and who would.
func will(t *locale.Printer, m post.Moving) (all []string) {
	into := locale.S("space", m.To.Name)
	switch {
	case m.Readers.Everybody:
		all = append(all, t.Text("post.move_everybody", into))
	case m.Counted && m.Readers.Wider():
		all = append(all, t.Text("post.move_new", into, locale.N("more", m.Readers.New)))
	case m.Readers.Wider():
		all = append(all, t.Text("post.move_more", into))
	case m.Counted:
		all = append(all, t.Text("post.move_readers", locale.N("before", m.Readers.Before), locale.N("after", m.Readers.After)))
	}
	if m.Counted && m.Readers.Lost > 0 {
		all = append(all, t.Text("post.move_lost", locale.N("less", m.Readers.Lost)))
	} else if m.Readers.Lost > 0 {
		all = append(all, t.Text("post.move_fewer", into))
	}
	if m.Readers.Wider() {
		return append(all, t.Text("post.move_reactions"))
	}
	return append(all, t.Text("post.move_later", into))
}

func (h *Handler) move(r *web.Request) error {
	id, err := h.Posts.Move(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("from"), r.Value("space"))
	if web.Done(err) == nil {
		return r.Say("/p/"+id, "said.post_moved")
	}
	v, gone := h.moving(r)
	if gone != nil {
		return gone
	}
	return moveAgain(r, err, v)
}
