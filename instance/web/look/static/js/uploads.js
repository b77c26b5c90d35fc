// Sends photos and videos while somebody still writes: chosen, dropped or pasted,
// one after the other, with how far each is. Without scripts they go with the form.
class Uploads {
	constructor(form, list, field) {
		Object.assign(this, { form, list, field, words: list.dataset, queue: [], sending: null, posts: null });
		this.status = form.querySelector("[data-upload-status]");
		this.posting = form.querySelector("[data-upload-posting]");
		// Nothing waits for this button any more.
		form.querySelector("button[name=do][value=add]").hidden = true;
		field.addEventListener("change", () => {
			this.take(field.files);
			field.value = "";
		});
		form.addEventListener("paste", (event) => this.paste(event));
		list.addEventListener("click", (event) => this.press(event));
		form.addEventListener("submit", (event) => this.submit(event));
		addEventListener("beforeunload", (event) => this.sending && event.preventDefault());
		this.drops();
	}

	// drops takes whatever falls on the form: a file that is none to show is
	// refused with a sentence, and does not take the place of the page.
	drops() {
		const files = (event) => event.dataTransfer.types.includes("Files");
		this.form.addEventListener("dragover", (event) => {
			if (!files(event)) return;
			event.preventDefault();
			this.form.dataset.dropping = "";
		});
		for (const end of ["dragleave", "drop"]) this.form.addEventListener(end, () => delete this.form.dataset.dropping);
		this.form.addEventListener("drop", (event) => {
			if (!files(event)) return;
			event.preventDefault();
			this.take(event.dataTransfer.files);
		});
	}

	// paste leaves words alone: some programs put a picture of them beside them.
	paste(event) {
		const data = event.clipboardData;
		if (!data?.files.length || data.types.includes("text/plain")) return;
		event.preventDefault();
		this.take(data.files);
	}

	take(files) {
		for (const file of files) this.add(file);
	}

	row(kind) {
		return this.form.querySelector(`template[data-upload-${kind}]`).content.firstElementChild.cloneNode(true);
	}

	add(file, instead) {
		const job = { file, row: this.row("waiting") };
		job.stop = () => this.queue.splice(this.queue.indexOf(job), 1);
		job.row.querySelector("[data-upload-remove]").addEventListener("click", () => {
			this.remove(job.row);
			job.stop();
		});
		if (instead) this.replace(instead, job.row);
		else this.list.append(job.row);
		this.queue.push(job);
		this.next();
	}

	next() {
		if (this.sending) return;
		this.sending = this.queue.shift();
		if (this.sending) return this.send(this.sending);
		const posts = this.posts;
		this.posts = null;
		if (!posts) return;
		this.posting.textContent = "";
		this.form.requestSubmit(posts.button);
	}

	send(job) {
		const request = new XMLHttpRequest();
		const body = new FormData();
		body.append("form_key", this.form.elements.form_key.value);
		body.append("file", job.file);
		const words = job.row.querySelector("[data-upload-words]");
		request.upload.addEventListener("progress", (event) => {
			const percent = Math.floor((event.loaded / event.total) * 100);
			if (!(percent >= 0)) return;
			job.row.querySelector("progress").value = percent;
			words.textContent = this.words.sending.replace("{}", percent);
		});
		request.addEventListener("loadend", () => {
			if (job.row.isConnected) this.arrive(job, request);
			this.sending = null;
			this.next();
		});
		job.stop = () => request.abort();
		request.open("POST", "/media");
		request.send(body);
	}

	arrive(job, request) {
		const page = new DOMParser().parseFromString(request.responseText, "text/html");
		const there = page.querySelector("li.upload");
		if (request.status !== 200 || !there) {
			this.fail(job, page.querySelector("[data-why]")?.textContent ?? (request.status ? this.words.refused : this.words.broken));
			return;
		}
		const id = there.querySelector("input").value;
		// The same file chosen twice is one.
		if (this.list.querySelector(`input[value="${CSS.escape(id)}"]`)) job.row.remove();
		else this.replace(job.row, document.importNode(there, true));
		this.status.textContent = this.words.done;
		this.number();
	}

	fail(job, why) {
		const refused = this.row("refused");
		refused.querySelector("[data-upload-words]").textContent = why;
		refused.querySelector("[data-upload-again]").addEventListener("click", () => this.add(job.file, refused));
		refused.querySelector("[data-upload-remove]").addEventListener("click", () => this.remove(refused));
		this.replace(job.row, refused);
		this.status.textContent = why;
		if (this.posts) this.posting.textContent = this.words.stays;
		this.posts = null;
	}

	// replace puts a row in another's place, and the focus where it was.
	replace(row, by) {
		const focused = row.contains(document.activeElement);
		row.replaceWith(by);
		if (focused) by.querySelector("textarea, button").focus();
	}

	// remove takes a row out and leaves the focus beside where it was.
	remove(row) {
		const near = row.nextElementSibling ?? row.previousElementSibling;
		row.remove();
		(near?.querySelector("textarea, button") ?? this.field.closest("details").querySelector("summary")).focus();
		this.number();
	}

	// number says of each row which of them it is.
	number() {
		const rows = [...this.list.children];
		rows.forEach((row, n) => row.setAttribute("aria-label", this.words.number.replace("{n}", n + 1).replace("{of}", rows.length)));
	}

	// press does what a button in a row says: that needs nobody's answer.
	press(event) {
		const pressed = event.target.closest("button[name=do]");
		if (!pressed) return;
		event.preventDefault();
		const row = pressed.closest("li");
		const [what] = pressed.value.split("-");
		if (what === "remove") return this.remove(row);
		if (what === "earlier") row.previousElementSibling?.before(row);
		else row.nextElementSibling?.after(row);
		pressed.focus();
		// At an end there is no further: the button has gone.
		if (document.activeElement !== pressed) row.querySelector(`button[value^=${what === "earlier" ? "later" : "earlier"}]`).focus();
		this.number();
		this.status.textContent = this.words.moved.replace("{n}", [...this.list.children].indexOf(row) + 1).replace("{of}", this.list.children.length);
	}

	// submit waits for the files that are on their way; pressed again, it does not.
	submit(event) {
		if (!this.sending && this.queue.length === 0) return;
		event.preventDefault();
		this.posts = this.posts ? null : { button: event.submitter };
		this.posting.textContent = this.posts ? this.words.posts : this.words.stays;
	}
}

for (const form of document.querySelectorAll("form.composer")) {
	const list = form.querySelector("[data-uploads]");
	if (list) new Uploads(form, list, form.querySelector("input[type=file][name=file]"));
}
