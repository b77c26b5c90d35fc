// htmx gives the focus back to what it was on, by its id. Where that is not in the
// new piece of the page any more, the focus goes to the first thing to press there
// and not to the top of the page.
let held = false;

document.addEventListener("htmx:before:swap", (event) => {
	held = event.target.contains(document.activeElement);
});

document.addEventListener("htmx:after:swap", (event) => {
	if (held && document.activeElement === document.body) event.target.querySelector("button, a")?.focus();
});
