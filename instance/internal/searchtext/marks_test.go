package searchtext_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/searchtext"
)

// shown writes marks into a text.
func shown(parts []searchtext.Part) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Marked {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

func TestMarks(t *testing.T) {
	for _, c := range []struct{ typed, text, want string }{
		{"garden", "The Garden, our gardening-club!", "The [Garden], our [gardening]-club!"},
		{"garden ", "The Garden, our gardening-club!", "The [Garden], our [gardening]-club!"},
		{"fest", "Das Sommerfest, ein Fest", "Das [Sommerfest], ein [Fest]"},
		{"cafe", "Das Cafe\u0301 und das CAFÉ", "Das [Cafe\u0301] und das [CAFÉ]"},
		{"strasse", "Große Straße", "Große [Straße]"},
		{"mueller", "Frau Müller", "Frau [Müller]"},
		{"istanbul", "İstanbul'da", "[İstanbul]'da"},
		{"東京", "次の東京都の", "次の[東京]都の"},
		{"東京都", "次の東京都の", "次の[東京都]の"},
		{"猫", "ﾊﾟｰﾃｨｰは猫を", "ﾊﾟｰﾃｨｰは[猫]を"},
		{"パーティー", "ﾊﾟｰﾃｨｰは猫を", "[ﾊﾟｰﾃｨｰ]は猫を"},
		{"모임", "토요일 모임이", "토요일 [모임]이"},
		{"한", "\u1112\u1161\u11ab글", "[\u1112\u1161\u11ab]글"},
		{"ข้าว", "กินข้าวด้วย", "กิน[ข้าว]ด้วย"},
		{"גינה", "ניפגש בגינה", "ניפגש [בגינה]"},
		{"حديقة", "في الحديقة", "في [الحديقة]"},
		{"to", "to tomatoes", "[to] [tomatoes]"},
		{"a", "a bad apple", "[a] bad apple"},
		{"12", "room 12b, 123", "room [12]b, [123]"},
		{"zebra", "nothing of it", "nothing of it"},
	} {
		s, _ := searchtext.Parse(c.typed)
		if got := shown(searchtext.Excerpt(c.text, s.Marks(c.text), 1000)); got != c.want {
			t.Errorf("%q marks %q, want %q", c.typed, got, c.want)
		}
	}
}

// What is found has a mark, what is not found may have some, and marks are cut
// where letters are.
func TestWhatIsFoundIsMarked(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	found := 0
	for range 20_000 {
		text, typed := babble(r, 1+r.IntN(30)), babble(r, 1+r.IntN(3))
		s, _ := searchtext.Parse(typed)
		marks := s.Marks(text)
		if s.In("", text) != 0 {
			if found++; len(marks) == 0 {
				t.Fatalf("%q finds %q and marks nothing", typed, text)
			}
		}
		sound(t, text, marks)
		for _, m := range marks {
			if words := searchtext.Normalise(text[m.From:m.To]); words == "" {
				t.Fatalf("%q marks %q in %q", typed, text[m.From:m.To], text)
			}
		}
	}
	if found < 500 {
		t.Errorf("%d of 20000 found: that proves little", found)
	}
}

func sound(t *testing.T, text string, marks []searchtext.Span) {
	t.Helper()
	at := 0
	for i, m := range marks {
		if m.From < at || i > 0 && m.From == at || m.To <= m.From || m.To > len(text) {
			t.Fatalf("marks %v in %q", marks, text)
		}
		for _, end := range []int{m.From, m.To} {
			if end < len(text) && !utf8.RuneStart(text[end]) && utf8.ValidString(text) {
				t.Fatalf("mark %v cuts a letter of %q", m, text)
			}
		}
		at = m.To
	}
	for _, most := range []int{0, 1, 5, 30, 1000} {
		var whole strings.Builder
		for _, p := range searchtext.Excerpt(text, marks, most) {
			if p.Text == "" {
				t.Fatalf("an empty part of %q", text)
			}
			whole.WriteString(p.Text)
		}
		left := strings.TrimSuffix(strings.TrimPrefix(whole.String(), "…"), "…")
		if !strings.Contains(text, left) || utf8.RuneCountInString(left) > most {
			t.Fatalf("an excerpt of %d letters of %q is %q", most, text, whole.String())
		}
	}
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("before it there are words ", 20) + "the garden stands here " + strings.Repeat("and words behind it ", 20)
	s, _ := searchtext.Parse("garden")
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"short garden", 20, "short [garden]"},
		{long, 60, "…are words the [garden] stands here and words behind it and…"},
		{"garden " + long, 30, "[garden] before it there are wor…"},
		{strings.Repeat("x", 50) + " garden", 20, "…xxxxxxxxxxxxx [garden]"},
		{strings.Repeat("words of it ", 30), 20, "words of it words of…"},
	} {
		if got := shown(searchtext.Excerpt(c.text, s.Marks(c.text), c.most)); got != c.want {
			t.Errorf("an excerpt of %d is\n%q, want\n%q", c.most, got, c.want)
		}
	}
}

func FuzzWhateverIsTyped(f *testing.F) {
	for _, typed := range []string{"", "garden", `" OR *`, "\x00\xff", "øł", strings.Repeat("ab ", 30), "ก\u0e34東\u3099", "\xed\xa0\x80"} {
		f.Add(typed, "Das Sommerfest in der Straße")
	}
	f.Fuzz(func(t *testing.T, typed, text string) {
		s, _ := searchtext.Parse(typed)
		for tier := searchtext.Titled; tier <= searchtext.Any; tier++ {
			if strings.Count(s.FTS5(tier), `"`)%2 != 0 || strings.Count(s.TSQuery(tier), `'`)%2 != 0 {
				t.Errorf("%q leaves a quotation open: %s %s", typed, s.FTS5(tier), s.TSQuery(tier))
			}
		}
		sound(t, text, s.Marks(text))
		if s.In(text, "") != 0 && len(s.Marks(text)) == 0 && len(text) < 1000 {
			t.Errorf("%q finds %q and marks nothing", typed, text)
		}
	})
}
