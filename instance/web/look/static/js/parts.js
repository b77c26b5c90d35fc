// Shows what live.js hears of: asks for the parts of an open page that look
// different, by the way of the page itself, and puts them in their place. What
// somebody types is never touched, and what she uses at the moment waits.
const mark = document.querySelector("[data-live]");
const part = (id) => document.getElementById(`part-${id}`);
const articles = () => [...document.querySelectorAll("main article[id]")];

// The newest thing said that the page shows: ids grow with time.
const newest = () => articles().map((x) => x.id).sort().at(-1) ?? "";

// A part in which a menu is open or a reaction is being chosen.
function used(x) {
	const bar = document.activeElement.closest(".reactions:has(form)");
	return x.querySelector("details.menu[open], dialog[open]") !== null || bar !== null && x.contains(bar) && !bar.parentElement.closest(".reactions") && !bar.querySelector("[hx-get]");
}

function focusMark() {
	mark.tabIndex = -1;
	mark.focus({ preventScroll: true });
}

function remove(x) {
	if (x?.contains(document.activeElement)) focusMark();
	x?.remove();
}

// Gives a function that puts what she sees where it was. Most browsers do that
// by themselves (overflow-anchor).
function steady() {
	if (getComputedStyle(document.documentElement).overflowAnchor === "auto") return () => {};
	const seen = articles().map((x) => [x, x.getBoundingClientRect()]).filter(([, at]) => at.bottom > 0 && at.top < innerHeight);
	return () => {
		const [x, at] = seen.find(([x]) => x.isConnected) ?? [];
		if (x) scrollBy({ top: x.getBoundingClientRect().top - at.top, behavior: "instant" });
	};
}

// What is due after what was due before: the last word about a part counts.
function together(before, then) {
	const due = { parts: new Set(before?.parts), gone: new Set(before?.gone), all: before?.all || then.all || false, state: then.state };
	for (const id of then.parts ?? []) due.parts.add(id) && due.gone.delete(id);
	for (const id of then.gone ?? []) due.gone.add(id) && due.parts.delete(id);
	return due;
}

class Parts {
	due = null;
	busy = false; // it asks for parts
	asked = 0; // how often
	waiting = 0; // since when parts in use wait
	words = null; // what the mark said before nothing came any more
	known = newest(); // what she knows of: from loading, or when she followed the link
	over = false;

	begin() {
		mark.addEventListener("live", ({ detail }) => this.take(detail.kind, detail.data));
		mark.addEventListener("click", ({ target }) => target.closest("a") && setTimeout(() => this.follow()));
		mark.addEventListener("htmx:before:response", (e) => this.guard(e));
		mark.addEventListener("htmx:before:swap", (e) => {
			if (this.over) e.preventDefault(); // what was asked for before the end
			this.still = steady();
		});
		mark.addEventListener("htmx:after:swap", () => this.still());
	}

	take(kind, data) {
		if (this.over) return;
		if (kind === "out") return this.out();
		if (kind === "off") this.over = true;
		if (kind === "lost") this.lose();
		if (kind === "found") this.find();
		if (data?.page !== mark.dataset.live) return;
		if (kind === "gone") this.empty(mark.dataset.gone);
		if (kind === "news") setTimeout(() => document.querySelector("[data-news]")?.dispatchEvent(new Event("news")), Math.random() * 2000);
		if (kind !== "changed" || !this.due && !this.busy && data.state === mark.dataset.state) return;
		this.due = together(this.due, data);
		this.soon(Math.random() * 500);
	}

	// Says that nothing comes by itself, and keeps what was said there for later.
	lose() {
		if (this.words) return;
		this.words = [...mark.childNodes];
		mark.replaceChildren(mark.dataset.lost);
	}

	find() {
		if (this.words) mark.replaceChildren(...this.words);
		this.words = null;
	}

	follow() {
		this.known = newest();
		mark.replaceChildren();
	}

