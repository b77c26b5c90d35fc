package communityweb

import (
	"github.com/opengather/opengather/instance/privacy"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// data lists every column that the program stores.
func (h *Handler) data(r *web.Request) error {
	tables, err := privacy.Tables()
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("privacy.data_title"))
	p.Wide = true
	return r.Show(dataPage(p, tables))
}

// rows puts the columns of a table into lines.
func rows(t privacy.Table) []look.Row {
	lines := make([]look.Row, len(t.Columns))
	for i, c := range t.Columns {
		lines[i] = look.Row{look.Words(c.Name), look.Words(c.Purpose), look.Words(c.Audience), look.Words(c.Kept), look.Words(c.Export)}
	}
	return lines
}
