package pageweb

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/web"
	"github.com/opengather/opengather/instance/web/look"
)

// historyView is what the page of former versions shows.
type historyView struct {
	page.View
	Lines []versionLine
	Pager look.Pager
	// Choices are the versions that can be compared; fewer than three need no form.
	Choices []look.Option
}

// versionLine is a version in the list of them.
type versionLine struct {
	page.Version
	Editor look.Person
	// WordsOf says whose words somebody brought back; empty for her own.
	WordsOf string
	Current bool
	// Ways lead to what was changed, and to bringing it back.
	Ways []look.Link
}

func (h *Handler) history(r *web.Request) error {
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	all, err := h.Pages.History(r.Ctx(), r.Actor, x.ID)
	if err != nil {
		return err
	}
	some, pager := web.Cut(r, all, x.Path()+"/history", "page")
	v := historyView{View: x, Pager: pager, Choices: choices(r, all)}
	for _, y := range some {
		v.Lines = append(v.Lines, versionOf(r, x, y))
	}
	p := r.Page(r.Text.Text("page.history_of", locale.S("title", x.Title)))
	p.Nav = x.SpacePath
	return r.Show(historyPage(p, v))
}

func versionOf(r *web.Request, x page.View, y page.Version) versionLine {
	l := versionLine{Version: y, Editor: person(r, y.Editor), Current: y.Number == x.Version}
	if y.Author.ID != y.Editor.ID {
		l.WordsOf = r.Text.Text("page.words_of", locale.S("name", person(r, y.Author).Name))
	}
	n := strconv.FormatInt(y.Number, 10)
	l.Ways = append(l.Ways, look.Link{Label: r.Text.Text("page.diff"), URL: x.Path() + "/diff?to=" + n})
	if !l.Current && x.Standing.May(access.WritePage) && x.DeletedAt.IsZero() {
		l.Ways = append(l.Ways, look.Link{Label: r.Text.Text("page.revert"), URL: x.Path() + "/revert?to=" + n})
	}
	return l
}

// choices are the versions to choose two of.
func choices(r *web.Request, all []page.Version) (some []look.Option) {
	if len(all) < 3 {
		return nil
	}
	for _, y := range all {
		some = append(some, look.Option{Value: strconv.FormatInt(y.Number, 10), Label: versionWords(r, y)})
	}
	return some
}

func versionWords(r *web.Request, y page.Version) string {
	return r.Text.Text("page.version_of", locale.N("n", int(y.Number)), locale.S("name", person(r, y.Editor).Name), locale.S("when", r.Text.DateTime(y.At)))
}

// diffView is what was changed between two versions.
type diffView struct {
	page.View
	// Was and Is say which they are; Was is empty before the first.
	Was, Is string
	Changed changes
}

// changes are those of a title and of a text.
type changes struct{ Title, Body []piece }

// piece is a part of what is compared. Left is how many lines are left out instead.
type piece struct {
	page.Piece
	Left int
}

// none says that nothing differs.
func (c changes) none() bool {
	same := func(p piece) bool { return p.Change == page.Same }
	return !slices.ContainsFunc(append(slices.Clone(c.Title), c.Body...), func(p piece) bool { return !same(p) })
}

func compared(wasTitle, was, isTitle, is string) changes {
	c := changes{Body: shortened(page.Compare(was, is))}
	if wasTitle != isTitle {
		c.Title = shortened(page.Compare(wasTitle, isTitle))
	}
	return c
}

// near is how many lines of what stays are shown beside what was changed.
const near = 3

// shortened leaves out what stays and is far from what was changed.
func shortened(pieces []page.Piece) (all []piece) {
	for i, p := range pieces {
		lines := strings.SplitAfter(p.Text, "\n")
		from, to := near, len(lines)-near
		if i == 0 {
			from = 0
		}
		if i == len(pieces)-1 {
			to = len(lines)
		}
		if p.Change != page.Same || to-from < 2*near || len(pieces) == 1 {
			all = append(all, piece{Piece: p})
			continue
		}
		for _, x := range []piece{
			{Piece: page.Piece{Text: strings.Join(lines[:from], "")}},
			{Left: to - from},
			{Piece: page.Piece{Text: strings.Join(lines[to:], "")}},
		} {
			if x.Text != "" || x.Left > 0 {
				all = append(all, x)
			}
		}
	}
	return all
}

// asked is the number of a version in the address, 0 without one.
func asked(r *web.Request, name string) (int64, error) {
	if r.Value(name) == "" {
		return 0, nil
	}
	n, err := number(r, name)
	if err != nil {
		return 0, fault.Missing()
	}
	return n, nil
}

// diff shows what was changed from a version to another: to the newest, if the address
// names none, and from the one before.
func (h *Handler) diff(r *web.Request) error {
	from, err := asked(r, "from")
	if err != nil {
		return err
	}
	to, err := asked(r, "to")
	if err != nil {
		return err
	}
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	was, is, err := h.Pages.Pair(r.Ctx(), r.Actor, x.ID, from, cmp.Or(to, x.Version))
	if err != nil {
		return err
	}
	p := r.Page(r.Text.Text("page.diff_of", locale.S("title", x.Title)))
	p.Nav = x.SpacePath
	return r.Show(diffPage(p, between(r, x, was, is)))
}

func between(r *web.Request, x page.View, was, is page.Version) diffView {
	v := diffView{View: x, Is: versionWords(r, is), Changed: compared(was.Title, was.Body, is.Title, is.Body)}
	if was.Number > 0 {
		v.Was = versionWords(r, was)
	}
	return v
}

// askRevert shows what bringing a version back would change, and asks. It is the one
// before the newest, if the address names none.
func (h *Handler) askRevert(r *web.Request) error {
	to, err := asked(r, "to")
	if err != nil {
		return err
	}
	w, err := h.Pages.Words(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	x, err := h.Pages.One(r.Ctx(), r.Actor, r.Param("id"))
	if err != nil {
		return err
	}
	was, is, err := h.Pages.Pair(r.Ctx(), r.Actor, x.ID, to, w.Version)
	if err != nil {
		return err
	}
	if was.Number == 0 {
		return fault.Missing()
	}
	p := r.Page(r.Text.Text("page.revert_title"))
	p.Nav = x.SpacePath
	return r.Show(revertPage(p, between(r, x, is, was), w.Version, was.Number))
}

func (h *Handler) revert(r *web.Request) error {
	version, err := number(r, "version")
	if err != nil {
		return err
	}
	to, err := number(r, "to")
	if err != nil {
		return err
	}
	id, err := h.Pages.Revert(r.Ctx(), r.Actor, r.Key(), r.Param("id"), version, to)
	if web.Done(err) == nil {
		return r.Say("/w/"+id, "said.page_reverted")
	}
	return h.again(r, err)
}
