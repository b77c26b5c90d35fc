package look

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// policy is the content security policy of every page (P85).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; " +
	"manifest-src 'self'; worker-src 'self'"

// samples serves the page with every component to members, at /quiet to one
// who wants no shortcuts, at /stranger to a stranger. What is sent to /accepted
// leads to the page /elsewhere; /refused answers with a page about an error, and
// /lost not at all.
func samples(t *testing.T) *httptest.Server {
	t.Helper()
	quiet, german := membersPage(t), membersPage(t)
	quiet.Viewer.NoShortcuts = true
	german.Text = printer(t, "de")
	pages := map[string]templ.Component{
		"/": ComponentsPage(membersPage(t)), "/quiet": ComponentsPage(quiet), "/german": ComponentsPage(german),
		"/stranger": ComponentsPage(strangersPage(t)), "/bare": Bare(strangersPage(t)), "/elsewhere": Layout(membersPage(t)),
		"/refused": Bare(membersPage(t)),
	}
	signs, keeps := signsAt(t), &keeper{t: t}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		switch r.URL.Path {
		case "/accepted":
			keeps.nothingIsOnItsWay()
			http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
			return
		case "/keep":
			keeps.ServeHTTP(w, r)
			return
		case "/lost":
			panic(http.ErrAbortHandler)
		case "/signs":
			signs(w, r)
			return
		case "/parts":
			sendParts(t, w)
			return
		case "/named":
			sendNamed(t, w, r)
			return
		}
		body := Files()[r.URL.Path].Body
		w.Header().Set("Content-Type", Files()[r.URL.Path].Type)
		if page, ok := pages[r.URL.Path]; ok {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			text := render(t, page)
			if r.URL.RawQuery == "rtl" {
				text = strings.Replace(text, `dir="ltr"`, `dir="rtl"`, 1)
			}
			body = []byte(text)
		}
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusForbidden)
		}
		if strings.HasPrefix(r.URL.Path, "/static/accent.") {
			w.Header().Set("Content-Type", "text/css")
			body = []byte(AccentCSS("#d9480f"))
		}
		if _, err := w.Write(body); err != nil {
			t.Log(err)
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// keeper answers the script that keeps drafts: with a version, or that they are too
// long, and slowly where it is asked to.
type keeper struct {
	t      *testing.T
	asking atomic.Int32
}

func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.asking.Add(1)
	defer k.asking.Add(-1)
	answer := DraftKept(printer(k.t, "en"), Draft{Version: "v1"})
	switch r.URL.RawQuery {
	case "again":
		answer = DraftKept(printer(k.t, "en"), Draft{Version: "v2"})
	case "slow":
		time.Sleep(2 * time.Second)
	case "long":
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		answer = DraftRefused("This is too long.")
	}
	if r.FormValue("body") == "" || r.FormValue(DoField) != KeepTyped || r.FormValue(KeyField) == "" {
		k.t.Errorf("the script sends %v", r.Form)
	}
	if _, err := w.Write([]byte(render(k.t, answer))); err != nil {
		k.t.Log(err)
	}
}

func (k *keeper) nothingIsOnItsWay() {
	if n := k.asking.Load(); n > 0 {
		k.t.Errorf("the form is sent while %d drafts are on their way", n)
	}
}

// browser is a window on the samples.
type browser struct {
	*testing.T
	ctx    context.Context
	origin string
}

func (b browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.Fatal(err)
	}
}

func (b browser) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.origin + path))
}

func (b browser) press(keys string) {
	b.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// is waits until an expression holds in the page, or in the one it leads to.
func (b browser) is(what, expression string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
	defer cancel()
	// Not by chromedp.Poll, which goes on asking the page that was left when the
	// browser takes one out of those it kept.
	for !b.holds(ctx, expression) {
		if ctx.Err() != nil {
			b.Errorf("%s: %s does not hold: %v", what, expression, ctx.Err())
			return
		}
	}
}

// holds asks once, for a second at most: a page that is left answers no more.
func (b browser) holds(ctx context.Context, expression string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	yes := true
	answer, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression:    "new Promise((done) => setTimeout(done, 10)).then(() => " + expression + ").then(Boolean)",
		ReturnByValue: &yes, AwaitPromise: &yes,
	})
	return err == nil && answer.ExceptionDetails == nil && string(answer.Result.Value) == "true"
}

