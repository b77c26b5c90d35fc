package server

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/opengather/opengather/instance/community"
	"github.com/opengather/opengather/instance/setup"
)

// SetupLink makes a new one-time link for setting the community up, and gives
// nothing if somebody has claimed it. addr is where requests are taken, nil if
// only the configuration knows.
func (p *Program) SetupLink(ctx context.Context, addr net.Addr) (string, error) {
	_, err := p.Communities.Read(ctx)
	if err == nil || !errors.Is(err, community.ErrNone) {
		return "", err
	}
	token, err := p.Setup.NewToken(ctx)
	if err != nil {
		return "", err
	}
	return p.address(addr) + setup.Path(token), nil
}

// address is where people reach the community.
func (p *Program) address(addr net.Addr) string {
	if p.publicURL != nil {
		return strings.TrimSuffix(p.publicURL.String(), "/")
	}
	listen := p.Config.Listen
	if addr != nil {
		listen = addr.String()
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://" + listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() || host == "127.0.0.1" || host == "::1" {
		host = "localhost" // where passkeys work without TLS
	}
	return "http://" + net.JoinHostPort(host, port)
}
