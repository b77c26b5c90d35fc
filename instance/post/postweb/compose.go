package postweb

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/poll/pollweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

func (h *Handler) compose(r *web.Request) error {
	p := r.Page(r.Text.Text("post.write"))
	p.Nav = look.NavWrite
	u, err := h.begun(r)
	if err != nil {
		return err
	}
	d := post.Draft{Space: cmp.Or(u.At.Space, r.Value("space")), Title: u.Title, Body: u.Body, Kind: cmp.Or(u.Kind, post.Kind(r.Value("kind")))}
	c, err := h.composer(r, p.FormKey, d, pollweb.Begun(), nil)
	if err != nil {
		return err
	}
	c.Draft = goesOn(u)
	if len(c.Spaces) == 0 && c.Space == "" {
		return r.Show(nowherePage(p))
	}
	return r.Show(composePage(p, c, nil))
}

// composer is the form for something new, with what was typed so far and what is
// wrong with it.
func (h *Handler) composer(r *web.Request, key string, d post.Draft, asked pollweb.Sent, problems []look.Problem) (look.Composer, error) {
	mine, err := h.Spaces.Writable(r.Ctx(), r.Actor)
	if err != nil {
		return look.Composer{}, err
	}
	c := look.Composer{
		URL: "/compose", PeopleURL: peopleURL, Key: key, Author: viewer(r), Label: r.Text.Text("post.write_label"), Body: d.Body, Space: d.Space, Rows: 8,
		Title: &look.Field{
			Name: "title", Label: r.Text.Text("post.title"), Value: d.Title, Optional: true, MaxLength: post.MaxTitle,
		},
		Uploads: mediaweb.Uploads(r, d.Media), Send: r.Text.Text("post.publish"), Draft: sentDraft(r), Audience: look.Audience{Kind: "space", Words: r.Text.Text("post.audience_chosen")},
		Extra: []templ.Component{kindField(r.Text, d.Kind)},
	}
	if e := pollweb.Fields(r, asked, h.Posts.Polls.Secret()); e != nil {
		e.Mark(problems)
		c.Extra = append(c.Extra, e.Component())
	}
	for _, s := range mine {
		c.Spaces = append(c.Spaces, look.Option{Value: s.ID, Label: s.Name, Hint: readers(r, s.Space)})
	}
	if len(mine) == 1 {
		c.Audience.Words = c.Spaces[0].Hint
	}
	return c, nil
}

// marked says beside each field what is wrong with it.
func marked(c look.Composer, problems []look.Problem) look.Composer {
	for _, x := range problems {
		switch {
		case x.Field == "body":
			c.BodyError = x.Text
		case x.Field == "title" && c.Title != nil:
			title := *c.Title
			title.Error, c.Title = x.Text, &title
		case c.Uploads != nil:
			c.Uploads.Mark(x)
		}
	}
	return c
}

// readers says in words who reads what is said in a space, with the community
// as it is: what is public in one that shows nothing outside is for members.
func readers(r *web.Request, s space.Space) string {
	switch {
	case s.Visibility == space.Public && r.Community.Face == community.Open:
		return r.Text.Text("post.readers_public")
	case s.Visibility == space.Public, s.Visibility == space.Open:
		return r.Text.Text("post.readers_open")
	}
	return r.Text.Text("post.readers_space", locale.S("space", s.Name))
}

func (h *Handler) publish(r *web.Request) error {
	sent, err := h.Media.Read(r)
	if err != nil {
		return err
	}
	asked := pollweb.Read(r)
	d := post.Draft{Space: r.Value("space"), Kind: post.Kind(r.Value("kind")), Title: r.Value("title"), Body: r.FormValue("body"), Media: sent.Placed, Poll: asked.Draft(), Unsent: r.Value(look.VersionField)}
	done, err := h.keep(r, post.Unsent{At: post.Aim{Space: d.Space}, Title: d.Title, Body: d.Body, Kind: d.Kind}, where(post.Aim{Space: d.Space}))
	if done {
		return err
	}
	err = cmp.Or(err, sent.Refused, asked.Refused)
	var seen *look.Seen
	if r.Looks() && err == nil {
		seen, err = h.foresee(r, post.Aim{Space: d.Space}, d)
	} else if !sent.Again && !asked.Again && !keeps(r) && err == nil {
		var id string
		if id, err = h.Posts.Publish(r.Ctx(), r.Actor, r.Key(), d); web.Done(err) == nil {
			return r.See("/p/" + id)
		}
	}
	var failed error
	again := r.Anew(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav = r.Text.Text("post.write"), look.NavWrite
		c, err := h.composer(r, p.FormKey, d, asked, problems)
		c.Seen, failed = seen, err
		return composePage(p, c, problems)
	})
	if failed != nil {
		return failed
	}
	return again
}

func (h *Handler) edit(r *web.Request) error {
	w, err := h.Posts.Words(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("post.edit"))
	readers, err := h.readersOf(r, w.ID)
	if err != nil {
		return err
	}
	u, err := h.Posts.DraftAt(r.Ctx(), r.Actor, post.Aim{Post: w.ID}, r.Value("draft"))
	if err != nil {
		return err
	}
	if u.ID != "" {
		w.Title, w.Body, w.Kind, w.Version = u.Title, u.Body, u.Kind, u.Base
	}
	c := editor(r, p.FormKey, w, mediaweb.Placed(w.Media), readers)
	c.Draft = goesOn(u)
	return r.Show(composePage(p, c, nil))
}

