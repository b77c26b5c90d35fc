package communityweb

import (
	"github.com/opengather/opengather/instance/notices"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// licences lists what others made of the program, and leads to their texts.
func (h *Handler) licences(r *web.Request) error {
	parts := notices.Parts()
	rows := make([]look.Row, len(parts))
	for i, p := range parts {
		rows[i] = look.Row{named(p.Name), named(p.Version), named(p.Licence)}
	}
	p := r.Page(r.Text.Text("licences.title"))
	p.Wide = true
	return r.Show(licencesPage(p, rows))
}
