package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// Turn gives the person another screen, with the page she is at.
func (p *Person) Turn(s Screen) {
	p.t.Helper()
	call(p, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.width, Height: s.height, DeviceScaleFactor: s.scale, Mobile: s.phone,
		ScreenWidth: s.width, ScreenHeight: s.height,
	})
	call(p, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: s.phone})
}

// Prefer changes what the person's system prefers, with the page she is at.
func (p *Person) Prefer(theme Theme) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: string(theme)}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

// outside lists what is wider than the window although nothing around it scrolls
// or cuts it off. A window of a phone grows with what sticks out, so the width
// is the screen's, from the edge at which the page begins.
const outside = `(() => {
	const width = screen.width, root = document.documentElement;
	if (root.scrollWidth <= width) return [];
	const held = e => {
		for (let a = e.parentElement; a && a !== root; a = a.parentElement) if (getComputedStyle(a).overflowX !== "visible") return true;
		return false;
	};
	const sticksOut = e => {
		const r = e.getBoundingClientRect(), page = root.getBoundingClientRect();
		const [before, behind] = getComputedStyle(root).direction === "rtl" ? [r.right - page.right, page.right - r.left] : [page.left - r.left, r.right - page.left];
		return r.width > 0 && !held(e) ? Math.max(behind - width, before) : 0;
	};
	const wide = [...document.body.querySelectorAll("*")].filter(e => sticksOut(e) > 0.5);
	return ["it is " + root.scrollWidth + " wide", ...wide.map(e => Math.round(sticksOut(e)) + ": " + e.outerHTML.slice(0, 120))];
})()`

// NothingSticksOut demands that the page needs no scrolling to the side.
func (p *Person) NothingSticksOut(t testing.TB) {
	t.Helper()
	if list := p.findings("measure the page", outside); len(list) > 0 {
		t.Errorf("%s is wider than the screen:\n%s", p.URL(), strings.Join(list, "\n"))
	}
}