// readersOf are who can read a post. Its author may change it also where she
// reads no more herself: then nobody tells her who does.
func (h *Handler) readersOf(r *web.Request, id string) (look.Audience, error) {
	p, err := h.Posts.One(r.Ctx(), r.Actor, id)
	if fault.Is(err, fault.NotFound) {
		return look.Audience{Kind: "space", Words: r.Text.Text("post.audience_same")}, nil
	}
	return audience(r, p), err
}

func editor(r *web.Request, key string, w post.Words, photos []media.Placed, readers look.Audience) look.Composer {
	c := look.Composer{
		URL: "/p/" + w.ID + "/edit", PeopleURL: peopleURL + "?post=" + w.ID, Key: key, Author: viewer(r), Label: r.Text.Text("post.edit_label"), Body: w.Body, Rows: 8,
		Uploads: mediaweb.Uploads(r, photos), Send: r.Text.Text("post.save"), Audience: readers, Draft: sentDraft(r),
		Extra: []templ.Component{hidden("version", strconv.FormatInt(w.Version, 10))},
		Also:  []look.Action{{Label: r.Text.Text("post.cancel"), URL: "/p/" + w.ID, Kind: look.Quiet}},
	}
	if !w.Reply {
		c.Extra = append(c.Extra, kindField(r.Text, w.Kind))
		c.Title = &look.Field{Name: "title", Label: r.Text.Text("post.title"), Value: w.Title, Optional: true, MaxLength: post.MaxTitle}
	}
	return c
}

func (h *Handler) change(r *web.Request) error {
	version, err := strconv.ParseInt(r.Value("version"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	sent, err := h.Media.Read(r)
	if err != nil {
		return err
	}
	d := post.Draft{Kind: post.Kind(r.Value("kind")), Title: r.Value("title"), Body: r.FormValue("body"), Media: sent.Placed, Unsent: r.Value(look.VersionField)}
	id := r.Param("id")
	done, err := h.keep(r, post.Unsent{At: post.Aim{Post: id}, Title: d.Title, Body: d.Body, Kind: d.Kind, Base: version}, where(post.Aim{Post: id}))
	if done {
		return err
	}
	err = cmp.Or(err, sent.Refused)
	var seen *look.Seen
	if r.Looks() && err == nil {
		seen, err = h.foresee(r, post.Aim{Post: id}, d)
	} else if !sent.Again && !keeps(r) {
		if _, err = h.Posts.Edit(r.Ctx(), r.Actor, r.Key(), id, version, d); web.Done(err) == nil {
			return r.See("/p/" + id)
		}
	}
	w, werr := h.Posts.Words(r.Ctx(), r.Actor, id)
	if werr != nil {
		return werr
	}
	// The words stay as typed; the version is the new one, so that sending
	// again, after having seen what is there now, replaces it.
	readers, rerr := h.readersOf(r, id)
	if rerr != nil {
		return rerr
	}
	now := w.Body
	if fault.Is(err, fault.Conflict) {
		d.Media = withThose(d.Media, w.Media)
	}
	w.Title, w.Body, w.Kind = d.Title, d.Body, d.Kind
	if sent.Again || r.Looks() || keeps(r) {
		w.Version = version // nobody has looked at what is there now
	}
	return r.Anew(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("post.edit")
		if fault.Is(err, fault.Conflict) {
			return conflictPage(p, editor(r, p.FormKey, w, d.Media, readers), problems, now)
		}
		c := editor(r, p.FormKey, w, d.Media, readers)
		c.Seen = seen
		return composePage(p, c, problems)
	})
}

// withThose adds the photos that a post has now to those of a form that was made
// before: sent again, it would erase them unseen.
func withThose(form []media.Placed, now []media.Item) []media.Placed {
	for _, i := range mediaweb.Placed(now) {
		if !slices.ContainsFunc(form, func(p media.Placed) bool { return p.ID == i.ID }) {
			form = append(form, i)
		}
	}
	return form
}

func (h *Handler) history(r *web.Request) error {
	post, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	versions, err := h.Posts.History(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	some, pager := web.Cut(r, versions, post.Path()+"/history", "page")
	return r.Show(historyPage(r.Page(r.Text.Text("post.history")), view(r, "", post, true), some, pager))
}

func (h *Handler) askDelete(r *web.Request) error {
	return h.ask(r, r.Page(r.Text.Text("post.delete_title")), question{
		Words: r.Text.Text("post.delete_words"), Button: r.Text.Text("post.delete"), URL: "/p/" + r.Param("id") + "/delete",
	})
}

// question is asked before something is done to a post.
type question struct {
	Words, Button, URL string
	Problems           []look.Problem
	// Reason is the field for why, nil where nobody has to say.
	Reason *look.Field
}

// ask shows a post and asks before something is done to it.
func (h *Handler) ask(r *web.Request, page look.Page, q question) error {
	p, err := h.Posts.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	return r.Show(askPage(page, asked(r, p), q))
}

// asked is a post as it stands under a question.
func asked(r *web.Request, p post.Post) look.Post {
	v := view(r, "", p, true)
	v.Reactions, v.Save = look.Reactions{}, look.Save{}
	return v
}

func (h *Handler) delete(r *web.Request) error {
	root, err := h.Posts.Withdraw(r.Ctx(), r.Actor, r.Key(), r.Param("id"))
	if web.Done(err) != nil {
		return err
	}
	return onward(r, root, "said.post_deleted")
}

// onward leads on to what is left of the thread.
func onward(r *web.Request, root, word string) error {
	if root == r.Param("id") {
		return r.Say("/home", word)
	}
	return r.Say("/p/"+root, word)
}
