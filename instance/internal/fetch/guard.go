package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
)

// maxHeaderBytes bounds the head of an answer.
const maxHeaderBytes = 64 << 10

var errPrivateAddress = errors.New("the address is not public")

// acceptable says whether a given URL may be tried at all. Plain http exists
// only where networks were allowed, and permitted keeps it inside them.
func (d *Door) acceptable(p Purpose, u *url.URL) bool {
	scheme := u.Scheme == "https" || u.Scheme == "http" && len(d.networks[p]) > 0
	return scheme && u.Hostname() != "" && u.User == nil
}

// permitted says whether a given fetch may connect to an address.
func (d *Door) permitted(p Purpose, scheme string, a netip.Addr) bool {
	if scheme == "https" && Classify(a) == Public {
		return true
	}
	return slices.ContainsFunc(d.networks[p], func(n netip.Prefix) bool { return n.Contains(plain(a)) })
}

// guarded is a dialer that asks permitted about the very address it is about
// to connect to. Names are not checked before: between such a check and the
// dial, the name can change its answer.
func (d *Door) guarded(p Purpose, scheme string) *net.Dialer {
	return &net.Dialer{
		Resolver: d.resolver,
		Timeout:  d.timeout,
		Control: func(_, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || !d.permitted(p, scheme, to.Addr()) {
				return errPrivateAddress
			}
			return nil
		},
	}
}

// transport is made for each request, so that no connection outlives its
// purpose. It speaks HTTP/1.1 and knows no proxy. Its own time limits are for a
// dial whose request is over: it would go on without an end.
func (d *Door) transport(p Purpose, scheme string) *http.Transport {
	return &http.Transport{
		DialContext:            d.guarded(p, scheme).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: d.roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    d.timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableKeepAlives:      true,
	}
}

// outcome says how an attempt ended that gave an error.
func outcome(err error) Result {
	if errors.Is(err, errPrivateAddress) {
		return PrivateAddress
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return TooSlow
	}
	return Broken
}
