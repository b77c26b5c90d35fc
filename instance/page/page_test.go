package page_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/page"
)

// A page is written by all who may publish in its space, and keeps what it said.
func TestAPageIsWrittenByAll(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.begin(ada, "garden", "  The   shed ", "The key is **below** the pot.")
		h.edit(ben, id, "The shed", "The key is with Ben.")
		h.edit(access.Member("gil"), id, "The shed", "The key is with Gil.")
		v := h.one(ada, id)
		if v.Title != "The shed" || !strings.Contains(v.HTML, "with Gil") || v.Author.ID != "ada" || v.Editor.ID != "gil" || v.Version != 3 || v.Alone {
			t.Errorf("got %+v", v)
		}
		h.equal("its versions", h.says(ben, id), []string{"The key is with Gil.", "The key is with Ben.", "The key is **below** the pot."})
		h.equal("what was recorded", h.facts(), []string{"page.created", "page.edited", "page.edited"})
		// Saved as it is, it is no new version.
		h.edit(ada, id, "The shed", "The key is with Gil.")
		if n := h.one(ada, id).Version; n != 3 {
			t.Errorf("after saving the same there are %d versions", n)
		}
		was, is, err := h.pages.Pair(h.Context(), ada, id, 0, 2)
		if err != nil || was.Number != 1 || is.Number != 2 || is.Editor.ID != "ben" {
			t.Errorf("before the second version: %+v %+v %v", was, is, err)
		}
		if was, is, err = h.pages.Pair(h.Context(), ada, id, 0, 1); err != nil || was.Number != 0 || is.Number != 1 {
			t.Errorf("before the first version: %+v %+v %v", was, is, err)
		}
	})
}

// Of two who change a page at once the first wins, the second is told, and nothing
// is lost.
func TestFirstWinsSecondIsTold(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.begin(ada, "garden", "Soup", "Carrots.")
		first, err := h.pages.Words(h.Context(), ada, id)
		h.must("", err)
		second, err := h.pages.Words(h.Context(), ben, id)
		h.must("", err)
		h.must(h.pages.Edit(h.Context(), ada, "", id, first.Version, page.Draft{Title: "Soup", Body: "Carrots and leek."}))
		_, err = h.pages.Edit(h.Context(), ben, "", id, second.Version, page.Draft{Title: "Soup", Body: "Carrots and salt."})
		h.refused("the second edit", err, fault.Conflict)
		h.equal("the page", h.says(ada, id), []string{"Carrots and leek.", "Carrots."})
		_, err = h.pages.Revert(h.Context(), ben, "", id, second.Version, 1)
		h.refused("bringing back from what somebody saw before", err, fault.Conflict)
		// Having seen what is there now, she saves again.
		now, err := h.pages.Words(h.Context(), ben, id)
		h.must("", err)
		h.must(h.pages.Edit(h.Context(), ben, "", id, now.Version, page.Draft{Title: "Soup", Body: "Carrots, leek and salt."}))
		h.equal("the page", h.says(ada, id), []string{"Carrots, leek and salt.", "Carrots and leek.", "Carrots."})
	})
}

// A version that is brought back is a new one, in the words of who wrote it.
func TestAVersionIsBroughtBack(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.begin(ada, "garden", "Soup", "Carrots.")
		h.edit(ben, id, "Stew", "Meat.")
		h.must(h.pages.Revert(h.Context(), mod, "", id, 2, 1))
		h.equal("the page", h.says(ada, id), []string{"Carrots.", "Meat.", "Carrots."})
		all, err := h.pages.History(h.Context(), ada, id)
		h.must("", err)
		if v := h.one(ada, id); v.Title != "Soup" || all[0].Author.ID != "ada" || all[0].Editor.ID != "mod" {
			t.Errorf("got %+v, begun with %+v", v, all[0])
		}
		_, err = h.pages.Revert(h.Context(), mod, "", id, 3, 9)
		h.refused("a version that is not there", err, fault.NotFound)
	})
}

