// A button with data-passkey="use" or "make" asks the server at data-begin what
// to ask the device, asks it, and sends the form around it with the answer in
// the field passkey_token. What is shown with data-passkey-shown stays hidden
// where there are no passkeys; what says so (data-passkey-without) goes. If the
// server leads elsewhere instead of asking, the browser goes there.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (keys) => keys?.map((key) => ({ ...key, id: bytes(key.id) }));

// PublicKeyCredential.parseCreationOptionsFromJSON would do this, where it exists.
function readable(options) {
	const made = { ...options, challenge: bytes(options.challenge) };
	if (options.user) made.user = { ...options.user, id: bytes(options.user.id) };
	if (options.excludeCredentials) made.excludeCredentials = known(options.excludeCredentials);
	if (options.allowCredentials) made.allowCredentials = known(options.allowCredentials);
	return made;
}

// No extension is asked for, so none is answered, whatever the browser adds.
function sendable(key) {
	const response = {};
	for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
		if (key.response[name]) response[name] = text(key.response[name]);
	}
	if (key.response.getTransports) response.transports = key.response.getTransports();
	return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {}, response });
}

async function answer(button, form) {
	const value = (name) => form.elements[name]?.value ?? "";
	const body = new URLSearchParams({ form_key: value("form_key"), handle: value("handle"), name: value("name") });
	const asked = await fetch(button.dataset.begin, { method: "POST", body });
	if (asked.redirected) return location.assign(asked.url);
	if (!asked.ok) throw new Error(asked.status);
	const publicKey = readable((await asked.json()).publicKey);
	return button.dataset.passkey === "make" ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey });
}

async function press(button) {
	const form = button.form;
	const password = form.querySelector("input[type=password]");
	const needed = password?.required;
	if (password) password.required = false;
	if (!form.reportValidity()) return;
	const problem = form.querySelector("[data-passkey-problem]");
	problem.hidden = true;
	button.disabled = true;
	try {
		const key = await answer(button, form);
		if (key === undefined) return; // the browser is on its way elsewhere
		form.elements.passkey_token.value = sendable(key);
	} catch {
		if (password) password.required = needed;
		problem.hidden = false;
		button.disabled = false;
		return;
	}
	if (password) password.value = "";
	form.requestSubmit();
}

if (window.isSecureContext && window.PublicKeyCredential) {
	for (const shown of document.querySelectorAll("[data-passkey-shown]")) shown.hidden = false;
	for (const without of document.querySelectorAll("[data-passkey-without]")) without.hidden = true;
	for (const button of document.querySelectorAll("[data-passkey]")) button.addEventListener("click", () => press(button));
}
