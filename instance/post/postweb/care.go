package postweb

import (
	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// on and off are what a button about a thread sends.
const on, off = "1", "0"

func (h *Handler) pin(r *web.Request) error {
	word := "said.post_unpinned"
	if r.Value("on") == on {
		word = "said.post_pinned"
	}
	id, err := h.Posts.Pin(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("on") == on)
	if web.Done(err) == nil {
		return r.Say("/p/"+id, word)
	}
	return h.threadAgain(r, err)
}

func (h *Handler) lock(r *web.Request) error {
	word := "said.post_unlocked"
	if r.Value("on") == on {
		word = "said.post_locked"
	}
	id, err := h.Posts.Lock(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("on") == on)
	if web.Done(err) == nil {
		return r.Say("/p/"+id, word)
	}
	return h.threadAgain(r, err)
}

// threadAgain shows a thread as it stands now, where something else happened to
// it before what was asked for.
func (h *Handler) threadAgain(r *web.Request, err error) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	return h.againIn(r, err, r.Param("id"))
}

// againIn shows a thread as it stands now, with what was in the way.
func (h *Handler) againIn(r *web.Request, err error, root string) error {
	t, failed := h.Posts.Thread(r.Ctx(), r.Actor, root, "")
	if failed != nil {
		return failed
	}
	again := r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = Title(r.Text, t.Root)
		var v threadView
		if v, failed = h.viewThread(r, &p, t); failed != nil {
			return templ.NopComponent
		}
		v.Problems = problems
		return threadPage(p, v)
	})
	if failed != nil {
		return failed
	}
	return again
}

// care is what a moderator, or who began it, can do about a thread as a whole,
// and what a moderator can make of a reply.
func care(r *web.Request, key string, p post.Post, st access.Standing) (all []look.Action) {
	if maySplit(p, st) {
		return []look.Action{{Label: r.Text.Text("post.split"), URL: p.Path() + "/split", Icon: "message-circle"}}
	}
	if p.IsReply() {
		return nil
	}
	add := func(may bool, is bool, path, do, undo, icon string) {
		if !may {
			return
		}
		word, value := do, on
		if is {
			word, value = undo, off
		}
		all = append(all, look.Action{Label: r.Text.Text(word), URL: p.Path() + path, Post: true, Key: key, Name: "on", Value: value, Icon: icon})
	}
	add(st.May(access.Pin), p.Pinned, "/pin", "post.pin", "post.unpin", "pin")
	add(st.May(access.Lock), p.Locked, "/lock", "post.lock", "post.unlock", "lock")
	if mayMove(r, p, st) {
		all = append(all, look.Action{Label: r.Text.Text("post.move"), URL: p.Path() + "/move", Icon: "arrow-right"})
	}
	return all
}
