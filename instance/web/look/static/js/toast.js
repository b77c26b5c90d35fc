// Whatever is put into the polite live region at the foot of the page leaves
// after a while, but never from under the pointer or the focus. Scripts say
// something by document.dispatchEvent(new CustomEvent("look:toast", {detail: {text}})).
const region = document.getElementById("toasts");

function leaveLater(toast) {
	const wait = toast.querySelector("a, button") ? 10000 : 5000;
	const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
	setTimeout(leave, wait);
}

if (region) {
	new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => node.matches?.(".toast") && leaveLater(node)))).observe(region, { childList: true });
	document.addEventListener("look:toast", (event) => {
		region.append(Object.assign(document.createElement("p"), { className: "toast", textContent: event.detail.text }));
	});
}
