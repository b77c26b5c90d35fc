package searchtext_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

func TestMake(t *testing.T) {
	for _, c := range []struct{ name, title, rest, want string }{
		{"nothing", "", " — ", ""},
		{"words of both, then the title's again", "The Garden", "at 5pm", "the garden at 5 pm øthe øgarden"},
		{"a title word counts once", "Ga ga", "ga", "ga ga ga øga"},
		{"ends of long words", "", "Sommerfest", "sommerfest łmerfest łerfest łrfest łfest"},
		{"not of short ones", "", "Bringer Garten", "bringer garten"},
		{"ends are cut", "", "Straßenbahnhaltestelle ", "strassenbahnhaltestelle łassenbahnhal łssenbahnhalt łsenbahnhalte łenbahnhaltes łnbahnhaltest łbahnhalteste łahnhaltestel łhnhaltestell łnhaltestelle łhaltestelle łaltestelle łltestelle łtestelle łestelle łstelle łtelle łelle"},
		{"ae, oe and ue", "", "Mueller Äpfel Boot", "mueller apfel boot łmuller"},
		{"words with a letter in front", "", "בגינה", "בגינה łגינה łינה"},
		{"titles without spaces", "東京", "", "東京 京 ø東京 ø京"},
	} {
		if got := searchtext.Make(c.title, c.rest).Words(); got != c.want {
			t.Errorf("%s: Make(%q, %q)\n got %q\nwant %q", c.name, c.title, c.rest, got, c.want)
		}
	}
}

func TestQueriesForBothDatabases(t *testing.T) {
	for _, c := range []struct {
		typed         string
		tier          searchtext.Tier
		fts5, tsquery string
	}{
		{"", searchtext.Any, `""`, ``},
		{" -- ! ", searchtext.Said, `""`, ``},
		{"garden to", searchtext.Titled, `"øgarden" AND "øto"*`, `'øgarden' & 'øto':*`},
		{"garden to", searchtext.Said, `("garden" AND "to"*) NOT ("øgarden" AND "øto"*)`, `('garden' & 'to':*) & !('øgarden' & 'øto':*)`},
		{"garden to", searchtext.Resembling, `(("garden"* OR "łgarden"*) AND "to"*) NOT ("garden" AND "to"*)`, `(('garden':* | 'łgarden':*) & 'to':*) & !('garden' & 'to':*)`},
		{"garden to", searchtext.Any, `("garden"* OR "łgarden"*) AND "to"*`, `('garden':* | 'łgarden':*) & 'to':*`},
		{"Straße ", searchtext.Said, `("strasse") NOT ("østrasse")`, `('strasse') & !('østrasse')`},
		{"a", searchtext.Any, `"a"`, `'a'`},
		{"room 12", searchtext.Any, `("room"* OR "łroom"*) AND "12"*`, `('room':* | 'łroom':*) & '12':*`},
		{"東京都", searchtext.Any, `"東京" AND "京都"`, `'東京' & '京都'`},
		{"東京都", searchtext.Resembling, `""`, ``},
		{"東 ", searchtext.Any, `"東"*`, `'東':*`},
		{"mueller", searchtext.Any, `("mueller"* OR "łmueller"* OR "muller"* OR "łmuller"*)`, `('mueller':* | 'łmueller':* | 'muller':* | 'łmuller':*)`},
		{"גינה", searchtext.Any, `("גינה"* OR "łגינה"*)`, `('גינה':* | 'łגינה':*)`},
		{`"go" OR *x(y:"`, searchtext.Any, `"go" AND "or" AND "x" AND "y"`, `'go' & 'or' & 'x' & 'y'`},
	} {
		s, _ := searchtext.Parse(c.typed)
		if got := s.FTS5(c.tier); got != c.fts5 {
			t.Errorf("%q, tier %d: FTS5 is\n%s, want\n%s", c.typed, c.tier, got, c.fts5)
		}
		if got := s.TSQuery(c.tier); got != c.tsquery {
			t.Errorf("%q, tier %d: TSQuery is\n%s, want\n%s", c.typed, c.tier, got, c.tsquery)
		}
	}
	long, _ := searchtext.Parse(strings.Repeat("at ", 100) + "end")
	if got := long.FTS5(searchtext.Any); strings.Count(got, `"at"`) != searchtext.MaxTerms || strings.Contains(got, "end") {
		t.Errorf("a long query is %s", got)
	}
}

func TestWhatResembles(t *testing.T) {
	for typed, want := range map[string]bool{"東京": false, "12": false, "to": false, "tom": false, "toma": true, "tom ": true, "東京 toma": true} {
		if s, _ := searchtext.Parse(typed); s.Resembles() != want {
			t.Errorf("%q resembles something: %v, want %v", typed, !want, want)
		}
	}
}

// What stands behind a sign is ours: no text and no query can have one in it.
func TestSignsAreOurs(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		for _, text := range []string{string(r), "o" + string(r), "l" + string(r)} {
			if strings.ContainsAny(searchtext.Normalise(text), "øł") {
				t.Fatalf("%q becomes %q", text, searchtext.Normalise(text))
			}
		}
	}
	for _, typed := range []string{"øgarden", "łfest ", "Øgarden", "ŁFEST"} {
		s, _ := searchtext.Parse(typed)
		if s.In("Garden", "Sommerfest") != 0 {
			t.Errorf("%q finds what stands behind a sign: %s", typed, s.FTS5(searchtext.Any))
		}
		if s.In("", typed) == 0 {
			t.Errorf("%q does not find itself", typed)
		}
	}
}
