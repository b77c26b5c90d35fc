// An open menu closes on Escape, which gives the focus back to its button, on a
// press outside it, and when the focus moves on.
const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("keydown", (event) => {
	if (event.key !== "Escape") return;
	for (const menu of openMenus()) {
		menu.open = false;
		if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
	}
});

for (const kind of ["pointerdown", "focusin"]) {
	document.addEventListener(kind, (event) => {
		for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
	});
}
