package postweb

import (
	"cmp"
	"net/http"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// homeView is what the home page shows.
type homeView struct {
	Posts []look.Post
	Pager look.Pager
	Order post.Order
	// Chips lead to threads of one kind; Only is what the address has of that.
	Chips []look.Tab
	Only  string
	// Unseen are the viewer's spaces with something new.
	Unseen []look.NavSpace
	Cursor string
	// Waiting is how many people ask to be let in, for who may answer.
	Waiting int
	// New says that the viewer came in the last days.
	New bool
	// Live says that what is new appears by itself.
	Live bool
	// First is true on the first page, where the composer and the catch-up are.
	First bool
	// Pages says that there are pages to look things up.
	Pages bool
}

// firstDays is how long the home page leads to the page for newcomers.
const firstDays = 7 * 24 * time.Hour

// order is the order asked for, else the viewer's own.
func order(r *web.Request) post.Order {
	for _, o := range []string{r.Value("sort"), r.Viewer.Order} {
		switch o {
		case "newest", "new":
			return post.Newest
		case "active":
			return post.Active
		}
	}
	return post.Newest
}

func (h *Handler) home(r *web.Request) error {
	v := homeView{Order: order(r), Live: isLive(r), Pages: r.Community.Has(community.Pages), First: r.Value("before") == "", New: r.Now.Sub(r.Viewer.JoinedAt) < firstDays && r.Viewer.Role != access.Owner}
	only := narrow(r)
	v.Only, v.Chips = only.query(), only.chips(r.Text, "/home?sort="+string(v.Order))
	page, err := h.Posts.Threads(r.Ctx(), r.Actor, post.Query{Order: v.Order, Kind: only.kind, Open: only.open, Before: r.Value("before")})
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("post.home"))
	p.Nav = look.NavHome
	for _, s := range p.Spaces {
		if s.Unread > 0 {
			v.Unseen = append(v.Unseen, s)
		}
	}
	v.Posts, v.Pager = cards(r, p.FormKey, page, "/home?sort="+string(v.Order)+v.Only, true)
	if v.First {
		news, err := h.Posts.Since(r.Ctx(), r.Actor, "")
		if err != nil {
			return err
		}
		v.Cursor = news.Cursor
		if v.Waiting, err = h.Joining.Waiting(r.Ctx(), r.Actor); err != nil {
			return err
		}
	}
	return r.Show(homePage(p, v))
}

// cards makes a page of posts into cards with links to older ones.
func cards(r *web.Request, key string, page post.Page, url string, spaceShown bool) ([]look.Post, look.Pager) {
	posts := shown(r, key, page.Posts, spaceShown)
	var pager look.Pager
	if page.Older != "" {
		pager.OlderURL = url + "&before=" + page.Older
	} else if len(posts) > 0 {
		pager.End = r.Text.Text("web.list_end")
	}
	if r.Value("before") != "" {
		pager.NewerURL = url
	}
	return posts, pager
}

// shown are posts as they stand in lists.
func shown(r *web.Request, key string, all []post.Post, spaceShown bool) []look.Post {
	posts := make([]look.Post, len(all))
	for i, x := range all {
		posts[i] = view(r, key, x, spaceShown)
		posts[i].Gallery = mediaweb.Gallery(r, x.Media, x.Path(), false)
		posts[i].Clamp = len(x.HTML) > 1200
	}
	return posts
}

// news answers how much is new behind a sealed cursor: a line for the home
// page, which asks for it now and then. The cursor stays that of the page, so
// that the line counts all that the page does not show.
func (h *Handler) news(r *web.Request) error {
	news, err := h.Posts.Since(r.Ctx(), r.Actor, r.Value("cursor"))
	if fault.Is(err, fault.Gone) {
		return r.Show(newsLine(r.Text.Text("post.news_many"), "", isLive(r)))
	}
	if err != nil {
		return err
	}
	shown := strconv.Itoa(news.Count)
	if shown == cmp.Or(r.Value("shown"), "0") {
		return r.NoContent(http.StatusNoContent)
	}
	words := ""
	if news.Count > 0 { // else what the line spoke of was taken back
		words = r.Text.Text("post.news", locale.N("count", news.Count))
	}
	return r.Show(newsLine(words, newsURL(r.Value("cursor"))+"&shown="+shown, isLive(r)))
}

// newsURL is where the line asks what is new behind a cursor.
func newsURL(cursor string) string { return "/home/new?cursor=" + queryEscape(cursor) }

// SpaceView is what is said in a space, for its own page.
type SpaceView struct {
	// Pinned are on top of the first page, and in no list below.
	Pinned, Posts []look.Post
	Pager         look.Pager
	Order         post.Order
	// Chips lead to threads of one kind; Only is what the address has of that.
	Chips []look.Tab
	Only  string
}

// SpacePage is what is said in a space, for package spaceweb.
func (h *Handler) SpacePage(r *web.Request, key string, s space.View) (v SpaceView, err error) {
	v.Order = order(r)
	only := narrow(r)
	list := s.Path() + "?sort=" + string(v.Order)
	v.Only, v.Chips = only.query(), only.chips(r.Text, list)
	page, err := h.Posts.Threads(r.Ctx(), r.Actor, post.Query{Space: s.ID, Order: v.Order, Before: r.Value("before"), Kind: only.kind, Open: only.open, Unpinned: v.Only == ""})
	if err != nil {
		return v, err
	}
	v.Posts, v.Pager = cards(r, key, page, list+v.Only, false)
	if r.Value("before") != "" || v.Only != "" {
		return v, nil
	}
	top, err := h.Posts.Pinned(r.Ctx(), r.Actor, s.ID)
	if err != nil {
		return v, err
	}
	v.Pinned = shown(r, key, top, false)
	return v, nil
}
