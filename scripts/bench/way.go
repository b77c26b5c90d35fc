package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// firstPost is how long a script needs from the first start of an empty
// community to its first post, through the forms of its pages.
func (b *bench) firstPost(ctx context.Context) (took time.Duration, err error) {
	b.say("set up a new community and post")
	begin := time.Now()
	s, err := b.serve(ctx, []string{"OPENGATHER_DATA=" + filepath.Join(b.dir, "new")})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	link, err := s.setupLink(ctx)
	if err != nil {
		return 0, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return 0, err
	}
	w := way{origin: s.url, http: &http.Client{Jar: jar, Timeout: time.Minute}}
	if err := w.through(ctx, link); err != nil {
		return 0, err
	}
	return time.Since(begin), nil
}

var setupLink = regexp.MustCompile(`https?://[^/\s]+(/setup\S*)`)

// setupLink waits for the link that a new community prints, and gives its path.
func (s *server) setupLink(ctx context.Context) (string, error) {
	for {
		if found := setupLink.FindStringSubmatch(s.said.String()); found != nil {
			return found[1], nil
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-s.ended:
			return "", fmt.Errorf("it ended without a link to set it up\n%s", &s.said)
		case <-time.After(time.Millisecond):
		}
	}
}

// A way is somebody's way through the pages, without a script running in them.
type way struct {
	origin string
	home   *url.URL // the origin, where cookies are kept for it
	http   *http.Client
}

// through sets the community up and posts something. On each page it fills in what
// is asked for and leaves the rest as it is.
func (w way) through(ctx context.Context, path string) error {
	page, _, err := w.ask(ctx, path, "", nil)
	if err != nil {
		return err
	}
	for range 10 {
		form := formFor(page, "/setup")
		if form == nil {
			break
		}
		if page, _, err = w.submit(ctx, form); err != nil {
			return err
		}
	}
	if page, _, err = w.ask(ctx, "/compose", "", nil); err != nil {
		return err
	}
	form := formFor(page, "/compose")
	if form == nil {
		return errors.New("/compose has no form to post by")
	}
	page, at, err := w.submit(ctx, form)
	if err == nil && !strings.Contains(text(page), words) {
		err = fmt.Errorf("what was posted is not at %s", at)
	}
	return err
}

// words are what is written wherever something has to be.
const words = "The beans are up"

func formFor(page *html.Node, path string) *html.Node {
	for n := range page.Descendants() {
		if n.DataAtom == atom.Form && strings.EqualFold(attribute(n, "method"), "post") && strings.HasPrefix(attribute(n, "action"), path) {
			return n
		}
	}
	return nil
}

func (w way) submit(ctx context.Context, form *html.Node) (page *html.Node, at string, err error) {
	values := filledIn(form)
	if attribute(form, "enctype") != "multipart/form-data" {
		return w.ask(ctx, attribute(form, "action"), "application/x-www-form-urlencoded", strings.NewReader(values.Encode()))
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, all := range values {
		for _, value := range all {
			err = errors.Join(err, parts.WriteField(name, value))
		}
	}
	if err = errors.Join(err, parts.Close()); err != nil {
		return nil, "", err
	}
	return w.ask(ctx, attribute(form, "action"), parts.FormDataContentType(), &body)
}

// ask gets a page, or sends a form if there is one.
func (w way) ask(ctx context.Context, path, kind string, form io.Reader) (page *html.Node, at string, err error) {
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(ctx, method, w.origin+path, form)
	if err != nil {
		return nil, "", err
	}
	if form != nil {
		request.Header.Set("Content-Type", kind)
		request.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	response, err := w.http.Do(request)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	at = response.Request.URL.Path
	if response.StatusCode != http.StatusOK {
		return nil, at, fmt.Errorf("%s %s answers %s", method, at, response.Status)
	}
	page, err = html.Parse(response.Body)
	return page, at, err
}

// filledIn are a form's values: what the page put in, the first of what can be
// chosen, and words where some are asked for.
func filledIn(form *html.Node) url.Values {
	values := url.Values{}
	for n := range form.Descendants() {
		name, value := attribute(n, "name"), attribute(n, "value")
		switch {
		case name == "":
		case n.DataAtom == atom.Textarea && (has(n, "required") || name == "body"):
			values.Set(name, words)
		case n.DataAtom == atom.Textarea:
			values.Set(name, text(n))
		case n.DataAtom == atom.Select:
			values.Set(name, selected(n))
		case n.DataAtom == atom.Input:
			fill(values, n, name, value)
		}
	}
	return values
}

func fill(values url.Values, n *html.Node, name, value string) {
	switch kind := attribute(n, "type"); {
	case kind == "file" || kind == "submit" || kind == "button":
	case kind == "radio" && (has(n, "checked") || !values.Has(name)):
		values.Set(name, value)
	case kind == "radio":
	case kind == "checkbox" && has(n, "checked"):
		values.Add(name, value)
	case kind == "checkbox":
	case kind == "password":
		values.Set(name, "seven green wheelbarrows") // not what anything is called
	case value == "" && has(n, "required"):
		values.Set(name, words)
	default:
		values.Add(name, value)
	}
}

func selected(list *html.Node) (value string) {
	first := true
	for n := range list.Descendants() {
		if n.DataAtom == atom.Option && (first || has(n, "selected")) {
			value, first = attribute(n, "value"), false
		}
	}
	return value
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func text(n *html.Node) string {
	var all strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			all.WriteString(c.Data)
		}
	}
	return all.String()
}
