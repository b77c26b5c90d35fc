// Command product stands in for OpenGather where the benchmark itself is
// tested: it fills nothing and serves a few pages.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

func main() {
	marker := filepath.Join(os.Getenv("OPENGATHER_DATA"), "filled")
	switch command := strings.Join(os.Args[1:], " "); command {
	case "demo --posts 50":
		check(os.MkdirAll(os.Getenv("OPENGATHER_DATA"), 0o700))
		check(os.WriteFile(marker, nil, 0o600))
		fmt.Print("filling …\nthread: /t\nsearch: /search?q=x\ncookie: session=ada\nreader: session=bo\nreader: session=cy\n")
	case "serve":
		if _, err := os.Stat(marker); err != nil {
			begin()
		} else {
			posting()
			listening()
		}
		serve()
	default:
		check(fmt.Errorf("no such command: %s", command))
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "product:", err)
		os.Exit(1)
	}
}

// begin is what only a new community has: two pages to set it up, and a
// composer.
func begin() {
	fmt.Println("set up here: http://localhost/setup?token=x")
	said := map[string]string{}
	http.HandleFunc("GET /setup", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<form method="post" action="/setup"><input type="hidden" name="token" value="`+r.FormValue("token")+`"><input name="name" required>
			<input name="note"><input type="radio" name="kind" value="club"><input type="radio" name="kind" value="street" checked><input type="checkbox" name="open" value="yes">
			<select name="zone"><option value="a"><option value="b" selected></select></form>`)
	})
	http.HandleFunc("POST /setup", func(w http.ResponseWriter, r *http.Request) {
		if got := fmt.Sprint(r.FormValue("token"), r.FormValue("note"), r.FormValue("kind"), r.FormValue("open"), r.FormValue("zone")); got != "xstreetb" || r.FormValue("name") == "" {
			http.Error(w, got, http.StatusUnprocessableEntity)
			return
		}
		fmt.Fprint(w, `<form method="post" action="/setup/picture" enctype="multipart/form-data"><input type="file" name="picture"><input type="hidden" name="key" value="1"></form>`)
	})
	http.HandleFunc("POST /setup/picture", func(w http.ResponseWriter, r *http.Request) {
		check(r.ParseMultipartForm(1 << 20))
		said["key"] = r.FormValue("key")
	})
	http.HandleFunc("GET /compose", func(w http.ResponseWriter, _ *http.Request) {
		if said["key"] == "1" && os.Getenv("PRODUCT_WRONG") != "no composer" {
			fmt.Fprint(w, `<form method="post" action="/compose"><textarea name="body"></textarea></form>`)
		}
	})
	http.HandleFunc("POST /compose", func(w http.ResponseWriter, r *http.Request) {
		said["body"] = r.FormValue("body")
		http.Redirect(w, r, "/first", http.StatusSeeOther)
	})
	http.HandleFunc("GET /first", func(w http.ResponseWriter, _ *http.Request) {
		if os.Getenv("PRODUCT_WRONG") != "nothing is posted" {
			fmt.Fprint(w, said["body"])
		}
	})
}

// photos are how many each post has, said is closed when somebody replies, and
// ada the cookie of the member, which is another one once she has made a space.
var (
	mu     sync.Mutex
	ada    = "session=ada"
	photos []int
	said   = make(chan struct{})
)

// posting is a space that can be made, and posts with photos in it.
func posting() {
	http.HandleFunc("GET /spaces/new", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<form method="post" action="/spaces/new"><input name="name" required></form>`)
	})
	http.HandleFunc("POST /spaces/new", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		ada = "session=ada2"
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "ada2", Path: "/"})
		if r.FormValue("name") != "" && os.Getenv("PRODUCT_WRONG") != "nowhere to post" {
			fmt.Fprint(w, `<a href="/compose?space=1">Post</a>`)
		}
	})
	http.HandleFunc("GET /compose", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<form method="post" action="/compose" enctype="multipart/form-data"><input type="hidden" name="key" value="k"><input name="space" value="`+r.FormValue("space")+`"><input type="file" name="file" multiple><textarea name="body"></textarea></form>`)
	})
	http.HandleFunc("POST /compose", func(w http.ResponseWriter, r *http.Request) {
		form, err := r.MultipartReader()
		check(err)
		var fields string
		n := 0
		for part, err := form.NextPart(); err == nil; part, err = form.NextPart() {
			fields += part.FormName() + " "
			if part.FileName() != "" {
				n++
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if fields != "key space "+strings.Repeat("file ", n)+"body " || r.Header.Get("Cookie") != ada {
			http.Error(w, fields, http.StatusUnprocessableEntity)
			return
		}
		photos = append(photos, n)
		http.Redirect(w, r, fmt.Sprint("/p/", len(photos)-1), http.StatusSeeOther)
	})
	http.HandleFunc("GET /m/{id}/{size}", func(w http.ResponseWriter, r *http.Request) {
		if os.Getenv("PRODUCT_WRONG") == "no sizes" {
			http.NotFound(w, r)
		}
	})
}

// shown are the photos of a post.
func shown(post int) (text string) {
	mu.Lock()
	defer mu.Unlock()
	for range photos[post] {
		text += `<img src="/m/a/s.jpg" srcset="/m/a/s.jpg 480w, /m/a/m.jpg 960w">`
	}
	return text
}

// listening is a stream that says when somebody has replied, and what is new then.
func listening() {
	http.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		fmt.Fprint(w, "event: hello\ndata: {}\n\n")
		for parts := `"all":true`; r.Context().Err() == nil; parts = `"parts":["a"]` {
			mu.Lock()
			next := said
			mu.Unlock()
			fmt.Fprint(w, "event: changed\ndata: {", parts, "}\n\n:\n\n")
			check(out.Flush())
			select {
			case <-next:
			case <-r.Context().Done():
			}
			if os.Getenv("PRODUCT_WRONG") == "streams end" {
				fmt.Fprint(w, "event: end\ndata: {}\n\n")
				return
			}
		}
	})
	http.HandleFunc("GET /p/{id}/parts", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("HX-Request") == "" || r.FormValue("new") != "a" || strings.HasPrefix(r.Header.Get("Cookie"), "session=ada") {
			http.Error(w, "no", http.StatusForbidden)
		}
	})
}

func serve() {
	keys, next := map[string]bool{}, 0
	http.HandleFunc("GET /up", func(http.ResponseWriter, *http.Request) {})
	http.HandleFunc("GET /home", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><p>Home of a member in `+os.Getenv("OPENGATHER_DATABASE"))
		mu.Lock()
		n := len(photos)
		mu.Unlock()
		if n > 0 {
			fmt.Fprint(w, shown(n-1))
		}
	})
	http.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "" {
			http.Redirect(w, r, "/home", http.StatusSeeOther)
			return
		}
		fmt.Fprint(w, `<!doctype html><link rel="stylesheet" href="/a.css"><p>Home of `+os.Getenv("OPENGATHER_DATABASE"))
	})
	http.HandleFunc("GET /a.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		fmt.Fprint(w, "p { color: red }")
	})
	thread := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		next++
		key := fmt.Sprint(next)
		keys[key] = true
		mu.Unlock()
		fmt.Fprint(w, `<!doctype html><form method="post" action="/reply"><input type="hidden" name="key" value="`+key+`"><textarea name="text"></textarea></form>`)
	}
	http.HandleFunc("GET /t", thread)
	http.HandleFunc("GET /p/{id}", func(w http.ResponseWriter, r *http.Request) {
		post, err := strconv.Atoi(r.PathValue("id"))
		check(err)
		thread(w, r)
		fmt.Fprint(w, shown(post))
	})
	http.HandleFunc("POST /reply", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Header.Get("Cookie") != ada || !keys[r.FormValue("key")] || r.FormValue("text") == "" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		delete(keys, r.FormValue("key"))
		close(said)
		said = make(chan struct{})
		http.Redirect(w, r, "/t", http.StatusSeeOther)
	})
	http.HandleFunc("POST /t/react", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") != "session=ada" || r.FormValue("key") == "" || !strings.HasSuffix(r.FormValue("reaction"), "heart") {
			http.Error(w, "no", http.StatusForbidden)
		}
	})
	http.HandleFunc("GET /search", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Cookie") == "" {
			http.Redirect(w, r, "/", http.StatusSeeOther)
		}
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server := http.Server{Addr: os.Getenv("OPENGATHER_LISTEN")}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		check(err)
	}
}
