// Command preview serves sample pages made of look's components, to look at
// while working on them, and takes their pictures:
//
//	go run ./web/look/testdata/preview -listen 127.0.0.1:8089
//	go run ./web/look/testdata/preview -pictures screenshots
//
// Every page takes ?lang=de, ?theme=dark, ?dir=rtl, ?accent=%23aa3300.
package main

import (
	"bytes"
	"context"
	"flag"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
	"github.com/opengather/opengather/instance/web/look"
)

// policy is the content security policy that every page gets.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; manifest-src 'self'; worker-src 'self'"

var pages = map[string]func(look.Page) templ.Component{
	"/components": func(p look.Page) templ.Component { return look.ComponentsPage(p) },
	"/home":       func(p look.Page) templ.Component { p.Aside = margin(p.Now); return home(p) },
	"/thread":     thread, "/compose": compose, "/space": space, "/people": people,
	"/refused": func(p look.Page) templ.Component { p.Narrow, p.Nav = true, look.NavYou; return refused(p) },
	"/signin":  stranger(signIn), "/setup": stranger(setup), "/lost": stranger(lost),
}

func stranger(page func(look.Page) templ.Component) func(look.Page) templ.Component {
	return func(p look.Page) templ.Component { p.Viewer = look.Viewer{}; return page(p) }
}

type preview struct{ words *locale.Catalog }

func main() {
	listen := flag.String("listen", "127.0.0.1:8089", "address to serve on")
	pictures := flag.String("pictures", "", "folder to put pictures into, then stop")
	only := flag.String("only", "", "take only the pictures whose name contains this")
	flag.Parse()
	words, err := locale.Load(locale.Messages, look.Messages)
	if err != nil {
		log.Fatal(err)
	}
	if *pictures == "" {
		log.Printf("http://%s/home", *listen)
		log.Fatal(http.ListenAndServe(*listen, preview{words}))
	}
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.Serve(at, preview{words})) }()
	if err := takeAll(context.Background(), "http://"+at.Addr().String(), *pictures, *only); err != nil {
		log.Fatal(err)
	}
}

func (v preview) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Security-Policy", policy)
	if file, ok := look.Files()[r.URL.Path]; ok {
		w.Header().Set("Content-Type", file.Type)
		send(w, file.Body)
		return
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/static/accent."):
		accent := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/static/accent."), ".css")
		w.Header().Set("Content-Type", "text/css")
		send(w, []byte(look.AccentCSS("#"+accent)))
	case r.URL.Path == "/sample/field.svg":
		w.Header().Set("Content-Type", "image/svg+xml")
		send(w, []byte(field))
	default:
		v.page(w, r)
	}
}

func (v preview) page(w http.ResponseWriter, r *http.Request) {
	page, ok := pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	q := r.URL.Query()
	p := look.Page{
		Title: "Preview", Text: v.words.Printer(q.Get("lang"), time.UTC), Theme: q.Get("theme"),
		Community: look.Community{Name: "Lindenstraße 12 bis 40", AccentVersion: strings.TrimPrefix(q.Get("accent"), "#")},
		Viewer:    look.Viewer{SignedIn: true, Name: "Amira Haddad", Handle: "amira"},
		Spaces: []look.NavSpace{
			{Name: "Garden", URL: "/space", Unread: 3, Kind: "open"},
			{Name: "Street news", URL: "#1", Kind: "open"},
			{Name: "Kleingartenvereinsvorstandsmitglieder", URL: "#2", Unread: 120, Kind: "secret"},
		},
		Nav: r.URL.Path, Now: time.Date(2026, 5, 7, 18, 5, 0, 0, time.UTC), FormKey: "k",
		Foot: []look.Link{{Label: "About us", URL: "#"}, {Label: "Rules", URL: "#"}, {Label: "Privacy", URL: "#"}, {Label: "Accessibility", URL: "#"}},
		Host: "lindenstrasse.example.org",
	}
	var b bytes.Buffer
	if err := page(p).Render(r.Context(), &b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	html := b.Bytes()
	if q.Get("dir") == "rtl" {
		html = bytes.Replace(html, []byte(`dir="ltr"`), []byte(`dir="rtl"`), 1)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	send(w, html)
}

func send(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		log.Print(err)
	}
}

// field stands in for a photo.
const field = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 800"><defs><linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#7f9fb5"/><stop offset=".6" stop-color="#e9b98a"/><stop offset="1" stop-color="#f3d9ae"/></linearGradient></defs><rect width="1200" height="800" fill="url(#s)"/><circle cx="860" cy="430" r="60" fill="#fff1cf"/><path d="M0 470q300-70 620-10t580-30v370H0z" fill="#7d8f5a"/><path d="M0 560q400-90 760-10t440-20v270H0z" fill="#5b7242"/><path d="M0 680q300-60 700-20t500-20v160H0z" fill="#3f5632"/><path d="M210 640h300v18H210zM210 590h300v16H210zM235 658h16v70h-16zM468 658h16v70h-16z" fill="#6b4a32"/></svg>`
