package portability_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/page"
	"github.com/opengather/opengather/instance/portability"
)

// What she writes on pages, by when it has to be gone: always, with her words, or
// never. As with posts, the first two letters are not looked for.
var (
	takenBack = []string{"yqflummery", "qvmakebate"}
	written   = []string{"zwgazebo", "xkharmattan", "qxisinglass", "vqjalousie", "ykladanum"}
)

// wiki is what she left on pages.
type wiki struct {
	*life
	pages                       *page.Operations
	alone, shared, back, theirs string
}

func (l *life) lookUp() *wiki {
	l.t.Helper()
	w := &wiki{life: l, pages: &page.Operations{DB: l.DB}}
	w.alone = w.begin(l.her, "Alone", "yqflummery")
	w.edit(l.her, w.alone, "zwgazebo")
	w.shared = w.begin(l.her, "Shared", "xkharmattan")
	w.edit(l.other, w.shared, "lighthouse")
	w.edit(l.her, w.shared, "qvmakebate")
	w.edit(l.her, w.shared, "qxisinglass")
	// What she wrote, brought back by somebody else, is hers.
	w.back = w.begin(l.her, "wvkismet", "vqjalousie")
	w.edit(l.other, w.back, "windmill")
	l.must(w.pages.Revert(l.ctx, l.owner, "", w.back, 2, 1))
	w.theirs = w.begin(l.other, "Ask @"+herHandle, "Or write to @"+herHandle+", not @"+hisHandle+".")
	l.must(w.pages.Edit(l.ctx, l.owner, "", w.theirs, 1, page.Draft{Title: "Ask @" + herHandle, Body: "Or call @" + herHandle + ".", Note: "with @" + herHandle}))
	l.must(w.pages.Own(l.ctx, l.her, "", w.theirs, true))
	gone := w.begin(l.her, "Put away", "ykladanum")
	l.must(w.pages.Remove(l.ctx, l.owner, "", gone))
	return w
}

func (w *wiki) begin(a access.Actor, title, body string) string {
	w.t.Helper()
	return w.must(w.pages.Create(w.ctx, a, "", page.Draft{Space: w.space, Title: title, Body: body}))
}

func (w *wiki) edit(a access.Actor, id, body string) {
	w.t.Helper()
	now, err := w.pages.Words(w.ctx, a, id)
	w.must("", err)
	w.must(w.pages.Edit(w.ctx, a, "", id, now.Version, page.Draft{Title: now.Title, Body: body}))
}

// found says how many pages somebody else finds by a word.
func (w *wiki) found(word string, want int) {
	w.t.Helper()
	all, err := w.pages.Search(w.ctx, w.other, page.Wanted{Words: word}, 10)
	if err != nil || len(all) != want {
		w.t.Errorf("%q finds %d pages, want %d: %v", word, len(all), want, err)
	}
}

// says demands what the versions of a page say, newest first.
func (w *wiki) says(id string, want ...string) {
	w.t.Helper()
	all, err := w.pages.History(w.ctx, w.other, id)
	w.must("", err)
	var bodies []string
	for _, v := range all {
		bodies = append(bodies, v.Body)
	}
	if !slices.Equal(bodies, want) {
		w.t.Errorf("the page says %q, want %q", bodies, want)
	}
	v, err := w.pages.One(w.ctx, w.other, id)
	if err != nil || !strings.Contains(v.HTML, want[0]) || v.Version != all[0].Number || v.Title != all[0].Title {
		w.t.Errorf("it shows %+v of %+v: %v", v.Page, all[0], err)
	}
}

// Nothing that she wrote on pages remains, if she chose so; what others wrote does.
func TestNothingOfHersRemainsOnPages(t *testing.T) {
	for name, erase := range map[string]bool{"with her words": true, "without her words": false} {
		t.Run(name, func(t *testing.T) {
			scanned(t, func(t *testing.T, l *life, everything func() []byte) {
				w := l.lookUp()
				l.must("", l.DB.Truncate(t.Context()))
				before := everything()
				for _, word := range append(slices.Clone(takenBack), written...) {
					if !bytes.Contains(before, []byte(word[2:])) {
						t.Fatalf("%q is nowhere before: the scan looks in the wrong place", word)
					}
				}
				l.must("", l.o.DeleteAccount(l.ctx, l.her, "", l.proof(), erase))
				l.pass(member.Grace+time.Hour, 1)
				after := everything()
				for _, word := range append(slices.Clone(takenBack), written...) {
					there := bytes.Contains(after, []byte(word[2:]))
					if want := !erase && slices.Contains(written, word); there != want {
						t.Errorf("%q is there: %v, want %v", word, there, want)
					}
				}
				w.others(erase)
			})
		})
	}
}

// others looks at the pages as somebody else does.
func (w *wiki) others(erased bool) {
	w.t.Helper()
	theirs, err := w.pages.One(w.ctx, w.other, w.theirs)
	w.must("", err)
	if theirs.Title != "Ask @…" || !strings.Contains(theirs.HTML, "Or call @….") || theirs.Owner.ID != "" {
		w.t.Errorf("what others wrote of her is %+v", theirs)
	}
	w.says(w.theirs, "Or call @….", "Or write to @…, not @"+hisHandle+".")
	_, err = w.pages.One(w.ctx, w.other, w.alone)
	if fault.Is(err, fault.NotFound) != erased {
		w.t.Errorf("her own page: %v", err)
	}
	if erased {
		w.says(w.shared, "lighthouse")
		w.says(w.back, "windmill")
		w.found("isinglass", 0)
		w.found("wvkismet", 1) // the title that somebody else saved with his words
		w.found("lighthouse", 1)
		return
	}
	w.says(w.alone, "zwgazebo")
	w.says(w.shared, "qxisinglass", "lighthouse", "xkharmattan")
	w.says(w.back, "vqjalousie", "windmill", "vqjalousie")
	if v, err := w.pages.One(w.ctx, w.other, w.shared); err != nil || !v.Author.Gone || v.Author.Name != "" || !v.Editor.Gone {
		w.t.Errorf("her page is by %+v: %v", v.Author, err)
	}
}

// A page that was taken back does not come back with an older copy of the database.
func TestAPageTakenBackStaysAway(t *testing.T) {
	grounds(t, func(g *ground) {
		l := live(g.t, g.db, g.clock)
		w := l.lookUp()
		older := g.copy()
		l.must(w.pages.Withdraw(l.ctx, l.her, "", w.alone))
		g.listsOnlyIDsOfPages(w.alone)
		g.putBack(older)
		l = g.again(l)
		if r := l.replay(); r != (portability.Replayed{Pages: 1}) {
			g.t.Errorf("erased again were %+v", r)
		}
		l.pass(0, 0)
		for _, word := range []string{"flummery", "gazebo"} {
			if bytes.Contains(g.everything(), []byte(word)) {
				g.t.Errorf("%s is there again", word)
			}
		}
		if r := l.replay(); r != (portability.Replayed{}) {
			g.t.Errorf("erased once more were %+v", r)
		}
	})
}

func (g *ground) listsOnlyIDsOfPages(id string) {
	g.t.Helper()
	if text := g.list(); !strings.HasPrefix(text, "page "+id+" 20") || strings.Count(text, "\n") != 1 {
		g.t.Errorf("the list is %q", text)
	}
}
