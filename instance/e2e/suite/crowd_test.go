package suite_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/member"
	"github.com/opengather/opengather/instance/space"
)

// crowdSize is how many come on top of the town (P10).
const crowdSize = 5000

// crowd lets many in, through what lets everybody in, a few hundred in each
// transaction: nobody of them has a password. All are in the open space, and in
// the spaces for arrivals. Some more wait to be let in.
func (w *town) crowd() {
	w.t.Helper()
	const waiting, each = 100, 250
	for from := 0; from < crowdSize+waiting; from += each {
		_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test.crowd"}, func(tx *database.Tx) (string, error) {
			for i := from; i < min(from+each, crowdSize+waiting); i++ {
				a := member.Admission{Name: fmt.Sprintf("Crowd %04d", i), Handle: fmt.Sprintf("crowd_%04d", i), Role: access.FullRole, State: "active"}
				if i >= crowdSize {
					a.State = "pending"
				}
				id, err := member.Admit(tx, w.program.Keys, a)
				if err == nil && a.State == "active" {
					if err = space.Bring(tx, id, w.spaces["open"].ID); err == nil {
						err = space.Arrive(tx, id)
					}
				} else if err == nil {
					_, err = tx.Exec("INSERT INTO requests (member_id, answer, asked_at) VALUES ($1, 'please', $2)", id, database.Micros(tx.Now()))
				}
				if err != nil {
					return "", err
				}
			}
			return "", nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// costs counts the statements of every page for an owner, each after a write so
// that nothing is remembered.
func (w *town) costs() map[string]int {
	w.t.Helper()
	routes, err := w.program.Routes()
	if err != nil {
		w.t.Fatal(err)
	}
	paths := []string{"/people?q=crowd", "/people?q=lind", "/search?q=crowd", "/search?q=harvest"}
	for _, r := range routes {
		if r.Method == http.MethodGet {
			paths = append(paths, addresses(r.Path, w.parameters(r.Path))...)
		}
	}
	who, all := w.people["owner"], map[string]int{}
	w.settled(who)
	for _, path := range paths {
		_, err := w.program.DB.Write(w.t.Context(), database.Op{Class: database.System, Name: "test.write"}, func(tx *database.Tx) (string, error) {
			_, err := tx.Exec("UPDATE fact_head SET position = position")
			return "", err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		all[path] = databasetest.Statements(w.program.DB, func() {
			if a := w.ask(who, http.MethodGet, path, nil); a.status >= 500 {
				w.t.Errorf("%s: %d", path, a.status)
			}
		}).Count()
	}
	return all
}

// TestFiveThousandMembers fills a town and uses everything in it. No page makes
// more queries than it did for ten people (P10).
func TestFiveThousandMembers(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		few := w.costs()
		w.crowd()
		for path, many := range w.costs() {
			if many > few[path] {
				t.Errorf("%s makes %d queries with %d members, and %d with ten", path, many, crowdSize, few[path])
			}
		}
		if len(few) < 100 {
			t.Errorf("%d pages were counted", len(few))
		}
		t.Run("directory", func(t *testing.T) { w.pagesThrough("/people", crowdSize) })
		t.Run("space", func(t *testing.T) { w.pagesThrough(w.spaces["open"].Path()+"/members", crowdSize) })
		t.Run("finding", func(t *testing.T) { w.findInCrowd() })
		t.Run("writing", func(t *testing.T) { w.writeInCrowd() })
		t.Run("looking after", func(t *testing.T) { w.careForCrowd() })
	})
}

var crowdAsks = regexp.MustCompile(`action="/requests/([0-9a-f-]{36})"`)

var crowdName = regexp.MustCompile(`Crowd \d{4}`)

// pagesThrough follows the link to the next page to the end and counts whom it
// meets of the crowd. On PostgreSQL the first pages and the last stand for all.
func (w *town) pagesThrough(path string, want int) {
	w.t.Helper()
	seen, pages, next := map[string]bool{}, 0, path
	for next != "" && pages < crowdSize {
		a := w.ask(w.people["member"], http.MethodGet, next, nil)
		if a.status != http.StatusOK {
			w.t.Fatalf("%s: %d", next, a.status)
		}
		here := map[string]bool{}
		for _, name := range crowdName.FindAllString(a.body, -1) {
			if here[name] = true; seen[name] {
				w.t.Errorf("%s is on two pages of %s", name, path)
			}
		}
		maps.Copy(seen, here)
		if pages++; len(here) > member.PageSize || len(a.body) > 400<<10 {
			w.t.Errorf("%s has %d people and %d bytes", next, len(here), len(a.body))
		}
		next = w.nextPage(path, pages+1, a)
		if pages == 3 && w.program.DB.Engine() == database.PostgreSQL {
			next, pages = path+"?page=9999", crowdSize/member.PageSize // the last, whatever its number
			want = len(seen) + 1
		}
	}
	if len(seen) < want || pages < crowdSize/member.PageSize {
		w.t.Errorf("%d pages of %s show %d of the crowd, want %d", pages, path, len(seen), want)
	}
}

// nextPage is the address of the page with a number, if the page links to it.
func (w *town) nextPage(path string, number int, a answer) string {
	for _, l := range links(a) {
		if u, err := url.Parse(l); err == nil && u.Path == path && u.Query().Get("page") == fmt.Sprint(number) {
			return l
		}
	}
	return ""
}

func (w *town) findInCrowd() {
	w.t.Helper()
	who := w.people["member"]
	w.sees(who, "/people?q=crowd+4321", "Crowd 4321", "not: Crowd 4320")
	w.sees(who, "/people?q=qznameinsider", "Qznameinsider", "not: Crowd")
	w.sees(who, "/search?q=harvest", "qztitleopen")
	w.sees(who, "/@crowd_4999", "Crowd 4999")
	w.sees(w.people["founder"], w.spaces["closed"].Path()+"/members/add?q=crowd+0777", "Crowd 0777")
	add := w.spaces["closed"].Path() + "/members/add?q=crowd+0777"
	w.press(w.people["founder"], add, add, url.Values{"who": {w.idOf("crowd_0777")}})
	w.sees(w.people["founder"], w.spaces["closed"].Path()+"/members", "Crowd 0777")
}

func (w *town) writeInCrowd() {
	w.t.Helper()
	page := w.press(w.people["member"], "/compose?space="+w.spaces["open"].ID, "/compose", url.Values{"body": {"Hello @crowd_2500 and @crowd_0001"}, "space": {w.spaces["open"].ID}})
	for _, want := range []string{`href="/@crowd_2500"`, `href="/@crowd_0001"`} {
		if !strings.Contains(string(page.Body), want) {
			w.t.Errorf("a mention is no link: %s", want)
		}
	}
	thread := page.URL.Path
	w.must(w.program.Posts.React(w.t.Context(), w.people["insider"].actor(), strings.TrimPrefix(thread, "/p/"), "heart", true))
	w.sees(w.people["insider"], thread, "Hello", "1")
	w.sees(w.people["insider"], "/home?sort=newest", "Hello")
}

func (w *town) careForCrowd() {
	w.t.Helper()
	owner := w.people["owner"]
	// They asked at one moment, and stand by id: any of them will do.
	asked := crowdAsks.FindSubmatch(owner.Get("/requests?page=2").Body)
	if asked == nil {
		w.t.Fatal("nobody of the crowd asks on the second page")
	}
	id := string(asked[1])
	w.press(owner, "/requests?page=2", "/requests/"+id, url.Values{"answer": {"yes"}})
	w.sees(owner, "/@"+w.one("SELECT handle FROM members WHERE id = $1", id), "Crowd 50")
	w.press(owner, "/people/crowd_0100/role", "/people/crowd_0100/role", url.Values{"role": {"moderator"}})
	w.sees(w.people["member"], "/@crowd_0100", "Moderator")
	w.press(owner, "/people/crowd_0101/remove", "/people/crowd_0101/remove", nil)
	if a := w.ask(w.people["member"], http.MethodGet, "/@crowd_0101", nil); a.status != http.StatusNotFound {
		w.t.Errorf("who was removed is still here: %d", a.status)
	}
	w.accept("latest", w.place.invite(owner, nil), "Lotte Latest", nil)
	w.sees(owner, "/people?q=lotte", "Lotte Latest")
	for _, f := range parts {
		w.turn(f.feature, "off")
		w.turn(f.feature, "on")
	}
	w.press(owner, "/community", "/community", url.Values{"name": {"Crowded Street"}})
	w.sees(w.people["member"], "/home", "Crowded Street")
}
