package locale_test

import (
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/internal/locale/localetest"
)

// files makes a package's file system from "language" → JSON.
func files(byLanguage map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for tag, text := range byLanguage {
		out["messages/"+tag+".json"] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// one is a printer of that language with the single message "m".
func one(t testing.TB, tag, text string) *locale.Printer {
	t.Helper()
	text = fmt.Sprintf(`{"m": %q}`, text)
	c, err := locale.Load(files(map[string]string{"en": text, tag: text}))
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(tag, nil)
}

func TestText(t *testing.T) {
	when := time.Date(2026, 3, 12, 18, 5, 0, 0, time.UTC)
	replies := "{count, plural, =0 {No replies} one {# reply} other {# replies}}"
	for _, c := range []struct {
		text string
		args []locale.Arg
		want string
	}{
		{"Leave", nil, "Leave"},
		{"{name} joined", []locale.Arg{locale.S("name", "Åsa {x} #")}, "Åsa {x} # joined"},
		{"{a}{b}{a}", []locale.Arg{locale.S("a", "1"), locale.S("b", "2")}, "121"},
		{replies, []locale.Arg{locale.N("count", 0)}, "No replies"},
		{replies, []locale.Arg{locale.N("count", 1)}, "1 reply"},
		{replies, []locale.Arg{locale.N("count", 1234567)}, "1,234,567 replies"},
		{replies, []locale.Arg{locale.N("count", -1)}, "−1 reply"},
		{"{n}", []locale.Arg{locale.N("n", 999)}, "999"},
		{"{n}", []locale.Arg{locale.N("n", -1000)}, "−1,000"},
		{"{n, plural, other {#}}", []locale.Arg{locale.N("n", math.MinInt64)}, "−9,223,372,036,854,775,808"},
		{"{who, select, owner {You} other {They}} left", []locale.Arg{locale.S("who", "owner")}, "You left"},
		{"{who, select, owner {You} other {They}} left", []locale.Arg{locale.S("who", "x")}, "They left"},
		{"{on}|{on, date}|{on, time}", []locale.Arg{locale.T("on", when)}, "12 March 2026, 18:05|12 March 2026|18:05"},
		// Nesting: # belongs to the plural around it, in a select it is itself (as in ICU).
		{
			"{g, select, a {{n, plural, one {a # {x}} other {A # {x}}}} other {}}",
			[]locale.Arg{locale.S("g", "a"), locale.N("n", 2), locale.S("x", "y")},
			"A 2 y",
		},
		{
			"{n, plural, other {# {m, plural, other {#}} # {g, select, other {#}}}}",
			[]locale.Arg{locale.N("n", 1), locale.N("m", 2), locale.S("g", "")},
			"1 2 1 #",
		},
		// Apostrophes as in ICU.
		{"It's {name}''s", []locale.Arg{locale.S("name", "Ann")}, "It's Ann's"},
		{"'{name}' '}' # '#'", nil, "{name} } # '#'"},
		{"'{it''s}'", nil, "{it's}"},
		{"trailing '", nil, "trailing '"},
		{"{n, plural, other {'#' '{#}' #}}", []locale.Arg{locale.N("n", 3)}, "# {#} 3"},
		// What callers got wrong is visible.
		{"{name} joined", nil, "⟦name⟧ joined"},
		{replies, []locale.Arg{locale.S("count", "1")}, "⟦count⟧"},
		{"{who, select, other {x}}", []locale.Arg{locale.N("who", 1)}, "⟦who⟧"},
		{"{on, date}", []locale.Arg{locale.N("on", 1)}, "⟦on⟧"},
		{"{n}", []locale.Arg{{Name: "n", Value: int64(1)}}, "⟦n⟧"},
	} {
		if got := one(t, "en", c.text).Text("m", c.args...); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
	if got := one(t, "en", "x").Text("other.key"); got != "⟦other.key⟧" {
		t.Errorf("a missing key reads %s", got)
	}
}

// The examples are those of CLDR's chart of cardinal rules.
func TestPluralCategories(t *testing.T) {
	const text = "{n, plural, zero {zero} one {one} two {two} few {few} many {many} other {other}}"
	for tag, want := range map[string]map[string][]int{
		"en": {"one": {1}, "other": {0, 2, 11, 21, 101}},
		"de": {"one": {1}, "other": {0, 2, 11, 21, 101}},
		"fr": {"one": {0, 1}, "other": {2, 17, 100}},
		"ja": {"other": {0, 1, 2, 100}},
		"pl": {"one": {1}, "few": {2, 3, 4, 22, 34, 102}, "many": {0, 5, 11, 12, 14, 21, 25, 112}},
		"ru": {"one": {1, 21, 31, 101, 1001}, "few": {2, 4, 22, 104}, "many": {0, 5, 11, 14, 19, 111, 1000000}},
		"ar": {
			"zero": {0}, "one": {1}, "two": {2}, "few": {3, 10, 103, 110},
			"many": {11, 26, 99, 111}, "other": {100, 101, 102, 200, 1000},
		},
	} {
		p := one(t, tag, text)
		for category, numbers := range want {
			for _, n := range numbers {
				if got := p.Text("m", locale.N("n", n)); got != category {
					t.Errorf("%s %d is %s, want %s", tag, n, got, category)
				}
			}
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	good := files(map[string]string{"en": `{"a": "x"}`, "de": `{"a": "x"}`})
	bad := func(text string) []fstest.MapFS {
		return []fstest.MapFS{files(map[string]string{"en": fmt.Sprintf(`{"a": %q}`, text)})}
	}
	for _, c := range []struct {
		from []fstest.MapFS
		want string
	}{
		{nil, "no messages/en.json"},
		{[]fstest.MapFS{good, files(map[string]string{"en": `{"b": "x"}`})}, "messages/de.json is in 1 of 2 packages"},
		{[]fstest.MapFS{good, good}, "messages/de.json: a is there twice"},
		{[]fstest.MapFS{files(map[string]string{"en": `{"a": "x", "a": "y"}`})}, "a is there twice"},
		{[]fstest.MapFS{files(map[string]string{"en": `{"a": {"b": "c"}}`})}, "key a: json"},
		{[]fstest.MapFS{files(map[string]string{"en": `["a"]`})}, "not a JSON object"},
		{[]fstest.MapFS{files(map[string]string{"en": `{"a": "x"`})}, "EOF"},
		{[]fstest.MapFS{files(map[string]string{"en": `{}`, "x!": `{}`})}, "not named after a language"},
		{bad("{"), "at byte 1: an argument needs a name"},
		{bad("{}"), "needs a name"},
		{bad("{a"), "comma or }"},
		{bad("{a b}"), "comma or }"},
		{bad("a } b"), "at byte 2: } closes nothing"},
		{bad("'{a"), "quotation does not end"},
		{bad("{a, number}"), "not one of plural, select, date, time"},
		{bad("{a, date, long}"), "takes no style"},
		{bad("{a, plural}"), "comma before its choices"},
		{bad("{a, plural, }"), "no choices"},
		{bad("{a, plural, offset:1 other {x}}"), "not a plural category"},
		{bad("{a, plural, more {x} other {y}}"), `"more" is not a plural category`},
		{bad("{a, plural, =x {x} other {y}}"), "=x is not a whole number"},
		{bad("{a, plural, =1 {x} =01 {y} other {z}}"), `"=1" twice`},
		{bad("{a, select, x {x} x {y} other {z}}"), `"x" twice`},
		{bad("{a, select, x y}"), `"x" needs its text`},
		{bad("{a, select, other {x}"), "needs a selector"},
		{bad("{a, select, other {x"), "ends inside {…}"},
		{bad(strings.Repeat("{a, select, other {", 10)), "nested more than"},
	} {
		fsys := make([]fs.FS, len(c.from))
		for i, f := range c.from {
			fsys[i] = f
		}
		if _, err := locale.Load(fsys...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error with %q, got %v", c.want, err)
		}
	}
}

func TestCheck(t *testing.T) {
	c, err := locale.Load(files(map[string]string{
		"en": `{
			"fine": "{n, plural, =0 {none} one {#} other {#}} {who} {who, select, a {x} other {y}}",
			"gone": "x", "args": "{name} and {n, plural, one {{inner}} other {}}", "kind": "{on, date}",
			"no.other": "{n, plural, one {x}} {s, select, a {x}}",
			"no.one": "{n, plural, other {# replies}}", "by.hand": "{n, plural, =1 {one} other {#}}",
			"needless": "{n, plural, one {#} few {#} other {#}}", "never": "{n, plural, =1 {x} one {y} other {#}}",
			"void": "", "deep": "{s, select, other {{n, plural, other {# things}}}}"
		}`,
		"pl": `{
			"fine": "{n, plural, one {#} few {#} many {#} other {#}} {who} {who, select, other {}}",
			"extra": "x", "args": "{naem} and {n}", "kind": "{on, time}",
			"no.other": "{n, plural, one {x} few {y} many {y} other {z}} {s, select, other {x}}",
			"no.one": "{n}", "by.hand": "{n, plural, =1 {1} few {#} many {#} other {#}}",
			"needless": "{n}", "never": "{n}", "void": "x", "deep": "{s, select, other {{n, plural, one {} few {} other {}}}}"
		}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"en: deep: {n, plural} has no form for 1",
		"en: needless: {n, plural}: no number reaches few",
		"en: never: {n, plural}: no number reaches one",
		"en: no.one: {n, plural} has no form for 1",
		"en: no.other: {n, …} has no other",
		"en: no.other: {s, …} has no other",
		"en: void: empty",
		"pl: args: takes {naem} {n}, en takes {inner} {name} {n}",
		"pl: deep: {n, plural} has no form for 0",
		"pl: extra: not in en",
		"pl: gone: missing",
	}
	if got := locale.Check(c); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestOwnMessagesAreComplete(t *testing.T) {
	c, err := locale.Load(locale.Messages)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Languages(); !slices.Equal(got, []string{"en", "de"}) {
		t.Errorf("languages are %v", got)
	}
	if got := locale.Check(c); len(got) > 0 {
		t.Error(got)
	}
	missing, unused := localetest.Compare(localetest.Keys(t, "."), c.Keys())
	if len(missing)+len(unused) > 0 {
		t.Errorf("missing %v, unused %v", missing, unused)
	}
	for _, key := range c.Keys() {
		if !strings.HasPrefix(key, "time.") {
			t.Errorf("%s is not this package's", key)
		}
	}
}

func TestPrinter(t *testing.T) {
	c, err := locale.Load(files(map[string]string{
		"en": `{"m": "mail"}`, "de": `{"m": "Post"}`, "ar": `{"m": "بريد"}`, "he": `{"m": "דואר"}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	for tag, want := range map[string]string{
		"en": "en ltr mail", "de": "de ltr Post", "ar": "ar rtl بريد", "he": "he rtl דואר",
		"xx": "en ltr mail", "": "en ltr mail", "qps": "en ltr mail",
	} {
		p := c.Printer(tag, time.UTC)
		if got := p.Lang() + " " + p.Dir() + " " + p.Text("m"); got != want {
			t.Errorf("%q prints %s, want %s", tag, got, want)
		}
	}
}

func TestNegotiate(t *testing.T) {
	c, err := locale.Load(locale.Messages)
	if err != nil {
		t.Fatal(err)
	}
	both := []string{"en", "de"}
	for _, q := range []struct {
		header  string
		offered []string
		want    string
	}{
		{"de", both, "de"},
		{"de-AT,de;q=0.9,en;q=0.8", both, "de"},
		{"en-GB,de;q=0.9", both, "en"},
		{"en;q=0.3, de;q=0.7", both, "de"},
		{"fr, de;q=0.5", both, "de"},
		{"fr", both, "fallback"},
		{"", both, "fallback"},
		{"*", both, "fallback"},
		{"de;q=0", both, "fallback"},
		{"DE-at", both, "de"},
		{"d", both, "fallback"},
		{"den", both, "fallback"},
		{"pt", []string{"en", "pt-BR"}, "pt-BR"},
		{"pt-PT", []string{"pt-BR", "pt"}, "pt-BR"},
		{"de;q=0.5,en;q=0.5", both, "de"},
		{"de;q=2,en;q=0.1", both, "en"},
		{"de;q=NaN", both, "fallback"},
		{"de;level=1,en;q=0.1", both, "en"},
		{"de;q=0, en", []string{"de"}, "fallback"},
		{"de", nil, "fallback"},
		{"de", []string{"en"}, "fallback"},
		{"\x00;;q=x,,", both, "fallback"},
		{strings.Repeat("xx-", 300000), both, "fallback"},
	} {
		if got := c.Negotiate(q.header, q.offered, "fallback"); got != q.want {
			t.Errorf("%.40q among %v gives %s, want %s", q.header, q.offered, got, q.want)
		}
	}
}

func TestPseudo(t *testing.T) {
	c, err := locale.Load(files(map[string]string{
		"en": `{"m": "Hello {name}, {n, plural, one {# letter} other {# letters}} {x, select, other {here}}", "e": ""}`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	d := c.WithPseudo()
	if got := d.Languages(); !slices.Equal(got, []string{"en", "qps", "qps-plocm"}) {
		t.Errorf("languages are %v", got)
	}
	if got := c.Languages(); !slices.Equal(got, []string{"en"}) {
		t.Errorf("the catalogue it was made from now has %v", got)
	}
	p := d.Printer("qps", nil)
	got := p.Text("m", locale.S("name", "Ann"), locale.N("n", 2), locale.S("x", ""))
	if want := "[Ĥéļļö Ann, 2 ļéţţéŕš ĥéŕé~~~~~~~]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	day := time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)
	if got, want := p.Date(day), "12 [Ṁåŕçĥ] 2026"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r := d.Printer("qps-plocm", nil)
	got = r.Text("m", locale.S("name", "Ann"), locale.N("n", 2), locale.S("x", ""))
	if want := "[\u202eĤéļļö \u202c\u2068Ann\u2069\u202e, \u202c2\u202e ļéţţéŕš\u202c \u202eĥéŕé\u202c~~~~~~~]"; got != want || r.Dir() != "rtl" || r.Lang() != "qps-plocm" {
		t.Errorf("got %q (%s, %s), want %q", got, r.Dir(), r.Lang(), want)
	}
	if got := d.Printer("en", nil).Date(day); got != "12 March 2026" {
		t.Errorf("English now says %s", got)
	}
}

// TestNamesKeepTheirDirection puts names of another direction into a sentence.
func TestNamesKeepTheirDirection(t *testing.T) {
	c, err := locale.Load(files(map[string]string{"en": `{"m": "{name} invites you."}`}))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Ann":        "Ann invites you.",
		"Łukasz 李小龙": "Łukasz 李小龙 invites you.",
		"דנה (2)":    "\u2068דנה (2)\u2069 invites you.",
		"Ann نور":    "\u2068Ann نور\u2069 invites you.",
	} {
		if got := c.Printer("en", nil).Text("m", locale.S("name", name)); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
