// Puts words into a text in the place of others, so that they can be taken back as
// what was typed can. The other scripts ask for it by an event, since scripts here
// know nothing of each other.
document.addEventListener("compose:put", ({ target: area, detail: { from, to, words, select } }) => {
	area.focus();
	area.setSelectionRange(from, to);
	const done = words ? document.execCommand("insertText", false, words) : from === to || document.execCommand("delete");
	if (!done) {
		area.setRangeText(words, from, to, "end");
		area.dispatchEvent(new InputEvent("input", { bubbles: true }));
	}
	if (select) area.setSelectionRange(from + select[0], from + select[1]);
});
