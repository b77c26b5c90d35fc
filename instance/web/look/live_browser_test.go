package look

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// window is a window on a site that is live.
type window struct {
	browser
	site *liveSite
}

// another opens a window of the same person's.
func (w window) another(path string) window {
	w.Helper()
	ctx, stop := chromedp.NewContext(w.ctx)
	w.Cleanup(stop)
	o := window{browser{w.T, ctx, w.origin}, w.site}
	o.do()
	o.open(path)
	return o
}

// fast lets time in the pages of a window run faster.
func (w window) fast(times string) {
	w.Helper()
	source := `{ const wait = setTimeout, every = setInterval, now = Date.now, from = now();
		setTimeout = (f, ms, ...x) => wait(f, ms / ` + times + `, ...x); setInterval = (f, ms, ...x) => every(f, ms / ` + times + `, ...x);
		Date.now = () => from + (now() - from) * ` + times + ` }`
	if _, err := chromedp.Call(w.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source}); err != nil {
		w.Fatal(err)
	}
}

// until waits for something outside of the browser.
func (w window) until(what string, holds func() bool) {
	w.Helper()
	late := time.After(30 * time.Second)
	for !holds() {
		select {
		case <-late:
			w.Fatalf("%s: that does not come", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// hears waits until somebody listens, to as many pages.
func (w window) hears(pages int) {
	w.Helper()
	w.until("somebody listens", func() bool {
		_, heard := w.site.pieces()
		return w.site.listeners() == 1 && len(heard["page"]) == pages
	})
}

// brings lets a part come to a window that may just begin to listen anew: the
// server says it again, as a real one does to who comes with a former state.
func (w window) brings(words string) {
	w.Helper()
	w.site.gives(one(words))
	before, _ := w.site.pieces()
	n := 0
	w.until("parts are asked for", func() bool {
		if n++; n%100 == 1 {
			w.site.changed(words, []string{"a1"}, nil)
		}
		asked, _ := w.site.pieces()
		return len(asked) > len(before)
	})
	// Polling is bound to the page as it was before the browser kept it.
	w.until("they come", func() bool {
		there, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](inMain+`.includes("`+words+`")`))
		return err == nil && there
	})
}

const (
	inMain = `document.querySelector("main").innerText`
	mark   = `document.getElementById("live")`
	typing = `document.querySelector("textarea")`
)

// one answers with the part a1 as it is now.
func one(words string) func(url.Values) (string, string, string) {
	return func(url.Values) (string, string, string) { return "a1", "", liveReply("a1", words, "outerMorph") }
}

// TestLiveInTheBrowser holds what the scripts of live pages promise, against a
// server that does what is rare.
func TestLiveInTheBrowser(t *testing.T) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		test func(window)
	}{
		{"parts come", partsCome},
		{"the number stays", theNumberStays},
		{"what is hidden goes", whatIsHiddenGoes},
		{"what is used waits", whatIsUsedWaits},
		{"what comes back stays", whatComesBackStays},
		{"one question at a time", oneQuestionAtATime},
		{"the place stays", thePlaceStays},
		{"what is typed stays", whatIsTypedStays},
		{"home is emptied", homeIsEmptied},
		{"home hears news", homeHearsNews},
		{"answers kept back", answersKeptBack},
		{"a full server", aFullServer},
		{"nothing to listen to", nothingToListenTo},
		{"two windows", twoWindows},
		{"a hidden window", aHiddenWindow},
		{"a line that breaks", aLineThatBreaks},
		{"back again", backAgain},
		{"signing out beside", signingOutBeside},
	} {
		t.Run(c.name, func(t *testing.T) {
			tab, stop := chromedp.NewContext(ctx)
			defer stop()
			site := newLiveSite(t)
			w := window{browser{t, tab, site.url}, site}
			w.do()
			c.test(w)
		})
	}
}

