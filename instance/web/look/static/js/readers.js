// Says who will read what is being written as soon as its space is chosen.
// Without scripts each choice says it for itself.
for (const words of document.querySelectorAll("[data-readers]")) {
	const select = words.closest("form").querySelector("select[name=space]");
	const say = () => {
		words.textContent = words.dataset.readers.replace("{}", () => select.selectedOptions[0].dataset.hint);
	};
	select.addEventListener("change", say);
	addEventListener("pageshow", say); // what was chosen before going back is chosen again
	say();
}
