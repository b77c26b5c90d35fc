package browser

import (
	"strings"
	"testing"
)

func TestAxe(t *testing.T) {
	const style = `body { background: light-dark(#fff, #111); color: light-dark(#111, #eee) }
		.faint { color: light-dark(#bbb, #eee) } .tiny { display: inline-block; width: 9px; height: 9px; overflow: hidden }`
	faults := map[string]struct{ body, want string }{
		"nothing wrong":             {`<p>Hello</p>`, ""},
		"a picture without a text":  {`<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">`, "image-alt"},
		"a field without a label":   {`<input name="q">`, "label"},
		"faint text":                {`<p class="faint">Hello</p>`, "color-contrast"},
		"targets too small to hit":  {`<button class="tiny">a</button><button class="tiny">b</button>`, "target-size"},
		"a button without a name":   {`<button></button>`, "button-name"},
		"the same landmark twice":   {`<main></main>`, "landmark-no-duplicate-main"},
		"headings that skip a step": {`<h4>Deep</h4>`, "heading-order"},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			server := site(t, strict, map[string]string{
				"/":      doc(`<link rel="stylesheet" href="/a.css">`, `<main><h1>A page</h1>`+fault.body+`</main>`),
				"/a.css": style,
			})
			said := complaint(t, func(t testing.TB, b *Browser) {
				p := b.Person("Ada", Desktop, Light, WithScripts)
				p.Open(server.URL)
				p.Axe(t)
				p.NoProblems(t)
				p.NoForeignRequests(t, server.URL)
			})
			if fault.want == "" && said != "" || !strings.Contains(said, fault.want) {
				t.Errorf("axe says %q, want %q", said, fault.want)
			}
		})
	}
}

func TestAxeWithoutScripts(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/":     doc(`<script src="/a.js" defer></script>`, `<main><h1>A page</h1><noscript><p>Hello</p></noscript></main>`),
		"/bad":  doc("", `<main><h1>A page</h1><input></main>`),
		"/a.js": "document.body.append('scripted')",
	})
	p := Start(t).Person("Ada", Desktop, Light, WithoutScripts)
	p.Open(server.URL)
	p.Axe(t)
	p.Open(server.URL)
	if p.Text() != "A page Hello" {
		t.Errorf("axe leaves scripts on: %q", p.Text())
	}
	p.Open(server.URL + "/bad")
	if said := complaint(t, func(t testing.TB, _ *Browser) { p.Axe(t) }); !strings.Contains(said, "label") {
		t.Errorf("axe says %q", said)
	}
}

func TestAxeSeesTheTheme(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/":      doc(`<link rel="stylesheet" href="/a.css">`, `<main><h1>A page</h1><p>Hello</p></main>`),
		"/a.css": `:root { color-scheme: light dark } body { background: light-dark(#fff, #111); color: light-dark(#111, #333) }`,
	})
	for theme, fine := range map[Theme]bool{Light: true, Dark: false} {
		said := complaint(t, func(t testing.TB, b *Browser) {
			p := b.Person("Ada", Phone, theme, WithScripts)
			p.Open(server.URL)
			p.Axe(t)
		})
		if fine != (said == "") || !fine && !strings.Contains(said, "color-contrast") {
			t.Errorf("%s: %q", theme, said)
		}
	}
}
