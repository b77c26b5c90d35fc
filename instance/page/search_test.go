package page_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/page"
)

// A search finds pages by their words and titles, in the groups and by the filters of
// the search for posts, and only what the reader may read.
func TestPagesAreFound(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		h.begin(ada, "garden", "The shed", "Ladders hang on the left.")
		titled := h.begin(ben, "garden", "Ladders", "Who has which.")
		clock.Add(48 * time.Hour)
		later := clock.Now()
		clock.Add(time.Hour)
		h.begin(ada, "attic", "Attic", "No ladders up here.")
		h.begin(ada, "garden", "Vines", "A stepladder is enough.")
		page1 := h.begin(ada, "garden", "page", "A page about pages.")
		for _, x := range []struct {
			what string
			w    page.Wanted
			want []string
		}{
			{"by a word, the title first", page.Wanted{Words: "ladders"}, []string{"Ladders", "Attic", "The shed"}},
			{"what resembles comes last", page.Wanted{Words: "ladder"}, []string{"Ladders", "Vines", "Attic", "The shed"}},
			{"in a space", page.Wanted{Words: "ladders", In: "attic"}, []string{"Attic"}},
			{"from somebody", page.Wanted{Words: "ladders", From: "ben"}, []string{"Ladders"}},
			{"since a day", page.Wanted{Words: "ladders", Since: later}, []string{"Attic"}},
			{"until a day", page.Wanted{Words: "ladders", Until: later}, []string{"Ladders", "The shed"}},
			{"the mark of pages is no word", page.Wanted{Words: "page"}, []string{"page"}},
			{"nor its letters", page.Wanted{Words: "øłpage"}, nil},
			{"nothing", page.Wanted{Words: "wheelbarrow"}, nil},
			{"no words", page.Wanted{In: "garden"}, nil},
		} {
			found, err := h.pages.Search(h.Context(), ada, x.w, 10)
			h.must("", err)
			got := titles(found)
			if x.what == "what resembles comes last" { // among themselves by when they were begun
				h.equal(x.what, got[:1], []string{"Ladders"})
				h.equal(x.what, titlesOf(found, true), titlesOf(found[1:], true))
				continue
			}
			h.equal(x.what, got, x.want)
		}
		found, err := h.pages.Search(h.Context(), ben, page.Wanted{Words: "ladders"}, 10)
		h.must("", err)
		h.equal("what ben finds", titles(found), []string{"Ladders", "The shed"})
		// By what it says now, and not at all once it is deleted.
		h.edit(ada, page1, "Leaves", "Nothing else.")
		found, err = h.pages.Search(h.Context(), ada, page.Wanted{Words: "leaves"}, 10)
		h.must("", err)
		h.equal("by its new title", titles(found), []string{"Leaves"})
		if found, err = h.pages.Search(h.Context(), ada, page.Wanted{Words: "pages"}, 10); err != nil || len(found) != 0 {
			t.Errorf("by former words are found %q, %v", titles(found), err)
		}
		h.must(h.pages.Remove(h.Context(), mod, "", titled))
		for _, who := range []string{"ada", "mod"} {
			found, err := h.pages.Search(h.Context(), h.actor(who), page.Wanted{Words: "which"}, 10)
			if err != nil || len(found) != 0 {
				t.Errorf("%s finds a deleted page: %q, %v", who, titles(found), err)
			}
		}
	})
}

// titlesOf are those that resemble, or those that do not.
func titlesOf(pages []page.Page, resembles bool) (all []string) {
	for _, p := range pages {
		if p.Resembles == resembles {
			all = append(all, p.Title)
		}
	}
	return all
}
