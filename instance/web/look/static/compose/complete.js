// Offers people after "@" and signs after ":" while somebody types, to be taken
// with the keys. The focus stays in the text. It keeps out of the way while an
// input method puts letters together.
const person = /(?:^|[^\p{L}\p{N}_@/])(@[\p{L}\p{N}_]{1,30})$/u;
const sign = /(?:^|[\s(])(:[\p{L}]{2,20})$/u;
const most = 8;

let signs; // asked for once, when the first is wanted

class Completer {
	constructor(form, area) {
		Object.assign(this, { form, area, at: -1, asked: 0 });
		this.status = form.querySelector("[data-suggested]");
		this.list = form.querySelector("ul.suggestions");
		area.setAttribute("aria-autocomplete", "list");
		area.addEventListener("input", (event) => !event.isComposing && this.look());
		area.addEventListener("compositionend", () => this.look());
		area.addEventListener("keydown", (event) => this.key(event));
		area.addEventListener("beforeinput", (event) => this.enter(event));
		area.addEventListener("blur", () => this.close());
		area.addEventListener("click", () => this.close());
		// Whoever presses one does not leave the text.
		this.list.addEventListener("pointerdown", (event) => event.preventDefault());
		this.list.addEventListener("click", (event) => this.take(event.target.closest("li")));
	}

	// look looks for what is being typed before the caret.
	async look() {
		const my = ++this.asked;
		const { selectionStart: at, selectionEnd, value } = this.area;
		const before = at === selectionEnd ? value.slice(Math.max(0, at - 40), at) : "";
		const typed = person.exec(before)?.[1] ?? sign.exec(before)?.[1];
		if (!typed) return this.close();
		const found = typed[0] === "@" ? await this.people(typed.slice(1), my) : await this.signs(typed.slice(1).toLowerCase());
		if (my !== this.asked || document.activeElement !== this.area) return;
		if (found.length) this.open(found, at - typed.length);
		else this.close();
	}

	// people asks whom the writer may mention here, once she stops for a moment.
	async people(typed, my) {
		await new Promise((done) => setTimeout(done, 120));
		if (my !== this.asked || !this.form.dataset.people) return [];
		const url = new URL(this.form.dataset.people, location.href);
		url.searchParams.set("q", typed);
		if (this.form.elements.space) url.searchParams.set("space", this.form.elements.space.value);
		const answer = await fetch(url).catch(() => null);
		if (!answer?.ok || answer.redirected) return [];
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		return [...page.querySelectorAll("li[data-put]")].map((one) => document.importNode(one, true));
	}

	async signs(typed) {
		signs ??= fetch(this.form.dataset.emoji).then((answer) => answer.text(), () => "");
		const lines = (await signs).split("\n").map((line) => line.split(" "));
		const fits = (words) => words.find((word) => word.startsWith(typed));
		return lines.filter(([, ...words]) => fits(words)).slice(0, most).map(([drawn, ...words]) => {
			const one = document.createElement("li");
			one.setAttribute("role", "option");
			one.dataset.put = drawn;
			one.textContent = `${drawn} ${fits(words).replaceAll("_", " ")}`;
			return one;
		});
	}

	open(found, from) {
		found.forEach((one, n) => (one.id = `${this.list.id}-${n}`));
		this.from = from;
		this.list.replaceChildren(...found);
		this.list.hidden = false;
		this.area.setAttribute("aria-controls", this.list.id);
		this.status.textContent = this.status.dataset.suggested.replace("{}", found.length);
		this.choose(0);
	}

	close() {
		this.asked++;
		if (this.list.hidden) return;
		this.list.hidden = true;
		this.list.replaceChildren();
		this.status.textContent = "";
		this.area.removeAttribute("aria-activedescendant");
		this.area.removeAttribute("aria-controls");
	}

	choose(n) {
		const all = [...this.list.children];
		this.at = (n + all.length) % all.length;
		all.forEach((one, i) => one.setAttribute("aria-selected", i === this.at));
		this.area.setAttribute("aria-activedescendant", all[this.at].id);
		all[this.at].scrollIntoView({ block: "nearest" });
	}

	take(one) {
		if (!one) return;
		const { from } = this;
		const to = this.area.selectionEnd;
		const words = `${one.dataset.put} `;
		this.close();
		this.area.dispatchEvent(new CustomEvent("compose:put", { bubbles: true, detail: { from, to, words } }));
		this.close();
	}

	// enter takes where the Enter key, or that of a telephone, would begin a line.
	enter(event) {
		if (this.list.hidden || event.inputType !== "insertLineBreak") return;
		event.preventDefault();
		this.take(this.list.children[this.at]);
	}

	key(event) {
		if (this.list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
		const doing = {
			ArrowDown: () => this.choose(this.at + 1),
			ArrowUp: () => this.choose(this.at - 1),
			Tab: () => this.take(this.list.children[this.at]),
			Escape: () => this.close(),
		}[event.key];
		if (!doing) return ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key) && this.close();
		event.preventDefault();
		doing();
	}
}

for (const form of document.querySelectorAll("form.composer")) new Completer(form, form.elements.body);
