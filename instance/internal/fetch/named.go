package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// Dialer leads to one host and port that the operator named, and nowhere else.
type Dialer struct {
	door        *Door
	purpose     Purpose
	destination string
}

// Named binds a dialer to a host and port out of configuration, as "host:port"
// or "[ipv6]:port" with the port as a number. The address may be private.
// Purposes of given addresses are refused: naming a destination must not
// switch their guard off.
func (d *Door) Named(p Purpose, hostport string) (*Dialer, error) {
	if !p.takesNamed() {
		return nil, fmt.Errorf("the purpose %q has no named destinations", p)
	}
	destination, _, err := normal(hostport)
	if err != nil {
		return nil, fmt.Errorf("read the destination for %s: %w", p, err)
	}
	return &Dialer{door: d, purpose: p, destination: destination}, nil
}

// DialContext connects to the named destination; any other address, and any
// network but TCP, is a *Failure. It takes net.Dialer's place in third-party
// clients. One that resolves names itself before it dials has to be told not
// to, because it would ask for an address that was not named: pgx by
// LookupHost, gRPC by the target scheme "passthrough".
func (n *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	destination, host, err := normal(address)
	a := n.door.attempt(ctx, n.purpose, host)
	a.named = true
	tcp := network == "tcp" || network == "tcp4" || network == "tcp6"
	if err != nil || !tcp || destination != n.destination {
		return nil, a.end(WrongDestination, 0, err)
	}
	if err := a.begin(); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Resolver: n.door.resolver, Timeout: n.door.timeout}
	conn, err := dialer.DialContext(ctx, network, destination)
	if err != nil {
		return nil, a.end(outcome(err), 0, err)
	}
	return conn, a.end(Answered, 0, nil)
}

// LookupHost leaves the name as it is, for pgx's LookupFunc: DialContext
// resolves it.
func (n *Dialer) LookupHost(_ context.Context, host string) ([]string, error) {
	return []string{host}, nil
}

// Transport speaks HTTP with the named destination (S3, OTLP, a model). It
// knows no proxy; a redirect to another host ends at the dialer.
func (n *Dialer) Transport() *http.Transport {
	return &http.Transport{
		DialContext:            n.DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: n.door.roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    n.door.timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ForceAttemptHTTP2:      true,
	}
}

// normal gives one spelling to a host and port, and the host alone.
func normal(hostport string) (destination, host string, err error) {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return "", "", err
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 || host == "" {
		return "", host, fmt.Errorf("%q is not a host and a port number", hostport)
	}
	return net.JoinHostPort(host, strconv.FormatUint(number, 10)), host, nil
}
