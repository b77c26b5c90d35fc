package postweb

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/live"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// headName names the part with the number of replies and the ways to other
// pages of the thread; the other parts have the ids of posts.
const headName = "head"

// morph lets htmx change what differs in a part and leave the rest as it is:
// pictures do not flicker, and what somebody opened in it keeps its place.
const morph = "outerMorph"

// partsView is what an open page of a thread gets.
type partsView struct {
	thread threadView
	// N is the number by which the page knows what it asked for.
	N string
	// Top, Head and All ask for the post itself, for what stands around the
	// replies, and for all of these.
	Top, Head, All bool
	// Changed replace those that are there; Fresh are put between them.
	Changed []look.Reply
	Fresh   []run
	// Count is how many replies by others are new for the reader, First the one
	// that was said first.
	Count int
	First string
}

// run is new parts that follow each other: htmx looks up all places before it
// puts anything there, so that one of them cannot hang on another.
type run struct {
	// Place is where they go, as hx-swap-oob of htmx.
	Place   string
	Replies []look.Reply
}

// here names the parts of the thread that are in the piece: a page that could
// not place one of them asks for all.
func (v partsView) here() string {
	var ids []string
	add := func(replies []look.Reply) {
		for _, r := range replies {
			ids = append(ids, r.ID)
		}
	}
	add(v.Changed)
	for _, f := range v.Fresh {
		add(f.Replies)
	}
	return strings.Join(ids, " ")
}

// parts answers a page that is open with those of its parts that it asks for, as
// they are now: part names those it has, new those it has not, last the newest
// reply that its reader knows of, shown the newest that it shows. What is not
// there for the reader is left out, whatever the reason. Who comes without the
// script is led to the page.
func (h *Handler) parts(r *web.Request) error {
	id, after := r.Param("id"), r.Value("after")
	if !isFragment(r) {
		to := url.URL{Path: "/p/" + id}
		if after != "" {
			to.RawQuery = url.Values{"after": {after}}.Encode()
		}
		return r.See(to.String())
	}
	t, err := h.Posts.Thread(r.Ctx(), r.Actor, id, after)
	if err != nil {
		return err
	}
	p := look.Page{Text: r.Text, Now: r.Now, FormKey: r.NewKey(), Title: Title(r.Text, t.Root)}
	v := partsView{All: r.Value("all") == "1"}
	if n, err := strconv.Atoi(r.Value("n")); err == nil {
		v.N = strconv.Itoa(n)
	}
	if v.thread, err = h.threadView(r, p.FormKey, t); err != nil {
		return err
	}
	asked := r.QueryParams()
	v.Top = v.All || slices.Contains(asked["part"], t.Root.ID)
	v.Head = v.All || slices.Contains(asked["part"], headName)
	v.count(r, t, func(id string) bool {
		return v.All || slices.Contains(asked["part"], id) || slices.Contains(asked["new"], id)
	})
	if !v.All {
		v.choose(asked["part"], asked["new"])
	}
	return r.Show(partsPiece(p, v))
}

// choose takes the parts that are asked for out of the whole thread. New ones
// stand behind the last one before them that the page has.
func (v *partsView) choose(part, fresh []string) {
	place, follows := "afterbegin:#"+look.ThreadID, false
	for _, x := range v.thread.Replies {
		if !slices.Contains(fresh, x.ID) {
			place, follows = "afterend:#"+look.PartID(x.ID), false
			if slices.Contains(part, x.ID) {
				v.Changed = append(v.Changed, x)
			}
			continue
		}
		if !follows {
			v.Fresh = append(v.Fresh, run{Place: place})
			follows = true
		}
		last := &v.Fresh[len(v.Fresh)-1]
		last.Replies = append(last.Replies, x)
	}
}

// count marks the replies by others that were said after the newest one which
// the reader knows of: ids of posts grow with time. It counts those that the
// page shows already and those that it is given now.
func (v *partsView) count(r *web.Request, t post.Thread, asked func(id string) bool) {
	last, shown := r.Value("last"), r.Value("shown")
	said := map[string]bool{}
	for _, x := range t.Replies {
		said[x.ID] = last != "" && x.ID > last && x.Author.ID != r.Actor.ID() && x.DeletedAt.IsZero()
	}
	var mark func(replies []look.Reply, given bool)
	mark = func(replies []look.Reply, given bool) {
		for i := range replies {
			x := &replies[i]
			if said[x.ID] && (given || x.ID <= shown) {
				x.Unread = true
				v.Count++
				if v.First == "" || x.ID < v.First {
					v.First = x.ID
				}
			}
			mark(x.Replies, given)
		}
	}
	for i := range v.thread.Replies {
		mark(v.thread.Replies[i:i+1], asked(v.thread.Replies[i].ID))
	}
}

// threadView is a thread as its page shows it, without the form below it.
func (h *Handler) threadView(r *web.Request, key string, t post.Thread) (threadView, error) {
	v := threadView{
		Root: view(r, key, t.Root, true), Gone: !t.Root.DeletedAt.IsZero(), Count: t.Root.Replies,
		Space: look.Link{Label: t.Root.SpaceName, URL: t.Root.SpacePath},
	}
	moderated, err := h.moderated(r, t)
	if err != nil {
		return v, err
	}
	v.Root.Notice = notice(r.Text, t.Root, moderated[t.Root.ID])
	v.Root.Menu = menu(r, key, t.Root, t.Space.Standing)
	if t.Space.May(access.Reply) && !closed(t) && !v.Gone {
		v.Root.QuoteURL = quoteURL(r, t, t.Root)
	}
	v.Replies = tree(r, key, t, moderated)
	v.Pager = pager(r, t)
	v.Closed = t.Root.Locked
	if v.Poll, err = h.pollOf(r, key, t); err != nil {
		return v, err
	}
	v.Answer, err = h.answer(r, t)
	return v, err
}

// isLive reports whether pages show this reader what is new by themselves.
func isLive(r *web.Request) bool {
	return r.Viewer.State == "active" && r.Viewer.Live && r.Community.Has(community.Live)
}

// live is the mark of a page of a thread: what it shows, sealed for its reader.
func (h *Handler) live(r *web.Request, t post.Thread) (*look.Live, error) {
	if !isLive(r) {
		return nil, nil
	}
	l := &look.Live{Page: t.Root.Path(), Parts: t.Root.Path() + "/parts"}
	if after := r.Value("after"); after != "" {
		l.Page += "?after=" + after
		l.Parts += "?after=" + url.QueryEscape(after)
	}
	var err error
	l.State, err = live.State(h.Posts.Keys, r.Viewer.ID, l.Page, t.Look.Sum)
	return l, err
}
