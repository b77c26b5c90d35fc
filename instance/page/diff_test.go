package page_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/opengather/opengather/instance/page"
)

// drawn writes pieces as text: -gone- and +new+.
func drawn(pieces []page.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		mark := map[page.Change]string{page.Gone: "-", page.New: "+"}[p.Change]
		b.WriteString(mark + p.Text + mark)
	}
	return b.String()
}

func TestCompareFindsWords(t *testing.T) {
	for _, x := range []struct{ was, is, want string }{
		{"", "", ""},
		{"", "new", "+new\n+"},
		{"old", "", "-old\n-"},
		{"same", "same", "same\n"},
		{"The key is below the pot.", "The key is below the mat.", "The key is below the -pot-+mat+.\n"},
		{"a\nb\nc", "a\nc", "a\n-b\n-c\n"},
		{"a\nc", "a\nb\nc", "a\n+b\n+c\n"},
		{"Carrots and leek.", "Wine!", "-Carrots and leek.\n-+Wine!\n+"},
		{"größer", "grösser", "-größer\n-+grösser\n+"},
		{"one two", "one two\nthree four five six seven", "one two\n+three four five six seven\n+"},
	} {
		if got := drawn(page.Compare(x.was, x.is)); got != x.want {
			t.Errorf("%q and %q: got %q, want %q", x.was, x.is, got, x.want)
		}
	}
}

// What is the same or new is the new text, what is the same or gone the former one,
// whatever the texts are.
func TestCompareLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteString([]string{"a", "b", " ", "\n", "ä", "<b>", "word ", "\n\n", "."}[r.IntN(9)])
		}
		return b.String()
	}
	ended := func(s string) string {
		if s = strings.TrimSuffix(s, "\n"); s == "" {
			return ""
		}
		return s + "\n"
	}
	for range 3000 {
		was, is := text(), text()
		var before, after string
		for _, p := range page.Compare(was, is) {
			if p.Change != page.New {
				before += p.Text
			}
			if p.Change != page.Gone {
				after += p.Text
			}
		}
		if before != ended(was) || after != ended(is) {
			t.Fatalf("%q and %q came back as %q and %q", was, is, before, after)
		}
	}
}

// The longest page there can be costs little, however little two of them share.
func TestCompareIsBounded(t *testing.T) {
	for name, two := range map[string][2]string{
		"many lines": {strings.Repeat("a\n", page.MaxBody/2), strings.Repeat("b\na\n", page.MaxBody/4)},
		"one line":   {strings.Repeat("a ", page.MaxBody/2), strings.Repeat("b a ", page.MaxBody/4)},
		"paragraphs": {strings.Repeat(strings.Repeat("a ", 500)+"\nx\n", page.MaxBody/1003), strings.Repeat(strings.Repeat("b a ", 250)+"\nx\n", page.MaxBody/1003)},
	} {
		begun := time.Now()
		page.Compare(two[0], two[1])
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}
