package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	code := m.Run()
	Stop()
	os.Exit(code)
}

// strict is the policy of PROMISES P85, that all of OpenGather's pages have.
const strict = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; " +
	"manifest-src 'self'; worker-src 'self'"

// site serves files by their path, with a content security policy.
func site(t *testing.T, policy string, files map[string]string) *httptest.Server {
	t.Helper()
	types := map[string]string{".js": "text/javascript", ".css": "text/css"}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		kind := "text/html; charset=utf-8"
		for end, is := range types {
			if strings.HasSuffix(r.URL.Path, end) {
				kind = is
			}
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Security-Policy", policy)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server
}

// doc is a page that is all right, apart from what a test puts into it.
func doc(head, body string) string {
	return `<!doctype html><html lang="en"><head><title>A page</title>
		<meta name="viewport" content="width=device-width, initial-scale=1">` + head + `</head><body>` + body + `</body></html>`
}

// recorder stands in for a test, to see a helper fail it.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) + "\n" }

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// complaint runs f as a test of its own and returns what it fails with.
func complaint(t *testing.T, f func(testing.TB, *Browser)) string {
	t.Helper()
	r := &recorder{TB: t}
	b := Start(r)
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r, b)
	}()
	<-done
	return r.said
}

func TestOneChromiumManyPersons(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/in" {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: r.FormValue("as"), Path: "/"})
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<p>Cookies: %s.", r.Header.Get("Cookie"))
	}))
	t.Cleanup(server.Close)
	if first, second := Start(t), Start(t); first.context != second.context {
		t.Error("there are two Chromiums")
	}
	ada := Start(t).Person("Ada", Phone, Light, WithScripts)
	eve := Start(t).Person("Eve", Desktop, Dark, WithScripts)
	ada.Open(server.URL + "/in?as=ada")
	ada.Open(server.URL)
	eve.Open(server.URL)
	ada.See("Cookies: session=ada.")
	eve.See("Cookies: .")
	if ada.URL() != server.URL+"/" {
		t.Errorf("Ada is at %s", ada.URL())
	}
}

func TestScreensAndThemes(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc(`<link rel="stylesheet" href="/a.css">`, `<p class="phone">phone<p class="desktop">desktop<p class="light">light<p class="dark">dark<p class="still">still`),
		"/a.css": `p { display: none }
			@media (width < 600px) and (pointer: coarse) { .phone { display: block } } @media (width > 1000px) and (pointer: fine) { .desktop { display: block } }
			@media (prefers-color-scheme: light) { .light { display: block } } @media (prefers-color-scheme: dark) { .dark { display: block } }
			@media (prefers-reduced-motion: reduce) { .still { display: block } }`,
	})
	for want, p := range map[string]*Person{
		"phone dark still":    Start(t).Person("Ada", Phone, Dark, WithScripts),
		"desktop light still": Start(t).Person("Grace", Desktop, Light, WithScripts),
	} {
		p.Open(server.URL)
		if p.Text() != want {
			t.Errorf("%s sees %q, want %q", p.name, p.Text(), want)
		}
	}
}

func TestWithoutScripts(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/":       doc(`<script src="/a.js" defer></script>`, `<p id="p">Static</p><noscript><p>No scripts here</p></noscript><form action="/found"><label>Words <input name="q"></label><button>Search</button></form>`),
		"/a.js":   `document.getElementById("p").textContent = "Scripted"`,
		"/found":  doc("", "<h1>Found</h1>"),
		"/a.js?x": "",
	})
	p := Start(t).Person("Ada", Phone, Light, WithoutScripts)
	p.Open(server.URL)
	if want := "Static No scripts here Words Search"; p.Text() != want {
		t.Errorf("the page reads %q, want %q", p.Text(), want)
	}
	p.Fill("Words", "rose")
	p.Click("button", "Search")
	if p.Text() != "Found" || p.URL() != server.URL+"/found?q=rose" {
		t.Errorf("the form leads to %s: %q", p.URL(), p.Text())
	}
	p.Screenshot(t.TempDir() + "/page.png")

	p = Start(t).Person("Grace", Phone, Light, WithScripts)
	p.Open(server.URL)
	p.See("Scripted")
	p.NotSee("No scripts here")
}

func TestScreenshot(t *testing.T) {
	server := site(t, strict, map[string]string{"/": doc(`<link rel="stylesheet" href="/a.css">`, "<p>long</p>"), "/a.css": "p { height: 3000px }"})
	p := Start(t).Person("Ada", Phone, Light, WithScripts)
	p.Open(server.URL)
	path := t.TempDir() + "/some/folder/page.png"
	p.Screenshot(path)
	width, height := pngSize(t, path)
	if width != 2*390 || height < 2*3000 {
		t.Errorf("the picture is %d by %d", width, height)
	}
}
