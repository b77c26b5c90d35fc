package browser

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// A Screen is what a person looks at.
type Screen struct {
	width, height int64
	scale         float64
	phone         bool
}

// The screens that pages are made for.
var (
	Phone   = Screen{width: 390, height: 844, scale: 2, phone: true}
	Desktop = Screen{width: 1280, height: 900, scale: 1}
	// SmallPhone is the narrowest that is common, Narrow what a page at 400 %
	// has to fit into (WCAG 2.2, 1.4.10).
	SmallPhone = Screen{width: 360, height: 780, scale: 2, phone: true}
	Narrow     = Screen{width: 320, height: 640, scale: 2, phone: true}
	// Zoomed is the desktop at 400 %.
	Zoomed = Screen{width: 320, height: 225, scale: 4}
)

// A Theme is what a person's system prefers.
type Theme string

// The two themes.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Scripts says whether a person's browser runs JavaScript.
type Scripts bool

// Browsers with and without JavaScript.
const (
	WithScripts    Scripts = true
	WithoutScripts Scripts = false
)

// A Person uses one tab with cookies of her own. What she cannot do ends the
// test that started her browser. A person isn't for use in several goroutines,
// but several persons may act at once.
type Person struct {
	Part // the whole page

	t        testing.TB
	name     string
	scripts  Scripts
	patience time.Duration
	context  context.Context
	proxy    *proxy
	frame    cdp.FrameID
	loading  atomic.Bool
	problems problems
}

// Person opens an empty tab for somebody. The name is for messages of the test.
// Her system asks for reduced motion, so that pictures of pages are repeatable.
func (b *Browser) Person(name string, screen Screen, theme Theme, scripts Scripts) *Person {
	b.t.Helper()
	p := &Person{t: b.t, name: name, scripts: scripts, patience: b.patience, proxy: newProxy(b.t)}
	p.Part = Part{person: p}
	var leave context.CancelFunc
	p.context, leave = chromedp.NewContext(b.context, chromedp.WithNewBrowserContext(func(c *target.CreateBrowserContextParams) {
		c.ProxyServer = "http://" + p.proxy.listener.Addr().String()
		c.ProxyBypassList = "<-loopback>"
	}))
	b.t.Cleanup(leave)
	p.must("open a tab", chromedp.Do(p.context))
	p.frame = cdp.FrameID(chromedp.FromContext(p.context).Target.TargetID)
	p.must("watch the tab", chromedp.Listen(p.context, p.watch))
	call(p, log.Enable, cdp.Empty{})
	p.Turn(screen)
	p.Prefer(theme)
	// Her tab counts as the one in front, whatever other tabs there are.
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.allowScripts(scripts)
	return p
}

func (p *Person) allowScripts(s Scripts) {
	p.t.Helper()
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !bool(s)})
}

// call runs a command of the DevTools protocol that has to work.
func call[P, R any](p *Person, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	p.must(command.Method, err)
	return result
}

func (p *Person) must(do string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %s: %v", p.name, do, err)
	}
}

// watch gets all events of the tab, in their order.
func (p *Person) watch(event any) {
	switch e := event.(type) {
	case *page.EventFrameRequestedNavigation:
		p.navigates(e.FrameID, true)
	case *page.EventFrameStartedLoading:
		p.navigates(e.FrameID, true)
	case *page.EventFrameStoppedLoading:
		p.navigates(e.FrameID, false)
	case *runtime.EventExceptionThrown:
		p.problems.exception(e.ExceptionDetails)
	case *log.EventEntryAdded:
		p.problems.entry(e.Entry)
	}
}

func (p *Person) navigates(frame cdp.FrameID, on bool) {
	if frame == p.frame {
		p.loading.Store(on)
	}
}

// Open goes to an address, as by typing it in, and waits until the page is
// there with all it consists of.
func (p *Person) Open(url string) {
	p.t.Helper()
	p.loading.Store(true)
	if failed := call(p, page.Navigate, page.NavigateParams{URL: url}).ErrorText; failed != "" {
		p.t.Fatalf("%s: open %s: %s", p.name, url, failed)
	}
	p.settle()
}

// URL is where the person is.
func (p *Person) URL() string {
	p.t.Helper()
	entries := call(p, page.GetNavigationHistory, cdp.Empty{})
	return entries.Entries[entries.CurrentIndex].URL
}

// Back goes back, as by the browser's button.
func (p *Person) Back() {
	p.t.Helper()
	history := call(p, page.GetNavigationHistory, cdp.Empty{})
	if history.CurrentIndex == 0 {
		p.t.Fatalf("%s: there is nothing to go back to", p.name)
	}
	call(p, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: history.Entries[history.CurrentIndex-1].ID})
	p.arrive()
}

// arrive waits for the page that a click or a key leads to, if it does. The
// browser takes a link or a form up in a task of its own, after the click is
// answered; the promise below is kept by a later one, also without scripts.
func (p *Person) arrive() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	// The error is that of a page which is gone already, as it should be.
	_, _ = evaluate[string](ctx, `new Blob(["later"]).text()`)
	p.settle()
}

// settleHere is settle for who judges the page: the browser's own, which says
// that it found none, is nothing to judge.
func (p *Person) settleHere() {
	p.t.Helper()
	p.settle()
	if frame := call(p, page.GetFrameTree, cdp.Empty{}).FrameTree.Frame; frame.UnreachableURL != "" {
		p.t.Fatalf("%s: the browser has a page of its own in place of %s: %s\n%s", p.name, frame.UnreachableURL, p.proxy.failure(), p.whereabouts())
	}
}

// settle waits until the tab isn't on its way to another page.
func (p *Person) settle() {
	p.t.Helper()
	p.until("the page to be there", func(context.Context) error {
		if p.loading.Load() {
			return errors.New("it is still loading")
		}
		return nil
	})
}

// until tries again until it works, and ends the test when patience runs out.
func (p *Person) until(what string, try func(context.Context) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	var because error
	for {
		err := try(ctx)
		if err == nil {
			return
		}
		if ctx.Err() == nil || because == nil {
			because = err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			p.t.Fatalf("%s waited in vain for %s: %v\n%s", p.name, what, because, p.whereabouts())
		}
	}
}

// whereabouts describes what the person has before her, for messages.
func (p *Person) whereabouts() string {
	ctx, cancel := context.WithTimeout(p.context, p.patience)
	defer cancel()
	text, err := evaluate[string](ctx, `location.href + "\n" + (document.body?.innerText ?? "")`)
	if err != nil {
		return err.Error()
	}
	return text
}
