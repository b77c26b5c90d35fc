package look_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
	"github.com/opengather/opengather/instance/e2e/village"
	"github.com/opengather/opengather/instance/internal/picture"
	_ "modernc.org/sqlite"
)

// site is what was fetched of a page that somebody linked to.
type site struct{ address, title, description, name string }

var sites = []site{
	{"https://weather.example/garden-street", "Rain until Thursday, then a week of sun for everybody who has hay to bring in", "What the sky over the valley does in the next ten days, hour by hour, with the wind on the ridge.", "The Valley's Weather"},
	{"https://ladders.example/", "Ladders", "", ""},
}

// links has somebody say something with a link in it, and gives the post its preview
// as if the program had fetched it, which runs meanwhile. The first site has a picture.
func links(t *testing.T, who *village.Villager, v *village.Village, space, title, text string, n int) string {
	t.Helper()
	s := sites[n]
	post := who.Says(space, title, text+"\n\n"+s.address)
	db, err := sql.Open("sqlite", filepath.Join(v.Dir, "community.sqlite")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	file := village.Photo(1200, 630).Data
	all, err := new(picture.Press).Variants(t.Context(), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	id := strings.TrimPrefix(post, "/p/")
	write := func(query string, args ...any) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	var name, pixels any
	if n == 0 {
		name, pixels = fmt.Sprintf("%032x", 1), all[0].Bytes
	}
	write("DELETE FROM previews WHERE post_id = $1", id)
	write(`INSERT INTO previews (post_id, url, state, title, description, site, picture_id, width, height, fetched_at, picture)
		VALUES ($1, $2, 'ready', $3, $4, $5, $6, $7, $8, 0, $9)`, id, s.address, s.title, s.description, s.name, name, all[0].Width, all[0].Height, pixels)
	write("UPDATE posts SET previewed = TRUE WHERE id = $1", id)
	write("UPDATE fact_head SET version = version + 1")
	return post
}

// keptPages are those of what somebody saved, and of posts with previews.
func keptPages(t *testing.T, v *village.Village, at map[string]string) {
	ada := v.Owner
	post := links(t, ada, v, at["open"], "When do we make hay?", "Not before Friday, if they are right.", 0)
	links(t, ada, v, at["open"], "", "Should we buy a second one?", 1)
	keep(ada, post, at["mine"], at["photos"], at["news"])
	ada.Submit(ada.Get(post).PostForm(post+"/reply"), url.Values{"body": {"I would bring the big cart, if somebody helps me with its wheel: it came off on Sunday."}, "do": {"draft"}})
	w := visit(t, v, "kept", browser.WithScripts)
	w.signIn("ada", "Sign in")
	for name, path := range map[string]string{"saved": "/saved", "drafts": "/drafts", "previews": post, "space": at["open"], "quote": at["mine"] + "?quote=" + strings.TrimPrefix(at["mine"], "/p/")} {
		w.at(name, path)
	}
	w.leave()
}

// germanKept are the same pages in German, and that of a split.
func germanKept(t *testing.T, w *visitor, space, thread string) {
	owner := w.v.Owner
	post := links(t, owner, w.v, space, "Heuernte", "Nicht vor Freitag, wenn das stimmt.", 0)
	keep(owner, post, thread)
	split := regexp.MustCompile(`"(/p/[^"/]+/split)"`).FindSubmatch(owner.Get(thread).Body)
	if split == nil {
		t.Fatal("nothing can be taken out of the thread")
	}
	for name, path := range map[string]string{"saved": "/saved", "previews": post, "split": string(split[1]), "quote": thread + "?quote=" + strings.TrimPrefix(thread, "/p/")} {
		w.at(name, path)
	}
}

// keep saves posts.
func keep(who *village.Villager, posts ...string) {
	for _, p := range posts {
		who.Submit(who.Get(p).PostForm(p+"/save"), nil)
	}
}
