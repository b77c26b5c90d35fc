package post_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/access/accesstest"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/internal/keyring"
	"github.com/opengather/opengather/instance/post"
)

func TestSearchGoesFromTheNewestToTheOldest(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		ctx := context.Background()
		keys, err := keyring.Open(ctx, db, bytes.Repeat([]byte{7}, 32))
		if err != nil {
			t.Fatal(err)
		}
		w := accesstest.World{T: t, DB: db}
		w.Community("hidden")
		w.Member("ada", "active", access.FullRole)
		w.Space("garden", "open")
		w.Put("garden", "ada", "member")
		o := &post.Operations{DB: db, Keys: keys}
		ada := access.Member("ada")
		var ids []string
		for i := range 45 {
			clock.Add(time.Hour)
			id, err := o.Publish(ctx, ada, "", post.Draft{Space: "garden", Body: fmt.Sprintf("tomato number%d", i)})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		// Changed words are found, and keep their place.
		if _, err := o.Edit(ctx, ada, "", ids[3], 1, post.Draft{Body: "tomato and basil"}); err != nil {
			t.Fatal(err)
		}
		var found []string
		before := ""
		for range 5 {
			page, err := o.Search(ctx, ada, post.Wanted{Words: "tomato"}, before)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range page.Posts {
				found = append(found, p.ID)
			}
			if before = page.Older; before == "" {
				break
			}
		}
		if len(found) != len(ids) {
			t.Fatalf("found %d of %d", len(found), len(ids))
		}
		for i := range found {
			if found[i] != ids[len(ids)-1-i] {
				t.Fatalf("result %d is %s, want %s", i, found[i], ids[len(ids)-1-i])
			}
		}
		for q, want := range map[string]int{"basil": 1, "tomato basil": 1, "number3": 12 - 2, "nothing": 0} {
			page, err := o.Search(ctx, ada, post.Wanted{Words: q}, "")
			if err != nil || len(page.Posts) != want {
				t.Errorf("%q finds %d, want %d (%v)", q, len(page.Posts), want, err)
			}
		}
	})
}

// thing is something to find.
type thing struct {
	title, body, space, author, parent string
	photos                             int
}

// sought publishes things and gives a way to search, by their bodies, through all
// pages.
func sought(t *testing.T, db *database.DB, clock *databasetest.Clock, things []thing) (h house, find func(access.Actor, post.Wanted) []string) {
	h = houseIn(t, db)
	h.Space("yard", "open")
	for _, who := range []string{"ada", "ben"} {
		h.Put("yard", who, "member")
	}
	ids := map[string]string{}
	for _, x := range things {
		clock.Add(time.Hour)
		var err error
		d := post.Draft{Space: cmp.Or(x.space, "garden"), Title: x.title, Body: x.body, Parent: ids[x.parent]}
		who := access.Member(cmp.Or(x.author, "ada"))
		if x.parent == "" {
			ids[x.body], err = h.posts.Publish(h.Context(), who, "", d)
		} else {
			ids[x.body], err = h.posts.Reply(h.Context(), who, "", d)
		}
		if err != nil {
			t.Fatal(err)
		}
		h.Do("UPDATE posts SET media = $1 WHERE id = $2", x.photos, ids[x.body])
	}
	bodies := map[string]string{}
	for body, id := range ids {
		bodies[id] = body
	}
	return h, func(a access.Actor, w post.Wanted) (found []string) {
		t.Helper()
		for before, pages := "", 0; ; pages++ {
			page, err := h.posts.Search(h.Context(), a, w, before)
			if err != nil || pages > 10 {
				t.Fatalf("%+v, page %d: %v", w, pages, err)
			}
			for _, p := range page.Posts {
				found = append(found, bodies[p.ID])
			}
			if before = page.Older; before == "" {
				return found
			}
		}
	}
}

