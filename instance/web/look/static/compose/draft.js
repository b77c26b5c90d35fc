// Keeps what is typed into a form with data-draft as a draft, a few seconds after
// the typing stops and when the page is left. The words stay in the form whatever
// comes of it, and nothing is kept in the browser.
class Draft {
	constructor(form) {
		Object.assign(this, { form, state: form.querySelector("[data-draft-state]"), typed: false, sent: false, sending: null, timer: 0 });
		form.addEventListener("input", (event) => this.input(event));
		form.addEventListener("submit", (event) => this.submit(event));
		if (form.dataset.draft === "unkept") {
			this.typed = true;
			this.wait(3);
		}
		addEventListener("pageshow", () => (this.sent = false)); // she came back to it
		form.querySelector("button[name=do][value=draft]")?.remove(); // nobody has to ask for it
		addEventListener("pagehide", () => this.leave());
		document.addEventListener("visibilitychange", () => document.hidden && this.leave());
	}

	input(event) {
		if (!event.target.matches("textarea[name=body], input[name=title], select")) return;
		this.typed = true;
		this.sent = false;
		this.wait(3);
	}

	wait(seconds) {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.keep(), seconds * 1000);
	}

	// leave keeps what is not kept yet although nobody will hear the answer.
	leave() {
		if (this.typed && !this.sent) this.keep({ keepalive: true });
	}

	async keep(how) {
		if (this.sending && !how) return this.wait(1); // one at a time
		clearTimeout(this.timer);
		this.typed = false;
		const body = new FormData(this.form);
		body.delete("file");
		body.set("do", "keep");
		this.sending = this.send(body, how);
		await this.sending;
		this.sending = null;
	}

	async send(body, how) {
		const answer = await fetch(this.form.action, { method: "POST", body, redirect: "manual", ...how }).catch(() => null);
		if (answer?.ok) return this.kept(await this.piece(answer));
		this.typed = true;
		if (!answer) this.wait(15);
		if (!answer) return this.say(this.state.dataset.broken);
		// Whoever is not signed in any more is led there, or told.
		if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return this.say(this.state.dataset.signedOut);
		if (answer.status === 429 || answer.status >= 500) this.wait(30);
		this.say((await this.piece(answer)).querySelector("[data-why]")?.textContent ?? this.state.dataset.broken);
	}

	async piece(answer) {
		return new DOMParser().parseFromString(await answer.text(), "text/html");
	}

	kept(piece) {
		const said = piece.querySelector("[data-draft-kept]");
		if (!said) return;
		this.form.elements.draft.value = said.dataset.draftKept;
		this.say(said.textContent.trim(), said);
	}

	// say changes the words only where they are others: what is read out is read once.
	say(words, piece) {
		if (this.state.textContent.trim() === words) return;
		this.state.replaceChildren(...(piece ? document.importNode(piece, true).childNodes : [words]));
	}

	// submit lets what is on its way arrive first: else it would be a draft again
	// after it was said.
	async submit(event) {
		if (event.defaultPrevented) return; // it waits for something else
		clearTimeout(this.timer);
		if (!this.sending) {
			this.sent = true;
			return;
		}
		event.preventDefault();
		await this.sending;
		this.sending = null;
		this.form.requestSubmit(event.submitter);
	}
}

for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
