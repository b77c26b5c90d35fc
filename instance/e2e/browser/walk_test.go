package browser

import (
	"strings"
	"testing"
)

// walkable is a page on which the focus is always seen.
const walkable = `<a class="skip" href="#end">Skip</a><form><label>Name <input name="n"></label>
	<label class="choice"><input type="radio" name="r" value="a"> A</label><label class="choice"><input type="radio" name="r" value="b"> B</label>
	<button>Save</button><button disabled>Off</button></form><details><summary>More</summary><a href="/in">Inside</a></details>
	<div class="tall"></div><a id="end" href="/next">Next</a>`

const seen = `:focus-visible { outline: 2px solid #1c4fc4; outline-offset: 2px } html { scroll-padding: 60px } .tall { height: 3000px } body { background: #faf7f1 }
	.choice:has(:focus-visible) { outline: 2px solid #1c4fc4 } .choice > input:focus-visible { outline: none }`

func TestWalkByTab(t *testing.T) {
	ways := map[string]struct{ css, body, says string }{
		"all right":       {"", "", ""},
		"no outline":      {"a:focus-visible { outline: none }", "", "nothing shows that it has the focus"},
		"thin":            {"button:focus-visible { outline-width: 1px }", "", "nothing shows that it has the focus"},
		"pale":            {":focus-visible { outline-color: #d8d0c4 }", "", "its outline has a contrast of 1.4"},
		"covered":         {".bar { position: fixed; inset: auto 0 0; height: 80px; background: #fff } html { scroll-padding: 0 }", `<p class="bar">Bar`, `it is covered by <p class="bar">`},
		"outside":         {"#end { position: fixed; left: -500px }", "", "it is not in the window"},
		"another order":   {"", `<a tabindex="1" href="/x">First</a>`, "it stands before"},
		"out of its way":  {"", `<button id="o">Left out</button><script>document.getElementById("o").addEventListener("focus", e => e.target.blur())</script>`, "Tab does not lead Ada to"},
		"a trap":          {"", `<button id="a">A</button><button id="b">B</button><script>addEventListener("keydown", e => { if (document.activeElement.id === "b") { e.preventDefault(); a.focus() } })</script>`, "it stands before"},
		"a scrolled pane": {".pane { height: 3em; overflow: auto }", `<div class="pane"><p>a<p>b<p>c<p>d<p>e</div>`, ""},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			server := site(t, lax, map[string]string{"/": doc(`<link rel="stylesheet" href="/a.css">`, walkable+way.body), "/a.css": seen + way.css})
			said := complaint(t, func(t testing.TB, b *Browser) {
				p := b.Person("Ada", SmallPhone, Light, WithScripts)
				p.Open(server.URL)
				p.WalkByTab(t)
			})
			if way.says == "" && said != "" || !strings.Contains(said, way.says) {
				t.Errorf("the test says %q", said)
			}
		})
	}
}
