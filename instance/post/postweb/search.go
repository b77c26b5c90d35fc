package postweb

import (
	"net/url"
	"strings"
	"time"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/internal/searchtext"
	"github.com/opengather/opengather/instance/media/mediaweb"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/page/pageweb"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"

	"github.com/a-h/templ"
)

// searchView is what the search page shows: the form as it was sent, and what it
// finds.
type searchView struct {
	Query, From, In, Since, Until string
	Photos, Newest                bool

	// Inside and Media say which fields there are for the viewer.
	Inside, Media bool
	Places        []look.Option
	Problems      []look.Problem
	// Offered are people to choose from, Without the ways to search without one of
	// the filters.
	Offered, Without []look.Link

	// Asked says that anything is looked for.
	Asked     bool
	Spaces    []look.Link
	People    []look.Person
	PeopleURL string
	Hits      []look.Hit
	// Pages are those found, PagesURL leads to more of them.
	Pages    []look.Hit
	PagesURL string
	// Similar is the first hit that only resembles, -1 if none does.
	Similar int
	Pager   look.Pager
}

func (v searchView) narrowed() bool {
	return v.From != "" || v.In != "" || v.Since != "" || v.Until != "" || v.Photos || v.Newest
}

func (v searchView) sort() string {
	if v.Newest {
		return "newest"
	}
	return ""
}

// field is a field of the form, none of which has to be filled.
func (v searchView) field(name string, f look.Field) look.Field {
	f.Name, f.Error = name, look.ProblemOf(v.Problems, name)
	f.Attrs = templ.Attributes{"required": false}
	return f
}

// url is the address of this search.
func (v searchView) url() string {
	q := url.Values{"q": {v.Query}}
	for name, value := range map[string]string{"from": v.From, "in": v.In, "since": v.Since, "until": v.Until, "sort": v.sort()} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if v.Photos {
		q.Set("photos", "1")
	}
	return "/search?" + q.Encode()
}

// refuse says what is wrong with a field.
func (v *searchView) refuse(field, words string) {
	v.Problems = append(v.Problems, look.Problem{Field: field, Text: words})
}

// aboveMost is how many spaces and people are shown above what was said.
const aboveMost = 3

