package pageweb

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// typed is what the form was sent with.
func typed(r *web.Request) page.Draft {
	return page.Draft{Space: r.Value("space"), Title: r.Value("title"), Body: r.FormValue("body"), Note: r.Value("note")}
}

// foresee is what a draft will look like, nil where nobody asked.
func (h *Handler) foresee(r *web.Request, id string, d page.Draft) (*look.Seen, error) {
	html, err := h.Pages.Foresee(r.Ctx(), r.Actor, id, d)
	if err != nil {
		return nil, err
	}
	return &look.Seen{Title: strings.Join(strings.Fields(d.Title), " "), HTML: html}, nil
}

func (h *Handler) begin(r *web.Request) error {
	p := r.Page(r.Text.Text("page.new"))
	c, err := h.composer(r, p.FormKey, page.Draft{Space: r.Value("space")})
	if err != nil {
		return err
	}
	if len(c.Spaces) == 0 {
		return r.Show(nowherePage(p))
	}
	return r.Show(writePage(p, c, nil))
}

// composer is the form for a new page, with what was typed so far.
func (h *Handler) composer(r *web.Request, key string, d page.Draft) (look.Composer, error) {
	mine, err := h.Spaces.Writable(r.Ctx(), r.Actor)
	if err != nil {
		return look.Composer{}, err
	}
	c := form(r, key, d)
	c.URL, c.Send, c.Space = newURL, r.Text.Text("page.save"), d.Space
	c.Audience = look.Audience{Kind: "space", Words: r.Text.Text("post.audience_chosen")}
	for _, s := range mine {
		c.Spaces = append(c.Spaces, look.Option{Value: s.ID, Label: s.Name, Hint: readers(r, s.Visibility, s.Name).Words})
	}
	if len(mine) == 1 {
		c.Audience.Words = c.Spaces[0].Hint
	}
	return c, nil
}

// form has what every form for a page has.
func form(r *web.Request, key string, d page.Draft) look.Composer {
	return look.Composer{
		Key: key, Author: look.Person{Name: r.Viewer.Name, Handle: r.Viewer.Handle}, Label: r.Text.Text("page.body"), Body: d.Body, Rows: 12,
		Title: &look.Field{Name: "title", Label: r.Text.Text("page.title"), Value: d.Title, MaxLength: page.MaxTitle},
	}
}

// marked says beside each field what is wrong with it.
func marked(c look.Composer, problems []look.Problem) look.Composer {
	c.BodyError = look.ProblemOf(problems, "body")
	title := *c.Title
	title.Error, c.Title = look.ProblemOf(problems, "title"), &title
	return c
}

func (h *Handler) create(r *web.Request) error {
	d := typed(r)
	var seen *look.Seen
	var err error
	if r.Looks() {
		seen, err = h.foresee(r, "", d)
	} else {
		var id string
		if id, err = h.Pages.Create(r.Ctx(), r.Actor, r.Key(), d); web.Done(err) == nil {
			return r.Say("/w/"+id, "said.page_saved")
		}
	}
	var failed error
	again := r.Anew(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title = r.Text.Text("page.new")
		c, err := h.composer(r, p.FormKey, d)
		c.Seen, failed = seen, err
		return writePage(p, c, problems)
	})
	if failed != nil {
		return failed
	}
	return again
}

func (h *Handler) edit(r *web.Request) error {
	w, err := h.Pages.Words(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("page.edit_title"))
	p.Nav = x.SpacePath
	return r.Show(writePage(p, editor(r, p.FormKey, x, w.Draft, w.Version, nil), nil))
}

// editor is the form for changing a page that was made with a version of it.
func editor(r *web.Request, key string, x page.View, d page.Draft, version int64, problems []look.Problem) look.Composer {
	c := form(r, key, d)
	c.URL, c.Send, c.Audience = x.Path()+"/edit", r.Text.Text("page.save"), readers(r, x.SpaceVisibility, x.SpaceName)
	note := look.Field{Name: "note", Label: r.Text.Text("page.note"), Hint: r.Text.Text("page.note_hint"), Value: d.Note, Optional: true, MaxLength: page.MaxNote, Error: look.ProblemOf(problems, "note")}
	c.Extra = []templ.Component{look.Input(r.Text, note), hidden("version", strconv.FormatInt(version, 10))}
	c.Also = []look.Action{{Label: r.Text.Text("post.cancel"), URL: x.Path(), Kind: look.Quiet}}
	return c
}

func (h *Handler) change(r *web.Request) error {
	version, err := number(r, "version")
	if err != nil {
		return err
	}
	id, d := r.Param("id"), typed(r)
	var seen *look.Seen
	if r.Looks() {
		seen, err = h.foresee(r, id, d)
	} else if _, err = h.Pages.Edit(r.Ctx(), r.Actor, r.Key(), id, version, d); web.Done(err) == nil {
		return r.Say("/w/"+id, "said.page_saved")
	}
	x, failed := h.Pages.One(r.Ctx(), r.Actor, id)
	if failed != nil {
		return failed
	}
	if fault.Is(err, fault.Conflict) {
		return h.compare(r, err, x, d)
	}
	return r.Anew(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav = r.Text.Text("page.edit_title"), x.SpacePath
		c := editor(r, p.FormKey, x, d, version, problems)
		c.Seen = seen
		return writePage(p, c, problems)
	})
}

// compare shows the second of two who change a page what the first one made of it,
// beside what she typed. Her words stay in the form, which now is for the version that
// she is shown: sent again it replaces that.
func (h *Handler) compare(r *web.Request, err error, x page.View, d page.Draft) error {
	w, failed := h.Pages.Words(r.Ctx(), r.Actor, x.ID)
	if failed != nil {
		return failed
	}
	return r.Again(err, func(p look.Page, problems []look.Problem) templ.Component {
		p.Title, p.Nav = r.Text.Text("page.edit_title"), x.SpacePath
		v := compared(w.Title, w.Body, strings.Join(strings.Fields(d.Title), " "), strings.ReplaceAll(d.Body, "\r\n", "\n"))
		return conflictPage(p, editor(r, p.FormKey, x, d, w.Version, problems), problems, person(r, x.Editor), x, v)
	})
}

// number reads the number of a version.
func number(r *web.Request, field string) (int64, error) {
	n, err := strconv.ParseInt(r.Value(field), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "fault.bad_request").Because(err)
	}
	return n, nil
}