func (b browser) run(expression string) {
	b.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](expression))
}

func (b browser) window(width, height int64) {
	b.Helper()
	params := emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}
	if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, params); err != nil {
		b.Fatal(err)
	}
}

// TestInTheBrowser holds what only a browser can show: that the policy refuses
// nothing of ours, that nothing is wider than a small phone, and what the
// scripts promise.
func TestInTheBrowser(t *testing.T) {
	server := samples(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	console, stopConsole := context.WithCancel(ctx)
	messages := chromedp.Console(console)
	for _, c := range []struct {
		name string
		test func(browser)
	}{
		{"fits", fits},
		{"menu", menuCloses},
		{"dialog", dialogReturnsFocus},
		{"keys", keysCanBeOff},
		{"draft", draftIsKept},
		{"stranger", strangerKeepsNothing},
		{"toast", toastSpeaks},
		{"reactions", reactionsKeepTheFocus},
		{"errors", errorsStayOut},
		{"parts", partsFindTheirPlace},
		{"format", formatByKeys},
		{"bar", barIsOneStop},
		{"lists", listsGoOn},
		{"people", peopleAreTaken},
		{"signs", signsAreTaken},
		{"quote", wordsAreQuoted},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(browser{t, ctx, server.URL}) })
	}
	time.AfterFunc(time.Second, stopConsole)
	for m, err := range messages {
		if err != nil {
			break
		}
		if !strings.HasSuffix(m.URL, "/refused") && !strings.HasSuffix(m.URL, "/lost") && !strings.HasSuffix(m.URL, "/keep?long") && !strings.Contains(m.URL, "/signs?") {
			t.Errorf("the browser says: %s %s", m, m.URL)
		}
	}
}

func fits(b browser) {
	defer b.window(1280, 900)
	for _, width := range []int64{320, 360, 640, 900, 1280} {
		b.window(width, 800)
		for _, path := range []string{"/", "/?rtl", "/german", "/bare"} {
			b.open(path)
			wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
			if err != nil || wide > width {
				b.Errorf("%s at %d is %d wide (%v)", path, width, wide, err)
			}
		}
	}
}

func menuCloses(b browser) {
	const menu = `document.querySelector("#sample-post details.menu")`
	b.open("/")
	b.run(menu + `.querySelector("summary").focus()`)
	b.press(kb.Enter)
	b.is("Enter opens", menu+".open")
	b.press(kb.Tab)
	b.is("the focus enters", menu+`.contains(document.activeElement) && document.activeElement.matches("a")`)
	b.press(kb.Escape)
	b.is("Escape closes", "!"+menu+".open")
	b.is("Escape gives the focus back", `document.activeElement === `+menu+`.querySelector("summary")`)
	b.press(kb.Enter)
	b.is("Enter opens again", menu+".open")
	b.do(chromedp.MouseClickXY(700, 5))
	b.is("a press outside closes", "!"+menu+".open")
}

func dialogReturnsFocus(b browser) {
	const opener, dialog = `document.querySelector("[data-dialog=sample-dialog]")`, `document.getElementById("sample-dialog")`
	b.open("/")
	b.run(opener + ".focus()")
	b.press(kb.Enter)
	b.is("the link opens the dialog", dialog+".open")
	b.is("the dialog has the focus", dialog+".contains(document.activeElement)")
	b.press(kb.Escape)
	b.is("Escape closes", "!"+dialog+".open")
	b.is("the focus is back", "document.activeElement === "+opener)
	b.press(kb.Enter)
	b.run(dialog + `.querySelector("[formmethod=dialog]").click()`)
	b.is("Keep it closes", "!"+dialog+`.open && location.pathname === "/"`)
}

