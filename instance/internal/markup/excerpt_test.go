package markup_test

import (
	"testing"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/markup"
)

func TestExcerpt(t *testing.T) {
	for _, c := range []struct {
		plain string
		max   int
		want  string
	}{
		{"", 5, ""},
		{"short", 5, "short"},
		{" two\n\n lines\t", 20, "two lines"},
		{"the garden gate", 11, "the garden…"},
		{"the garden gate", 12, "the garden…"},
		{"the garden gate", 14, "the garden…"},
		{"a Donaudampfschifffahrt", 10, "a Donauda…"},
		{"次の日曜日に公園で会いましょう", 6, "次の日曜日…"},
		{"cafe\u0301 au lait", 5, "caf…"},
		{"ab👨\u200d👩\u200d👧cd", 5, "ab…"},
		{"ab👍\U0001f3fdcd", 4, "ab…"},
		{"a🇩🇪bc", 3, "a…"},
		{"anything", 1, "…"},
		{"anything", 0, ""},
		{"anything", -1, ""},
	} {
		got := markup.Excerpt(c.plain, c.max)
		if got != c.want {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.plain, c.max, got, c.want)
		}
		if n := utf8.RuneCountInString(got); n > max(c.max, 0) {
			t.Errorf("Excerpt(%q, %d) has %d characters", c.plain, c.max, n)
		}
	}
}
