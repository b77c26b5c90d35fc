package doctor

import (
	"context"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// alone reports whether only this machine reaches the program.
func (v *visit) alone() bool {
	host := v.Config.Listen[:max(0, strings.LastIndexByte(v.Config.Listen, ':'))]
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func publicURL(_ context.Context, v *visit) result {
	at, listen := v.Config.PublicURL, v.Config.Listen
	u, err := url.Parse(at)
	switch {
	case err != nil:
		return needsYou("The public URL cannot be read.", "Write it like https://gather.example.org.")
	case at == "" && v.alone():
		return well("Only this machine reaches the community, on " + listen + ".")
	case at == "":
		return note("People reach the community over plain http on "+listen+", from private networks only.", "For the internet, put a proxy with a certificate in front and set public_url to its address.")
	case !v.Config.Secure() && v.alone() && !local(u.Hostname()):
		return needsYou(fmt.Sprintf("People are sent to %s, but the program takes requests on %s, where only this machine reaches it.", at, listen), "Set listen to an address of the network, such as :8080.")
	case v.Config.Secure() && !v.alone():
		return note("People come by "+at+". The program also takes requests on "+listen+", past the proxy.", "Set listen to 127.0.0.1 if the proxy is on this machine.")
	}
	return well("People come by " + at + ".")
}

func local(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

func proxies(_ context.Context, v *visit) result {
	switch {
	case !v.Config.Secure():
		return well("Nothing says that there is a proxy in front.")
	case len(v.Config.TrustedProxies) == 0:
		return needsYou("The public URL begins with https, so a proxy must be in front; but trusted_proxies names none.", "Name your proxy, such as 127.0.0.1/32, and nothing more.")
	}
	return well("The proxy is known: " + v.Config.TrustedProxies.String() + ".")
}

func passkeys(_ context.Context, v *visit) result {
	u, err := url.Parse(v.Config.PublicURL)
	if v.Config.Secure() || v.Config.PublicURL == "" && v.alone() || err == nil && local(u.Hostname()) {
		return well("People can sign in with passkeys.")
	}
	return note("People sign in with passwords only.", "Put a proxy with a certificate in front and set public_url to its https address.")
}

// up is what GET /up answers when all is well.
const up = 200

func program(_ context.Context, v *visit) result {
	listen := v.Config.Listen
	switch {
	case v.upErr == nil && v.status == up:
		return well("The program answers on " + listen + ".")
	case v.upErr == nil:
		return needsYou(fmt.Sprintf("What answers on %s says %d to /up.", listen, v.status), "Look into the log of the program, and whether something else takes requests there.")
	case v.served:
		return unknown("A process has the community open, but nothing answers on "+listen+".", "If it was started with another --listen, give that here, too. If not, look into its log.")
	}
	return note("No program answers on "+listen+".", "If it should run, start it.")
}
