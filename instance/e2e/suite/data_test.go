package suite_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/privacy"
	"golang.org/x/net/html"
)

// TestDataPageShowsEveryColumn reads the page that everybody can read (P25).
func TestDataPageShowsEveryColumn(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		tables, err := privacy.Tables()
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, table := range tables {
			for _, c := range table.Columns {
				want = append(want, strings.Join([]string{c.Name, c.Purpose, c.Audience, c.Kept, c.Export}, "|"))
			}
		}
		for _, role := range p.some([]string{"stranger", "member", "owner"}) {
			body := p.ask(w.people[role], http.MethodGet, "/privacy/data", nil).body
			for _, table := range tables {
				if !strings.Contains(body, ">"+html.EscapeString(table.Purpose)+"</span>") || !strings.Contains(body, "<h2>"+table.Name+"</h2>") {
					t.Errorf("%s does not read of the table %s", role, table.Name)
				}
			}
			if got := rowsOf(body); !slices.Equal(got, want) {
				t.Errorf("%s reads of %d columns, want %d: %.300q", role, len(got), len(want), got)
			}
		}
	})
}

// rowsOf are the rows of all tables of a page, a line between their cells.
func rowsOf(body string) (all []string) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	for row := range root.Descendants() {
		if row.Data != "tr" {
			continue
		}
		var cells []string
		for cell := range row.Descendants() {
			if cell.Data == "td" {
				cells = append(cells, cellText(cell))
			}
		}
		if len(cells) > 0 {
			all = append(all, strings.Join(cells, "|"))
		}
	}
	return all
}

func cellText(cell *html.Node) string {
	var text strings.Builder
	for n := range cell.Descendants() {
		if n.Type == html.TextNode {
			text.WriteString(n.Data)
		}
	}
	return strings.TrimSpace(text.String())
}
