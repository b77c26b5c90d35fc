package look

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// signsAt answers what a reaction bar asks for: all signs, the bar after a press,
// or what "fails" names.
func signsAt(t *testing.T) http.HandlerFunc {
	thanks := Reaction{Key: "-thanks", Label: "Thanks", Count: 3, Mine: true}
	lovely := Reaction{Key: "lovely", Label: "Lovely"}
	bar := func(more string, items ...Reaction) string {
		return render(t, ReactionBar(printer(t, "en"), "sample-post", Reactions{URL: "/signs?press", More: more, FormKey: "k", Items: items}))
	}
	pressed := lovely
	pressed.Key, pressed.Count, pressed.Mine = "-lovely", 1, true
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		text, status := "", http.StatusOK
		switch {
		case r.FormValue("fails") == "page":
			text, status = render(t, Bare(membersPage(t))), http.StatusBadGateway
		case r.FormValue("fails") == "words":
			text, status = render(t, Toast("Too busy.", Action{})), http.StatusServiceUnavailable
		case r.FormValue("fails") == "old":
			w.Header().Set("HX-Refresh", "true")
			status = http.StatusForbidden
		case r.FormValue("fails") == "elsewhere":
			w.Header().Set("HX-Redirect", "/elsewhere")
			status = http.StatusNoContent
		case r.Method == http.MethodGet:
			text = bar("", thanks, lovely)
		case r.FormValue("reaction") == "lovely":
			text = bar("/signs?all", thanks, pressed)
		default: // somebody took her lovely away
			text = bar("/signs?all", thanks)
		}
		w.WriteHeader(status)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Log(err)
		}
	}
}

const signBar = `document.querySelector("#sample-post .reactions")`

// ready says that htmx has taken the new bar up.
const ready = ` && ` + signBar + `.querySelector("form[data-htmx-powered]") !== null`

// reactionsKeepTheFocus presses reactions by keyboard alone.
func reactionsKeepTheFocus(b browser) {
	b.open("/")
	b.run(`{ const more = ` + signBar + `.querySelector("a[hx-get]"); more.setAttribute("hx-get", "/signs?all"); more.focus() }`)
	b.press(kb.Enter)
	b.is("all signs come, and the first has the focus", signBar+`.querySelector("a[hx-get]") === null && document.activeElement.id === "sample-post-thanks"`+ready)
	b.press(kb.Tab)
	b.press(kb.Enter)
	b.is("what was pressed keeps the focus", `document.activeElement.id === "sample-post-lovely" && document.activeElement.getAttribute("aria-pressed") === "true"`+ready)
	b.press(kb.Enter)
	b.is("what is gone leaves it beside", `document.getElementById("sample-post-lovely") === null && document.activeElement.id === "sample-post-thanks"`)
}

// errorsStayOut lets a reaction fail in every way: no page comes to be within
// the page.
func errorsStayOut(b browser) {
	press := func(fails string) {
		b.open("/")
		b.run(`window.before = true; for (const form of document.querySelectorAll("form.reactions")) form.setAttribute("hx-post", "/signs?fails=` + fails + `")`)
		b.run(`window.swapped = new Promise((done) => document.addEventListener("htmx:finally:request", done)); document.getElementById("sample-post-lovely").focus()`)
		b.press(kb.Enter)
	}
	const alone = ` && document.querySelectorAll("main").length === 1 && ` + signBar + `.querySelector("form") !== null`
	press("page")
	b.is("a proxy's page is left out", `window.swapped.then(() => true)`)
	b.is("and the bar is still there", `window.before`+alone)
	press("words")
	b.is("words are said", `document.querySelector("#toasts").innerText === "Too busy."`+alone)
	b.is("the focus stays", `document.activeElement.id === "sample-post-lovely"`)
	press("old")
	b.is("the page is loaded again", `window.before === undefined && location.pathname === "/"`+alone)
	press("elsewhere")
	b.is("the page is left for another", `location.pathname === "/elsewhere"`)
}

// sendParts answers with one reply that has changed, two new ones behind it and
// one before all others.
func sendParts(t *testing.T, w http.ResponseWriter) {
	samples := sampleReplies(testNow)
	changed := samples[0]
	changed.Body = Words("said otherwise")
	fresh := func(id string) string {
		return render(t, ThreadPart(printer(t, "en"), testNow, Reply{ID: id, Author: sampleJonas, At: testNow, Body: Words("new " + id)}, ""))
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err := w.Write([]byte(`<span data-n="7">two</span>` + render(t, ThreadPart(printer(t, "en"), testNow, changed, "outerMorph")) +
		`<ol hx-swap-oob="afterend:#part-r1">` + fresh("r8") + fresh("r9") + `</ol><ol hx-swap-oob="afterbegin:#thread">` + fresh("r0") + `</ol>`))
	if err != nil {
		t.Log(err)
	}
}

// partsFindTheirPlace lets parts of a thread come into an open page, as live.js
// asks for them: what has changed stays where it is, and what is new is put
// between, whatever the main content of the answer is.
func partsFindTheirPlace(b browser) {
	b.open("/")
	b.run(`{ const mark = document.createElement("p"); mark.id = "live"; document.querySelector("main").append(mark);
		window.kept = document.getElementById("r2"); window.link = document.querySelector("#r1 a.quiet-link"); window.link.focus();
		htmx.ajax("GET", "/parts", { source: mark, target: mark, swap: "innerHTML" }) }`)
	b.is("the words come", `document.querySelector("#live [data-n='7']")?.textContent === "two"`)
	b.is("all stand in their places", `[...document.getElementById("thread").children].map((x) => x.id).join() === "part-r0,part-r1,part-r8,part-r9,part-r4,part-r7"`)
	b.is("what has changed says so", `document.getElementById("r1").innerText.includes("said otherwise")`)
	b.is("what is below it is the same piece of the page", `window.kept.isConnected && document.getElementById("r2") === window.kept`)
	b.is("the focus stays", `document.activeElement === window.link`)
	b.is("what came is taken up by the script", `document.querySelector("#part-r1 form[data-htmx-powered]") !== null`)
}
