package browser

import "context"

// Kept is what pages have put into this browser for the origin of the page that
// is open, to stay when it is closed.
func (p *Person) Kept() map[string]string {
	p.t.Helper()
	var kept map[string]string
	p.settle()
	p.until("what the browser keeps", func(ctx context.Context) (err error) {
		kept, err = evaluate[map[string]string](ctx, "({...localStorage})")
		return err
	})
	return kept
}

// everyStore lists what is in each of a browser's stores.
const everyStore = `(async () => [
	...Object.keys(localStorage).map((key) => "local storage: " + key),
	...Object.keys(sessionStorage).map((key) => "session storage: " + key),
	...(await indexedDB.databases()).map((database) => "database: " + database.name),
	...(await caches.keys()).map((name) => "cache: " + name),
	...(await navigator.serviceWorker.getRegistrations()).map((worker) => "worker: " + worker.scope),
])()`

// Stores are what pages have put into any store of this browser for the origin
// of the page that is open, cookies apart.
func (p *Person) Stores() []string {
	p.t.Helper()
	var kept []string
	p.settle()
	p.until("what the browser stores", func(ctx context.Context) (err error) {
		kept, err = evaluate[[]string](ctx, everyStore)
		return err
	})
	return kept
}

// useAll writes into every field of the page and lets its scripts believe that
// each form was sent, and that whoever looks at the page is about to go.
const useAll = `(() => {
	let used = 0;
	for (const field of document.querySelectorAll("textarea, input:not([type=hidden], [type=file], [type=checkbox], [type=radio]), select")) {
		if (field.tagName !== "SELECT") field.value = field.type === "date" ? "2026-03-12" : "typed";
		for (const kind of ["focus", "input", "change", "blur"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
		used++;
	}
	for (const form of document.forms) form.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
	document.dispatchEvent(new Event("visibilitychange"));
	window.dispatchEvent(new Event("pagehide"));
	return used;
})()`

// UseAll does to the page what its scripts listen for, without sending anything.
// It gives how many fields there were.
func (p *Person) UseAll() (fields int) {
	p.t.Helper()
	p.settle()
	p.until("the fields", func(ctx context.Context) (err error) {
		fields, err = evaluate[int](ctx, useAll)
		return err
	})
	return fields
}
