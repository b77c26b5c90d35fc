package browser

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A stop is a thing that Tab led to, and what is wrong with it there.
type stop struct {
	Name  string
	Wrong []string
	// Passed is empty until the walk is over, and then lists what Tab didn't
	// lead to.
	Over   bool
	Passed []string
}

// walking looks at what has the focus, one stop of a walk after the other:
//
//   - it comes behind the stop before it in the document (WCAG 2.2, 2.4.3), or
//     is the same, as in the parts of a date
//   - it or what draws it has an outline of two pixels or more, with a contrast
//     of 3:1 to what it lies on (2.4.7, 1.4.11, 2.4.13)
//   - it is in the window and nothing covers it, or a part of it, if it is higher
//     than half the window (2.4.11)
//
// A walk is over when Tab leaves the page or begins anew, and has then been at
// everything that can have the focus (2.1.1, 2.1.2). Of radio buttons one
// stands for all, to be changed by arrow keys.
const walking = `(() => {
	const describe = e => e.outerHTML.slice(0, 140);
	const canvas = globalThis.walkCanvas ??= new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
	const rgba = colour => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = colour;
		canvas.fillRect(0, 0, 1, 1);
		const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
		return [r, g, b, a / 255];
	};
	const ground = e => {
		let over = [0, 0, 0, 0];
		for (; e; e = e.parentElement) {
			const [r, g, b, a] = rgba(getComputedStyle(e).backgroundColor), rest = a * (1 - over[3]);
			over = [over[0] + r * rest, over[1] + g * rest, over[2] + b * rest, over[3] + rest];
			if (over[3] > 0.99) return over;
		}
		return over.map((c, i) => i < 3 ? c + 255 * (1 - over[3]) : 1);
	};
	const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + 0.05) / (y + 0.05); };

	const tabbable = e => e.tabIndex >= 0 && !e.matches(":disabled") && !e.closest("[inert]") && e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true}) && e.getClientRects().length > 0;
	const all = () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter(tabbable);
	const same = (a, b) => a === b || a.type === "radio" && b.type === "radio" && a.name === b.name && a.form === b.form;

	const e = document.activeElement, walk = globalThis.walk ??= {first: null, last: null, been: []};
	if (!e || e === document.body || e === document.documentElement || e === walk.first) {
		const passed = all().filter(x => !walk.been.some(y => same(x, y))).map(describe);
		globalThis.walk = null;
		return {over: true, passed};
	}
	const wrong = [];
	walk.first ??= e;
	if (walk.last && walk.last !== e && !(walk.last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)) wrong.push("it stands before " + describe(walk.last));
	walk.last = e;
	walk.been.push(e);

	let drawn = e;
	while (drawn && !(getComputedStyle(drawn).outlineStyle !== "none" && parseFloat(getComputedStyle(drawn).outlineWidth) >= 2)) drawn = drawn.parentElement;
	if (!drawn) wrong.push("nothing shows that it has the focus");
	else {
		const style = getComputedStyle(drawn), inside = parseFloat(style.outlineOffset) < 0;
		const colour = style.outlineStyle === "auto" ? null : rgba(style.outlineColor);
		const ratio = colour && contrast(colour, ground(inside ? drawn : drawn.parentElement));
		if (colour && ratio < 3) wrong.push("its outline has a contrast of " + ratio.toFixed(2));
	}

	const box = e.getBoundingClientRect();
	const high = box.height > innerHeight / 2;
	const whole = high ? box.top < innerHeight && box.bottom > 0 : box.top > -1 && box.bottom < innerHeight + 1;
	if (!whole || box.left < -1 || box.right > innerWidth + 1) wrong.push("it is not in the window: " + JSON.stringify(box) + " of " + innerWidth + "×" + innerHeight);
	else {
		const over = [];
		let points = 0;
		for (const r of e.getClientRects()) {
			const [top, bottom] = [Math.max(r.top, 0), Math.min(r.bottom, innerHeight)];
			for (const [x, y] of [[r.left + r.width / 2, (top + bottom) / 2], [r.left + r.width / 2, top + 2], [r.left + r.width / 2, bottom - 2]]) {
				const hit = document.elementFromPoint(x, y);
				const own = hit && (e.contains(hit) || hit.contains(e) || [...(e.labels ?? [])].some(l => l.contains(hit)));
				points++;
				if (hit && !own) over.push("it is covered by " + describe(hit));
			}
		}
		if (!high || over.length === points) wrong.push(...over);
	}
	return {name: describe(e), wrong: [...new Set(wrong)]};
})()`

// longest bounds a walk, so that a trap does not hold the test.
const longest = 400

// WalkByTab goes through the whole page by the Tab key, and demands that she
// always sees where she is, gets everywhere and out again.
func (p *Person) WalkByTab(t testing.TB) {
	t.Helper()
	p.settle()
	ctx, cancel := context.WithTimeout(p.context, 4*p.patience)
	defer cancel()
	_, err := evaluate[any](ctx, `globalThis.walk = null; document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)`)
	p.must("begin at the top", err)
	for range longest {
		p.must("press Tab", chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)))
		at, err := evaluate[stop](ctx, walking)
		p.must("look at what has the focus", err)
		if len(at.Wrong) > 0 {
			t.Errorf("%s, as %s goes through it by Tab: at %s\n  %s", p.URL(), p.name, at.Name, strings.Join(at.Wrong, "\n  "))
		}
		if at.Over {
			for _, missed := range at.Passed {
				t.Errorf("%s: Tab does not lead %s to %s", p.URL(), p.name, missed)
			}
			return
		}
	}
	t.Errorf("%s: Tab leads %s nowhere else after %d steps", p.URL(), p.name, longest)
}