func keysCanBeOff(b browser) {
	const list = `document.getElementById("shortcuts")`
	b.open("/")
	b.press("?")
	b.is("? opens the list", list+".open")
	b.press(kb.Escape)
	b.press("j")
	b.is("j goes to the first post", `document.activeElement.id === "sample-post"`)
	b.run(`document.querySelector("textarea").focus()`)
	b.press("?")
	b.is("typing is typing", `!`+list+`.open && document.querySelector("textarea").value === "?"`)
	b.open("/quiet")
	b.press("j")
	b.is("switched off, j does nothing", list+` === null && !document.activeElement.matches("[data-post]")`)
	b.open("/")
	b.press("g")
	if _, err := chromedp.RunResponse(b.ctx, chromedp.KeyEvent("p")); err != nil {
		b.Fatal(err)
	}
	if at, err := chromedp.Run(b.ctx, chromedp.Location()); err != nil || at != b.origin+NavPeople {
		b.Errorf("g p goes to %s (%v)", at, err)
	}
}

func draftIsKept(b browser) {
	const form, area, state = `document.querySelector("form[data-draft]")`, `document.querySelector("form[data-draft] textarea")`, `document.querySelector("[data-draft-state]")`
	says := func(words string) string { return state + `.textContent.trim() === "` + words + `"` }
	to := func(where string) { b.run(form + `.setAttribute("action", "` + where + `")`) }
	write := func(where, words string) {
		b.open("/")
		to(where)
		b.run(area + ".focus()")
		b.press(words)
	}
	write("/keep", "Half a thought")
	b.is("it is kept", says("Draft kept"))
	b.is("and goes on from there", form+`.elements.draft.value === "v1"`)
	b.run(`window.told = 0; new MutationObserver(() => window.told++).observe(` + state + `, {childList: true, subtree: true, characterData: true})`)
	to("/keep?again")
	b.press(" more")
	b.is("it is kept again", form+`.elements.draft.value === "v2"`)
	b.is("and nobody is told twice", `window.told === 0`)
	for where, words := range map[string]string{
		"/lost": "Not kept: there is no connection. Your words are still here.", "/refused": "Not kept: please sign in again. Your words are still here.",
		"/accepted": "Not kept: please sign in again. Your words are still here.", "/keep?long": "This is too long.",
	} {
		write(where, "Half")
		b.is("at "+where+" she is told", says(words))
		b.is("and has her words", area+`.value === "Half"`)
	}
	// Sending waits for what is on its way, and nothing is kept after it.
	write("/keep?slow", "Slow")
	b.run(`window.asked = 0; { const real = fetch; window.fetch = (...all) => { window.asked++; return real(...all) } }`)
	b.is("it is on its way", `window.asked === 1`)
	b.run(form + `.setAttribute("action", "/accepted"); ` + form + `.requestSubmit()`)
	b.is("it is sent", `location.pathname === "/elsewhere"`)
	b.is("and the browser keeps nothing", `localStorage.length === 0 && sessionStorage.length === 0`)
}

func strangerKeepsNothing(b browser) {
	b.open("/stranger")
	b.run(`localStorage.clear(); document.querySelector("form[data-draft] textarea").focus()`)
	b.press("Nobody's business")
	b.run(`document.querySelector("form[data-draft]").addEventListener("submit", (e) => e.preventDefault()); document.querySelector("form[data-draft]").requestSubmit()`)
	b.open("/stranger")
	b.is("nothing is kept", `localStorage.length === 0 && sessionStorage.length === 0`)
}

func toastSpeaks(b browser) {
	b.open("/")
	b.run(`document.dispatchEvent(new CustomEvent("look:toast", {detail: {text: "<b>Copied</b>"}}))`)
	b.is("it is said as text", `document.querySelector("#toasts .toast").textContent === "<b>Copied</b>"`)
}
