package post_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/access"
	"github.com/opengather/opengather/instance/internal/database"
	"github.com/opengather/opengather/instance/internal/database/databasetest"
	"github.com/opengather/opengather/instance/internal/fault"
	"github.com/opengather/opengather/instance/post"
)

// at makes it a moment at which something was said.
func (h house) at(id string, moment string) {
	h.T.Helper()
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		h.T.Fatal(err)
	}
	h.Do("UPDATE posts SET created_at = $1 WHERE id = $2", database.Micros(t), id)
}

// year is a year as somebody is told of it.
func (h house) year(a access.Actor, in string, year int, zone *time.Location) post.Year {
	h.T.Helper()
	y, err := h.posts.Months(h.Context(), a, in, year, zone)
	if err != nil {
		h.T.Fatal(err)
	}
	return y
}

// month gives what somebody finds in a month.
func (h house) month(a access.Actor, in string, year int, m time.Month, after string) post.Page {
	h.T.Helper()
	p, err := h.posts.Month(h.Context(), a, in, time.Date(year, m, 1, 0, 0, 0, 0, time.UTC), time.Date(year, m+1, 1, 0, 0, 0, 0, time.UTC), after)
	if err != nil {
		h.T.Fatal(err)
	}
	return p
}

func TestMonthsAreOfWhatSheMayRead(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ada, ben, cem := access.Member("ada"), access.Member("ben"), access.Member("cem")
		for _, x := range []struct{ in, moment string }{
			{"attic", "2019-05-05T10:00:00Z"},
			{"garden", "2021-03-05T10:00:00Z"},
			{"garden", "2021-03-31T23:59:59Z"},
			{"garden", "2021-04-01T00:00:00Z"},
			{"garden", "2024-12-31T23:59:59Z"},
			{"attic", "2021-03-07T10:00:00Z"},
			{"attic", "2025-01-01T00:00:00Z"},
		} {
			h.at(h.publish(ada, x.in, "hello"), x.moment)
		}
		hidden := h.publish(ada, "garden", "a whisper")
		h.at(hidden, "2021-07-01T10:00:00Z")
		h.hide(hidden)
		root := h.publish(ada, "garden", "hello")
		h.at(root, "2024-12-01T00:00:00Z")
		h.at(h.reply(ada, root, "not a thread"), "2024-11-01T10:00:00Z")

		for _, x := range []struct {
			who  access.Actor
			in   string
			year int
			want string
		}{
			{ben, "garden", 2021, "2021 of 2021–2024: [0 0 2 1 0 0 0 0 0 0 0 0]"},
			{ben, "", 2021, "2021 of 2021–2024: [0 0 2 1 0 0 0 0 0 0 0 0]"},
			{ben, "garden", 0, "2024 of 2021–2024: [0 0 0 0 0 0 0 0 0 0 0 2]"},
			{ben, "", 2022, "2022 of 2021–2024: [0 0 0 0 0 0 0 0 0 0 0 0]"},
			{ada, "garden", 2021, "2021 of 2021–2024: [0 0 2 1 0 0 1 0 0 0 0 0]"},
			{ada, "", 2021, "2021 of 2019–2025: [0 0 3 1 0 0 1 0 0 0 0 0]"},
			{cem, "", 2021, "2021 of 0–0: [0 0 0 0 0 0 0 0 0 0 0 0]"},
			{access.Stranger(), "", 0, "0 of 0–0: [0 0 0 0 0 0 0 0 0 0 0 0]"},
		} {
			y := h.year(x.who, x.in, x.year, time.UTC)
			if got := fmt.Sprintf("%d of %d–%d: %v", y.Year, y.First, y.Last, y.Count); got != x.want {
				h.T.Errorf("%s in %q in %d: %s, want %s", x.who.ID(), x.in, x.year, got, x.want)
			}
		}
		for in, want := range map[string]int{"": 2, "garden": 2} {
			if got := len(h.month(ben, in, 2021, time.March, "").Posts); got != want {
				h.T.Errorf("ben finds %d in March in %q", got, in)
			}
		}
		if got := len(h.month(ben, "", 2021, time.July, "").Posts); got != 0 {
			h.T.Errorf("ben finds %d in the month of what is hidden", got)
		}
		_, err := h.posts.Months(h.Context(), cem, "garden", 2021, time.UTC)
		_, failed := h.posts.Month(h.Context(), cem, "garden", time.Unix(0, 0), h.DB.Now(), "")
		if !fault.Is(err, fault.NotFound) || !fault.Is(failed, fault.NotFound) {
			h.T.Errorf("cem asks for the garden: %v, %v", err, failed)
		}
	})
}

// Months are those of the zone, also where the clocks are changed in them.
func TestMonthsBeginInTheZone(t *testing.T) {
	houses(t, func(h house, _ *databasetest.Clock) {
		ada := access.Member("ada")
		for _, moment := range []string{"2021-03-31T21:59:59Z", "2021-03-31T22:00:00Z", "2021-10-31T22:59:59Z", "2021-10-31T23:00:00Z", "2021-12-31T23:00:00Z"} {
			h.at(h.publish(ada, "garden", "hello"), moment)
		}
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			h.T.Fatal(err)
		}
		for zone, want := range map[*time.Location]string{
			time.UTC: "2021–2021 [0 0 2 0 0 0 0 0 0 2 0 1]",
			berlin:   "2021–2022 [0 0 1 1 0 0 0 0 0 1 1 0]",
		} {
			y := h.year(ada, "garden", 2021, zone)
			if got := fmt.Sprintf("%d–%d %v", y.First, y.Last, y.Count); got != want {
				h.T.Errorf("%s: %s, want %s", zone, got, want)
			}
		}
	})
}

// A page ends where it is full, and the next goes on behind it.
func TestAMonthIsReadFromItsBeginning(t *testing.T) {
	houses(t, func(h house, clock *databasetest.Clock) {
		ada := access.Member("ada")
		var ids []string
		for range post.PageSize + 2 {
			clock.Add(time.Second)
			ids = append(ids, h.publish(ada, "garden", "hello"))
			h.publish(wide, "garden", "not for ben")
		}
		now := h.DB.Now().UTC()
		ben := access.Member("ben")
		first := h.month(ben, "garden", now.Year(), now.Month(), "")
		second := h.month(ben, "garden", now.Year(), now.Month(), first.Older)
		all := append(first.Posts, second.Posts...)
		if len(first.Posts) != post.PageSize || len(all) != len(ids) || second.Older != "" {
			h.T.Fatalf("%d on the first page, %d in all", len(first.Posts), len(all))
		}
		for i, p := range all {
			if p.ID != ids[i] {
				h.T.Errorf("in place %d stands another", i)
			}
		}
		if _, err := h.posts.Month(h.Context(), ben, "", now, now, "nonsense"); !fault.Is(err, fault.Invalid) {
			h.T.Errorf("a page that was never given out: %v", err)
		}
	})
}
