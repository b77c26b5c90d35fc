// Moves the options of a poll up and down where they are put in an order, and keeps
// their numbers without gaps. A number chosen by hand puts an option in that place.
for (const list of document.querySelectorAll("[data-ranking]")) {
	const said = list.parentElement.querySelector("[data-rank-said]");
	const number = (row) => row.querySelector("select");
	const written = [...list.children];
	const ranked = () => written.filter((row) => number(row).value !== "").sort((a, b) => number(a).value - number(b).value);

	// arrange shows the rows in their order, those without a place last.
	const arrange = (order) => {
		const focused = document.activeElement;
		for (const row of [...order, ...written.filter((row) => !order.includes(row))]) list.append(row);
		if (list.contains(focused)) focused.focus();
	};

	// put gives an option a place among the others, none if at is negative.
	const put = (row, at) => {
		const order = ranked().filter((other) => other !== row);
		if (at >= 0) order.splice(at, 0, row);
		for (const other of written) number(other).value = order.includes(other) ? order.indexOf(other) + 1 : "";
		arrange(order);
		const words = order.includes(row) ? list.dataset.placed : list.dataset.unplaced;
		said.textContent = words.replace("{n}", order.indexOf(row) + 1).replace("{o}", () => row.querySelector("label").textContent);
	};

	list.addEventListener("click", (event) => {
		const pressed = event.target.closest("[data-rank]");
		if (!pressed) return;
		const row = pressed.closest("li");
		const order = ranked();
		const at = order.indexOf(row);
		if (pressed.dataset.rank === "up") put(row, at < 0 ? order.length : Math.max(at - 1, 0));
		else put(row, at < 0 || at === order.length - 1 ? -1 : at + 1);
	});
	list.addEventListener("change", (event) => {
		const row = event.target.closest("li");
		put(row, Number(event.target.value) - 1);
	});

	for (const moves of list.querySelectorAll(".ranking-moves")) moves.hidden = false;
	arrange(ranked());
}
