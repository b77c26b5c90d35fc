package browser

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A Request is one that something of a person's made.
type Request struct {
	Method string // CONNECT for the attempt to reach another host by TLS
	URL    string
}

// A proxy stands between a person and the network. Chromium sends it each
// request of the person's context, whichever page, frame or worker made it.
// data: and blob: addresses never get here, and neither does what the content
// security policy or the cache kept from being a request. Hints to connect
// early (preconnect, dns-prefetch) make no request in such a context, and so
// are for tests that read the HTML.
type proxy struct {
	listener net.Listener
	server   *http.Server

	mu     sync.Mutex
	log    []Request
	failed error
}

func newProxy(t testing.TB) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 32}
	p := &proxy{listener: listener, failed: errors.New("no request failed")}
	p.server = &http.Server{Handler: p.record(&httputil.ReverseProxy{
		Rewrite:      func(*httputil.ProxyRequest) {},
		Transport:    transport,
		ErrorHandler: p.fail,
	})}
	go func() {
		// It always ends with an error, the one of being closed below.
		_ = p.server.Serve(listener)
	}()
	t.Cleanup(func() {
		if err := p.server.Close(); err != nil {
			t.Errorf("close the proxy: %v", err)
		}
		transport.CloseIdleConnections()
	})
	return p
}

func (p *proxy) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := Request{Method: r.Method, URL: r.URL.String()}
		if r.Method == http.MethodConnect {
			request.URL = "https://" + r.Host
		}
		p.mu.Lock()
		p.log = append(p.log, request)
		p.mu.Unlock()
		if r.Method == http.MethodConnect || !loopback(r.URL.Hostname()) {
			http.Error(w, "no test reaches another machine", http.StatusBadGateway)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fail lets a server that is down look like one: the connection ends.
func (p *proxy) fail(_ http.ResponseWriter, r *http.Request, err error) {
	p.mu.Lock()
	p.failed = fmt.Errorf("%s %s: %w", r.Method, r.URL, err)
	p.mu.Unlock()
	panic(http.ErrAbortHandler)
}

// failure is the last that came between the proxy and a server.
func (p *proxy) failure() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failed
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Requests are all requests that were made for this person so far, by any page,
// frame or worker of hers.
func (p *Person) Requests() []Request {
	p.proxy.mu.Lock()
	defer p.proxy.mu.Unlock()
	return slices.Clone(p.proxy.log)
}

// NoForeignRequests demands that all requests of this person went to one of
// the origins, such as http://127.0.0.1:8080, and that there were some.
func (p *Person) NoForeignRequests(t testing.TB, origins ...string) {
	t.Helper()
	var foreign []string
	requests := p.Requests()
	for _, r := range requests {
		if !slices.Contains(origins, origin(r.URL)) {
			foreign = append(foreign, r.Method+" "+r.URL)
		}
	}
	switch {
	case len(requests) == 0:
		t.Errorf("%s made no request at all", p.name)
	case len(foreign) > 0:
		t.Errorf("%s made requests to other hosts than %s:\n%s", p.name, strings.Join(origins, ", "), strings.Join(foreign, "\n"))
	}
}

// origin is the scheme, host and port of a URL; what isn't a URL is foreign to
// every origin.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host
}
