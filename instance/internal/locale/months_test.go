package locale_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
)

func TestParseMonth(t *testing.T) {
	berlin, err := locale.Zone("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	// The clocks are put forward in it: it has an hour less.
	from, until, ok := locale.ParseMonth("2026-03", berlin)
	if !ok || from.UTC().Format(time.RFC3339) != "2026-02-28T23:00:00Z" || until.UTC().Format(time.RFC3339) != "2026-03-31T22:00:00Z" {
		t.Errorf("from %v until %v, %v", from, until, ok)
	}
	if from, until, ok = locale.ParseMonth("2025-12", time.UTC); !ok || until.Sub(from) != 31*24*time.Hour || until.Year() != 2026 {
		t.Errorf("from %v until %v, %v", from, until, ok)
	}
	for _, text := range []string{"", "2026", "2026-3", "2026-13", "2026-00", "1989-12", "02026-03", "+2026-03", "2026-03 ", "2026-03-01", "٢٠٢٦-٠٣"} {
		if _, _, ok := locale.ParseMonth(text, berlin); ok {
			t.Errorf("%q is taken for a month", text)
		}
	}
}

func TestMonthsHaveNames(t *testing.T) {
	en, de := printers(t, time.UTC)
	if got := en.Month(2026, time.March); got != "March 2026" {
		t.Error(got)
	}
	if got := de.Month(2026, time.March); got != "März 2026" {
		t.Error(got)
	}
}
