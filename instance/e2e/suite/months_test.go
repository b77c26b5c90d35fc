package suite_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/post"
	"github.com/opengather/opengather/instance/space"
)

// TestMonthsKeepTheirAddresses reads a month at its address before and after the
// space was renamed twice, when years without a word lie between, and where the
// clocks are changed (P55).
func TestMonthsKeepTheirAddresses(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		owner := p.found("Lime Street")
		garden := p.space(owner, "Garden", space.Open)
		say := func(title, moment string) {
			id := p.must(p.program.Posts.Publish(t.Context(), owner.actor(), "", post.Draft{Space: garden, Title: title, Body: "hello"}))
			at, err := time.Parse(time.RFC3339, moment)
			if err != nil {
				t.Fatal(err)
			}
			p.set("UPDATE posts SET created_at = $1 WHERE id = $2", database.Micros(at), id)
		}
		say("Seeds", "2021-03-20T10:00:00Z")
		say("Summer time", "2021-03-31T22:30:00Z")
		say("Today", "2026-03-11T10:00:00Z")
		p.set("UPDATE community SET zone = 'Europe/Berlin', version = version + 1")

		for i, name := range []string{"Orchard", "Meadow"} {
			v, err := p.program.Spaces.Find(t.Context(), owner.actor(), garden)
			if err != nil {
				t.Fatal(err)
			}
			d := space.Draft{Name: name, Handle: strings.ToLower(name), Visibility: space.Open, Posting: space.Everyone}
			p.must(p.program.Spaces.Change(t.Context(), owner.actor(), "", garden, space.Revision{Version: v.Version, Draft: d}))
			for _, former := range []string{"garden", "orchard"}[:i+1] {
				for _, rest := range []string{"/months", "/months/2021-03", "/months?year=2021", "/months/2021-03?after=k.x", "/members"} {
					a := p.ask(owner, http.MethodGet, "/s/"+former+rest, nil)
					if want := "/s/" + d.Handle + rest; a.status != http.StatusMovedPermanently || a.header.Get("Location") != want {
						t.Errorf("/s/%s%s: %d %q, want %s", former, rest, a.status, a.header.Get("Location"), want)
					}
				}
			}
		}
		p.sees(owner, "/s/meadow/months", "2026", "2021", "March")
		p.sees(owner, "/s/meadow/months?year=2021", "March", "April")
		p.sees(owner, "/s/meadow/months?year=2023", "not: 1 post")
		p.sees(owner, "/s/meadow/months/2021-03", "Seeds", "not: Summer time", "April 2021")
		p.sees(owner, "/s/meadow/months/2021-04", "Summer time", "not: Seeds", "March 2021")
		p.sees(owner, "/months/2026-03", "Today", "in Meadow")
		for path, status := range map[string]int{
			"/months/2026-04": http.StatusNotFound, "/months/1989-12": http.StatusNotFound, "/months/2021-3": http.StatusNotFound,
			"/months/1990-01": http.StatusOK, "/s/nowhere/months/2021-03": http.StatusNotFound, "/months/2021-03?after=nonsense": http.StatusUnprocessableEntity,
		} {
			if a := p.ask(owner, http.MethodGet, path, nil); a.status != status {
				t.Errorf("%s: %d, want %d", path, a.status, status)
			}
		}
	})
}

// set changes the tables where no page does.
func (p *place) set(query string, args ...any) {
	p.t.Helper()
	_, err := p.program.DB.Write(p.t.Context(), database.Op{Class: database.System}, func(tx *database.Tx) (string, error) {
		_, err := tx.Exec(query, args...)
		return "", err
	})
	if err != nil {
		p.t.Fatal(err)
	}
}
