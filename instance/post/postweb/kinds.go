package postweb

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// kindSigns are the icons of kinds.
var kindSigns = map[post.Kind]string{post.Question: "circle-help", post.Offer: "hand-heart", post.Request: "megaphone"}

// kindField asks what somebody wants with a thread.
func kindField(t *locale.Printer, chosen post.Kind) templ.Component {
	options := []look.Option{{Label: t.Text("post.kind_talk")}}
	for _, k := range post.Kinds {
		options = append(options, look.Option{Value: string(k), Label: t.Text("post.kind_" + string(k)), Hint: t.Text("post.kind_" + string(k) + "_hint")})
	}
	return look.Select(t, look.Field{Name: "kind", Label: t.Text("post.kind"), Value: string(chosen), Optional: true}, options)
}

// signsOf says what a thread is about, and what became of it.
func signsOf(t *locale.Printer, p post.Post) (all []look.Sign) {
	if p.Kind != post.Talk && p.Kind.Known() {
		all = append(all, look.Sign{Icon: kindSigns[p.Kind], Words: t.Text("post.kind_" + string(p.Kind))})
	}
	switch {
	case p.AnswerID != "":
		all = append(all, look.Sign{Icon: "circle-check", Words: t.Text("post.answered")})
	case p.Settled:
		all = append(all, look.Sign{Icon: "circle-check", Words: t.Text("post.settled_" + string(p.Kind))})
	}
	if p.Locked {
		all = append(all, look.Sign{Icon: "lock", Words: t.Text("post.is_locked")})
	}
	return all
}

// judges reports whether the viewer may say how a thread ended.
func judges(r *web.Request, root post.Post, st access.Standing) bool {
	return r.SignedIn() && root.DeletedAt.IsZero() && (access.Owns(r.Actor, root.Author.ID) && st.May(access.Reply) || st.May(access.Settle))
}

// ending lets who may say that an offer is taken or a request solved.
func ending(r *web.Request, key string, p post.Post, st access.Standing) []look.Action {
	if p.Kind != post.Offer && p.Kind != post.Request || !judges(r, p, st) {
		return nil
	}
	word, value := "post.settle_"+string(p.Kind), on
	if p.Settled {
		word, value = "post.unsettle_"+string(p.Kind), off
	}
	return []look.Action{{Label: r.Text.Text(word), URL: p.Path() + "/settle", Post: true, Key: key, Name: "on", Value: value, Icon: "circle-check"}}
}

// accepting lets who may say that a reply answers the question above it.
func accepting(r *web.Request, key string, root, x post.Post, st access.Standing) []look.Action {
	if root.Kind != post.Question || !x.DeletedAt.IsZero() || !judges(r, root, st) {
		return nil
	}
	word, answer := "post.accept", x.ID
	if x.ID == root.AnswerID {
		word, answer = "post.unaccept", ""
	}
	return []look.Action{{Label: r.Text.Text(word), URL: root.Path() + "/accept?was=" + root.AnswerID, Post: true, Key: key, Name: "answer", Value: answer, Icon: "circle-check"}}
}

func (h *Handler) accept(r *web.Request) error {
	word := "said.post_accepted"
	if r.Value("answer") == "" {
		word = "said.post_unaccepted"
	}
	id, err := h.Posts.Accept(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("answer"), r.Value("was"))
	if web.Done(err) == nil {
		return r.Say("/p/"+id, word)
	}
	return h.threadAgain(r, err)
}

func (h *Handler) settle(r *web.Request) error {
	id, err := h.Posts.Settle(r.Ctx(), r.Actor, r.Key(), r.Param("id"), r.Value("on") == on)
	if web.Done(err) == nil {
		return r.Say("/p/"+id, "said.post_settled")
	}
	return h.threadAgain(r, err)
}

// answer is the reply that answers a question, to be shown under it. In a long
// thread it may be on another page.
func (h *Handler) answer(r *web.Request, t post.Thread) (*look.Reply, error) {
	if t.Root.AnswerID == "" {
		return nil, nil
	}
	if i := slices.IndexFunc(t.Replies, func(x post.Post) bool { return x.ID == t.Root.AnswerID }); i >= 0 {
		return quoted(r, t.Replies[i]), nil
	}
	x, err := h.Posts.One(r.Ctx(), r.Actor, t.Root.AnswerID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // since the thread was read
	}
	if err != nil {
		return nil, err
	}
	return quoted(r, x), nil
}

func quoted(r *web.Request, x post.Post) *look.Reply {
	return &look.Reply{URL: x.Path(), Author: author(r, x), At: x.CreatedAt, Body: templ.Raw(x.HTML), Gallery: mediaweb.Gallery(r, x.Media, x.Path(), true)}
}

// narrowed is which threads a list was asked for.
type narrowed struct {
	kind post.Kind
	open bool
}

func narrow(r *web.Request) narrowed {
	n := narrowed{kind: post.Kind(r.Value("only")), open: r.Value("open") == on}
	if !n.kind.Known() || n.kind == post.Talk {
		return narrowed{}
	}
	return n
}

// query is what it adds to an address that has one.
func (n narrowed) query() string {
	q := url.Values{}
	if n.kind != post.Talk {
		q.Set("only", string(n.kind))
	}
	if n.open {
		q.Set("open", on)
	}
	if len(q) == 0 {
		return ""
	}
	return "&" + q.Encode()
}

// chips lead from a list to what there is of one kind in it.
func (n narrowed) chips(t *locale.Printer, list string) []look.Tab {
	all := []look.Tab{{Label: t.Text("post.only_all"), URL: list, Current: n.kind == post.Talk}}
	for _, k := range post.Kinds {
		all = append(all, look.Tab{Label: t.Text("post.only_" + string(k)), URL: list + narrowed{kind: k}.query(), Current: n.kind == k})
	}
	if n.kind != post.Talk {
		all = append(all, look.Tab{Label: t.Text("post.only_open"), URL: list + narrowed{n.kind, !n.open}.query(), Current: n.open})
	}
	return all
}