// search finds what was said, and the spaces and people that fit. Nothing is
// asked about without a question.
func (h *Handler) search(r *web.Request) error {
	v := searchView{
		Query: r.Value("q"), From: r.Value("from"), In: r.Value("in"), Since: r.Value("since"), Until: r.Value("until"),
		Photos: r.Value("photos") != "", Newest: r.Value("sort") == "newest", Similar: -1,
		Inside: r.SignedIn() && r.Viewer.State == "active", Media: r.Community.Has(community.Media),
	}
	v.From, v.Photos = when(v.Inside, v.From), v.Photos && v.Media
	known, err := h.Spaces.Known(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	w, err := h.wanted(r, &v, known)
	if err != nil {
		return err
	}
	sought, words := searchtext.Parse(v.Query)
	if words && r.Value("before") == "" && w == (post.Wanted{Words: v.Query, Newest: v.Newest}) && len(v.Problems) == 0 {
		if err := h.beside(r, &v, sought, known); err != nil {
			return err
		}
	}
	p := r.Page(r.Text.Text("post.search"))
	p.Nav = look.NavSearch
	if v.Asked = w != (post.Wanted{Newest: v.Newest}); v.Asked && len(v.Problems) == 0 {
		if err := h.pages(r, &v, w); err != nil {
			return err
		}
		page, err := h.Posts.Search(r.Ctx(), r.Actor, w, r.Value("before"))
		if err != nil {
			return err
		}
		v.show(r, page, sought)
	}
	return r.Show(searchPage(p, v))
}

// when gives a text where it counts.
func when(counts bool, text string) string {
	if counts {
		return text
	}
	return ""
}

// wanted reads the form. What cannot be understood is said at its field, and
// stays there.
func (h *Handler) wanted(r *web.Request, v *searchView, known []space.Space) (w post.Wanted, err error) {
	w = post.Wanted{Words: v.Query, Photos: v.Photos, Newest: v.Newest}
	if w.From, err = h.author(r, v); err != nil {
		return w, err
	}
	if w.In, err = h.place(r, v, known); err != nil {
		return w, err
	}
	if since, ok := v.day(r, "since", v.Since); ok {
		w.Since = since
	}
	if until, ok := v.day(r, "until", v.Until); ok {
		w.Until = until.AddDate(0, 0, 1)
	}
	v.without(r.Text)
	return w, nil
}

// day reads a day in the community's time zone.
func (v *searchView) day(r *web.Request, field, typed string) (time.Time, bool) {
	if typed == "" {
		return time.Time{}, false
	}
	day, err := time.ParseInLocation(time.DateOnly, typed, r.Community.Location())
	if err != nil {
		v.refuse(field, r.Text.Text("post.search_day_wrong"))
	}
	return day, err == nil
}

// author finds who is meant by a handle, or by a name if only one fits. Whoever
// may not be known of is asked for like somebody who is not there.
func (h *Handler) author(r *web.Request, v *searchView) (string, error) {
	if v.From == "" {
		return "", nil
	}
	who, err := h.Members.Profile(r.Ctx(), r.Actor, strings.ToLower(strings.TrimPrefix(v.From, "@")))
	if err == nil {
		v.From = "@" + who.Handle
		return who.ID, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return "", err
	}
	found, err := h.Members.Directory(r.Ctx(), r.Actor, v.From, 1)
	if err != nil {
		return "", err
	}
	switch len(found.People) {
	case 0:
		v.refuse("from", r.Text.Text("post.search_from_none"))
		return "", nil
	case 1:
		v.From = "@" + found.People[0].Handle
		return found.People[0].ID, nil
	}
	v.refuse("from", r.Text.Text("post.search_from_many"))
	for _, p := range found.People[:min(len(found.People), 5)] {
		with := *v
		with.From = "@" + p.Handle
		v.Offered = append(v.Offered, look.Link{Label: p.Name + " @" + p.Handle, URL: with.url()})
	}
	return "", nil
}

// place finds the space that is meant, and lists those to choose from.
func (h *Handler) place(r *web.Request, v *searchView, known []space.Space) (id string, err error) {
	if v.In != "" {
		s, err := h.Spaces.Find(r.Ctx(), r.Actor, v.In)
		switch {
		case fault.Is(err, fault.NotFound):
			v.refuse("in", r.Text.Text("post.search_in_none"))
			v.Places = append(v.Places, look.Option{Value: v.In, Label: v.In})
		case err != nil:
			return "", err
		default:
			id, v.In = s.ID, addressOf(s.Space)
		}
	}
	v.Places = append([]look.Option{{Label: r.Text.Text("post.search_in_all")}}, v.Places...)
	for _, s := range known {
		v.Places = append(v.Places, look.Option{Value: addressOf(s), Label: s.Name})
	}
	return id, nil
}

// addressOf is what stands for a space in addresses.
func addressOf(s space.Space) string { return strings.TrimPrefix(s.Path(), "/s/") }

// without leads to the same search less one of its filters.
func (v *searchView) without(t *locale.Printer) {
	add := func(set bool, filter string, drop func(*searchView)) {
		if !set {
			return
		}
		less := *v
		drop(&less)
		v.Without = append(v.Without, look.Link{Label: t.Text("post.search_without", locale.S("filter", filter)), URL: less.url()})
	}
	place := v.In
	for _, o := range v.Places {
		if o.Value == v.In {
			place = o.Label
		}
	}
	add(v.From != "", v.From, func(l *searchView) { l.From = "" })
	add(v.In != "", place, func(l *searchView) { l.In = "" })
	add(v.Since != "", t.Text("post.search_since")+": "+v.Since, func(l *searchView) { l.Since = "" })
	add(v.Until != "", t.Text("post.search_until")+": "+v.Until, func(l *searchView) { l.Until = "" })
	add(v.Photos, t.Text("post.search_photos"), func(l *searchView) { l.Photos = false })
}

// beside finds the spaces and people that fit.
func (h *Handler) beside(r *web.Request, v *searchView, sought searchtext.Sought, known []space.Space) error {
	for _, s := range space.Fitting(known, sought, aboveMost) {
		v.Spaces = append(v.Spaces, look.Link{Label: s.Name, URL: s.Path()})
	}
	if !v.Inside || !r.Community.Has(community.Directory) {
		return nil
	}
	v.PeopleURL = "/people?q=" + queryEscape(v.Query)
	found, err := h.Members.Search(r.Ctx(), r.Actor, v.Query, aboveMost)
	for _, p := range found {
		v.People = append(v.People, personOf(r.Text, p.Name, p.Handle, p.Role))
	}
	return err
}

// pagesMost is how many pages are shown above what was said.
const pagesMost = 5

// pages finds the pages that fit, on the first page of what is found. They have no
// photos.
func (h *Handler) pages(r *web.Request, v *searchView, w post.Wanted) (err error) {
	if !r.Community.Has(community.Pages) || w.Photos || r.Value("before") != "" {
		return nil
	}
	var more bool
	v.Pages, more, err = h.Pages.Found(r, page.Wanted{Words: w.Words, From: w.From, In: w.In, Since: w.Since, Until: w.Until}, pagesMost)
	if more && !v.narrowed() {
		v.PagesURL = pageweb.FoundURL(w.Words)
	}
	return err
}

// show makes hits of what was found.
func (v *searchView) show(r *web.Request, page post.Page, sought searchtext.Sought) {
	for i, x := range page.Posts {
		if x.Resembles && v.Similar < 0 {
			v.Similar = i
		}
		v.Hits = append(v.Hits, hit(r, x, sought))
	}
	if page.Older != "" {
		v.Pager.OlderURL = v.url() + "&before=" + page.Older
	} else if len(v.Hits) > 0 {
		v.Pager.End = r.Text.Text("web.list_end")
	}
	if r.Value("before") != "" {
		v.Pager.NewerURL = v.url()
	}
}

// excerpt is how much of a post a hit shows, in characters.
const excerpt = 220

// hit shows a post with marks where it has what was looked for. They are made of
// what the viewer is shown, never of what is stored.
func hit(r *web.Request, x post.Post, sought searchtext.Sought) look.Hit {
	h := look.Hit{Post: view(r, "", x, true)}
	h.Body, h.Reactions, h.Save = nil, look.Reactions{}, look.Save{}
	h.Gallery = mediaweb.Gallery(r, x.Media, x.Path(), false)
	if x.IsReply() {
		h.Signs = append(h.Signs, look.Sign{Icon: "reply", Words: r.Text.Text("post.search_reply")})
	}
	words := strings.Join(strings.Fields(markup.Plain(x.HTML)), " ")
	marks := sought.Marks(words)
	for _, m := range x.Media { // it may be in what is said of a photo alone
		if alt := sought.Marks(m.Alt); len(marks) == 0 && len(alt) > 0 {
			words, marks = m.Alt, alt
		}
	}
	h.Words = searchtext.Excerpt(x.Title, sought.Marks(x.Title), post.MaxTitle)
	h.Excerpt = searchtext.Excerpt(words, marks, excerpt)
	return h
}
