// A button with data-copy="<id>" copies the value of that field. It is hidden
// until a script runs, since without one it could do nothing.
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;

document.addEventListener("click", async (event) => {
	const button = event.target.closest("[data-copy]");
	if (!button) return;
	const field = document.getElementById(button.dataset.copy);
	field.select();
	await navigator.clipboard.writeText(field.value);
	document.dispatchEvent(new CustomEvent("look:toast", { detail: { text: button.dataset.done } }));
});
