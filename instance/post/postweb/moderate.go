package postweb

import (
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func (h *Handler) askHide(r *web.Request) error {
	return h.ask(r, r.Page(r.Text.Text("post.hide_title")), why(r, "hide", nil))
}

func (h *Handler) askRemove(r *web.Request) error {
	return h.ask(r, r.Page(r.Text.Text("post.remove_title")), why(r, "remove", nil))
}

// why asks a moderator for her reason before she hides or removes a post.
func why(r *web.Request, act string, problems []look.Problem) question {
	reason := look.Field{
		Name: "reason", Label: r.Text.Text("post.hide_reason"), Hint: r.Text.Text("post.hide_reason_hint"),
		Value: r.Value("reason"), Optional: true, MaxLength: post.MaxReason,
	}
	for _, x := range problems {
		if x.Field == reason.Name {
			reason.Error = x.Text
		}
	}
	return question{
		Words: r.Text.Text("post." + act + "_words"), Button: r.Text.Text("post." + act), URL: "/p/" + r.Param("id") + "/" + act, Problems: problems, Reason: &reason,
	}
}

func (h *Handler) hide(r *web.Request) error {
	id, err := h.Posts.Hide(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("reason"))
	if web.Done(err) == nil {
		return r.Say("/p/"+id, "said.post_hidden")
	}
	return h.askAgain(r, err, "hide")
}

func (h *Handler) remove(r *web.Request) error {
	root, err := h.Posts.Remove(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("reason"))
	if web.Done(err) == nil {
		return onward(r, root, "said.post_removed")
	}
	return h.askAgain(r, err, "remove")
}

// askAgain shows the question with the reason that was refused.
func (h *Handler) askAgain(r *web.Request, err error, act string) error {
	p, gone := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if gone != nil {
		return gone
	}
	return r.Again(err, func(page look.Page, problems []look.Problem) templ.Component {
		page.Title = r.Text.Text("post." + act + "_title")
		x := asked(r, p)
		x.Notice = notice(r.Text, p, post.Moderated{})
		return askPage(page, x, why(r, act, problems))
	})
}

func (h *Handler) restore(r *web.Request) error {
	id, err := h.Posts.Restore(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if web.Done(err) != nil {
		return err
	}
	return r.Say("/p/"+id, "said.post_restored")
}

// moderated is what moderators did in a thread. It asks only where something is
// hidden or deleted.
func (h *Handler) moderated(r *web.Request, t post.Thread) (map[string]post.Moderated, error) {
	touched := func(p post.Post) bool { return p.Hidden || !p.DeletedAt.IsZero() }
	if !touched(t.Root) && !slices.ContainsFunc(t.Replies, touched) {
		return nil, nil
	}
	return h.Posts.ModeratedIn(r.Ctx(), r.Actor, t.Root.ID)
}

// notice says what became of a post that is hidden or deleted.
func notice(t *locale.Printer, p post.Post, m post.Moderated) look.Notice {
	var n look.Notice
	switch {
	case m.Removed:
		n.Text = t.Text("post.removed_words")
	case !p.DeletedAt.IsZero():
		n.Text = t.Text("post.deleted")
	case p.Hidden:
		n.Tone, n.Text = look.Warning, t.Text("post.hidden_notice")
	default:
		return n
	}
	if m.Reason != "" {
		n.Text += " " + t.Text("post.reason", locale.S("reason", m.Reason))
	}
	return n
}

// showRemoved says to its author and to moderators what became of a post whose
// page is gone for everybody else.
func showRemoved(r *web.Request, m post.Moderated) error {
	return r.Show(removedPage(r.Page(r.Text.Text("post.removed_title")), notice(r.Text, post.Post{}, m)))
}