// What is hidden does not exist: each way to a page gives the same as for none.
func TestAHiddenPageDoesNotExist(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.begin(mod, "attic", "The box", "Letters in a box.")
		h.edit(mod, id, "The box", "Old letters in a box.")
		gone := "01900000-0000-7000-8000-000000000000"
		ctx := h.Context()
		for _, who := range []access.Actor{cem, ben, access.Stranger(), narrow} {
			for what, try := range map[string]func(id string) error{
				"view":    func(id string) error { _, err := h.pages.One(ctx, who, id); return err },
				"words":   func(id string) error { _, err := h.pages.Words(ctx, who, id); return err },
				"history": func(id string) error { _, err := h.pages.History(ctx, who, id); return err },
				"diff":    func(id string) error { _, _, err := h.pages.Pair(ctx, who, id, 1, 2); return err },
				"edit": func(id string) error {
					_, err := h.pages.Edit(ctx, who, "", id, 2, page.Draft{Title: "x", Body: "x"})
					return err
				},
				"look first": func(id string) error {
					_, err := h.pages.Foresee(ctx, who, id, page.Draft{Title: "x", Body: "x"})
					return err
				},
				"revert":   func(id string) error { _, err := h.pages.Revert(ctx, who, "", id, 2, 1); return err },
				"pin":      func(id string) error { _, err := h.pages.Pin(ctx, who, "", id, true); return err },
				"own":      func(id string) error { _, err := h.pages.Own(ctx, who, "", id, true); return err },
				"review":   func(id string) error { _, err := h.pages.Review(ctx, who, "", id, ""); return err },
				"withdraw": func(id string) error { _, err := h.pages.Withdraw(ctx, who, "", id); return err },
				"remove":   func(id string) error { _, err := h.pages.Remove(ctx, who, "", id); return err },
				"restore":  func(id string) error { _, err := h.pages.Restore(ctx, who, "", id); return err },
			} {
				got, want := try(id), try(gone)
				h.refused(what, got, fault.NotFound)
				if got == nil || want == nil || got.Error() != want.Error() {
					t.Errorf("%s: %v, of nothing %v", what, got, want)
				}
			}
			if _, err := h.pages.In(ctx, who, "attic"); who.Kind() != access.KindAgent {
				h.refused("the list", err, fault.NotFound)
			}
			all, err := h.pages.All(ctx, who)
			h.must("", err)
			h.equal("all pages", titles(all), nil)
			found, err := h.pages.Search(ctx, who, page.Wanted{Words: "letters"}, 10)
			h.must("", err)
			h.equal("found", titles(found), nil)
		}
		h.equal("the page", h.says(mod, id), []string{"Old letters in a box.", "Letters in a box."})
	})
}

// Who reads a page without being able to publish there is told so, and changes
// nothing.
func TestOnlyWhoMayPublishWrites(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		h.Space("hall", "open")
		h.Put("hall", "ada", "member")
		h.Put("hall", "mod", "moderator")
		id := h.begin(ada, "hall", "House rules", "Shut the door.")
		ctx, d := h.Context(), page.Draft{Space: "hall", Title: "x", Body: "x"}
		forbidden := func(who access.Actor) {
			t.Helper()
			_, err := h.pages.Create(ctx, who, "", d)
			h.refused("create", err, fault.Forbidden)
			_, err = h.pages.Edit(ctx, who, "", id, 1, d)
			h.refused("edit", err, fault.Forbidden)
			_, err = h.pages.Words(ctx, who, id)
			h.refused("words", err, fault.Forbidden)
			_, err = h.pages.Own(ctx, who, "", id, true)
			h.refused("own", err, fault.Forbidden)
			_, err = h.pages.Review(ctx, who, "", id, "")
			h.refused("review", err, fault.Forbidden)
		}
		forbidden(ben) // reads it, and is not in it
		h.Do("UPDATE spaces SET posting = 'moderators' WHERE id = 'hall'")
		forbidden(ada)
		for _, who := range []access.Actor{ada, ben} {
			_, err := h.pages.Pin(ctx, who, "", id, true)
			h.refused("pin", err, fault.Forbidden)
			_, err = h.pages.Remove(ctx, who, "", id)
			h.refused("remove", err, fault.Forbidden)
			_, err = h.pages.Restore(ctx, who, "", id)
			h.refused("restore", err, fault.Forbidden)
		}
		_, err := h.pages.Withdraw(ctx, ben, "", id)
		h.refused("withdraw", err, fault.Forbidden)
		h.edit(mod, id, "House rules", "Shut the door, please.")
	})
}

