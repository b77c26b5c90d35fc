// A link with data-dialog="<id>" opens that dialog instead of the page it leads
// to. The browser gives the focus back when the dialog closes; a press on the
// backdrop closes it too.
document.addEventListener("click", (event) => {
	const opener = event.target.closest("[data-dialog]");
	const dialog = opener && document.getElementById(opener.dataset.dialog);
	if (dialog) {
		event.preventDefault();
		opener.closest("details.menu")?.removeAttribute("open");
		dialog.showModal();
	} else if (event.target.matches("dialog[open]")) {
		event.target.close();
	}
});
