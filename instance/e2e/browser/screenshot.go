package browser

import (
	"context"
	"os"
	"path/filepath"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
)

// Screenshot writes a PNG of the whole page, as far down as it goes, and makes
// the folders on the way to it.
func (p *Person) Screenshot(path string) {
	p.t.Helper()
	p.settle()
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	_, err := evaluate[bool](ctx, `document.fonts.ready.then(() => true)`)
	p.must("wait for the fonts", err)
	yes := true
	size := call(p, page.GetLayoutMetrics, cdp.Empty{}).CSSContentSize
	shot := call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: &yes,
		Clip:                  &page.Viewport{Width: size.Width, Height: size.Height, Scale: 1},
	})
	p.must("make a folder", os.MkdirAll(filepath.Dir(path), 0o755))
	p.must("write a picture", os.WriteFile(path, shot.Data, 0o644))
}
