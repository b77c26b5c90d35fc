package postweb

import (
	"cmp"
	"maps"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/poll/pollweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

// threadView is what a thread's page shows.
type threadView struct {
	Root    look.Post
	Gone    bool // only a tombstone is left of the root
	Replies []look.Reply
	Count   int
	Pager   look.Pager
	// Composer is nil where the viewer may not reply; WhyNot then says why.
	// Instead says that it answers the post itself, and not what was asked for.
	Composer *look.Composer
	Instead  bool
	WhyNot   string
	JoinURL  string
	Space    look.Link
	// Live is nil where nothing appears by itself.
	Live *look.Live
	// Answer is the accepted one, nil without.
	Answer *look.Reply
	// Poll is nil without.
	Poll *pollweb.Box
	// Closed says that the thread is closed for replies.
	Closed   bool
	Problems []look.Problem
}

func (h *Handler) thread(r *web.Request) error {
	t, err := h.Posts.Thread(r.Ctx(), r.Actor, r.Param("id"), r.Value("after"))
	if fault.Is(err, fault.NotFound) {
		m, err := h.Posts.Moderated(r.Ctx(), r.Actor, r.Param("id"))
		if err == nil && m.Removed {
			return showRemoved(r, m)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return h.lead(r, r.Param("id"), r.QueryParams())
	}
	if err != nil {
		return err
	}
	return h.showThread(r, t)
}

// lead leads to a reply in its thread, on the page where it is. What else the
// address asks for goes along, such as words to be said there.
func (h *Handler) lead(r *web.Request, id string, query url.Values) error {
	spot, err := h.Posts.ThreadOf(r.Ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if spot.Root == id {
		return fault.Missing()
	}
	query = maps.Clone(query)
	query.Del("after")
	if spot.After != "" {
		query.Set("after", spot.After)
	}
	to := url.URL{Path: "/p/" + spot.Root, RawQuery: query.Encode(), Fragment: id}
	return r.See(to.String())
}

// showThread shows a thread, with a composer for whoever may reply.
func (h *Handler) showThread(r *web.Request, t post.Thread) error {
	p := r.Page(Title(r.Text, t.Root))
	v, err := h.viewThread(r, &p, t)
	if err != nil {
		return err
	}
	return r.Show(threadPage(p, v))
}

func (h *Handler) viewThread(r *web.Request, p *look.Page, t post.Thread) (threadView, error) {
	p.Nav = t.Space.Path()
	v, err := h.threadView(r, p.FormKey, t)
	if err != nil {
		return v, err
	}
	if v.Poll != nil && v.Poll.Moves() {
		p.Modules = append(p.Modules, pollweb.RankModule)
	}
	if v.Live, err = h.live(r, t); err != nil {
		return v, err
	}
	switch {
	case closed(t):
	case !r.SignedIn():
		v.WhyNot = r.Text.Text("post.sign_in_to_reply")
		v.JoinURL = look.NavSignIn + "?next=" + queryEscape(here(r, t))
	case v.Gone:
	case t.Space.May(access.Reply):
		v.Composer, v.Instead, err = h.replyComposer(r, p.FormKey, t)
	case t.Space.May(access.JoinSpace):
		v.WhyNot, v.JoinURL = r.Text.Text("post.join_to_reply", locale.S("space", t.Space.Name)), t.Space.Path()
	}
	return v, err
}

// closed reports whether a thread takes no reply of this reader.
func closed(t post.Thread) bool { return t.Root.Locked && !t.Space.Moderates() }

// here is the address of this page of a thread.
func here(r *web.Request, t post.Thread) string {
	if after := r.Value("after"); after != "" {
		return t.Root.Path() + "?after=" + queryEscape(after)
	}
	return t.Root.Path()
}

// pager leads through a long thread, from the first replies to the last.
func pager(r *web.Request, t post.Thread) look.Pager {
	p := look.Pager{Numbered: true}
	if r.Value("after") != "" {
		p.NewerURL, p.End = t.Root.Path(), r.Text.Text("web.list_end")
	}
	if t.Later != "" {
		p.OlderURL = t.Root.Path() + "?after=" + t.Later
	}
	return p
}

// replyComposer answers the reply named in the address, on whichever page it
// is, else the post itself: instead, if that reply cannot be answered here.
func (h *Handler) replyComposer(r *web.Request, key string, t post.Thread) (c *look.Composer, instead bool, err error) {
	parent, label := t.Root.ID, r.Text.Text("post.reply_label")
	if to := r.Value("to"); to != "" && to != t.Root.ID {
		x, err := h.Posts.One(r.Ctx(), r.Actor, to)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, false, err
		}
		instead = err != nil || x.RootID != t.Root.ID || !x.DeletedAt.IsZero()
		if !instead {
			parent, label = x.ID, r.Text.Text("post.reply_to", locale.S("name", Author(r.Text, x).Name))
		}
	}
	words, err := h.quoted(r, t)
	if err != nil {
		return nil, false, err
	}
	u, err := h.Posts.DraftAt(r.Ctx(), r.Actor, post.Aim{Parent: parent}, r.Value("draft"))
	if err != nil {
		return nil, false, err
	}
	return &look.Composer{
		URL: t.Root.Path() + "/reply?to=" + parent, PeopleURL: peopleURL + "?parent=" + parent, Body: below(u.Body, words), Key: key, Author: viewer(r), Label: label, Rows: 3,
		Audience: audience(r, t.Root), Uploads: mediaweb.Uploads(r, nil), Send: r.Text.Text("post.reply"), Draft: goesOn(u),
	}, instead, nil
}

func viewer(r *web.Request) look.Person {
	return look.Person{Name: r.Viewer.Name, Handle: r.Viewer.Handle}
}

// Title names a thread: by its own title, or by who said it and where.
func Title(t *locale.Printer, p post.Post) string {
	if p.Title != "" {
		return p.Title
	}
	return untitled(t, p)
}

// untitled names a post by its author and its place.
func untitled(t *locale.Printer, p post.Post) string {
	in := p.SpaceName
	if in == "" {
		in = t.Text("post.space_unknown")
	}
	return t.Text("post.untitled", locale.S("name", Author(t, p).Name), locale.S("space", in))
}

// tree hangs the replies below each other.
func tree(r *web.Request, key string, t post.Thread, moderated map[string]post.Moderated) []look.Reply {
	children := make(map[string][]int, len(t.Replies))
	for i := range t.Replies {
		parent := t.Replies[i].ParentID
		children[parent] = append(children[parent], i)
	}
	mayReply, page := t.Space.May(access.Reply) && !closed(t), here(r, t)
	var hang func(parent string) []look.Reply
	hang = func(parent string) []look.Reply {
		all := make([]look.Reply, 0, len(children[parent]))
		for _, i := range children[parent] {
			x := t.Replies[i]
			x.RootHidden = t.Root.Hidden
			v := look.Reply{
				ID: x.ID, URL: page + "#" + x.ID, Author: author(r, x), At: x.CreatedAt, Edited: x.EditedAt,
				Body: templ.Raw(x.HTML), Gallery: mediaweb.Gallery(r, x.Media, x.Path(), true), Preview: linked(r, x), Reactions: reactions(r, key, x), Save: save(r, key, x), Menu: menu(r, key, x, t.Space.Standing), Notice: notice(r.Text, x, moderated[x.ID]),
			}
			v.Menu = append(accepting(r, key, t.Root, x, t.Space.Standing), v.Menu...)
			if x.ID == t.Root.AnswerID {
				v.Signs = []look.Sign{{Icon: "circle-check", Words: r.Text.Text("post.accepted")}}
			}
			if !x.DeletedAt.IsZero() {
				v.Author, v.Body, v.Menu, v.Reactions, v.Save = look.Person{}, nil, nil, look.Reactions{}, look.Save{}
			}
			if mayReply && x.DeletedAt.IsZero() {
				v.ReplyURL = answerURL(r, t, "to", x.ID)
				v.QuoteURL = quoteURL(r, t, x)
			}
			v.Replies = hang(x.ID)
			all = append(all, v)
		}
		return all
	}
	return hang(t.Root.ID)
}

// answerURL is this page of a thread with the form for an answer: to a reply, or
// with a quote of it.
func answerURL(r *web.Request, t post.Thread, how, id string) string {
	address := t.Root.Path() + "?" + how + "=" + id // an id needs no escaping
	if after := r.Value("after"); after != "" {
		address += "&after=" + url.QueryEscape(after)
	}
	return address + "#reply"
}

// menu lists what the viewer may do with a post.
func menu(r *web.Request, key string, p post.Post, st access.Standing) []look.Action {
	if !r.SignedIn() || !p.DeletedAt.IsZero() {
		return nil
	}
	t := r.Text
	var actions []look.Action // the time is the link to the post itself
	if !p.EditedAt.IsZero() {
		actions = append(actions, look.Action{Label: t.Text("post.history"), URL: p.Path() + "/history", Icon: "clock"})
	}
	mine := access.Owns(r.Actor, p.Author.ID)
	if mine {
		actions = append(actions, look.Action{Label: t.Text("post.edit"), URL: p.Path() + "/edit", Icon: "pencil"})
	}
	if mine && linked(r, p).Title != "" {
		actions = append(actions, look.Action{Label: t.Text("post.preview_remove"), URL: p.Path() + "/preview/remove", Post: true, Key: key, Icon: "x"})
	}
	if st.May(access.Hide) {
		if p.Hidden {
			actions = append(actions, look.Action{Label: t.Text("post.restore"), URL: p.Path() + "/restore", Post: true, Key: key, Icon: "eye"})
		} else if !mine {
			actions = append(actions, look.Action{Label: t.Text("post.hide"), URL: p.Path() + "/hide", Icon: "eye-off"})
		}
	}
	actions = append(actions, ending(r, key, p, st)...)
	actions = append(actions, care(r, key, p, st)...)
	if mine {
		actions = append(actions, look.Action{Label: t.Text("post.delete"), URL: p.Path() + "/delete", Kind: look.Danger, Icon: "trash-2"})
	} else if st.May(access.Remove) {
		actions = append(actions, look.Action{Label: t.Text("post.remove"), URL: p.Path() + "/remove", Kind: look.Danger, Icon: "trash-2"})
	}
	return actions
}

func (h *Handler) reply(r *web.Request) error {
	parent, body := r.Value("to"), r.FormValue("body")
	if parent == "" {
		parent = r.Param("id")
	}
	sent, err := h.Media.Read(r)
	if err != nil {
		return err
	}
	d := post.Draft{Parent: parent, Body: body, Media: sent.Placed, Unsent: r.Value(look.VersionField)}
	done, err := h.keep(r, post.Unsent{At: post.Aim{Parent: parent}, Body: body}, where(post.Aim{Parent: parent}))
	if done {
		return err
	}
	err = cmp.Or(err, sent.Refused)
	var seen *look.Seen
	if r.Looks() && err == nil {
		seen, err = h.foresee(r, post.Aim{Parent: parent}, d)
	} else if !sent.Again && !keeps(r) {
		var id string
		if id, err = h.Posts.Reply(r.Ctx(), r.Actor, r.Key(), d); web.Done(err) == nil {
			return h.lead(r, id, url.Values{})
		}
	}
	readers, failed := h.readersOf(r, r.Param("id"))
	if failed != nil {
		return failed
	}
	if fault.Is(err, fault.Conflict) {
		parent = r.Param("id") // what was to be answered is gone: the words say so
	}
	return r.Anew(err, func(_ look.Page, problems []look.Problem) templ.Component {
		p := r.Page(r.Text.Text("post.reply"))
		c := look.Composer{
			URL: "/p/" + r.Param("id") + "/reply?to=" + queryEscape(parent), PeopleURL: peopleURL + "?parent=" + queryEscape(parent), Seen: seen, Key: p.FormKey, Author: viewer(r), Label: r.Text.Text("post.reply_label"),
			Body: body, Uploads: mediaweb.Uploads(r, sent.Placed), Send: r.Text.Text("post.reply"), Draft: sentDraft(r), Audience: readers,
		}
		return composePage(p, c, problems)
	})
}

func (h *Handler) react(r *web.Request) error {
	value := r.Value("reaction")
	kind, off := strings.CutPrefix(value, "-")
	id, err := h.Posts.React(r.Ctx(), r.Actor, r.Param("id"), post.Sign(kind), !off)
	if err != nil {
		return err
	}
	if isFragment(r) {
		p, err := h.Posts.One(r.Ctx(), r.Actor, id)
		if err != nil {
			return err
		}
		return r.Show(look.ReactionBar(r.Text, id, reactions(r, r.NewKey(), p)))
	}
	return r.See("/p/" + id)
}

// isFragment reports whether a script asks for a piece of a page.
func isFragment(r *web.Request) bool {
	return r.Context.Request().Header.Get("HX-Request") != ""
}

// askReact offers all signs, in the page where scripts run, else on a page of
// its own.
func (h *Handler) askReact(r *web.Request) error {
	p, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	if isFragment(r) {
		return r.Show(look.ReactionBar(r.Text, p.ID, allSigns(r, r.NewKey(), p)))
	}
	page := r.Page(r.Text.Text("post.react_title"))
	v := view(r, page.FormKey, p, true)
	v.Reactions = allSigns(r, page.FormKey, p)
	return r.Show(reactPage(page, v))
}
