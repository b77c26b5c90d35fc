package browser

import (
	"context"
	"errors"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
)

func pngSize(t *testing.T, path string) (width, height int) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	config, err := png.DecodeConfig(file)
	if err != nil {
		t.Fatal(err)
	}
	return config.Width, config.Height
}

const lax = "default-src * 'unsafe-inline' data: blob:"

// ready tells the test that a script has done what it came for.
const ready = `document.getElementById("state").textContent = "done"`

func TestForeignRequestsAreCaught(t *testing.T) {
	ways := map[string]map[string]string{
		"an image":      {"/": doc("", `<img alt="" src="http://elsewhere.example/x"><p id="state">done`)},
		"a style sheet": {"/": doc(`<link rel="stylesheet" href="https://elsewhere.example/x">`, `<p id="state">done`)},
		"a frame in a frame": {
			"/":      doc("", `<iframe src="/inner"></iframe><p id="state">done`),
			"/inner": doc("", `<iframe src="http://elsewhere.example/x"></iframe>`),
		},
		"a redirect":   {"/": doc("", `<img alt="" src="/away"><p id="state">done`)},
		"a script":     {"/": doc("", `<p id="state"><script>fetch("http://elsewhere.example/x").catch(() => {`+ready+`})</script>`)},
		"a web socket": {"/": doc("", `<p id="state"><script>new WebSocket("ws://elsewhere.example/x").onerror = () => {`+ready+`}</script>`)},
		"a worker": {
			"/":     doc("", `<p id="state"><script>new Worker("/w.js").onmessage = () => {`+ready+`}</script>`),
			"/w.js": `fetch("https://elsewhere.example/x").catch(() => postMessage(""))`,
		},
		"a service worker": {
			"/":     doc("", `<p id="state"><script>navigator.serviceWorker.register("/w.js").then(() => navigator.serviceWorker.ready).then(() => {`+ready+`})</script>`),
			"/w.js": `oninstall = e => e.waitUntil(fetch("https://elsewhere.example/x").catch(() => {}))`,
		},
		"a beacon on the way out": {
			"/":     doc("", `<script>onpagehide = () => navigator.sendBeacon("https://elsewhere.example/x", "bye")</script><a href="/next">Next</a>`),
			"/next": doc("", `<p id="state">done`),
		},
		"another port here": {"/": doc("", `<img alt="" src="http://127.0.0.1:50999/elsewhere.example"><p id="state">done`)},
	}
	for name, files := range ways {
		t.Run(name, func(t *testing.T) {
			server := site(t, lax, files)
			server.Config.Handler = redirecting(server.Config.Handler)
			said := complaint(t, func(t testing.TB, b *Browser) {
				p := b.Person("Ada", Desktop, Light, WithScripts)
				p.Open(server.URL)
				if files["/next"] != "" {
					p.Click("link", "Next")
				}
				p.See("done")
				p.until("the request", func(context.Context) error {
					if slices.ContainsFunc(p.Requests(), func(r Request) bool { return strings.Contains(r.URL, "elsewhere.example") }) {
						return nil
					}
					return errors.New("it is not in the log")
				})
				p.NoForeignRequests(t, server.URL)
			})
			if !strings.Contains(said, "Ada made requests to other hosts") || !strings.Contains(said, "elsewhere.example") {
				t.Errorf("the test says %q", said)
			}
		})
	}
}

func redirecting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://elsewhere.example/x", http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func TestOwnRequestsAreNotForeign(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc(`<script src="/a.js" defer></script>`, `<p id="state"><img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="><img alt="" src="http://elsewhere.example/x">`),
		"/a.js": `const image = new Image();
			image.onload = () => {` + ready + `};
			fetch("data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=").catch(() => {});
			image.src = URL.createObjectURL(new Blob(["<svg xmlns='http://www.w3.org/2000/svg'/>"], {type: "image/svg+xml"}));`,
	})
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	p.Open(server.URL)
	p.See("done")
	p.NoForeignRequests(t, server.URL)
	for _, path := range []string{"/", "/a.js"} {
		if !slices.Contains(p.Requests(), Request{Method: "GET", URL: server.URL + path}) {
			t.Errorf("%s is not in the log: %v", path, p.Requests())
		}
	}
}

// Chromium asks its maker about forms like this one, unless it is told not to.
func TestChromiumAsksNobody(t *testing.T) {
	server := site(t, strict, map[string]string{
		"/": doc("", `<form method="post" action="/in"><label>Name <input name="name" autocomplete="name"></label>
			<label>Mail <input type="email" name="mail"></label><label>Password <input type="password" name="password"></label>
			<label>Street <input name="street"></label><button>Join</button></form>`),
		"/in": doc("", "Welcome"),
	})
	p := Start(t).Person("Ada", Phone, Light, WithScripts)
	p.Open(server.URL)
	p.Fill("Name", "Ada")
	p.Fill("Mail", "ada@example.org")
	p.Fill("Password", "correct horse battery")
	p.Click("button", "Join")
	p.See("Welcome")
	p.NoForeignRequests(t, server.URL)
}

func TestAPersonWithoutRequestsProvesNothing(t *testing.T) {
	said := complaint(t, func(t testing.TB, b *Browser) {
		b.Person("Ada", Desktop, Light, WithScripts).NoForeignRequests(t, "http://127.0.0.1")
	})
	if !strings.Contains(said, "no request at all") {
		t.Errorf("the test says %q", said)
	}
}

func TestServerThatIsDown(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	said := complaint(t, func(_ testing.TB, b *Browser) { b.Person("Ada", Desktop, Light, WithScripts).Open(server.URL) })
	if !strings.Contains(said, "net::ERR_EMPTY_RESPONSE") {
		t.Errorf("the test says %q", said)
	}
}

func TestLiveUpdatesPassTheProxy(t *testing.T) {
	said := make(chan string)
	server := site(t, strict, map[string]string{
		"/":     doc(`<script src="/a.js" defer></script>`, `<p id="state">`),
		"/a.js": `new EventSource("/live").onmessage = e => document.getElementById("state").textContent = e.data`,
	})
	pages := server.Config.Handler
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/live" {
			pages.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		for {
			select {
			case text := <-said:
				if _, err := w.Write([]byte("data: " + text + "\n\n")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				return
			}
		}
	})
	p := Start(t).Person("Ada", Desktop, Light, WithScripts)
	p.Open(server.URL)
	for _, text := range []string{"one", "two"} {
		said <- text
		p.See(text)
	}
}