func partsCome(w window) {
	w.open("/p/1")
	w.hears(1)
	w.run(typing + `.value = "half a thought"; ` + typing + `.focus()`)
	w.site.gives(func(url.Values) (string, string, string) {
		return "a1 a3", `<a href="#a3">1 new reply</a>`, liveReply("a1", "said otherwise", "outerMorph") + `<ol hx-swap-oob="afterend:#part-a2">` + liveReply("a3", "three", "") + `</ol>`
	})
	w.site.changed("next", []string{"a1", "a3"}, nil)
	w.is("they are there", inMain+`.includes("said otherwise") && `+inMain+`.includes("three") && `+mark+`.innerText === "1 new reply"`)
	w.is("the state is that of what is shown", mark+`.dataset.state === "next"`)
	w.is("what is typed stays, and the focus", typing+`.value === "half a thought" && document.activeElement === `+typing)
	asked, _ := w.site.pieces()
	if q := asked[0]; len(asked) != 1 || strings.Join(q["part"], " ") != "a1" || strings.Join(q["new"], " ") != "a3" || q.Get("last") != "a2" || q.Get("shown") != "a2" {
		w.Errorf("parts were asked for with %v", asked)
	}
}

func theNumberStays(w window) {
	w.open("/p/1")
	w.hears(1)
	link := `<a href="#a3">1 new reply</a>`
	w.site.gives(func(url.Values) (string, string, string) {
		return "a3", link, `<ol hx-swap-oob="afterend:#part-a2">` + liveReply("a3", "three", "") + `</ol>`
	})
	w.site.changed("b", []string{"a3"}, nil)
	w.is("a reply comes", mark+`.innerText === "1 new reply"`)
	w.site.gives(func(url.Values) (string, string, string) {
		return "a1", link, liveReply("a1", "with a heart", "outerMorph")
	})
	w.site.changed("c", []string{"a1"}, nil)
	w.is("a reaction comes", inMain+`.includes("with a heart") && `+mark+`.innerText === "1 new reply"`)
	asked, _ := w.site.pieces()
	if q := asked[len(asked)-1]; q.Get("last") != "a2" || q.Get("shown") != "a3" {
		w.Errorf("she is taken to know of %v", q)
	}
	w.run(mark + `.querySelector("a").click()`)
	w.is("she follows it", mark+`.innerText === "" && location.hash === "#a3"`)
	w.site.gives(one("with two hearts"))
	w.site.changed("d", []string{"a1"}, nil)
	w.is("more comes", inMain+`.includes("with two hearts")`)
	if asked, _ = w.site.pieces(); asked[len(asked)-1].Get("last") != "a3" {
		w.Errorf("she is taken not to know of it: %v", asked)
	}
}

// whatIsHiddenGoes takes a reply away while a menu is open.
func whatIsHiddenGoes(w window) {
	w.open("/p/1")
	w.hears(1)
	w.site.gives(one("said otherwise"))
	w.run(`document.querySelector("#a1 details").open = true`)
	w.site.changed("next", []string{"a1"}, []string{"a2"})
	w.is("what is gone goes at once", `document.getElementById("a2") === null`)
	w.is("the menu stays", `document.querySelector("#a1 details").open && `+mark+`.dataset.state === "start"`)
	w.run(`document.querySelector("#a1 details").open = false`)
	w.is("what waited comes", inMain+`.includes("said otherwise") && `+mark+`.dataset.state === "next"`)
}

// whatIsUsedWaits has a menu of the post open while everything is drawn anew.
func whatIsUsedWaits(w window) {
	w.open("/p/1")
	w.hears(1)
	w.site.gives(func(q url.Values) (string, string, string) {
		pieces := `<div class="stack" id="part-a0" hx-swap-oob="outerMorph"><article class="post" id="a0" tabindex="-1"><p>the post anew</p>` + liveMenu + `</article></div>`
		if q.Get("all") == "1" {
			pieces += `<ol class="thread" id="thread" hx-swap-oob="outerMorph">` + liveReply("a1", "one anew", "") + `</ol>`
		}
		return "", "", pieces
	})
	w.run(`document.querySelector("#a0 details").open = true`)
	w.site.tell("changed", `{"page":"/p/1","all":true,"state":"next"}`)
	w.is("the rest comes, and what is gone goes", inMain+`.includes("one anew") && document.getElementById("a2") === null`)
	w.is("the menu stays", `document.querySelector("#a0 details").open && !`+inMain+`.includes("the post anew") && `+mark+`.dataset.state === "start"`)
	w.run(`document.querySelector("#a0 details").open = false`)
	w.is("then it comes", inMain+`.includes("the post anew") && `+mark+`.dataset.state === "next"`)
}

