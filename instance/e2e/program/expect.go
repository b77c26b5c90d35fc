package program

import (
	"net/http"
	"strings"
)

// Expect holds a page to its status and to texts that its title or its text
// has; those after a "!" it must not have. It must not lack words.
func (p *Page) Expect(status int, texts ...string) {
	p.t.Helper()
	if p.Status != status {
		p.t.Errorf("%s: status %d, want %d", p.URL, p.Status, status)
	}
	p.hold(p.Title()+"\n"+p.Text(), texts)
}

// Says holds a page to texts that it has; those after a "!" it must not have.
func (p *Page) Says(texts ...string) {
	p.t.Helper()
	p.hold(p.Text(), texts)
}

// At ends the test unless the page is where it should be, and gives it back.
func (p *Page) At(path string, status int) *Page {
	p.t.Helper()
	if p.URL.Path != path || p.Status != status {
		p.t.Fatalf("at %s with %d, want %s with %d:\n%s", p.URL.Path, p.Status, path, status, p.Text())
	}
	p.hold(p.Text(), nil)
	return p
}

// PostForm is the only form of the page that posts to that path. A search or a
// dialog may be sent there too.
func (p *Page) PostForm(path string) *Form {
	p.t.Helper()
	var found []*Form
	for _, f := range p.Forms() {
		if f.Method == http.MethodPost && f.Action.Path == path {
			found = append(found, f)
		}
	}
	if len(found) != 1 {
		return p.Form(path) // ends the test, and says what the page has
	}
	return found[0]
}

func (p *Page) hold(body string, texts []string) {
	p.t.Helper()
	for _, want := range texts {
		absent, no := strings.CutPrefix(want, "!")
		if strings.Contains(body, absent) == no {
			p.t.Errorf("%s: %q in the page: %v\n%s", p.URL, absent, !no, body)
		}
	}
	if strings.Contains(string(p.Body), "⟦") {
		p.t.Errorf("%s: a text is missing\n%s", p.URL, body)
	}
}
