package suite_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
)

// photosComeAsFiles gives addresses where photos are named: no server is asked for
// them, and no page has one.
func (w *town) photosComeAsFiles() {
	var asked atomic.Int64
	there := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer there.Close()
	who, before := w.people["insider"], w.one("SELECT count(*) FROM egress")
	for _, address := range []string{there.URL + "/qzaddress.jpg", "http://169.254.169.254/qzaddress", "file:///etc/qzaddress", "//localhost/qzaddress.jpg", "data:image/png,qzaddress"} {
		values := url.Values{"space": {w.spaces["public"].ID}, "body": {"by an address"}, "media": {address}, "alt-" + address: {"a view"}, "file": {address}}
		if a := w.send(who, "/compose", values); a.status != http.StatusUnprocessableEntity && strings.Contains(w.ask(who, http.MethodGet, w.spaces["public"].Path(), nil).body, "qzaddress") {
			w.t.Errorf("%s is on a page (%d)", address, a.status)
		}
	}
	if n := asked.Load(); n > 0 {
		w.t.Errorf("a server was asked %d times", n)
	}
	if now := w.one("SELECT count(*) FROM egress"); now != before {
		w.t.Errorf("other hosts were asked %s times, and %s before", now, before)
	}
	for where, text := range w.stored() {
		if strings.Contains(text, "qzaddress") {
			w.t.Errorf("an address is kept as a photo in %s", where)
		}
	}
}

// filesDescribeNothing posts a photo of which nothing is said: what the file was
// called says nothing in its place.
func (w *town) filesDescribeNothing() {
	who := w.people["insider"]
	file := jpegs("qzpixelspublic")[0]
	file.Name = "qzdescribed at the lake.jpg"
	form := w.form(who.Get("/compose"), "/compose")
	form.Attach("file", file)
	page := who.Submit(form, url.Values{"space": {w.spaces["public"].ID}, "body": {"without a word"}})
	if page.Status != http.StatusOK || strings.Contains(string(page.Body), "qzdescribed") || !strings.Contains(string(page.Body), "<img") {
		w.t.Errorf("the post: %d\n%s", page.Status, page.Text())
	}
	for where, text := range w.stored() {
		if strings.Contains(text, "qzdescribed") {
			w.t.Errorf("the name of a file is kept in %s", where)
		}
	}
}