func whatComesBackStays(w window) {
	w.open("/p/1")
	w.hears(1)
	w.site.gives(func(url.Values) (string, string, string) { return "a2", "", liveReply("a2", "two again", "outerMorph") })
	w.site.changed("without", nil, []string{"a2"})
	w.site.changed("start", []string{"a2"}, nil)
	w.is("it is there", inMain+`.includes("two again") && `+mark+`.dataset.state === "start"`)
}

// oneQuestionAtATime says more while parts are on their way.
func oneQuestionAtATime(w window) {
	w.open("/p/1")
	w.hears(1)
	w.site.gives(func(q url.Values) (string, string, string) {
		if len(q["new"]) == 0 {
			return one("again")(q)
		}
		return "a3", "", `<ol hx-swap-oob="afterend:#part-a2">` + liveReply("a3", "three", "") + `</ol>`
	})
	let := w.site.keeps()
	w.site.changed("b", []string{"a3"}, nil)
	w.until("parts are asked for", func() bool { asked, _ := w.site.pieces(); return len(asked) == 1 })
	w.run(`window.asked = 0; document.addEventListener("htmx:before:request", () => window.asked++)`)
	w.site.changed("c", []string{"a3", "a1"}, nil)
	w.run(`window.waited = new Promise((done) => setTimeout(done, 1500))`)
	w.is("nothing is asked meanwhile", `window.waited.then(() => window.asked === 0)`)
	let()
	w.is("both come", inMain+`.includes("three") && `+inMain+`.includes("again") && `+mark+`.dataset.state === "c"`)
	w.is("what is new is there once", `document.querySelectorAll("#part-a3").length === 1`)
}

// thePlaceStays lets something above grow, in a browser that does not keep the
// place of what is read by itself.
func thePlaceStays(w window) {
	w.open("/p/1")
	w.hears(1)
	w.run(`document.documentElement.style.overflowAnchor = "none"; document.getElementById("part-a2").style.minHeight = "3000px"; document.getElementById("part-a1").style.minHeight = "900px"`)
	w.run(`scrollTo({ top: document.getElementById("a2").getBoundingClientRect().top + scrollY - 50, behavior: "instant" }); window.at = document.getElementById("a2").getBoundingClientRect().top`)
	w.site.gives(one(strings.Repeat("much more to say ", 3000)))
	w.site.changed("next", []string{"a1"}, nil)
	w.is("what she reads stays where it is", mark+`.dataset.state === "next" && Math.abs(document.getElementById("a2").getBoundingClientRect().top - window.at) < 2`)
	w.run(`document.getElementById("a2").focus({ preventScroll: true }); window.y = scrollY; window.a2 = document.getElementById("a2")`)
	w.site.changed("then", nil, []string{"a2"})
	w.is("the focus moves nothing", `!window.a2.isConnected && document.activeElement === `+mark+` && scrollY > 100`)
}

// whatIsTypedStays lets a piece lead to signing in.
func whatIsTypedStays(w window) {
	w.open("/p/1")
	w.hears(1)
	w.run(typing + `.value = "half a thought"`)
	w.site.changed("next", []string{"a1"}, nil)
	w.is("she is told", mark+`.innerText === "You are signed out." && !`+inMain+`.includes("the post")`)
	w.is("what she typed stays", typing+`.value === "half a thought" && location.pathname === "/p/1"`)
	w.is("names of spaces go", `!document.body.innerText.includes("Board")`)
	w.open("/p/1")
	w.hears(1)
	w.site.changed("next", []string{"a1"}, nil)
	w.is("with nothing typed she is led on", `location.pathname === "/login"`)
}

func homeIsEmptied(w window) {
	w.open("/home")
	w.hears(1)
	w.run(typing + `.value = "half a thought"; document.querySelector("main a, main button").focus()`)
	w.site.tell("end", `{"why":"out"}`)
	w.is("she is told", mark+`.innerText === "You are signed out." && document.title === "You are signed out." && document.querySelector("main h1").textContent === "You are signed out."`)
	w.is("nothing is left but what she typed", `document.querySelector("main article") === null && `+typing+`.value === "half a thought"`)
	w.is("the focus is there", `document.activeElement === `+mark)
}

func homeHearsNews(w window) {
	w.open("/home")
	w.hears(1)
	w.run(`window.news = 0; document.querySelector("[data-news]").addEventListener("news", () => window.news++)`)
	w.site.tell("news", `{"page":"/home"}`)
	w.is("its line is told", `window.news === 1`)
}

