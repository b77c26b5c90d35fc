package post_test

import (
	"context"
	"fmt"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page"
)

// leaf is a page of a space in the model: its readers are those of the space.
type leaf struct {
	id      string
	space   int
	deleted bool
}

// leafName is what the page of a step is called.
func leafName(i int) string { return fmt.Sprint("page", i) }

// brought reports whether a step begins a page, besides what else it does, so that
// a seed that once saw a fault plays the same steps.
func (s scenario) brought(i int) bool {
	return i == s.Secret || s.Steps[i].Kind == doDescribe && s.Steps[i].What%2 == 0
}

// bind begins a page at a step that brings one, and does something to a former one at
// steps that bring none: both in the way that members have, which may be refused.
func (w *world) bind(ctx context.Context, i int, st step, m, x int, body string) {
	switch {
	case w.s.brought(i):
		id, err := w.pages.Create(ctx, w.actor(m), "", page.Draft{Space: spaceID(x), Title: titleOf(i, body) + "page", Body: body})
		w.sound("page", err)
		if err == nil {
			w.names[id], w.leaves[leafName(i)] = leafName(i), &leaf{id: id, space: x}
		}
	case st.Kind == doDescribe || st.Kind == doChoose:
		if l := w.leaves[leafName(w.s.leafBefore(i, st))]; l != nil {
			w.leaf(ctx, i, st, m, l)
		}
	}
}

// leafBefore is the step whose page a later one acts upon.
func (s scenario) leafBefore(i int, st step) int {
	var all []int
	for j := range i {
		if s.brought(j) {
			all = append(all, j)
		}
	}
	if len(all) == 0 {
		return -1
	}
	return all[st.What/2%len(all)]
}

// leaf does something to a page.
func (w *world) leaf(ctx context.Context, i int, st step, m int, l *leaf) {
	o, a := w.pages, w.actor(m)
	var err error
	switch st.Extra % 6 {
	case 0:
		_, err = o.Pin(ctx, a, "", l.id, st.Who%2 == 0)
	case 1:
		_, err = o.Own(ctx, a, "", l.id, st.Who%2 == 0)
	case 2:
		if _, err = o.Remove(ctx, a, "", l.id); err == nil {
			l.deleted = true
		}
	case 3:
		if _, err = o.Restore(ctx, a, "", l.id); err == nil {
			l.deleted = false
		}
	default:
		var now page.Words
		if now, err = o.Words(ctx, a, l.id); err == nil {
			_, err = o.Edit(ctx, a, "", l.id, now.Version, page.Draft{Title: now.Title, Body: fmt.Sprintf("%s word%d", now.Body, i)})
		}
	}
	w.sound("page", err)
	if err == nil && !w.readsSpace(m, l.space) {
		w.t.Errorf("step %d: member %d, who may not read %s, does %d to it", i, m, w.names[l.id], st.Extra%6)
	}
}

// shelves are what a member is shown of pages: for who is outside of the secret in
// every channel there is.
func (w *world) shelves(m int, seen map[string]bool) (v []string) {
	ctx, a := context.Background(), w.actor(m)
	put := func(where string, all []page.Page, err error) {
		w.sound(where, err)
		line := fmt.Sprint(where, " ", fault.KindOf(err), err == nil)
		for _, p := range all {
			seen[p.ID] = true
			line += fmt.Sprint("\n  ", w.names[p.ID], p.Title, p.SpaceID, p.Author.ID, p.Editor.ID, p.Owner.ID, p.Pinned, p.Version)
		}
		v = append(v, line)
	}
	all, err := w.pages.All(ctx, a)
	put("pages", all, err)
	for i := range w.s.Steps {
		if w.s.brought(i) {
			v = append(v, leafName(i)+" "+w.opened(a, i, seen))
		}
	}
	if m != w.s.Outside {
		return v
	}
	for x := range w.s.Spaces {
		s, err := w.pages.In(ctx, a, spaceID(x))
		put("pages of "+spaceID(x), append(s.Pages, s.Deleted...), err)
	}
	for n, words := range []string{"all", w.secret} {
		found, err := w.pages.Search(ctx, a, page.Wanted{Words: words}, 50)
		put(fmt.Sprint("search of pages ", n), found, err)
	}
	for i := range w.s.Steps {
		if w.s.brought(i) {
			v = append(v, "versions of "+leafName(i)+" "+w.leafed(a, i))
		}
	}
	return v
}

// leafOf is the id of the page of a step, or of nothing.
func (w *world) leafOf(i int) string {
	if l := w.leaves[leafName(i)]; l != nil {
		return l.id
	}
	return nothing
}

// opened is what somebody gets who asks for the page of a step.
func (w *world) opened(a access.Actor, i int, seen map[string]bool) string {
	id := w.leafOf(i)
	one, err := w.pages.One(context.Background(), a, id)
	w.sound("page", err)
	if err == nil {
		seen[id] = true
	}
	return fmt.Sprint(fault.KindOf(err), err == nil, one.HTML, one.Alone)
}

// leafed is what somebody gets of the versions of the page of a step.
func (w *world) leafed(a access.Actor, i int) string {
	ctx, id := context.Background(), w.leafOf(i)
	h, other := w.pages.History(ctx, a, id)
	w.sound("history of a page", other)
	was, is, third := w.pages.Pair(ctx, a, id, 0, 2)
	w.sound("versions of a page", third)
	return fmt.Sprint(fault.KindOf(other), len(h), fault.KindOf(third), was.Body, is.Body)
}

// checkLeaves holds the pages that somebody was shown against the model.
func (w *world) checkLeaves(m int, seen map[string]bool) {
	for name, l := range w.leaves {
		reads := w.readsSpace(m, l.space)
		if seen[l.id] && !reads || reads && !l.deleted && !seen[l.id] {
			w.t.Errorf("member %d sees %s: %t, and reads its space: %t", m, name, seen[l.id], reads)
		}
	}
}

// deniedPages has somebody do with the page of the secret whatever can be done with
// one. For who is outside there is no such page.
func (w *world) deniedPages(m int) {
	ctx, o, a, id := context.Background(), w.pages, w.actor(m), w.leafOf(w.s.Secret)
	for name, try := range map[string]func() error{
		"words":    func() error { return second(o.Words(ctx, a, id)) },
		"edit":     func() error { return second(o.Edit(ctx, a, "", id, 1, page.Draft{Title: "mine", Body: "mine"})) },
		"revert":   func() error { return second(o.Revert(ctx, a, "", id, 1, 1)) },
		"pin":      func() error { return second(o.Pin(ctx, a, "", id, true)) },
		"own":      func() error { return second(o.Own(ctx, a, "", id, true)) },
		"review":   func() error { return second(o.Review(ctx, a, "", id, "")) },
		"withdraw": func() error { return second(o.Withdraw(ctx, a, "", id)) },
		"remove":   func() error { return second(o.Remove(ctx, a, "", id)) },
		"restore":  func() error { return second(o.Restore(ctx, a, "", id)) },
		"look":     func() error { return second(o.Foresee(ctx, a, id, page.Draft{Title: "mine", Body: "mine"})) },
	} {
		if err := try(); !fault.Is(err, fault.NotFound) {
			w.t.Errorf("member %d, who is outside, tries %s on the page of the secret: %v", m, name, err)
		}
	}
}
