package suite_test

import (
	"github.com/opengather/opengather/instance/page"
)

// lookUp begins pages in a space: one that was changed, and one that a moderator
// deleted.
func (w *town) lookUp(where string) {
	w.t.Helper()
	ctx, o, by := w.t.Context(), w.program.Pages, w.people["insider"].actor()
	begin := func(what, title, body string) string {
		id := w.must(o.Create(ctx, by, "", page.Draft{Space: w.spaces[where].ID, Title: title, Body: body}))
		w.posts[what+" "+where] = id
		return id
	}
	id := begin("page", "qzpagetitle"+where, "harvest qzpageformer"+where)
	w.must(o.Edit(ctx, by, "", id, 1, page.Draft{Title: "qzpagetitle" + where, Body: "harvest qzpagenow" + where, Note: "qzpagenote" + where}))
	w.must(o.Own(ctx, by, "", id, true))
	w.must(o.Pin(ctx, w.keeper(where).actor(), "", id, true))
	w.must(o.Remove(ctx, w.keeper(where).actor(), "", begin("deleted page", "qzpagedeleted"+where, "harvest qzpagedeletedbody"+where)))
}

// pagesIn are the channels of the pages of a space.
func (w *town) pagesIn(where string) []channel {
	here, path, gone := []string{where}, "/w/"+w.posts["page "+where], "/w/"+w.posts["deleted page "+where]
	s := w.spaces[where]
	return []channel{
		{name: "pages of " + where, paths: []string{s.Path() + "/pages", "/s/" + s.ID + "/pages"}, in: here, carries: []string{"qzpagetitle", "qzspace", "qzpagedeleted"}},
		{name: "page " + where, paths: []string{path}, in: here, carries: []string{"qzpagetitle", "qzpagenow"}},
		{name: "versions of a page " + where, paths: []string{path + "/history"}, in: here, carries: []string{"qzpagetitle", "qzpagenote"}},
		{name: "what was changed on a page " + where, paths: []string{path + "/diff?to=2", path + "/diff?from=2&to=1"}, in: here, carries: []string{"qzpagetitle", "qzpagenow", "qzpageformer"}},
		{name: "forms of a page " + where, paths: []string{path + "/edit", path + "/revert?to=1", path + "/review", path + "/delete"}},
		{name: "deleted page " + where, paths: []string{gone, gone + "/history", gone + "/diff?to=1"}, in: here, carries: []string{"qzpagedeleted", "qzpagedeletedbody"}},
		{name: "forms of a deleted page " + where, paths: []string{gone + "/edit", gone + "/revert?to=1", gone + "/review", gone + "/delete"}},
	}
}

// hiddenPages are pages that exist for some and not for others.
func (w *town) hiddenPages() (all []secret) {
	gets := []string{"/w/{}", "/w/{}/edit", "/w/{}/history", "/w/{}/diff?to=1", "/w/{}/diff?from=1&to=2", "/w/{}/revert?to=1", "/w/{}/review", "/w/{}/delete"}
	posts := []string{"/w/{}/edit", "/w/{}/revert?to=1", "/w/{}/pin", "/w/{}/own", "/w/{}/review", "/w/{}/delete", "/w/{}/restore"}
	for _, where := range wheres {
		if out := without(roles, said[where]); len(out) > 0 {
			all = append(all, secret{"page " + where, w.posts["page "+where], nothing, out, gets, posts})
		}
		// Who wrote it may still take it back, and so is told of it.
		out := without(roles, append(keep[where], "insider"))
		all = append(all, secret{"deleted page " + where, w.posts["deleted page "+where], nothing, out, gets, posts})
	}
	return all
}
