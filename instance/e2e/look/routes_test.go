package look_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/internal/telemetry"
	"github.com/opengather/opengather/instance/server"
)

// looked are the paths of the pages that somebody looked at.
var looked = map[string]bool{}

// refusals are the titles of pages that stand where another was asked for.
var refusals = []string{"Nothing here", "That did not work", "Something is wrong on our side", "Hier ist nichts"}

// remember notes where she is, unless the page was refused.
func (w *visitor) remember() {
	w.t.Helper()
	here, err := url.Parse(w.URL())
	if err != nil {
		w.t.Fatal(err)
	}
	text := w.Text()
	if !slices.ContainsFunc(refusals, func(title string) bool { return strings.Contains(text, title) }) {
		looked[here.Path] = true
	}
}

// pageless are addresses that answer with something else than a page.
var pageless = []string{"/home/new", "/compose/people", "/p/:id/parts", "/live", "/picture", "/m/:id/:size", "/m/:id/original", "/m/:id/download", "/m/:id/video", "/previews/:id", "/s/:space/photos/:month/download", "/settings/data/photos/:id", "/p/:id/poll/result.csv", "/p/:id/poll/result.json", "/sitemap.xml", "/robots.txt", "/feed.atom", "/feed.json", "/s/:space/feed.atom", "/s/:space/feed.json", "/feed/:token/atom", "/feed/:token/json", "/.well-known/change-password"}

// everywhere holds that each page of the program was looked at, so that a new
// one cannot be left out.
func everywhere(t *testing.T) {
	for _, r := range unseen(routes(t), looked) {
		t.Errorf("nobody looked at %s", r)
	}
}

// routes are the patterns of the program's pages.
func routes(t *testing.T) []string {
	t.Helper()
	p, err := server.Open(t.Context(), server.Options{
		Config: &config.Config{Data: t.TempDir(), Listen: "127.0.0.1:8080"},
		Log:    telemetry.Logger(io.Discard, false, slog.LevelError),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	all, err := p.Routes()
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for _, r := range all {
		if r.Method == http.MethodGet && !slices.Contains(pageless, r.Path) {
			pages = append(pages, r.Path)
		}
	}
	return pages
}

// unseen are the patterns that none of the paths belongs to. A path that is a
// pattern itself belongs to no other: /s/new is no space called new.
func unseen(patterns []string, paths map[string]bool) []string {
	var left []string
	for _, pattern := range patterns {
		fits := regexp.MustCompile("^" + placeholder.ReplaceAllString(regexp.QuoteMeta(pattern), "[^/]+") + "$")
		seen := false
		for path := range paths {
			seen = seen || path == pattern || fits.MatchString(path) && !slices.Contains(patterns, path)
		}
		if !seen {
			left = append(left, pattern)
		}
	}
	return left
}

var placeholder = regexp.MustCompile(`:\w+`)

func TestUnseenPages(t *testing.T) {
	patterns := []string{"/", "/@:handle", "/s/:space", "/s/new", "/s/:space/members"}
	for path, want := range map[string]string{
		"/":              "/@:handle /s/:space /s/new /s/:space/members",
		"/@ada":          "/ /s/:space /s/new /s/:space/members",
		"/s/new":         "/ /@:handle /s/:space /s/:space/members",
		"/s/bees":        "/ /@:handle /s/new /s/:space/members",
		"/s/new/members": "/ /@:handle /s/:space /s/new",
		"/elsewhere":     "/ /@:handle /s/:space /s/new /s/:space/members",
	} {
		if got := strings.Join(unseen(patterns, map[string]bool{path: true}), " "); got != want {
			t.Errorf("after %s: %s, want %s", path, got, want)
		}
	}
}
