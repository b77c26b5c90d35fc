package program

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// A Client is a person's browser without JavaScript: it keeps cookies, follows
// links, fills in forms, and sends the headers that servers judge a request
// by. One that cannot do what it is asked to ends the test. It isn't for use
// in several goroutines.
type Client struct {
	// Header is sent with every request, such as Accept-Language.
	Header http.Header

	t    testing.TB
	base *url.URL
	http *http.Client
}

// NewClient returns a browser without cookies. base is the community's origin,
// such as Process.URL.
func NewClient(t testing.TB, base string) *Client {
	t.Helper()
	origin, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	// Connections of its own, closed with the test: a server waits for open
	// ones when it is asked to end.
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{
		Header: http.Header{}, t: t, base: origin,
		http: &http.Client{Jar: jar, Transport: transport, Timeout: patience, CheckRedirect: within(origin)},
	}
}

// within follows redirects that stay at the origin. One that leaves it is left
// to the test, which gets the redirect itself.
func within(origin *url.URL) func(*http.Request, []*http.Request) error {
	return func(next *http.Request, before []*http.Request) error {
		if len(before) > 10 || next.URL.Host != origin.Host || next.URL.Scheme != origin.Scheme {
			return http.ErrUseLastResponse
		}
		return nil
	}
}

// Get opens a page. path may also be a whole URL of the same origin.
func (c *Client) Get(path string) *Page {
	c.t.Helper()
	return c.send(http.MethodGet, c.resolve(c.base, path), nil, nil)
}

// Follow opens the link with that text.
func (c *Client) Follow(p *Page, text string) *Page {
	c.t.Helper()
	return c.send(http.MethodGet, p.link(text), nil, nil)
}

// Submit sends a form with the values that a person would put in, on top of
// what the page put there. The keys are names of fields; a checkbox is ticked
// by its value and cleared by an empty list. A named button is pressed by its
// name and value; else the first one is, as by the Enter key. Fields that
// aren't in the form end the test, so that a typing error isn't mistaken for
// a refusal. The form stays as it was, so that it can be sent again.
func (c *Client) Submit(f *Form, values url.Values) *Page {
	c.t.Helper()
	s, err := f.submission(values)
	if err != nil {
		c.t.Fatalf("the form for %s: %v", f.Action, err)
	}
	if s.method == http.MethodGet {
		to := *s.to
		to.RawQuery = s.urlencoded()
		return c.send(http.MethodGet, &to, nil, nil)
	}
	contentType, body, err := s.body()
	if err != nil {
		c.t.Fatalf("the form for %s: %v", f.Action, err)
	}
	// Fetch, "append a request Origin header": a page without referrers sends
	// its forms from nowhere.
	origin := c.base.Scheme + "://" + c.base.Host
	if f.page.Header.Get("Referrer-Policy") == "no-referrer" {
		origin = "null"
	}
	header := http.Header{"Content-Type": {contentType}, "Origin": {origin}}
	return c.send(http.MethodPost, s.to, body, header)
}

// Cookies are those that the browser would send to the origin.
func (c *Client) Cookies() []*http.Cookie { return c.http.Jar.Cookies(c.base) }

// Hold gives the browser a cookie as from an earlier visit: "session=…".
func (c *Client) Hold(cookie string) {
	c.t.Helper()
	cookies, err := http.ParseCookie(cookie)
	if err != nil {
		c.t.Fatal(err)
	}
	c.http.Jar.SetCookies(c.base, cookies)
}

// From lets the browser come from one of this machine's own addresses. On Linux
// all that begin with 127 are.
func (c *Client) From(address string) {
	c.t.Helper()
	ip, err := netip.ParseAddr(address)
	if err != nil {
		c.t.Fatal(err)
	}
	transport := &http.Transport{DialContext: (&net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, 0))}).DialContext}
	c.t.Cleanup(transport.CloseIdleConnections)
	c.http.Transport = transport
}

// Keep keeps the cookies of an answer that came by another way than this
// browser's own.
func (c *Client) Keep(response *http.Response) { c.http.Jar.SetCookies(c.base, response.Cookies()) }

func (c *Client) send(method string, to *url.URL, body []byte, header http.Header) *Page {
	c.t.Helper()
	if to.Host != c.base.Host || to.Scheme != c.base.Scheme {
		c.t.Fatalf("%s leaves %s", to, c.base)
	}
	request, err := http.NewRequestWithContext(c.t.Context(), method, to.String(), bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) without-javascript")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Sec-Fetch-Mode", "navigate")
	request.Header.Set("Sec-Fetch-Dest", "document")
	for _, more := range []http.Header{header, c.Header} {
		for name, values := range more {
			request.Header[name] = values
		}
	}
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, to, err)
	}
	return c.page(response, answer)
}

func (c *Client) page(response *http.Response, body []byte) *Page {
	c.t.Helper()
	p := &Page{
		Status: response.StatusCode, Header: response.Header, URL: response.Request.URL, Body: body,
		t: c.t, root: &html.Node{Type: html.DocumentNode},
	}
	if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		// Without scripting, what is in noscript is part of the page.
		root, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
		if err != nil {
			c.t.Fatalf("read %s: %v", p.URL, err)
		}
		p.root = root
	}
	return p
}

func (c *Client) resolve(base *url.URL, ref string) *url.URL {
	c.t.Helper()
	to, err := base.Parse(ref)
	if err != nil {
		c.t.Fatal(err)
	}
	return to
}
