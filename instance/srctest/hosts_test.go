package srctest

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var (
	anyHost    = regexp.MustCompile(`(?i)(?:https?:)?//((?:[a-z0-9-]+\.)+[a-z]{2,})\b(/[^\s"'<>)]*)?`)
	schemeHost = regexp.MustCompile(`(?i)https?://((?:[a-z0-9-]+\.)+[a-z]{2,})\b(/[^\s"'<>)]*)?`)
)

// vendors are names that have no business in what a browser is sent, with or
// without an address: content networks, counters, error reporters, captchas,
// tile servers, means of payment.
var vendors = regexp.MustCompile(`(?i)googleapis|gstatic|googletagmanager|google-analytics|doubleclick|` +
	`jsdelivr|unpkg|cdnjs|cloudflare|bootstrapcdn|fontawesome|typekit|polyfill\.io|gravatar|` +
	`sentry\.io|bugsnag|hotjar|mixpanel|posthog|plausible\.io|matomo|segment\.io|newrelic|` +
	`recaptcha|hcaptcha|turnstile|facebook\.net|tile\.openstreetmap|mapbox|js\.stripe|paypal`)

// TestNoForeignHosts holds that no template, style, script or text, and no
// string in the program, names another host.
func TestNoForeignHosts(t *testing.T) {
	for _, name := range files(t, isSentToBrowsers) {
		for _, fault := range foreignHosts(read(t, name), anyHost) {
			t.Errorf("%s names %s", name, fault)
		}
	}
	for _, name := range files(t, isProgram) {
		for _, s := range stringsIn(parse(t, name)) {
			for _, fault := range foreignHosts(s, schemeHost) {
				t.Errorf("%s names %s", name, fault)
			}
		}
	}
}

func isSentToBrowsers(name string) bool {
	return slices.Contains([]string{".templ", ".html", ".css", ".js", ".mjs", ".svg", ".webmanifest"}, path.Ext(name)) ||
		path.Base(path.Dir(name)) == "messages" && path.Ext(name) == ".json"
}

// foreignHosts gives the hosts and vendors in a text that may not be there.
func foreignHosts(text string, address *regexp.Regexp) []string {
	found := vendors.FindAllString(text, -1)
	for _, m := range address.FindAllStringSubmatch(text, -1) {
		if !mayBeNamed(strings.ToLower(m[1]), m[2]) {
			found = append(found, m[1])
		}
	}
	return found
}

// mayBeNamed says for which hosts there is a reason.
func mayBeNamed(host, rest string) bool {
	switch {
	case host == "www.w3.org": // names of XML namespaces, and where a standard is cited
		return true
	case host == "jsonfeed.org": // the name of a format
		return rest == "/version/1.1"
	case host == "www.sitemaps.org": // the same
		return rest == "/schemas/sitemap/0.9"
	case host == "github.com": // the link to the source on /about (P23), unless the build sets another
		return strings.HasPrefix(rest, "/opengather/opengather")
	default: // RFC 2606 and RFC 6761: examples
		return slices.Contains([]string{"example.org", "example.com", "example.net"}, host) ||
			named(".example.org", ".example", ".test", ".invalid")(host)
	}
}

// stringsIn gives the string literals of a Go file, without import paths.
func stringsIn(f *ast.File) []string {
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BasicLit:
			if s, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				found = append(found, s)
			}
		}
		return true
	})
	return found
}

func TestForeignHostsAreFound(t *testing.T) {
	for text, want := range map[string]string{
		`<script src="https://cdn.somewhere.net/x.js">`:        "cdn.somewhere.net",
		`<img src="//pictures.example.social/a.png">`:          "pictures.example.social",
		`@import url(HTTPS://Fonts.Somewhere.net/css)`:         "Fonts.Somewhere.net",
		`fetch("/x"); // through unpkg`:                        "unpkg",
		`https://github.com/somebody/else`:                     "github.com",
		`https://github.com/opengather/opengather`:             "",
		`xmlns="http://www.w3.org/2000/svg"`:                   "",
		`<a href="/about">, http://127.0.0.1:8080, a // b.c()`: "",
		`https://gather.example.org/x, https://evil.example/`:  "",
		`https://example.org.evil.net/`:                        "example.org.evil.net",
	} {
		if got := strings.Join(foreignHosts(text, anyHost), " "); got != want {
			t.Errorf("in %q: found %q, want %q", text, got, want)
		}
	}
	if got := foreignHosts("a comment //like.this is no address in Go", schemeHost); got != nil {
		t.Errorf("found %q", got)
	}
}
