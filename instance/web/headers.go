package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/opengather/opengather/instance/internal/fetch"
)

// Policy is the content security policy of every answer: a browser that shows
// our pages talks to us alone, whatever somebody wrote in them.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; " +
	"manifest-src 'self'; worker-src 'self'"

// Headers sets what every answer carries, and refuses plain http from the
// internet: passwords and words would travel open.
func (s *Shell) Headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("X-DNS-Prefetch-Control", "off") // links that people write are not looked up
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=(), interest-cohort=()")
		h.Set("Cache-Control", "private, no-cache")
		if s.secure(c.Request()) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !s.encrypted(c.Request()) && !s.near(c.Request()) {
			return c.String(http.StatusForbidden, "This community is reached over https only. Ask its operator to put a TLS proxy in front, see docs/operator.md.\n")
		}
		return next(c)
	}
}

// secure reports whether the reader's browser may be told to use TLS only:
// she does, or the operator says that everybody does.
func (s *Shell) secure(req *http.Request) bool { return s.encrypted(req) || s.publicTLS() }

func (s *Shell) publicTLS() bool { return s.PublicURL != nil && s.PublicURL.Scheme == "https" }

// encrypted reports whether this request came over TLS, to us or to a proxy
// that the operator named.
func (s *Shell) encrypted(req *http.Request) bool {
	if req.TLS != nil {
		return true
	}
	if !s.proxied(req) {
		return false
	}
	proto := req.Header.Get("X-Forwarded-Proto")
	return proto == "https" || proto == "" && s.publicTLS()
}

// near reports whether the reader is on this machine or in the same house.
func (s *Shell) near(req *http.Request) bool {
	addr, ok := s.client(req)
	if !ok {
		return false
	}
	switch fetch.Classify(addr) {
	case fetch.Loopback, fetch.Private, fetch.LinkLocal:
		return true
	}
	return false
}

// proxied reports whether the request came through a proxy that the operator
// named. Nobody else's forwarded headers are believed.
func (s *Shell) proxied(req *http.Request) bool {
	peer, ok := peerOf(req)
	return ok && slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(peer) })
}

func peerOf(req *http.Request) (netip.Addr, bool) {
	host, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(host)
	return addr.Unmap(), err == nil
}

// client is the reader's address: the last in X-Forwarded-For that is not
// itself a proxy we believe. It is never stored: see signin's limits.
func (s *Shell) client(req *http.Request) (netip.Addr, bool) {
	peer, ok := peerOf(req)
	if !ok || !s.proxied(req) {
		return peer, ok
	}
	hops := strings.Split(strings.Join(req.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return peer, true
		}
		addr = addr.Unmap()
		if !slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(addr) }) {
			return addr, true
		}
	}
	return peer, true
}

// Network is the part of the reader's address that limits count by: a whole
// /24 or /56, so that nobody escapes by changing the last digits.
func (r *Request) Network() string {
	addr, ok := r.shell.client(r.Context.Request())
	if !ok {
		return ""
	}
	bits := 24
	if addr.Is6() {
		bits = 56
	}
	p, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// origin is the community's address as this reader has it: what the operator
// configured, else what the reader's own request says.
func (s *Shell) origin(r *Request) string {
	if s.PublicURL != nil {
		return strings.TrimSuffix(s.PublicURL.String(), "/")
	}
	scheme := "http://"
	if s.secure(r.Context.Request()) {
		scheme = "https://"
	}
	return scheme + r.Context.Request().Host
}

// moved gives the address of a page that was asked for at one of the community's
// former addresses, so that links in old letters and on posters still lead to
// it. Forms are taken where they were shown: no answer to one leads to another
// origin (Policy, form-action). The answer is not kept by browsers, since a
// community may go back to where it was.
func (s *Shell) moved(r *Request) (there string, moved bool) {
	req := r.Context.Request()
	if s.PublicURL == nil || r.Community == nil || req.Method != http.MethodGet || strings.EqualFold(req.Host, s.PublicURL.Host) {
		return "", false
	}
	moved = slices.ContainsFunc(r.Community.Former, func(origin string) bool {
		_, host, _ := strings.Cut(origin, "://")
		return strings.EqualFold(req.Host, host)
	})
	return s.origin(r) + r.at(), moved
}

// Head answers HEAD as GET would, without the body, which net/http leaves out
// (RFC 9110, section 9.3.2). It stands before the routes, which know GET alone.
func Head(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(context.WithValue(r.Context(), headed{}, true))
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// headed marks a request for headers alone in its context.
type headed struct{}

// HeadersOnly says that the body is for nobody: what is long need not be made.
func (r *Request) HeadersOnly() bool { return r.Ctx().Value(headed{}) != nil }
