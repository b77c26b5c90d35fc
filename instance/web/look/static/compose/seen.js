// Fetches what is written, as it will look, into its place above the form. What
// cannot be shown so is sent as it would be without this script.
async function look(form, button) {
	const body = new FormData(form, button);
	button.setAttribute("aria-disabled", "true");
	const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
	button.removeAttribute("aria-disabled");
	const page = answer?.ok && !answer.redirected && new DOMParser().parseFromString(await answer.text(), "text/html");
	const seen = page && page.querySelector("[data-seen]");
	if (!seen) return form.requestSubmit(button);
	document.querySelector("[data-seen]")?.remove();
	form.before(document.importNode(seen, true));
	const there = form.previousElementSibling;
	there.focus({ preventScroll: true });
	there.scrollIntoView({ block: "nearest" });
}

for (const form of document.querySelectorAll("form.composer")) {
	const button = form.querySelector("button[name=do][value=look]");
	button.addEventListener("click", (event) => {
		if (!form.checkValidity()) return; // the browser says what is missing
		event.preventDefault();
		if (button.getAttribute("aria-disabled") !== "true") look(form, button);
	});
}
