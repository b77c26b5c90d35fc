// Package numbersweb shows members what is counted about their community.
package numbersweb

import (
	"embed"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/numbers"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// Messages are the words of these pages.
//
//go:embed messages/*.json
var Messages embed.FS

// path is the page's address.
const path = "/about/numbers"

// Handler shows the numbers.
type Handler struct{ Numbers *numbers.Operations }

// Mount adds the routes.
func (h *Handler) Mount(m *web.Router) {
	m.Of(community.Numbers).GET(web.Members, path, h.page)
}

func (h *Handler) page(r *web.Request) error {
	days, err := h.Numbers.Days(r.Ctx(), r.Actor)
	if err != nil {
		return err
	}
	some, pager := web.Cut(r, days, path, "page")
	p := r.Page(r.Text.Text("numbers.title"))
	return r.Show(numbersPage(p, some, pager))
}

// columns name what the table shows.
func columns(t *locale.Printer) []string {
	all := []string{t.Text("numbers.day")}
	for _, k := range numbers.Kinds {
		all = append(all, t.Text("numbers.kind_"+string(k)))
	}
	return all
}

func rows(t *locale.Printer, days []numbers.Day) []look.Row {
	all := make([]look.Row, len(days))
	for i, d := range days {
		all[i] = look.Row{look.Words(t.Date(d.Date))}
		for _, k := range numbers.Kinds {
			all[i] = append(all[i], number(t, d.Numbers[k]))
		}
	}
	return all
}

func number(t *locale.Printer, n numbers.Number) templ.Component {
	if n.Few {
		return look.Words(t.Text("numbers.few"))
	}
	return look.Words(t.Text("numbers.n", locale.N("n", int(n.N))))
}
