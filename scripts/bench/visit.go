package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A visit is what a stranger's browser fetches for the first page, with an
// empty cache.
type visit struct {
	requests int
	bytes    int // of the bodies as they are sent, compressed if the server does
	plain    int // of the bodies once they are unpacked
}

// firstVisit fetches the home page and what it needs: style sheets, scripts,
// icons, pictures, the manifest, and what style sheets and scripts import.
func firstVisit(ctx context.Context, origin string) (v visit, err error) {
	home, err := url.Parse(origin + "/")
	if err != nil {
		return v, err
	}
	todo, seen := []*url.URL{home}, []string{home.String()}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		linked, err := v.fetch(ctx, at)
		if err != nil {
			return v, err
		}
		for _, ref := range linked {
			to, err := at.Parse(ref)
			if err != nil {
				return v, err
			}
			to.Fragment = ""
			if to.Scheme == "data" || slices.Contains(seen, to.String()) {
				continue
			}
			if to.Host != home.Host {
				return v, fmt.Errorf("%s needs %s of another host", at, to)
			}
			todo, seen = append(todo, to), append(seen, to.String())
		}
	}
	return v, nil
}

// fetch counts one answer, with the redirects before it, and returns what it
// links to.
func (v *visit) fetch(ctx context.Context, at *url.URL) (linked []string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "gzip") // by hand, so that the body stays as it is sent
	response, err := connections.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	v.requests++
	v.bytes += len(body)
	if location := response.Header.Get("Location"); location != "" {
		return []string{location}, nil
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", at, response.Status)
	}
	if response.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		if body, err = io.ReadAll(unpacked); err != nil {
			return nil, err
		}
	}
	v.plain += len(body)
	return links(response.Header.Get("Content-Type"), body)
}

var (
	cssImport = regexp.MustCompile(`@import\s+(?:url\()?["']?([^"')\s;]+)`)
	jsImport  = regexp.MustCompile(`(?m)^\s*(?:import|export)\b[^;"'\n]*?["']([^"']+)["']`)
)

// links are what a browser fetches because of a document.
func links(contentType string, body []byte) ([]string, error) {
	var refs []string
	var pattern *regexp.Regexp
	switch kind, _, _ := strings.Cut(contentType, ";"); kind {
	case "text/html":
		page, err := html.Parse(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		for n := range page.Descendants() {
			if ref := fetched(n); ref != "" {
				refs = append(refs, ref)
			}
		}
		return refs, nil
	case "text/css":
		pattern = cssImport
	case "text/javascript", "application/javascript":
		pattern = jsImport
	default:
		return nil, nil
	}
	for _, match := range pattern.FindAllSubmatch(body, -1) {
		refs = append(refs, string(match[1]))
	}
	return refs, nil
}

// fetched is the address that a browser fetches for an element, or "".
func fetched(n *html.Node) string {
	switch n.DataAtom {
	case atom.Script, atom.Img:
		return attribute(n, "src")
	case atom.Link:
		for _, rel := range strings.Fields(attribute(n, "rel")) {
			if slices.Contains([]string{"stylesheet", "icon", "manifest", "modulepreload", "preload"}, rel) {
				return attribute(n, "href")
			}
		}
	}
	return ""
}
