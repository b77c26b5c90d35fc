package browser

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromium is the one of this test binary. Starting it takes about a second,
// which is why no test owns it.
var chromium struct {
	sync.Mutex
	context context.Context
	stop    context.CancelFunc
}

// A Browser makes persons for one test.
type Browser struct {
	t       testing.TB
	context context.Context
	// patience is how long a helper waits for what it wants to see: long, since
	// a busy machine must not make a test red.
	patience time.Duration
}

// Start returns the Chromium of this test binary, which it starts if this is
// the first call. The persons that are made with it leave when t ends.
func Start(t testing.TB) *Browser {
	t.Helper()
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.context == nil {
		allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), flags()...)
		started, stop := chromedp.NewContext(allocator)
		if err := chromedp.Do(started); err != nil {
			stop()
			stopAllocator()
			t.Fatalf("start Chromium, which scripts/install-debian installs: %v", err)
		}
		chromium.context, chromium.stop = started, func() { stop(); stopAllocator() }
	}
	return &Browser{t: t, context: chromium.context, patience: 30 * time.Second}
}

// Stop ends the Chromium of this test binary, if one was started.
func Stop() {
	chromium.Lock()
	defer chromium.Unlock()
	if chromium.stop != nil {
		chromium.stop()
	}
	chromium.context, chromium.stop = nil, nil
}

func flags() []chromedp.ExecAllocatorOption {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true),
		// What Chromium itself would ask its maker about a page's forms.
		chromedp.Flag("disable-features", "AutofillServerCommunication,Translate"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("lang", "en-US"),
		// A machine without a mouse looks like one with a mouse, which the touch
		// screen of a phone replaces.
		chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"),
		// Persons have proxies of their own; what Chromium asks for by itself
		// goes to a port that nobody listens at, and no name is looked up.
		chromedp.ProxyServer("http://127.0.0.1:1"),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("force-webrtc-ip-handling-policy", "disable_non_proxied_udp"),
		chromedp.WSURLReadTimeout(2*time.Minute),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	return options
}
