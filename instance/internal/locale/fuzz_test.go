package locale

import (
	"testing"
	"time"

	"golang.org/x/text/language"
)

// Whatever a translator types is refused or rendered, for every value.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "'", "{a}", "it''s '{x}'", "{a, date}", "{a, time}", "{a, select, b {c} other {'}'}}",
		"{a, plural, =0 {none} one {# {a, plural, other {#}}} other {'#' #}}", "{a, plural, other {{{{", "}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := parse(text)
		if err != nil {
			return
		}
		for _, tag := range []string{"en", "ar"} {
			l := &lang{name: tag, tag: language.Make(tag), format: &english, messages: map[string]message{"m": m}}
			c := (&Catalog{languages: map[string]*lang{source: l}}).WithPseudo()
			Check(c)
			for _, value := range []any{nil, 0, -1, 3, "b", time.Unix(0, 0)} {
				for _, shown := range c.Languages() {
					if got := c.Printer(shown, nil).Text("m", Arg{"a", value}); got == "" && shown == pseudo {
						t.Errorf("%q shows nothing in %s", text, shown)
					}
				}
			}
		}
	})
}
