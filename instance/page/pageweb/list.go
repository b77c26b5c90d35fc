package pageweb

import (
	"net/url"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// entry is a page in a list.
type entry struct {
	look.Link
	Pinned bool
	// Due says in words that it is to be looked through; empty if it is not.
	Due string
	// Facts are who changed it and when, and who looks after it.
	Facts []string
	// Space is where it is, where that is not the same for all.
	Space look.Link
}

// listView is what a list of pages shows.
type listView struct {
	Entries []entry
	Deleted []entry
	Pager   look.Pager
	// Space leads back to a space; empty for all of them.
	Space look.Link
	// NewURL leads to the form for a new page; empty for who may begin none.
	NewURL string
	// Query is what is looked for among them, and Hits what was found.
	Query string
	Hits  []look.Hit
}

// mostFound is how many hits there are pages of.
const mostFound = 250

// all lists the pages of all spaces, or those in which the words occur that the
// address asks for.
func (h *Handler) all(r *web.Request) error {
	v := listView{Query: r.Value("q")}
	p := r.Page(r.Text.Text("page.all"))
	if v.Query != "" {
		found, err := h.Pages.Search(r.Ctx(), r.Actor, page.Wanted{Words: v.Query}, mostFound)
		if err != nil {
			return err
		}
		some, pager := web.Cut(r, found, FoundURL(v.Query), "page")
		v.Hits, v.Pager = Hits(r, some, v.Query), pager
		return r.Show(listPage(p, v))
	}
	pages, err := h.Pages.All(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	some, pager := web.Cut(r, pages, "/pages", "page")
	v.Entries, v.Pager = entries(r, some, true), pager
	if r.SignedIn() {
		mine, err := h.Spaces.Writable(r.Ctx(), r.Actor)
		if err != nil {
			return err
		}
		if len(mine) > 0 {
			v.NewURL = newURL
		}
	}
	return r.Show(listPage(p, v))
}

// In lists the pages of a space, for package spaceweb.
func (h *Handler) In(r *web.Request, s space.View) error {
	shelf, err := h.Pages.In(r.Ctx(), r.Actor, s.ID)
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("page.in", locale.S("space", s.Name)))
	p.Nav = s.Path()
	some, pager := web.Cut(r, shelf.Pages, s.Path()+"/pages", "page")
	v := listView{Entries: entries(r, some, false), Pager: pager, Space: look.Link{Label: s.Name, URL: s.Path()}}
	v.Deleted = entries(r, shelf.Deleted[:min(len(shelf.Deleted), web.PageSize)], false)
	if shelf.Standing.May(access.WritePage) {
		v.NewURL = newURL + "?space=" + url.QueryEscape(s.ID)
	}
	return r.Show(listPage(p, v))
}

const newURL = "/pages/new"

func entries(r *web.Request, pages []page.Page, spaceShown bool) (all []entry) {
	for _, x := range pages {
		e := entry{Link: look.Link{Label: x.Title, URL: x.Path()}, Pinned: x.Pinned}
		if x.Due(today(r)) {
			e.Due = r.Text.Text("page.due", locale.S("day", dayWords(r, x.ReviewOn)))
		}
		e.Facts = append(e.Facts, r.Text.Text("page.changed", locale.S("name", person(r, x.Editor).Name), locale.S("when", r.Text.Ago(x.EditedAt, r.Now))))
		if x.Owner.ID != "" {
			e.Facts = append(e.Facts, r.Text.Text("page.kept_by", locale.S("name", person(r, x.Owner).Name)))
		}
		if !x.DeletedAt.IsZero() {
			e.Due = r.Text.Text("page.deleted_until", locale.S("day", r.Text.Date(x.DeletedAt.Add(page.Undelete))))
		}
		if spaceShown {
			e.Space = look.Link{Label: x.SpaceName, URL: x.SpacePath + "/pages"}
		}
		all = append(all, e)
	}
	return all
}

// Found are the pages that fit a search, for package postweb, and whether there are
// more.
func (h *Handler) Found(r *web.Request, w page.Wanted, most int) (hits []look.Hit, more bool, err error) {
	found, err := h.Pages.Search(r.Ctx(), r.Actor, w, most+1)
	if err != nil {
		return nil, false, err
	}
	return Hits(r, found[:min(len(found), most)], w.Words), len(found) > most, nil
}

// FoundURL leads to all pages that words find.
func FoundURL(words string) string { return "/pages?q=" + url.QueryEscape(words) }

// excerpt is how much of a page a hit shows, in characters.
const excerpt = 220

// Hits shows pages with marks where they have what was looked for.
func Hits(r *web.Request, pages []page.Page, typed string) (all []look.Hit) {
	sought, _ := searchtext.Parse(typed)
	for _, x := range pages {
		words := strings.Join(strings.Fields(markup.Plain(x.HTML)), " ")
		h := look.Hit{Post: look.Post{
			ID: x.ID, URL: x.Path(), Author: person(r, x.Editor), At: x.EditedAt, Pinned: x.Pinned, Audience: readers(r, x.SpaceVisibility, x.SpaceName),
			Signs: []look.Sign{{Icon: "file-text", Words: r.Text.Text("page.page")}},
		}}
		if h.Audience.Kind == "space" {
			h.Audience.URL = x.SpacePath // it names the space already
		} else {
			h.Space = look.Link{Label: x.SpaceName, URL: x.SpacePath}
		}
		h.Words = searchtext.Excerpt(x.Title, sought.Marks(x.Title), page.MaxTitle)
		h.Excerpt = searchtext.Excerpt(words, sought.Marks(words), excerpt)
		all = append(all, h)
	}
	return all
}

// soon is when a page is looked through next, if nobody says otherwise.
func soon(r *web.Request) string {
	return r.Now.In(r.Community.Location()).AddDate(0, 6, 0).Format(time.DateOnly)
}
