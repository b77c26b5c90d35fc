// Keeps what a member types into a form with data-draft="<key>" in this browser
// until it was sent, and offers it when the form comes up empty again. Strangers'
// browsers are left alone. Signing out forgets everything kept here, and so does
// somebody else's signing in where nobody has signed out before.
const member = document.documentElement.dataset.member;
const prefix = `draft:${member}:`;

const kept = (form) => JSON.parse(localStorage.getItem(prefix + form.dataset.draft) ?? "null");
const fields = (form) => form.querySelectorAll("textarea[name], input[type=text][name]");

// chosen is what a post is, which goes with the words and makes no draft alone.
const chosen = (form) => form.querySelectorAll("select[name=kind]");

function keep(form) {
	const values = {};
	for (const field of fields(form)) if (field.value.trim() !== "") values[field.name] = field.value;
	if (Object.keys(values).length > 0) for (const field of chosen(form)) values[field.name] = field.value;
	const key = prefix + form.dataset.draft;
	if (Object.keys(values).length === 0) localStorage.removeItem(key);
	else localStorage.setItem(key, JSON.stringify({ values }));
	const state = form.querySelector("[data-draft-state]");
	if (state) state.textContent = Object.keys(values).length ? state.dataset.kept : "";
}

function offer(form) {
	const draft = kept(form);
	const box = form.querySelector("[data-draft-offer]");
	if (!draft || !box || [...fields(form)].some((field) => field.value !== "")) return;
	box.hidden = false;
	box.querySelector("[data-draft-restore]").addEventListener("click", () => {
		for (const field of [...fields(form), ...chosen(form)]) {
			field.value = draft.values[field.name] ?? field.value;
			field.dispatchEvent(new Event("input", { bubbles: true }));
		}
		box.hidden = true;
		form.querySelector("textarea").focus();
	});
	box.querySelector("[data-draft-discard]").addEventListener("click", () => {
		localStorage.removeItem(prefix + form.dataset.draft);
		box.hidden = true;
		form.querySelector("textarea").focus();
	});
}

const address = () => location.href.split("#")[0];

// A form that arrived leads from where it was sent to another page. An error
// comes without that way, and so does whatever is opened after sending failed.
function arrived(from) {
	const [way] = performance.getEntriesByType("navigation");
	return document.referrer === from && way?.type === "navigate" && way.redirectCount > 0;
}

// The draft stays unless the words arrived. Where the form is on that page again,
// as below a thread, it is empty and for something new.
function forgetSent() {
	const here = new Map([...document.querySelectorAll("form[data-draft]")].map((form) => [prefix + form.dataset.draft, form]));
	for (const key of Object.keys(localStorage)) {
		if (!key.startsWith(prefix)) continue;
		const { values, sent } = JSON.parse(localStorage.getItem(key));
		if (!sent) continue;
		const form = here.get(key);
		const empty = form && [...fields(form)].every((field) => field.value === "");
		if ((!form || empty) && arrived(sent)) localStorage.removeItem(key);
		else localStorage.setItem(key, JSON.stringify({ values }));
	}
}

function watch(form) {
	let timer;
	form.addEventListener("input", () => {
		form.querySelector("[data-draft-offer]")?.setAttribute("hidden", "");
		clearTimeout(timer);
		timer = setTimeout(() => keep(form), 600);
	});
	form.addEventListener("submit", () => {
		clearTimeout(timer);
		keep(form);
		const draft = kept(form);
		if (draft) localStorage.setItem(prefix + form.dataset.draft, JSON.stringify({ ...draft, sent: address() }));
	});
}

function forget(which) {
	for (const key of Object.keys(localStorage)) if (key.startsWith("draft:") && which(key)) localStorage.removeItem(key);
}

if (member) {
	forget((key) => !key.startsWith(prefix));
	forgetSent();
	for (const form of document.querySelectorAll("form[data-draft]")) {
		offer(form);
		watch(form);
	}
	document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => forget(() => true));
}