// answersKeptBack has a proxy before the server that gives answers on only when
// they have ended.
func answersKeptBack(w window) {
	w.site.set("held")
	w.fast("40")
	w.open("/p/1")
	w.until("it asks once, and again", func() bool { _, once := w.site.questions(); return once > naps })
	w.is("nothing is wrong", mark+`.innerText === ""`)
	w.site.set("")
	w.until("it asks for a stream again, and listens", func() bool {
		all, once := w.site.questions()
		return all-once >= 2 && w.site.listeners() == 1
	})
	w.brings("said otherwise")
}

// naps is that of live.js.
const naps = 10

func aFullServer(w window) {
	w.site.set("full")
	w.fast("200")
	w.open("/p/1")
	w.is("it says so after a while", mark+`.innerText.includes("does not appear by itself")`)
	w.site.set("")
	w.is("and that it is over", mark+`.innerText === ""`)
}

func nothingToListenTo(w window) {
	w.site.set("none")
	w.fast("200")
	w.open("/p/1")
	w.until("it asks", func() bool { all, _ := w.site.questions(); return all == 1 })
	w.run(`window.waited = new Promise((done) => setTimeout(done, 600000))`)
	w.is("time goes by", `window.waited.then(() => true)`)
	if all, _ := w.site.questions(); all != 1 {
		w.Errorf("it asked %d times", all)
	}
}

// twoWindows opens two windows: one of them listens for both.
func twoWindows(w window) {
	w.open("/p/1")
	w.hears(1)
	other := w.another("/p/2")
	w.hears(2)
	w.site.gives(one("for the other window"))
	w.site.changed("next", []string{"a1"}, nil)
	w.is("the one that is silent hears it", inMain+`.includes("for the other window")`)
	other.open("/elsewhere")
	w.hears(1)
	w.site.gives(one("alone again"))
	w.site.changed("then", []string{"a1"}, nil)
	w.is("the one that is left hears it", inMain+`.includes("alone again")`)
}

// visibility says to a page that it can be seen, or not.
func (w window) visibility(is string) {
	w.Helper()
	w.run(`Object.defineProperty(document, "visibilityState", { value: "` + is + `", configurable: true }); document.dispatchEvent(new Event("visibilitychange"))`)
}

func aHiddenWindow(w window) {
	w.fast("100")
	w.open("/p/1")
	w.hears(1)
	w.visibility("hidden")
	w.until("nobody listens", func() bool { return w.site.listeners() == 0 })
	w.visibility("visible")
	w.hears(1)
	if _, heard := w.site.pieces(); heard.Get("state") != "start" {
		w.Errorf("it comes again with %v", heard)
	}
}

func aLineThatBreaks(w window) {
	w.open("/p/1")
	w.hears(1)
	w.site.set("full")
	w.site.drop()
	w.until("it tries", func() bool { all, _ := w.site.questions(); return all == 2 })
	w.site.set("")
	w.run(`dispatchEvent(new Event("online"))`)
	w.hears(1)
	w.site.gives(one("after all"))
	w.site.changed("next", []string{"a1"}, nil)
	w.is("parts come", inMain+`.includes("after all")`)
}

// backAgain leaves a page and comes back, whether the browser kept it or not.
func backAgain(w window) {
	w.open("/p/1")
	w.hears(1)
	w.open("/elsewhere")
	w.until("nobody listens", func() bool { return w.site.listeners() == 0 })
	w.run(`history.back()`)
	w.is("she is back", `location.pathname === "/p/1"`)
	w.hears(1)
	w.brings("since then")
}

// signingOutBeside presses Sign out in one window, first in vain.
func signingOutBeside(w window) {
	w.open("/p/1")
	w.hears(1)
	other := w.another("/p/2")
	w.hears(2)
	const press = `{ const form = document.querySelector("form[data-sign-out]"); form.addEventListener("submit", (e) => e.preventDefault()); form.requestSubmit() }`
	other.run(press)
	w.until("the first asks", func() bool { _, once := w.site.questions(); return once == 1 })
	w.is("and stays", `location.pathname === "/p/1" && `+inMain+`.includes("the post")`)
	w.site.set("out")
	other.run(press)
	w.is("then it is led to signing in", `location.pathname === "/login"`)
}