	// Whoever asks for parts and is led elsewhere is signed out: the page stays, for
	// something may be typed in it.
	guard(e) {
		if (!e.detail.ctx.response.headers.has("HX-Redirect")) return;
		e.preventDefault();
		mark.dispatchEvent(new Event("live:out"));
	}

	// The page is not for this reader any more. What she typed stays with her.
	empty(words) {
		this.over = true;
		mark.dispatchEvent(new Event("live:over"));
		const title = document.createElement("h1");
		title.className = "sr";
		title.textContent = document.title = words;
		const typed = (x) => [x, ...x.querySelectorAll("textarea")].some((field) => field.matches("textarea") && field.value.trim() !== "");
		const main = mark.closest("main");
		if (mark.dataset.parts) {
			for (const x of main.querySelectorAll("#part-head, #part-foot, #thread")) x.replaceChildren();
			main.querySelector(":scope > [id^=part-]").replaceChildren(title);
		} else {
			for (const x of [...main.children]) if (x !== mark && !typed(x)) x.remove();
			main.prepend(title);
		}
		mark.replaceChildren(words);
		if (document.activeElement === document.body) focusMark();
		return typed(main);
	}

	out() {
		for (const x of document.querySelectorAll(".place-spaces, aside")) x.remove();
		if (this.empty(mark.dataset.out)) return;
		location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
	}

	soon(ms) {
		clearTimeout(this.asking);
		this.asking = setTimeout(() => this.fetchDue(ms), ms);
	}

	// Parts that have to wait: not for ever, for something may be hidden in them.
	inUse(doing) {
		const all = doing.all ? [...document.querySelectorAll("main [id^=part-]")] : [...doing.parts].map(part);
		const busy = all.filter((x) => x && used(x));
		this.waiting ||= Date.now();
		if (busy.length && Date.now() - this.waiting < 20000) return busy;
		this.waiting = 0;
		return [];
	}

	async fetchDue(waited) {
		if (!this.due || this.busy || this.over || !globalThis.htmx) return;
		const doing = this.due;
		this.due = null;
		const still = steady();
		for (const id of doing.gone) remove(part(id));
		still();
		const wait = this.inUse(doing);
		const parts = [...doing.parts].filter((id) => !wait.includes(part(id)));
		for (const x of wait) x.toggleAttribute("hx-morph-skip", true);
		const done = !parts.length && !doing.all || await this.ask(parts, doing);
		for (const x of wait) x.toggleAttribute("hx-morph-skip", false);
		const left = wait.filter((x) => x.isConnected).map((x) => x.id.slice("part-".length));
		if (!done) left.push(...parts);
		if (left.length || !done) this.due = together({ parts: left, all: !done && doing.all }, this.due ?? { state: doing.state });
		if (!this.due) this.shown(doing.state);
		else this.soon(done ? 1000 : Math.min(Math.max(waited * 2, 1000), 60000));
	}

	// Asks for parts and reports whether they have come and found their places.
	async ask(parts, doing) {
		const my = ++this.asked;
		const query = new URLSearchParams({ n: my, last: this.known, shown: newest() });
		for (const id of parts) query.append(part(id) ? "part" : "new", id);
		if (doing.all) query.set("all", "1");
		const url = mark.dataset.parts + (mark.dataset.parts.includes("?") ? "&" : "?") + query;
		this.busy = true;
		await htmx.ajax("GET", url, { source: mark, target: mark, swap: "innerMorph" }).catch(() => {}); // nothing has come then
		this.busy = false;
		const got = mark.querySelector(`[data-n="${my}"]`);
		const lost = got?.dataset.here.split(" ").some((id) => id && !part(id));
		doing.all ||= lost;
		return got && !lost;
	}

	// The page has what the state says.
	shown(state) {
		mark.dataset.state = state;
		mark.dispatchEvent(new Event("live:shown"));
	}
}

if (mark) new Parts().begin();
