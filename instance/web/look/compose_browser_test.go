package look

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	writing = `document.querySelector("form.composer textarea[name=body]")`
	offered = `document.querySelector("form.composer .suggestions")`
)

// sendNamed answers with two people whose names begin with what is asked for, and
// with nobody where nothing is.
func sendNamed(t *testing.T, w http.ResponseWriter, r *http.Request) {
	var people []Person
	for _, p := range []Person{sampleAmira, sampleJonas, {Name: "Anton", Handle: "anton"}} {
		if q := strings.ToLower(r.FormValue("q")); q != "" && r.FormValue("space") == "garden" && strings.HasPrefix(strings.ToLower(p.Name), q) {
			people = append(people, p)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if _, err := w.Write([]byte(render(t, Named(people)))); err != nil {
		t.Log(err)
	}
}

// write opens the page and types into the composer.
func (b browser) write(words string) {
	b.Helper()
	b.open("/")
	b.run(`localStorage.clear()`)
	b.open("/")
	b.run(writing + `.focus()`)
	b.press(words)
}

func (b browser) mark(from, to string) {
	b.Helper()
	b.run(writing + `.setSelectionRange(` + from + `, ` + to + `)`)
}

// hold presses a key with Ctrl.
func (b browser) hold(key string) {
	b.Helper()
	b.do(chromedp.KeyEvent(key, chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

func (b browser) says(what, words string) {
	b.Helper()
	b.is(what, writing+`.value === `+words)
}

// formatByKeys holds that the keys put marks around what is selected, take them
// away again, and leave what was typed to be taken back.
func formatByKeys(b browser) {
	b.write("a rake")
	b.mark("2", "6")
	b.hold("b")
	b.says("Ctrl+B", `"a **rake**"`)
	b.is("what is bold is selected", writing+`.selectionStart === 4 && `+writing+`.selectionEnd === 8`)
	b.hold("i")
	b.says("Ctrl+I within", `"a ***rake***"`)
	b.hold("i")
	b.says("Ctrl+I again", `"a **rake**"`)
	b.hold("b")
	b.says("Ctrl+B again", `"a rake"`)
	b.hold("k")
	b.says("Ctrl+K", `"a [rake](https://)"`)
	b.run(`document.execCommand("undo")`)
	b.says("taken back", `"a rake"`)
	b.run(`document.execCommand("redo")`)
	b.says("and done again", `"a [rake](https://)"`)
}

// barIsOneStop goes along the bar with arrows, and back to it.
func barIsOneStop(b browser) {
	const bar = `document.querySelector("[data-format-bar]")`
	b.write("one\ntwo")
	b.is("the bar is there", `!`+bar+`.hidden && `+bar+`.querySelectorAll("[tabindex='0']").length === 1`)
	b.run(bar + `.querySelector("button").focus()`)
	b.press(kb.ArrowLeft)
	b.is("left of the first is the last", `document.activeElement.dataset.format === "code"`)
	b.press(kb.Home + kb.ArrowRight + kb.ArrowRight + kb.ArrowRight)
	b.is("the fourth", `document.activeElement.dataset.format === "quote" && document.activeElement.tabIndex === 0 && `+bar+`.querySelectorAll("[tabindex='0']").length === 1`)
	b.mark("0", "7")
	b.press(kb.Enter)
	b.says("both lines are a quote", `"> one\n> two"`)
	b.is("and the text has the focus", `document.activeElement === `+writing)
	b.run(bar + `.querySelector("[data-format=quote]").click()`)
	b.says("and none", `"one\ntwo"`)
	b.run(bar + `.querySelector("[data-format=numbers]").click()`)
	b.says("both lines have a number", `"1. one\n2. two"`)
}

func listsGoOn(b browser) {
	b.write("- rake" + kb.Enter + "spade" + kb.Enter + kb.Enter + "done")
	b.says("a list goes on and ends", `"- rake\n- spade\ndone"`)
	b.write("9. rake" + kb.Enter + "spade")
	b.says("numbers are counted", `"9. rake\n10. spade"`)
	b.write("well-\nno list" + kb.Enter + "here")
	b.says("what is no list is left alone", `"well-\nno list\nhere"`)
}

// peopleAreTaken takes people by keyboard alone, and leaves them.
func peopleAreTaken(b browser) {
	b.write("ask @a")
	b.is("two are offered", `!`+offered+`.hidden && `+offered+`.children.length === 2`)
	b.is("the first is chosen", writing+`.getAttribute("aria-activedescendant") === `+offered+`.children[0].id && `+offered+`.children[0].getAttribute("aria-selected") === "true"`)
	b.is("and said so", `document.querySelector("[data-suggested]").textContent.includes("2")`)
	b.press(kb.ArrowDown)
	b.is("the second is chosen", writing+`.getAttribute("aria-activedescendant") === `+offered+`.children[1].id`)
	b.press(kb.Enter)
	b.says("Enter takes", `"ask @anton "`)
	b.is("and closes", offered+`.hidden && !`+writing+`.hasAttribute("aria-activedescendant") && document.activeElement === `+writing)
	b.press("and @am")
	b.is("one is offered", `!`+offered+`.hidden && `+offered+`.children.length === 1`)
	b.press(kb.Escape)
	b.is("Escape closes", offered+`.hidden`)
	b.press(kb.Enter)
	b.says("Enter is a line again", `"ask @anton and @am\n"`)
	b.write("mail@am")
	b.is("an address is none", `new Promise((done) => setTimeout(() => done(`+offered+`.hidden), 500))`)
	b.write("ask @")
	b.run(writing + `.dispatchEvent(new InputEvent("input", { isComposing: true, bubbles: true }))`)
	b.is("nobody is offered while letters are put together", `new Promise((done) => setTimeout(() => done(`+offered+`.hidden), 500))`)
}

func signsAreTaken(b browser) {
	b.write("good :apf")
	b.is("a sign is offered by its German name", `!`+offered+`.hidden && `+offered+`.children[0].dataset.put === "🍎"`)
	b.press(kb.Tab)
	b.says("Tab takes", `"good 🍎 "`)
	b.is("and stays", `document.activeElement === `+writing)
	b.run(`document.execCommand("undo")`)
	b.says("it can be taken back", `"good :apf"`)
	b.write("at 10:30")
	b.is("a time is none", `new Promise((done) => setTimeout(() => done(`+offered+`.hidden), 500))`)
}

// wordsAreQuoted puts the words of a reply, and those selected in it, into a form.
func wordsAreQuoted(b browser) {
	b.write("first")
	b.run(`const form = document.querySelector("form.composer"); const here = document.createElement("section"); here.id = "reply"; form.before(here); here.append(form);
		document.querySelector("#r1 .post-foot").insertAdjacentHTML("beforeend", '<a id="quote" href="/elsewhere" data-quote="jonas">Quote</a>'); document.querySelector("#r1 .prose").textContent = "Take the ladder along"`)
	b.run(`document.getElementById("quote").click()`)
	b.says("all its words", `"first\n\n@jonas:\n\n> Take the ladder along\n\n"`)
	b.is("the form has the focus", `document.activeElement === `+writing)
	b.run(`document.activeElement.blur(); const words = document.querySelector("#r1 .prose").firstChild; const range = document.createRange(); range.setStart(words, 9); range.setEnd(words, 15); getSelection().removeAllRanges(); getSelection().addRange(range)`)
	b.run(`new Promise((done) => setTimeout(done, 100)).then(() => document.getElementById("quote").click())`)
	b.is("then those selected", writing+`.value.endsWith("\n\n@jonas:\n\n> ladder\n\n")`)
}
