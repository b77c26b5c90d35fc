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
	// Unseen are the viewer's spaces with something new.
	Unseen []look.NavSpace
	Cursor string
	// Waiting is how many people ask to be let in, for who may answer.
	Waiting int
	// New says that the viewer came in the last days.
	New bool
	// First is true on the first page, where the composer and the catch-up are.
	First bool
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
	v := homeView{Order: order(r), First: r.Value("before") == "", New: r.Now.Sub(r.Viewer.JoinedAt) < firstDays && r.Viewer.Role != access.Owner}
	page, err := h.Posts.Threads(r.Ctx(), r.Actor, post.Query{Order: v.Order, Before: r.Value("before")})
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
	v.Posts, v.Pager = cards(r, p.FormKey, page, "/home?sort="+string(v.Order), true)
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
	posts := make([]look.Post, len(page.Posts))
	for i, x := range page.Posts {
		posts[i] = view(r, key, x, spaceShown)
		posts[i].Gallery = mediaweb.Gallery(r, x.Media, x.Path(), false)
		posts[i].Clamp = len(x.HTML) > 1200
	}
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

// news answers how much is new behind a sealed cursor: a line for the home
// page, which asks for it now and then. The cursor stays that of the page, so
// that the line counts all that the page does not show.
func (h *Handler) news(r *web.Request) error {
	news, err := h.Posts.Since(r.Ctx(), r.Actor, r.Value("cursor"))
	if fault.Is(err, fault.Gone) {
		return r.Show(newsLine(r.Text.Text("post.news_many"), ""))
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
	return r.Show(newsLine(words, newsURL(r.Value("cursor"))+"&shown="+shown))
}

// newsURL is where the line asks what is new behind a cursor.
func newsURL(cursor string) string { return "/home/new?cursor=" + queryEscape(cursor) }

// SpacePage is the list of threads on a space's own page, for package spaceweb.
func (h *Handler) SpacePage(r *web.Request, key string, s space.View) ([]look.Post, look.Pager, post.Order, error) {
	o := order(r)
	page, err := h.Posts.Threads(r.Ctx(), r.Actor, post.Query{Space: s.ID, Order: o, Before: r.Value("before")})
	if err != nil {
		return nil, look.Pager{}, o, err
	}
	posts, pager := cards(r, key, page, s.Path()+"?sort="+string(o), false)
	return posts, pager, o, nil
}

// search finds posts. Nothing is asked of the database without a query.
func (h *Handler) search(r *web.Request) error {
	q := r.Value("q")
	var page post.Page
	var err error
	if q != "" {
		if page, err = h.Posts.Search(r.Ctx(), r.Actor, q, r.Value("before")); err != nil {
			return err
		}
	}
	p := r.Page(r.Text.Text("post.search"))
	p.Nav = look.NavSearch
	posts, pager := cards(r, p.FormKey, page, "/search?q="+queryEscape(q), true)
	return r.Show(searchPage(p, q, posts, pager, r.SignedIn() && r.Community.Has(community.Directory)))
}