// TestTiersFollowEachOther holds the order of hits: a title of long ago comes
// before words of today, and what only resembles comes last, over the borders of
// pages too. What a reader may not read takes no place.
func TestTiersFollowEachOther(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		things := []thing{{title: "The lantern", body: "old"}, {title: "The lantern", body: "hidden", space: "attic"}}
		want := map[string][]string{"titled": {"old"}}
		for i := range 18 {
			things = append(things,
				thing{title: "A lantern of " + fmt.Sprint(i), body: fmt.Sprint("titled", i)},
				thing{body: fmt.Sprint("lantern", " said", i)},
				thing{title: "The lantern", body: fmt.Sprint("hidden", i), space: "attic"},
				thing{body: fmt.Sprint("Gartenlanternen", i)})
			want["titled"] = slices.Insert(want["titled"], 0, fmt.Sprint("titled", i))
			want["said"] = slices.Insert(want["said"], 0, fmt.Sprint("lantern said", i))
			want["alike"] = slices.Insert(want["alike"], 0, fmt.Sprint("Gartenlanternen", i))
		}
		h, find := sought(t, db, clock, things)
		ben := access.Member("ben")
		got := find(ben, post.Wanted{Words: "lantern"})
		if all := slices.Concat(want["titled"], want["said"], want["alike"]); !slices.Equal(got, all) {
			t.Errorf("found\n%q, want\n%q", got, all)
		}
		newest := find(ben, post.Wanted{Words: "lantern", Newest: true})
		if len(newest) != len(got) || newest[0] != "Gartenlanternen17" || newest[1] != "lantern said17" || newest[2] != "titled17" || newest[len(newest)-1] != "old" {
			t.Errorf("newest first, found %q", newest)
		}
		page, err := h.posts.Search(h.Context(), ben, post.Wanted{Words: "gartenlantern"}, "")
		if err != nil || len(page.Posts) == 0 || page.Posts[0].Resembles {
			t.Errorf("what has the beginning of its word only resembles it: %v", err)
		}
		if page, err = h.posts.Search(h.Context(), ben, post.Wanted{Words: "lanternen"}, ""); err != nil || len(page.Posts) == 0 || !page.Posts[0].Resembles {
			t.Errorf("what has the word inside does not resemble it: %v", err)
		}
		for _, before := range []string{"9.a.b", "4.a.b", "0.a.b", "a.b", "1", "1.", "1.a", "x"} {
			if _, err := h.posts.Search(h.Context(), ben, post.Wanted{Words: "lantern"}, before); !fault.Is(err, fault.Invalid) {
				t.Errorf("the place %q: %v", before, err)
			}
		}
	})
}

// TestFiltersAreKept compares every pair of filters, with words and without, to
// plain reading.
func TestFiltersAreKept(t *testing.T) {
	databasetest.Both(t, func(t *testing.T, db *database.DB, clock *databasetest.Clock) {
		var things []thing
		for i := range 24 {
			x := thing{body: fmt.Sprint("number", i), author: []string{"ada", "ben"}[i%2], space: []string{"garden", "yard", "attic"}[i%3], photos: i % 4 / 3}
			if i%5 == 0 {
				x.body += " lantern"
			}
			if x.space == "attic" {
				x.author = "ada"
			}
			things = append(things, x)
		}
		_, find := sought(t, db, clock, things)
		end := clock.Now()
		hour := func(i int) time.Time { return end.Add(time.Duration(i-len(things)+1) * time.Hour) }
		before := func(i int) time.Time { return hour(i).Add(-time.Minute) }
		set := []func(*post.Wanted){
			func(*post.Wanted) {},
			func(w *post.Wanted) { w.Words = "lantern" },
			func(w *post.Wanted) { w.From = "ada" },
			func(w *post.Wanted) { w.In = "yard" },
			func(w *post.Wanted) { w.In = "attic" },
			func(w *post.Wanted) { w.Since = before(5) },
			func(w *post.Wanted) { w.Until = before(15) },
			func(w *post.Wanted) { w.Photos = true },
			func(w *post.Wanted) { w.Since, w.Until = before(20), before(4) },
		}
		for i := range set {
			for j := range set {
				var w post.Wanted
				set[i](&w)
				set[j](&w)
				var want []string
				for k := len(things) - 1; k >= 0 && w != (post.Wanted{}); k-- {
					x, at := things[k], hour(k)
					if x.space != "attic" && strings.HasSuffix(x.body, w.Words) && (w.From == "" || w.From == x.author) && (w.In == "" || w.In == x.space) &&
						!at.Before(w.Since) && (w.Until.IsZero() || at.Before(w.Until)) && (!w.Photos || x.photos > 0) {
						want = append(want, x.body)
					}
				}
				if got := find(access.Member("ben"), w); !slices.Equal(got, want) {
					t.Errorf("%+v finds\n%q, want\n%q", w, got, want)
				}
			}
		}
	})
}

// What is said below a hidden post reaches nobody who may not read that, whatever
// she looks for.
func TestAnswersBelowWhatIsHiddenAreInNoSearch(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ada, ben := access.Member("ada"), access.Member("ben")
		root := h.publish(ada, "garden", "a word")
		below := h.reply(ada, root, "a whisper")
		h.hide(root)
		for _, w := range []post.Wanted{{Words: "whisper"}, {Words: "whispe", Newest: true}, {In: "garden"}, {From: "ada"}} {
			if page, err := h.posts.Search(h.Context(), ben, w, ""); err != nil || len(page.Posts) != 0 {
				t.Errorf("%+v finds %d, %v", w, len(page.Posts), err)
			}
			if page, err := h.posts.Search(h.Context(), access.Member("mod"), w, ""); err != nil || len(page.Posts) == 0 || page.Posts[0].ID != below {
				t.Errorf("for who keeps the space %+v finds %d, %v", w, len(page.Posts), err)
			}
		}
	})
}
