package browser

import (
	"strings"
	"testing"
)

func TestPagesThatAreNotRight(t *testing.T) {
	ways := map[string]struct {
		css, html string
		hold      func(t testing.TB, p *Person)
		says      string
	}{
		"still":            {"p { color: red }", `<p>a`, func(t testing.TB, p *Person) { p.NothingMoves(t) }, ""},
		"a transition":     {"p { transition: color 200ms }", `<p>a`, func(t testing.TB, p *Person) { p.NothingMoves(t) }, "moves:\n<p>a"},
		"an animation":     {"@keyframes k { to { rotate: 1turn } } p::before { content: ''; animation: k 1s infinite }", `<p>a`, func(t testing.TB, p *Person) { p.NothingMoves(t) }, "it runs k"},
		"smooth scrolling": {"html { scroll-behavior: smooth }", `<p>a`, func(t testing.TB, p *Person) { p.NothingMoves(t) }, "moves:\n<html"},
		"no hints":         {"", `<a href="http://elsewhere.example/">Away</a>`, func(t testing.TB, p *Person) { p.NoForeignHints(t) }, ""},
		"a hint":           {"", `<link rel="dns-prefetch" href="//elsewhere.example">`, func(t testing.TB, p *Person) { p.NoForeignHints(t) }, "hints at other hosts"},
		"from left":        {"", `<p>a`, func(t testing.TB, p *Person) { p.RightToLeft(t) }, "its direction is ltr"},
		"a name apart": {"", `<script>document.dir = "rtl"</script><p>x <bdi>Ada</bdi> y<p dir="auto">Ada<p>x ` + "\u2068Ada\u2069", func(t testing.TB, p *Person) {
			p.RightToLeft(t, "Ada")
		}, ""},
		"a name mixed in": {"", `<script>document.dir = "rtl"</script><p class="m">x Ada y`, func(t testing.TB, p *Person) { p.RightToLeft(t, "Ada") }, `<p class="m">`},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			server := site(t, lax, map[string]string{"/": doc(`<link rel="stylesheet" href="/a.css">`, way.html), "/a.css": way.css})
			said := complaint(t, func(t testing.TB, b *Browser) {
				p := b.Person("Ada", Desktop, Light, WithScripts)
				p.Open(server.URL)
				way.hold(t, p)
			})
			if way.says == "" && said != "" || !strings.Contains(said, way.says) {
				t.Errorf("the test says %q", said)
			}
		})
	}
}
