package locale_test

import (
	"testing"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
)

const benched = "{name} and {count, plural, one {# other} other {# others}} replied in {space}"

// A page of fifty posts shows a few hundred messages, so allocations are held.
func TestTextAllocatesOnlyItsResult(t *testing.T) {
	p, plain := one(t, "en", benched), one(t, "en", "Reply")
	en, _ := printers(t, time.UTC)
	now := time.Date(2026, 3, 12, 11, 0, 0, 0, time.UTC)
	var shown string
	for _, c := range []struct {
		name string
		want float64
		do   func()
	}{
		{"a message without arguments", 0, func() { shown = plain.Text("m") }},
		{"a message with a plural", 1, func() {
			shown = p.Text("m", locale.S("name", "Åsa"), locale.N("count", 1200), locale.S("space", "Garden"))
		}},
		{"Ago", 1, func() { shown = en.Ago(now.Add(-time.Hour), now) }},
		{"Date", 1, func() { shown = en.Date(now) }},
	} {
		if got := testing.AllocsPerRun(100, c.do); got != c.want {
			t.Errorf("%s allocates %v times, want %v", c.name, got, c.want)
		}
		if shown == "" {
			t.Errorf("%s shows nothing", c.name)
		}
	}
}

func BenchmarkText(b *testing.B) {
	p := one(b, "en", benched)
	b.ReportAllocs()
	for b.Loop() {
		p.Text("m", locale.S("name", "Åsa"), locale.N("count", 1200), locale.S("space", "Garden"))
	}
}

func BenchmarkTextPlain(b *testing.B) {
	p := one(b, "en", "Reply")
	b.ReportAllocs()
	for b.Loop() {
		p.Text("m")
	}
}

func BenchmarkAgo(b *testing.B) {
	en, _ := printers(b, time.UTC)
	now := time.Date(2026, 3, 12, 11, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		en.Ago(now.Add(-2*time.Hour), now)
	}
}

func BenchmarkNegotiate(b *testing.B) {
	c, err := locale.Load(locale.Messages)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		c.Negotiate("de-AT,de;q=0.9,en;q=0.8", []string{"en", "de"}, "en")
	}
}
