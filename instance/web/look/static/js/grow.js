// Text areas grow with their text where CSS field-sizing cannot do it, and a
// refused form brings the reader to what has to be put right.
if (!CSS.supports("field-sizing", "content")) {
	const fit = (area) => {
		area.style.blockSize = "auto";
		area.style.blockSize = `${area.scrollHeight + 2}px`;
	};
	document.querySelectorAll("textarea[data-grow]").forEach(fit);
	document.addEventListener("input", (event) => {
		if (event.target.matches("textarea[data-grow]")) fit(event.target);
	});
}

document.querySelector("[data-focus]")?.focus();
