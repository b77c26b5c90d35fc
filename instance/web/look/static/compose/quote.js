// Puts what is selected in a post, or all its words, as a quote into the form for
// a reply. Without this script the link does so by loading the page again.
const longest = 500;

let selected = ["", null]; // pressing a link may take the selection away
document.addEventListener("selectionchange", () => {
	const now = getSelection();
	if (!now.isCollapsed && !document.activeElement?.matches("textarea, input")) selected = [now.toString(), now.getRangeAt(0).commonAncestorContainer];
});
document.addEventListener("pointerdown", (event) => {
	if (!event.target.closest("[data-quote]") && getSelection().isCollapsed) selected = ["", null];
});

function words(post) {
	const prose = post.querySelector(".prose");
	const [some, where] = selected;
	const all = (where && prose.contains(where) && some.trim()) || prose.innerText.trim();
	const letters = [...all.replace(/\n{3,}/g, "\n\n")];
	return letters.length > longest ? `${letters.slice(0, longest).join("").trim()}…` : letters.join("");
}

document.addEventListener("click", (event) => {
	const link = event.target.closest("[data-quote]");
	const area = document.querySelector("#reply form.composer textarea[name=body]");
	if (!link || !area || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	event.preventDefault();
	const lines = words(link.closest("article")).split("\n").map((line) => `> ${line.trim()}`.trimEnd());
	const end = area.value.trimEnd().length;
	const who = link.dataset.quote ? `@${link.dataset.quote}:\n\n` : "";
	const put = { from: end, to: area.value.length, words: `${end ? "\n\n" : ""}${who}${lines.join("\n")}\n\n` };
	area.dispatchEvent(new CustomEvent("compose:put", { bubbles: true, detail: put }));
	area.scrollIntoView({ block: "center" });
	selected = ["", null];
});
