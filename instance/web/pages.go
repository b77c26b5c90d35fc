package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/web/look"
)

// PageSize is how many things a page of a list shows that is cut by Cut.
const PageSize = 50

// Cut gives the page of a list that the address asks for under a name, and the
// links to those before and behind it. at is the list's own address.
func Cut[T any](r *Request, all []T, at, name string) ([]T, look.Pager) {
	pages := max(1, (len(all)+PageSize-1)/PageSize)
	page := min(r.PageAsked(name), pages)
	from := (page - 1) * PageSize
	return all[from:min(from+PageSize, len(all))], r.Pager(at, name, page, pages)
}

// PageAsked is the number of the page that the address asks for under a name;
// what is no number is the first.
func (r *Request) PageAsked(name string) int {
	page, err := strconv.Atoi(r.QueryParam(name))
	if err != nil {
		return 1
	}
	return max(page, 1)
}

// Pager leads from a page to its neighbours. The last of several says that it
// is the last.
func (r *Request) Pager(at, name string, page, pages int) look.Pager {
	path, query, _ := strings.Cut(at, "?")
	to := func(page int) string {
		q, err := url.ParseQuery(query)
		if err != nil {
			q = url.Values{}
		}
		q.Set(name, strconv.Itoa(page))
		return path + "?" + q.Encode()
	}
	p := look.Pager{Numbered: true}
	if page > 1 {
		p.NewerURL = to(page - 1)
	}
	if page < pages {
		p.OlderURL = to(page + 1)
	} else if pages > 1 {
		p.End = r.Text.Text("web.list_end")
	}
	return p
}
