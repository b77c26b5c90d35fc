package canary

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// A Collector is an operator's own, that keeps what it is sent.
type Collector struct {
	*httptest.Server
	mu    sync.Mutex
	sent  bytes.Buffer
	paths []string
}

// Collect begins one.
func Collect(t testing.TB) *Collector {
	t.Helper()
	c := &Collector{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body := io.Reader(r.Body)
		if r.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(r.Body)
			if err != nil {
				t.Error(err)
				return
			}
			body = z
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if !slices.Contains(c.paths, r.URL.Path) {
			c.paths = append(c.paths, r.URL.Path)
		}
		if _, err := io.Copy(&c.sent, body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

// Sent is all that it was sent, and Paths are where to.
func (c *Collector) Sent() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent.String()
}

func (c *Collector) Paths() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.paths)
}

// Telling are headers by which browsers and those between tell of somebody:
// what with, where from, where, and which request it was. The words in them
// begin with qzheader; address stands in those that name one.
func Telling(address string) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"User-Agent": "Mozilla/5.0 (Android; Mobile) qzheaderagent/1.0", "Referer": "https://qzheaderreferrer.example/qzheaderreferrer?q=qzheaderreferrer",
		"Sec-CH-UA": `"qzheaderbrand";v="1"`, "Sec-CH-UA-Model": `"qzheadermodel"`, "Sec-CH-UA-Platform": `"qzheaderplatform"`, "Sec-CH-UA-Full-Version-List": `"qzheaderbrand";v="1.2.3"`,
		"CF-IPCountry": "qzheaderland", "CF-IPCity": "qzheadercity", "X-AppEngine-CityLatLong": "qzheaderplace", "Geolocation": "geo:qzheaderplace", "From": "qzheadername@example.org",
		"X-Request-Id": "qzheaderrequest", "X-Correlation-Id": "qzheaderrequest", "Traceparent": "00-717a6865616465727472616365aabbcc-717a686561646572-01", "Tracestate": "qzheader=trace", "Baggage": "user=qzheaderbaggage",
		"X-Real-Ip": address, "True-Client-Ip": address, "Cf-Connecting-Ip": address, "X-Client-Ip": address, "Forwarded": "for=" + address, "Via": "1.1 qzheaderproxy",
	} {
		h.Set(name, value)
	}
	return h
}
