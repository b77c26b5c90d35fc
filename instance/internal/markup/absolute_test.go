package markup_test

import (
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
)

func TestAbsolute(t *testing.T) {
	const origin = "https://street.example"
	for _, x := range []struct {
		safe string
		most int
		want string
		cut  bool
	}{
		{`<p dir="auto">One <a class="mention" href="/@ada">Ada</a>.</p>`, 999, `<p dir="auto">One <a class="mention" href="https://street.example/@ada">Ada</a>.</p>`, false},
		{`<p><a href="https://other.example/a?b=1&amp;c=2">x</a> <a href="//other.example/">y</a></p>`, 999, `<p><a href="https://other.example/a?b=1&amp;c=2">x</a> <a href="//other.example/">y</a></p>`, false},
		{`<p>href=&#34;/a&#34;</p>`, 999, `<p>href=&#34;/a&#34;</p>`, false},
		{`<ul><li>one two three</li></ul>`, 17, `<ul><li>one two…</li></ul>`, true},
		{`<p>one</p><hr/><p>two</p>`, 9, `<p>one</p>`, true},
		{`<p>ñandú</p>`, 5, `<p>ñ…</p>`, true},
		{"", 0, "", false},
	} {
		got, cut := markup.Absolute(x.safe, origin, x.most)
		if got != x.want || cut != x.cut {
			t.Errorf("%s to %d: %s, %v", x.safe, x.most, got, cut)
		}
	}
}

// Whatever people write, it names no other place than before, and has no end but
// those that belong to its beginnings.
func TestAbsoluteOfHostileTexts(t *testing.T) {
	for _, p := range markuptest.Payloads {
		safe := markup.Render(p.Text, markup.Options{}).HTML
		whole, cut := markup.Absolute(safe, "https://street.example", len(safe)*4+999)
		if cut || strings.Count(whole, "<") != strings.Count(safe, "<") || strings.Contains(whole, `href="/`) && !strings.Contains(whole, `href="//`) {
			t.Errorf("%q became %q", safe, whole)
		}
		for most := range min(len(safe), 40) {
			short, _ := markup.Absolute(safe, "https://street.example", most)
			if found := markuptest.ForeignRequests("https://street.example", short); len(found) > 0 {
				t.Errorf("%q asks elsewhere: %q", short, found)
			}
			if len(short) > most+len(safe)+200 {
				t.Errorf("%d bytes instead of %d", len(short), most)
			}
		}
	}
}