// What a run of an agent writes has its clearance, and it changes nothing that has
// other readers.
func TestAnAgentMarksItsPages(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		id := h.begin(wide, "garden", "Digest", "Of both.")
		if _, err := h.pages.One(h.Context(), ben, id); !fault.Is(err, fault.NotFound) {
			t.Errorf("ben, who is not in the attic, reads what was made of it: %v", err)
		}
		h.one(ada, id)
		shelf, err := h.pages.In(h.Context(), ben, "garden")
		h.must("", err)
		h.equal("what ben finds in the garden", titles(shelf.Pages), nil)
		h.equal("what ben finds anywhere", titles(h.all(ben)), nil)
		hers := h.begin(ada, "garden", "Soup", "Carrots.")
		_, err = h.pages.Edit(h.Context(), wide, "", hers, 1, page.Draft{Title: "Soup", Body: "Of both."})
		h.refused("an edit that would say more", err, fault.Forbidden)
		h.must(h.pages.Edit(h.Context(), narrow, "", hers, 1, page.Draft{Title: "Soup", Body: "Of the garden."}))
		h.equal("what ben reads", h.says(ben, hers), []string{"Of the garden.", "Carrots."})
		_, err = h.pages.Own(h.Context(), narrow, "", hers, true)
		h.refused("an agent that looks after a page", err, fault.Forbidden)
	})
}

// A draft is held to its limits, and says which field is wrong.
func TestAPageHasLimits(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		for field, d := range map[string]page.Draft{
			"title":  {Title: " ", Body: "x"},
			"title ": {Title: strings.Repeat("ä", page.MaxTitle+1), Body: "x"},
			"body":   {Title: "x", Body: " \n"},
			"body ":  {Title: "x", Body: strings.Repeat("ä", page.MaxBody+1)},
			"note":   {Title: "x", Body: "x", Note: strings.Repeat("ä", page.MaxNote+1)},
		} {
			d.Space = "garden"
			_, err := h.pages.Create(h.Context(), ada, "", d)
			var f *fault.Fault
			if !errors.As(err, &f) || f.Field != strings.TrimSpace(field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		hostile := "<script>alert(1)</script>\x00\xff [x](javascript:alert(1))"
		id := h.begin(ada, "garden", hostile, hostile)
		if v := h.one(ada, id); strings.Contains(v.HTML, "<script") || strings.Contains(v.HTML, `href="javascript`) || strings.Contains(v.Title, "\x00") || !utf8.ValidString(v.Title) {
			t.Errorf("got %q and %q", v.Title, v.HTML)
		}
	})
}

// On top come those that a moderator put there, then all by title; each list has
// what the reader may read.
func TestPagesAreListed(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		for _, title := range []string{"zebra", "Äpfel", "apple", "Bread"} {
			h.begin(ada, "garden", title, "x")
		}
		h.begin(ada, "attic", "Attic", "x")
		bread := slices.IndexFunc(h.all(ada), func(p page.Page) bool { return p.Title == "Bread" })
		id := h.all(ada)[bread].ID
		h.must(h.pages.Pin(h.Context(), mod, "", id, true))
		_, err := h.pages.Pin(h.Context(), mod, "", id, true)
		h.refused("put there again", err, fault.Conflict)
		shelf, err := h.pages.In(h.Context(), ben, "garden")
		h.must("", err)
		h.equal("in the garden", titles(shelf.Pages), []string{"Bread", "Äpfel", "apple", "zebra"})
		h.equal("all of ben's", titles(h.all(ben)), []string{"Bread", "Äpfel", "apple", "zebra"})
		h.equal("all of ada's", titles(h.all(ada)), []string{"Bread", "Äpfel", "apple", "Attic", "zebra"})
		h.must(h.pages.Pin(h.Context(), mod, "", id, false))
		h.equal("with nothing on top", titles(h.all(ben)), []string{"Äpfel", "apple", "Bread", "zebra"})
		for range page.MaxPins {
			h.must(h.pages.Pin(h.Context(), mod, "", h.begin(ada, "garden", "pinned", "x"), true))
		}
		_, err = h.pages.Pin(h.Context(), mod, "", id, true)
		h.refused("one too many on top", err, fault.Conflict)
	})
}

func (h house) all(a access.Actor) []page.Page {
	h.T.Helper()
	all, err := h.pages.All(h.Context(), a)
	h.must("", err)
	return all
}

// The headings of a page come below its title, whichever somebody began with.
func TestHeadingsAreInOrder(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		for body, want := range map[string]string{
			"# a\n\n## b\n\n# c":           "2 3 2",
			"## a\n\n### b\n\n## c":        "2 3 2",
			"#### a\n\n# b\n\n#### c":      "2 2 3",
			"# a\n\n#### b\n\n`<h6>` <h1>": "2 3",
		} {
			html, got := h.one(ada, h.begin(ada, "garden", "x", body)).HTML, []string{}
			for _, m := range regexp.MustCompile(`<h(\d)[^>]*>[^<]*</h(\d)>`).FindAllStringSubmatch(html, -1) {
				if got = append(got, m[1]); m[1] != m[2] {
					t.Errorf("%q ends a heading with another one: %s", body, html)
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%q has headings %q, want %s: %s", body, got, want, html)
			}
		}
	})
}
