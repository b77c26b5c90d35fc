package main

import (
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
)

func TestFirstVisit(t *testing.T) {
	files := map[string][2]string{
		"/home": {"text/html; charset=utf-8", `<!doctype html><link rel="shortcut icon" href="/i.png"><link rel="stylesheet" href="/css/a.css#x">
			<link rel="alternate" href="/feed"><script type="module" src="/a.js"></script><img src="/i.png"><img src="data:image/gif;base64,x"><a href="/other">x</a>`},
		"/css/a.css": {"text/css", `@import "b.css"; @import url("/c.css"); p { background: url(never.png) }`},
		"/css/b.css": {"text/css", strings.Repeat("p { margin: 0 } ", 100)},
		"/c.css":     {"text/css", ""},
		"/a.js":      {"text/javascript", "import {b} from './b.js'\nimport '/c.js';\nconsole.log(\"import 'never.js'\")\n"},
		"/b.js":      {"text/javascript", "export * from \"./c.js\"\n"},
		"/c.js":      {"text/javascript", ""},
		"/i.png":     {"image/png", "import 'never.js'"},
	}
	var mu sync.Mutex
	var asked []string
	sent := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.URL.Path)
		if r.URL.Path == "/" {
			w.Header().Set("Location", "/home")
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		file, ok := files[r.URL.Path]
		if !ok {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", file[0])
		w.Header().Set("Content-Encoding", "gzip")
		packed := new(strings.Builder)
		zip := gzip.NewWriter(packed)
		fmt.Fprint(zip, file[1])
		if err := zip.Close(); err != nil {
			t.Error(err)
		}
		sent += packed.Len()
		fmt.Fprint(w, packed)
	}))
	t.Cleanup(server.Close)
	v, err := firstVisit(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(asked)
	if want := "/ /a.js /b.js /c.css /c.js /css/a.css /css/b.css /home /i.png"; strings.Join(asked, " ") != want {
		t.Errorf("asked for %s, want %s", asked, want)
	}
	plain := 0
	for _, file := range files {
		plain += len(file[1])
	}
	if want := (visit{requests: 9, bytes: sent, plain: plain}); v != want {
		t.Errorf("%+v, want %+v", v, want)
	}
}

func TestFirstVisitOfABrokenPage(t *testing.T) {
	for page, want := range map[string]string{
		`<script src="/none.js"></script>`:                     "/none.js answers 404",
		`<img src="http://elsewhere.example/x">`:               "needs http://elsewhere.example/x of another host",
		`<link rel="stylesheet" href="//elsewhere.example/x">`: "of another host",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, page)
		}))
		t.Cleanup(server.Close)
		if _, err := firstVisit(t.Context(), server.URL); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestRefusedWritesAreCounted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	t.Cleanup(server.Close)
	for _, f := range []filledForm{{action: "/"}} {
		if status, err := f.send(t.Context(), server.URL, "a=b"); status < 400 || err != nil {
			t.Errorf("a refusal counts as %d, %v", status, err)
		}
	}
	if _, err := replyForm(t.Context(), server.URL, "a=b", "text"); err == nil || !strings.Contains(err.Error(), "no form to reply by") {
		t.Errorf("a page without a form gives %v", err)
	}
}
