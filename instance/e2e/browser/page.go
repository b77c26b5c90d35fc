package browser

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// findings runs an expression in the page that gives a list, best an empty one.
func (p *Person) findings(do, expression string) []string {
	p.t.Helper()
	p.settleHere()
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	list, err := evaluate[[]string](ctx, expression)
	p.must(do, err)
	return list
}

// NoForeignHints demands that the page doesn't tell the browser of other hosts
// by which it would look up or connect to one early. Such hints make no request
// that the proxy could see.
func (p *Person) NoForeignHints(t testing.TB) {
	t.Helper()
	list := p.findings("read the hints", `[...document.querySelectorAll("link[href], base[href], meta[http-equiv]")].filter(e => !e.href || new URL(e.href).origin !== location.origin).map(e => e.outerHTML.slice(0, 200))`)
	if len(list) > 0 {
		t.Errorf("%s hints at other hosts:\n%s", p.URL(), strings.Join(list, "\n"))
	}
}

// moving lists what takes longer than a millisecond to change, or runs by itself.
const moving = `(() => {
	const time = list => Math.max(...list.split(",").map(t => parseFloat(t) * (t.trim().endsWith("ms") ? 1 : 1000)));
	const found = document.getAnimations().map(a => "it runs " + (a.animationName ?? a.transitionProperty ?? "an animation"));
	for (const e of document.querySelectorAll("*")) for (const part of ["", "::before", "::after"]) {
		const s = getComputedStyle(e, part);
		if (part && s.content === "none") continue;
		if (time(s.transitionDuration) > 1 || s.animationName !== "none" && time(s.animationDuration) > 1 || s.scrollBehavior === "smooth") found.push(e.outerHTML.slice(0, 120) + part);
	}
	return [...new Set(found)];
})()`

// NothingMoves demands that the page holds still for somebody who asks for
// reduced motion, as every Person does.
func (p *Person) NothingMoves(t testing.TB) {
	t.Helper()
	if list := p.findings("look for motion", moving); len(list) > 0 {
		t.Errorf("%s moves:\n%s", p.URL(), strings.Join(list, "\n"))
	}
}

// mixed lists the texts in which a name stands in a sentence without walls: it
// is in no element of its own direction, and no character isolates it (UAX 9).
const mixed = `names => {
	const apart = e => {
		for (; e && e !== document.body; e = e.parentElement) {
			const s = getComputedStyle(e);
			if (["isolate", "plaintext", "isolate-override"].includes(s.unicodeBidi) && (e.matches("bdi, [dir]") || s.unicodeBidi === "plaintext")) return true;
		}
		return false;
	};
	const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n; n = texts.nextNode();) for (const name of names) {
		const at = n.data.indexOf(name);
		if (at < 0 || n.parentElement.closest("script, style, option, textarea") || apart(n.parentElement)) continue;
		if (n.data.lastIndexOf("\u2068", at) <= n.data.lastIndexOf("\u2069", at)) found.push(n.parentElement.outerHTML.slice(0, 160));
	}
	return found;
}`

// RightToLeft demands that the page runs from right to left and that each of
// these names, which don't, keeps its own direction there.
func (p *Person) RightToLeft(t testing.TB, names ...string) {
	t.Helper()
	list, err := json.Marshal(names)
	p.must("write the names", err)
	found := p.findings("look at the directions", `document.dir === "rtl" ? (`+mixed+`)(`+string(list)+`) : ["its direction is " + (document.dir || "ltr")]`)
	if len(found) > 0 {
		t.Errorf("%s from right to left:\n%s", p.URL(), strings.Join(found, "\n"))
	}
}
