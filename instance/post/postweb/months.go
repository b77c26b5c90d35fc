package postweb

import (
	"fmt"
	"strconv"
	"time"

	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// yearView is what the page of a year shows.
type yearView struct {
	Year   string
	Months []monthLine
	// Years are the others in which something was said.
	Years []look.Link
	// Empty says that nothing was ever said that the reader may read.
	Empty bool
	// Space leads back to a space; empty for all of them.
	Space look.Link
}

// monthLine is a month with how much began in it.
type monthLine struct {
	look.Link
	Count int
}

// monthView is what the page of a month shows.
type monthView struct {
	Posts []look.Post
	Pager look.Pager
	// Ways lead to the months beside it in which something was said, and to the year.
	Ways []look.Link
}

// everywhere stands for all spaces.
var everywhere space.View

func (h *Handler) months(r *web.Request) error { return h.Months(r, everywhere) }

func (h *Handler) month(r *web.Request) error { return h.Month(r, everywhere) }

// monthsAt is where the pages of a space, or of all of them, begin.
func monthsAt(s space.View) string {
	if s.ID == "" {
		return "/months"
	}
	return s.Path() + "/months"
}

// Months shows in which months of a year something was said in a space, for
// package spaceweb too.
func (h *Handler) Months(r *web.Request, s space.View) error {
	year, err := strconv.Atoi(r.QueryParam("year"))
	if err != nil || year < 1 || year > 9999 {
		year = 0 // the newest
	}
	y, err := h.Posts.Months(r.Ctx(), r.Actor, s.ID, year, r.Community.Location())
	if err != nil {
		return err
	}
	p := r.Page(monthsTitle(r.Text, s))
	if s.ID != "" {
		p.Nav = s.Path()
	}
	v := yearView{Year: strconv.Itoa(y.Year), Empty: y.First == 0}
	if s.ID != "" {
		v.Space = look.Link{Label: s.Name, URL: s.Path()}
	}
	for i, n := range y.Count {
		m := time.Month(i + 1)
		v.Months = append(v.Months, monthLine{look.Link{Label: r.Text.MonthName(m), URL: monthURL(s, y.Year, m)}, n})
	}
	for other := y.Last; other >= y.First && other > 0; other-- {
		if other != y.Year {
			v.Years = append(v.Years, look.Link{Label: strconv.Itoa(other), URL: yearURL(s, other)})
		}
	}
	return r.Show(yearPage(p, v))
}

func monthsTitle(t *locale.Printer, s space.View) string {
	if s.ID == "" {
		return t.Text("post.months")
	}
	return t.Text("post.months_in", locale.S("space", s.Name))
}

func yearURL(s space.View, year int) string { return monthsAt(s) + "?year=" + strconv.Itoa(year) }

func monthURL(s space.View, year int, m time.Month) string {
	return fmt.Sprintf("%s/%04d-%02d", monthsAt(s), year, m)
}

// Month shows what began in a month in a space, the oldest first, for package
// spaceweb too. Months are those of the community's time zone. A month in which
// the reader may read nothing is an empty page, whatever was said in it.
func (h *Handler) Month(r *web.Request, s space.View) error {
	from, until, ok := locale.ParseMonth(r.Param("month"), r.Community.Location())
	if !ok || from.After(r.Now) {
		return fault.Missing()
	}
	page, err := h.Posts.Month(r.Ctx(), r.Actor, s.ID, from, until, r.Value("after"))
	if err != nil {
		return err
	}
	year, err := h.Posts.Months(r.Ctx(), r.Actor, s.ID, from.Year(), r.Community.Location())
	if err != nil {
		return err
	}
	title := r.Text.Month(from.Year(), from.Month())
	if s.ID != "" {
		title = r.Text.Text("post.month_in", locale.S("month", title), locale.S("space", s.Name))
	}
	p := r.Page(title)
	if s.ID != "" {
		p.Nav = s.Path()
	}
	v := monthView{Posts: shown(r, p.FormKey, page.Posts, s.ID == ""), Ways: ways(r.Text, s, year, from.Month())}
	at := monthURL(s, from.Year(), from.Month())
	v.Pager.Numbered = true
	if r.Value("after") != "" {
		v.Pager.NewerURL = at
	}
	if page.Older != "" {
		v.Pager.OlderURL = at + "?after=" + page.Older
	} else if len(v.Posts) > 0 {
		v.Pager.End = r.Text.Text("web.list_end")
	}
	return r.Show(monthPage(p, v))
}

// ways lead to the months of the year before and behind one in which something
// was said, and to the year.
func ways(t *locale.Printer, s space.View, y post.Year, m time.Month) (all []look.Link) {
	link := func(i int) { // i is a month less one
		other := time.Month(i + 1)
		all = append(all, look.Link{Label: t.Month(y.Year, other), URL: monthURL(s, y.Year, other)})
	}
	for i := int(m) - 2; i >= 0; i-- {
		if y.Count[i] > 0 {
			link(i)
			break
		}
	}
	all = append(all, look.Link{Label: t.Text("post.months_year", locale.S("year", strconv.Itoa(y.Year))), URL: yearURL(s, y.Year)})
	for i := int(m); i < len(y.Count); i++ {
		if y.Count[i] > 0 {
			link(i)
			break
		}
	}
	return all
}
