// Keys for those who like them: listed by "?", switched off in the settings, in
// which case the page has no list and this script obeys nothing. Nothing
// happens while somebody types or holds a modifier.
const list = document.getElementById("shortcuts");
const places = { h: "/home", s: "/spaces", p: "/people", y: "/you" };
let after = "";

const typing = (target) => target.matches("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]");

// What the community has switched off is no place to go to.
const go = (place) => document.querySelector(`.places a[href="${place}"]`) && location.assign(place);

function step(direction) {
	const posts = [...document.querySelectorAll("[data-post]")];
	const at = posts.findIndex((post) => post.contains(document.activeElement));
	const next = posts[at < 0 ? (direction > 0 ? 0 : posts.length - 1) : at + direction];
	next?.focus();
	next?.scrollIntoView({ block: "nearest" });
}

const keys = {
	"?": () => list.showModal(),
	"/": () => go("/search"),
	c: () => go("/compose"),
	j: () => step(1),
	k: () => step(-1),
};

if (list) {
	document.addEventListener("keydown", (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
		const place = after === "g" && places[event.key];
		after = event.key;
		if (place) {
			go(place);
		} else if (keys[event.key]) {
			event.preventDefault();
			keys[event.key]();
		}
	});
}
