package fetch

import "net/netip"

// Class says what kind of network an address belongs to. The zero value, like
// everything unknown, is not Public.
type Class string

const (
	Public        Class = "public"        // reachable across the internet
	Loopback      Class = "loopback"      // this machine
	Private       Class = "private"       // RFC 1918, RFC 4193
	LinkLocal     Class = "link-local"    // RFC 3927, RFC 4291; cloud metadata lives here
	Shared        Class = "shared"        // behind a provider's NAT, RFC 6598
	Multicast     Class = "multicast"     // RFC 5771, RFC 4291
	Documentation Class = "documentation" // RFC 5737, RFC 3849, RFC 9637
	Unspecified   Class = "unspecified"   // "this network": connects to this machine on many systems
	Reserved      Class = "reserved"      // everything else that is no host on the internet
)

// special is the part of IANA's special-purpose registries that ordinary hosts
// must not be found in:
// https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry.
// IPv6 outside globalUnicast needs a row only where its class is not Reserved.
var special = []struct {
	network netip.Prefix
	class   Class
}{
	{netip.MustParsePrefix("0.0.0.0/8"), Unspecified},
	{netip.MustParsePrefix("10.0.0.0/8"), Private},
	{netip.MustParsePrefix("100.64.0.0/10"), Shared},
	{netip.MustParsePrefix("127.0.0.0/8"), Loopback},
	{netip.MustParsePrefix("169.254.0.0/16"), LinkLocal},
	{netip.MustParsePrefix("168.63.129.16/32"), LinkLocal}, // Azure's host agent, seen from inside only
	{netip.MustParsePrefix("172.16.0.0/12"), Private},
	{netip.MustParsePrefix("192.0.0.0/24"), Reserved}, // protocol assignments; Oracle's metadata
	{netip.MustParsePrefix("192.0.2.0/24"), Documentation},
	{netip.MustParsePrefix("192.88.99.0/24"), Reserved}, // 6to4 relays, RFC 7526
	{netip.MustParsePrefix("192.168.0.0/16"), Private},
	{netip.MustParsePrefix("198.18.0.0/15"), Reserved}, // benchmarks, RFC 2544
	{netip.MustParsePrefix("198.51.100.0/24"), Documentation},
	{netip.MustParsePrefix("203.0.113.0/24"), Documentation},
	{netip.MustParsePrefix("224.0.0.0/4"), Multicast},
	{netip.MustParsePrefix("240.0.0.0/4"), Reserved}, // and limited broadcast

	{netip.MustParsePrefix("::/128"), Unspecified},
	{netip.MustParsePrefix("::1/128"), Loopback},
	{netip.MustParsePrefix("2001::/23"), Reserved}, // Teredo, benchmarks, ORCHID
	{netip.MustParsePrefix("2001:db8::/32"), Documentation},
	{netip.MustParsePrefix("2002::/16"), Reserved}, // 6to4: carries any IPv4 address, RFC 7526
	{netip.MustParsePrefix("3fff::/20"), Documentation},
	{netip.MustParsePrefix("fc00::/7"), Private},
	{netip.MustParsePrefix("fe80::/10"), LinkLocal},
	{netip.MustParsePrefix("ff00::/8"), Multicast},
}

var (
	globalUnicast = netip.MustParsePrefix("2000::/3")
	nat64         = netip.MustParsePrefix("64:ff9b::/96")
)

// Classify says which class an address is in. An IPv4 address inside IPv6
// (mapped, or behind NAT64 by the well-known prefix of RFC 6052) has the class
// of the IPv4 address: in a network with IPv6 only, that is how the public
// IPv4 internet looks. A zone makes no difference. An invalid address is
// Reserved.
func Classify(a netip.Addr) Class {
	a = plain(a)
	for _, s := range special {
		if s.network.Contains(a) {
			return s.class
		}
	}
	switch {
	case a.Is4(), globalUnicast.Contains(a):
		return Public
	case nat64.Contains(a):
		b := a.As16()
		return Classify(netip.AddrFrom4([4]byte(b[12:])))
	default:
		return Reserved
	}
}

// plain removes what would hide an address from netip.Prefix.Contains, which
// knows neither zones nor IPv4 inside IPv6.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }
