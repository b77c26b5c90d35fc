// Shows the photos of a post as large as the window, one after the other: by
// arrow keys, buttons or a swipe. Each photo's own page stays a press away, and
// is where its link leads without scripts. Going back closes the viewer.
const far = 48; // CSS pixels that a finger moves to mean the next photo

function made(tag, attributes, ...inside) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
	element.append(...inside);
	return element;
}

function view(gallery, opener) {
	const links = [...gallery.querySelectorAll("a.photo")];
	const words = gallery.dataset;
	const image = made("img", { sizes: "100vw", draggable: "false" });
	const caption = made("figcaption", { dir: "auto" });
	// It has the focus at first, so that the key that opened the viewer presses nothing.
	const figure = made("figure", { tabindex: "-1" }, image, caption);
	const count = made("p", { role: "status" });
	const page = made("a", { class: "button button-quiet" }, words.page);
	const button = (text, press) => {
		const b = made("button", { type: "button", class: "button button-quiet" }, text);
		b.addEventListener("click", press);
		return b;
	};
	const earlier = button(words.earlier, () => show(at - 1));
	const later = button(words.later, () => show(at + 1));
	// A list shows the first few: the others are where this leads.
	const rest = gallery.querySelector(".gallery-more a");
	const more = made("a", { class: "button button-quiet" }, words.later);
	if (rest) more.href = rest.href;
	const close = button(words.close, () => dialog.close());
	const foot = made("div", { class: "actions" }, earlier, later, more, page, close);
	const dialog = made("dialog", { "data-viewer": "", "aria-label": words.viewerName }, figure, count, foot);
	let at = links.indexOf(opener);

	function show(n) {
		if (!links[n]) return;
		at = n;
		const from = links[n].querySelector("img");
		image.srcset = from.srcset;
		image.src = from.src;
		image.alt = from.alt;
		for (const side of ["width", "height"]) image.setAttribute(side, from.getAttribute(side));
		caption.textContent = "described" in links[n].dataset ? from.alt : "";
		count.textContent = words.count.replace("{n}", n + 1);
		page.href = links[n].href;
		const left = document.activeElement;
		earlier.hidden = n === 0;
		later.hidden = n === links.length - 1;
		more.hidden = !later.hidden || !more.href;
		if (left.hidden) (later.hidden ? earlier : later).focus();
		// What comes next is there when it is wanted.
		if (links[n + 1]) Object.assign(new Image(), { sizes: "100vw", srcset: links[n + 1].querySelector("img").srcset });
	}

	// forward is 1 where "later" is on the right, and -1 where a language runs the other way.
	const forward = getComputedStyle(gallery).direction === "rtl" ? -1 : 1;
	dialog.addEventListener("keydown", (event) => {
		const to = { ArrowRight: at + forward, ArrowLeft: at - forward, Home: 0, End: links.length - 1 }[event.key];
		if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		show(to);
	});
	let begun = null;
	image.addEventListener("pointerdown", (event) => {
		begun = event.isPrimary && visualViewport.scale === 1 ? event.clientX : null;
	});
	image.addEventListener("pointerup", (event) => {
		const moved = begun === null ? 0 : event.clientX - begun;
		begun = null;
		if (Math.abs(moved) >= far) show(at - Math.sign(moved) * forward);
	});
	// Going back to an entry of the history takes the focus away: it is set behind that.
	const focus = () => setTimeout(() => links[at].focus());
	const back = () => {
		dialog.close();
		focus();
	};
	dialog.addEventListener("close", () => {
		removeEventListener("popstate", back);
		dialog.remove();
		if (!history.state?.viewer) return;
		addEventListener("popstate", focus, { once: true });
		history.back();
	});
	document.body.append(dialog);
	history.pushState({ viewer: true }, "");
	addEventListener("popstate", back);
	show(at);
	dialog.showModal();
	figure.focus();
}

document.addEventListener("click", (event) => {
	const opener = event.target.closest(".gallery a.photo");
	if (!opener || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
	event.preventDefault();
	view(opener.closest(".gallery"), opener);
});
