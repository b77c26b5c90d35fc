// The bar above the text, its keys, and lists that go on by themselves. What it
// puts into the text is what could be typed there.
const put = (area, from, to, words, select) =>
	area.dispatchEvent(new CustomEvent("compose:put", { bubbles: true, detail: { from, to, words, select } }));

const chosen = (area) => area.value.slice(area.selectionStart, area.selectionEnd);

// marked counts the marks that stand against what is selected on both sides.
function marked(area, letter) {
	const { selectionStart, selectionEnd, value } = area;
	let n = 0;
	while (value[selectionStart - n - 1] === letter && value[selectionEnd + n] === letter) n++;
	return n;
}

// wrap puts marks around what is selected, or takes them away. Of three stars one
// is for italic and two are for bold.
function wrap(area, mark) {
	const { selectionStart: from, selectionEnd: to } = area;
	const words = chosen(area);
	const n = mark.length;
	const there = marked(area, mark[0]);
	if (words && (n === 1 ? there % 2 === 1 : there >= n)) put(area, from - n, to + n, words, [0, words.length]);
	else put(area, from, to, mark + words + mark, [n, n + words.length]);
}

// each puts a mark before each line that is selected, or takes it away.
function each(area, mark, pattern) {
	const { selectionStart, selectionEnd, value } = area;
	const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
	const end = value.indexOf("\n", selectionEnd);
	const to = end < 0 ? value.length : end;
	const lines = value.slice(from, to).split("\n");
	const off = lines.every((line) => pattern.test(line));
	const words = lines.map((line, n) => (off ? line.replace(pattern, "") : mark(n) + line)).join("\n");
	const one = lines.length === 1;
	put(area, from, to, words, [one ? words.length : 0, words.length]);
}

function link(area) {
	const { selectionStart: from, selectionEnd: to } = area;
	const words = chosen(area);
	if (/^https?:\/\/\S+$/.test(words)) put(area, from, to, `[](${words})`, [1, 1]);
	else put(area, from, to, `[${words}](https://)`, words ? [words.length + 3, words.length + 11] : [1, 1]);
}

function code(area) {
	const words = chosen(area);
	if (!words.includes("\n")) return wrap(area, "`");
	put(area, area.selectionStart, area.selectionEnd, `\`\`\`\n${words}\n\`\`\``, [4, 4 + words.length]);
}

const formats = {
	bold: (area) => wrap(area, "**"),
	italic: (area) => wrap(area, "*"),
	link,
	quote: (area) => each(area, () => "> ", /^> ?/),
	list: (area) => each(area, () => "- ", /^[-*+] /),
	numbers: (area) => each(area, (n) => `${n + 1}. `, /^\d+[.)] /),
	code,
};
const keys = { b: "bold", i: "italic", k: "link" };

// goOn begins the next item of a list, and ends the list at an item with nothing
// in it.
function goOn(area, event) {
	const { selectionStart: at, selectionEnd, value } = area;
	const from = value.lastIndexOf("\n", at - 1) + 1;
	const item = /^(\s*)(?:([-*+])|(\d{1,8})([.)])) (.*)$/.exec(value.slice(from, at));
	if (!item || at !== selectionEnd) return;
	event.preventDefault();
	const [, indent, sign, number, dot, words] = item;
	const rest = value.slice(at).split("\n", 1)[0];
	if (words.trim() === "" && rest.trim() === "") put(area, from, at, "");
	else put(area, at, at, `\n${indent}${sign ?? Number(number) + 1 + dot} `);
}

function press(area, event) {
	const format = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && !event.isComposing && keys[event.key.toLowerCase()];
	if (!format) return;
	event.preventDefault();
	formats[format](area);
}

// The bar is one stop for the Tab key; arrows go along it.
function along(bar, event) {
	const buttons = [...bar.querySelectorAll("button")];
	const back = getComputedStyle(bar).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
	const steps = { ArrowLeft: back === "ArrowLeft" ? -1 : 1, ArrowRight: back === "ArrowRight" ? -1 : 1 };
	const at = buttons.indexOf(document.activeElement);
	const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (steps[event.key] && at + steps[event.key]);
	if (to === undefined) return;
	event.preventDefault();
	stop(buttons, buttons[(to + buttons.length) % buttons.length]).focus();
}

function stop(buttons, one) {
	for (const button of buttons) button.tabIndex = button === one ? 0 : -1;
	return one;
}

for (const bar of document.querySelectorAll("[data-format-bar]")) {
	const area = document.getElementById(bar.getAttribute("aria-controls"));
	bar.hidden = false;
	bar.addEventListener("keydown", (event) => along(bar, event));
	bar.addEventListener("click", (event) => {
		const button = event.target.closest("button");
		if (!button) return;
		stop(bar.querySelectorAll("button"), button);
		formats[button.dataset.format](area);
	});
	area.addEventListener("keydown", (event) => press(area, event));
	// Browsers bring where one writes into view, which is less than the text.
	area.addEventListener("keyup", (event) => event.key === "Tab" && area.scrollIntoView({ block: "nearest" }));
	// Telephones say so of a new line, and nothing of the key.
	area.addEventListener("beforeinput", (event) => event.inputType === "insertLineBreak" && !event.defaultPrevented && goOn(area, event));
}
