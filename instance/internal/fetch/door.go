package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	usualTimeout    = 10 * time.Second
	usualCacheBytes = 16 << 20
)

// Config is what a door is made from. Only Record is required.
type Config struct {
	// Record writes an entry to the egress log. When it returns an error, a
	// given fetch stops; a named dial goes on and the error is logged. For the
	// purpose Database it must not wait for a connection to that database: the
	// dial would wait for itself.
	Record func(context.Context, Entry) error
	// Networks are private networks that a purpose may reach besides the public
	// internet, and within which it may use plain http: for tests and closed
	// networks. Only Federation, Webhook and Identity may have any.
	Networks map[Purpose][]netip.Prefix
	// Closed refuses, and records, every attempt through either entrance.
	Closed bool
	// Timeout limits a whole given fetch, redirects included, and the dialling
	// of a named destination. 0 means 10 seconds.
	Timeout time.Duration
	// CacheBytes bounds the memory held for answers of Get. 0 means 16 MiB.
	CacheBytes int64
	// Resolver answers names; nil means the system's.
	Resolver *net.Resolver
	// Roots are the certificate authorities trusted; nil means the system's,
	// which SSL_CERT_FILE replaces.
	Roots *x509.CertPool
	// Now is the clock of entries and of the cache; nil means time.Now.
	Now func() time.Time
	// Log is told what could not be recorded; nil means slog.Default().
	Log *slog.Logger
}

// Door is the one way out. It is safe for concurrent use.
type Door struct {
	record   func(context.Context, Entry) error
	networks map[Purpose][]netip.Prefix
	closed   bool
	timeout  time.Duration
	resolver *net.Resolver
	roots    *x509.CertPool
	now      func() time.Time
	log      *slog.Logger

	answers *cache
	flights singleflight.Group
}

// New makes a door. It refuses a configuration without Record, and networks
// for a purpose that may have none.
func New(c Config) (*Door, error) {
	if c.Record == nil {
		return nil, errors.New("the outbound door needs somewhere to record")
	}
	networks := make(map[Purpose][]netip.Prefix, len(c.Networks))
	for purpose, prefixes := range c.Networks {
		if !purpose.takesNetworks() {
			return nil, fmt.Errorf("no network can be allowed for the purpose %q", purpose)
		}
		for _, n := range prefixes {
			if !n.IsValid() || n.Addr().Is4In6() {
				return nil, fmt.Errorf("the network %s allowed for %s is not valid", n, purpose)
			}
		}
		networks[purpose] = slices.Clone(prefixes)
	}
	d := &Door{
		record: c.Record, networks: networks, closed: c.Closed, timeout: c.Timeout,
		resolver: c.Resolver, roots: c.Roots, now: c.Now, log: c.Log,
	}
	if d.timeout == 0 {
		d.timeout = usualTimeout
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.Default()
	}
	limit := c.CacheBytes
	if limit == 0 {
		limit = usualCacheBytes
	}
	d.answers = newCache(limit)
	return d, nil
}
