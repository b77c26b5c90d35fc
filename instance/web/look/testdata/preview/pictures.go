package main

import (
	"context"
	"fmt"
	"iter"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// shot is one picture: a page in a window, whole or as far as the window goes.
type shot struct {
	name, path    string
	width, height int64
	dark, whole   bool
	media         string
	// feature and value are one more media feature, such as forced-colors.
	feature, value string
	// act is run in the page before the picture.
	act string
}

func shots() []shot {
	var all []shot
	for path := range pages {
		name := strings.TrimPrefix(path, "/")
		for _, dark := range []bool{false, true} {
			theme := map[bool]string{false: "light", true: "dark"}[dark]
			all = append(all,
				shot{name: name + "-phone-" + theme, path: path, width: 360, height: 780, dark: dark, whole: true},
				shot{name: name + "-desktop-" + theme, path: path, width: 1280, height: 860, dark: dark, whole: true})
		}
	}
	return append(all,
		shot{name: "home-phone-top", path: "/home", width: 360, height: 740},
		shot{name: "home-rtl-phone", path: "/home?dir=rtl", width: 360, height: 740, whole: true},
		shot{name: "home-rtl-desktop", path: "/home?dir=rtl&lang=de", width: 1280, height: 860},
		shot{name: "home-tablet", path: "/home", width: 900, height: 860},
		shot{name: "home-200-percent", path: "/home?lang=de", width: 640, height: 430},
		shot{name: "home-400-percent", path: "/home?lang=de", width: 320, height: 215},
		shot{name: "home-accent", path: "/home?accent=%23d9480f", width: 1280, height: 860},
		shot{name: "home-accent-dark", path: "/home?accent=%23d9480f", width: 1280, height: 860, dark: true},
		shot{name: "act-menu-phone", path: "/home", width: 360, height: 740, act: `document.querySelector("details.menu summary").click()`},
		shot{name: "act-menu-dark", path: "/home", width: 1280, height: 600, dark: true, act: `document.querySelector("details.menu summary").click()`},
		shot{name: "act-dialog", path: "/components", width: 1280, height: 700, act: `document.querySelector("[data-dialog]").click()`},
		shot{name: "act-keys-phone", path: "/home", width: 360, height: 740, act: `document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "?", bubbles: true}))`},
		shot{name: "act-focus", path: "/home", width: 1280, height: 600, act: `document.querySelector(".reaction").focus({focusVisible: true})`},
		shot{name: "act-skip", path: "/home", width: 360, height: 300, act: `document.querySelector(".skip").focus({focusVisible: true})`},
		shot{name: "act-target", path: "/thread#r2", width: 1280, height: 700},
		shot{name: "act-meter", path: "/components", width: 360, height: 260, act: `document.querySelector(".meter").scrollIntoView()`},
		shot{name: "act-toast-phone", path: "/components", width: 360, height: 500, act: `document.querySelector("[data-copy]").closest(".copy").scrollIntoView(); document.dispatchEvent(new CustomEvent("look:toast", {detail: {text: "Copied."}}))`},
		shot{name: "components-forced", path: "/components", width: 360, height: 740, whole: true, feature: "forced-colors", value: "active"},
		shot{name: "home-contrast", path: "/home", width: 360, height: 740, feature: "prefers-contrast", value: "more"},
		shot{name: "thread-print", path: "/thread", width: 794, height: 1000, media: "print", whole: true},
	)
}

func takeAll(ctx context.Context, origin, folder, only string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(ctx, flags...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx); err != nil {
		return fmt.Errorf("start the browser: %w", err)
	}
	go logConsole(chromedp.Console(ctx))
	for _, s := range shots() {
		if !strings.Contains(s.name, only) {
			continue
		}
		picture, err := s.take(ctx, origin)
		if err != nil {
			return fmt.Errorf("take the picture %s: %w", s.name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, s.name+".png"), picture, 0o644); err != nil {
			return fmt.Errorf("keep the picture %s: %w", s.name, err)
		}
	}
	return nil
}

func logConsole(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		if err != nil {
			return
		}
		log.Printf("console: %+v", m)
	}
}

func (s shot) take(ctx context.Context, origin string) ([]byte, error) {
	if err := s.arrange(ctx); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(origin+s.path)); err != nil {
		return nil, err
	}
	if s.whole {
		height, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`document.documentElement.scrollHeight`))
		if err != nil {
			return nil, err
		}
		s.height = max(s.height, height)
		if err := s.arrange(ctx); err != nil {
			return nil, err
		}
	}
	wide, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.documentElement.scrollWidth > %d`, s.width)))
	if err != nil {
		return nil, err
	}
	if wide {
		log.Printf("%s is wider than its window", s.name)
	}
	if s.act != "" {
		if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](s.act)); err != nil {
			return nil, err
		}
	}
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	return picture.Data, err
}

func (s shot) arrange(ctx context.Context) error {
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: s.width, Height: s.height, DeviceScaleFactor: 1, Mobile: s.width < 500}); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		return err
	}
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if s.feature != "" {
		features = append(features, &emulation.MediaFeature{Name: s.feature, Value: s.value})
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: s.media, Features: features})
	return err
}
