package locale_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
)

func printers(t testing.TB, zone *time.Location) (en, de *locale.Printer) {
	t.Helper()
	c, err := locale.Load(locale.Messages)
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer("en", zone), c.Printer("de", zone)
}

func TestDates(t *testing.T) {
	en, de := printers(t, time.FixedZone("CET", 3600))
	at := time.Date(2026, 3, 12, 17, 5, 9, 123, time.UTC)
	for _, c := range []struct{ name, got, want string }{
		{"en date", en.Date(at), "12 March 2026"},
		{"de date", de.Date(at), "12. März 2026"},
		{"en clock", en.Clock(at), "18:05"},
		{"en both", en.DateTime(at), "12 March 2026, 18:05"},
		{"de both", de.DateTime(at), "12. März 2026, 18:05"},
		{"iso", de.ISO(at), "2026-03-12T17:05:09Z"},
		{"the zone moves the day", en.Date(time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)), "1 January 2027"},
		{"a clock is padded", en.Clock(time.Date(2026, 1, 1, 0, 7, 0, 0, time.UTC)), "01:07"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
}

func TestEveryMonth(t *testing.T) {
	en, de := printers(t, time.UTC)
	german := []string{
		"Januar", "Februar", "März", "April", "Mai", "Juni",
		"Juli", "August", "September", "Oktober", "November", "Dezember",
	}
	for m := time.January; m <= time.December; m++ {
		day := time.Date(2026, m, 1, 0, 0, 0, 0, time.UTC)
		if got, want := en.Date(day), "1 "+m.String()+" 2026"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, want := de.Date(day), "1. "+german[m-1]+" 2026"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestAgo(t *testing.T) {
	en, de := printers(t, time.FixedZone("CET", 3600))
	// Noon on 12 March 2026 in the printers' zone.
	now := time.Date(2026, 3, 12, 11, 0, 0, 0, time.UTC)
	night := time.Date(2026, 3, 12, 0, 30, 0, 0, time.UTC)
	newYear := time.Date(2026, 1, 1, 11, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		t, now         time.Time
		inEnglish, deu string
	}{
		{now, now, "just now", "gerade eben"},
		{now.Add(-59 * time.Second), now, "just now", "gerade eben"},
		{now.Add(59 * time.Second), now, "just now", "gerade eben"},
		{now.Add(-time.Minute), now, "1 min ago", "vor 1 Min."},
		{now.Add(-59 * time.Minute), now, "59 min ago", "vor 59 Min."},
		{now.Add(-time.Hour), now, "1 h ago", "vor 1 Std."},
		{now.Add(-12 * time.Hour), now, "12 h ago", "vor 12 Std."},
		{now.Add(-12*time.Hour - time.Second), now, "yesterday", "gestern"},
		{night.Add(-2 * time.Hour), night, "2 h ago", "vor 2 Std."},
		{night.Add(-6 * time.Hour), night, "yesterday", "gestern"},
		{now.Add(-36*time.Hour + time.Second), now, "yesterday", "gestern"},
		{now.Add(-37 * time.Hour), now, "10 March", "10. März"},
		{newYear.AddDate(0, 0, -1), newYear, "yesterday", "gestern"},
		{newYear.AddDate(0, 0, -2), newYear, "30 December 2025", "30. Dezember 2025"},
		{now.AddDate(-1, 0, 0), now, "12 March 2025", "12. März 2025"},
		{now.AddDate(0, 1, 0), now, "12 April", "12. April"},
		{now.Add(time.Hour), now, "12 March", "12. März"},
	} {
		if got := en.Ago(c.t, c.now); got != c.inEnglish {
			t.Errorf("%v: %s, want %s", c.now.Sub(c.t), got, c.inEnglish)
		}
		if got := de.Ago(c.t, c.now); got != c.deu {
			t.Errorf("%v: %s, want %s", c.now.Sub(c.t), got, c.deu)
		}
	}
}

func TestNumbersInGerman(t *testing.T) {
	p := one(t, "de", "{count, plural, =0 {Keine Antworten} one {# Antwort} other {# Antworten}}")
	for n, want := range map[int]string{
		0: "Keine Antworten", 1: "1 Antwort", 2: "2 Antworten", 1234: "1.234 Antworten",
	} {
		if got := p.Text("m", locale.N("count", n)); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
