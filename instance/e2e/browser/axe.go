package browser

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// axe-core 4.14.1, as published at npmjs.com/package/axe-core. Its licence (MPL
// 2.0) lies beside it.
//
//go:embed testdata/axe/axe.min.js
var axeCore string

// axeRun asks for all rules of WCAG 2.2 AA, with those on the size of targets
// that axe leaves off unless asked, and for axe's own advice.
const axeRun = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	resultTypes: ["violations"],
}).then(result => ({
	checked: result.passes.length,
	violations: result.violations.map(v => ({
		rule: v.id, impact: v.impact, help: v.help, page: v.helpUrl,
		places: v.nodes.map(n => ({html: n.html, why: n.failureSummary})),
	})),
}))`

// axeResult is what axeRun gives.
type axeResult struct {
	Checked    int
	Violations []struct {
		Rule, Impact, Help, Page string
		Places                   []struct{ HTML, Why string }
	}
}

// Axe demands that axe-core finds nothing wrong with the page as it is now. It
// runs in a world of its own, where the page's security policy has no say, and
// passes over what is in noscript.
func (p *Person) Axe(t testing.TB) {
	t.Helper()
	p.settleHere()
	world := call(p, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: p.frame, WorldName: "axe"}).ExecutionContextID
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	// axe-core waits by timers. Those of a page without scripts stay unused.
	p.allowScripts(WithScripts)
	defer p.allowScripts(p.scripts)
	_, err := evaluateIn[any](ctx, world, axeCore+"; undefined")
	p.must("load axe-core", err)
	result, err := evaluateIn[axeResult](ctx, world, axeRun)
	p.must("run axe-core", err)
	if result.Checked == 0 {
		t.Errorf("axe-core found nothing to check at %s", p.URL())
	}
	if len(result.Violations) > 0 {
		t.Errorf("%s, as %s sees it:\n%s", p.URL(), p.name, result)
	}
}

// String lists each violation with its places.
func (r axeResult) String() string {
	var text strings.Builder
	for _, v := range r.Violations {
		fmt.Fprintf(&text, "%s (%s): %s\n  %s\n", v.Rule, v.Impact, v.Help, v.Page)
		for _, place := range v.Places {
			fmt.Fprintf(&text, "    %s\n      %s\n", place.HTML, strings.ReplaceAll(place.Why, "\n", "\n      "))
		}
	}
	return text.String()
}
