package browser

import (
	"slices"
	"testing"
)

// TestStores puts something into each store of a browser and finds it there.
func TestStores(t *testing.T) {
	s := site(t, strict, map[string]string{
		"/": doc(`<script src="/keep.js"></script>`, `<form><input name="q"><textarea name="words"></textarea></form>`), "/empty": doc("", ""), "/worker.js": "",
		"/keep.js": `document.addEventListener("submit", async () => {
			localStorage.setItem("draft", "x");
			sessionStorage.setItem("seen", "x");
			await caches.open("pages");
			await navigator.serviceWorker.register("/worker.js");
			indexedDB.open("words").onsuccess = () => document.body.append("all is kept");
		});`,
	})
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	p.Open(s.URL + "/")
	if kept := p.Stores(); len(kept) > 0 {
		t.Errorf("at first there is %q", kept)
	}
	if n := p.UseAll(); n != 2 {
		t.Errorf("it used %d fields", n)
	}
	p.See("all is kept")
	p.Open(s.URL + "/empty")
	want := []string{"cache: pages", "database: words", "local storage: draft", "session storage: seen", "worker: " + s.URL + "/"}
	kept := p.Stores()
	if slices.Sort(kept); !slices.Equal(kept, want) {
		t.Errorf("there is %q, want %q", kept, want)
	}
}
