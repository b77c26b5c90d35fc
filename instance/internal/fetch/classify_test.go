package fetch_test

import (
	"net/netip"
	"testing"

	"github.com/opengather/opengather/instance/internal/fetch"
)

var classes = map[string]fetch.Class{
	"0.0.0.0":         fetch.Unspecified,
	"0.1.2.3":         fetch.Unspecified,
	"10.0.0.0":        fetch.Private,
	"10.255.255.255":  fetch.Private,
	"9.255.255.255":   fetch.Public,
	"11.0.0.0":        fetch.Public,
	"100.63.255.255":  fetch.Public,
	"100.64.0.0":      fetch.Shared,
	"100.100.100.200": fetch.Shared,
	"100.127.255.255": fetch.Shared,
	"100.128.0.0":     fetch.Public,
	"127.0.0.1":       fetch.Loopback,
	"127.255.255.255": fetch.Loopback,
	"168.63.129.15":   fetch.Public,
	"168.63.129.16":   fetch.LinkLocal,
	"169.253.255.255": fetch.Public,
	"169.254.169.254": fetch.LinkLocal,
	"172.15.255.255":  fetch.Public,
	"172.16.0.1":      fetch.Private,
	"172.31.255.255":  fetch.Private,
	"172.32.0.0":      fetch.Public,
	"192.0.0.192":     fetch.Reserved,
	"192.0.2.1":       fetch.Documentation,
	"192.88.99.1":     fetch.Reserved,
	"192.168.0.0":     fetch.Private,
	"192.168.255.255": fetch.Private,
	"192.169.0.0":     fetch.Public,
	"198.17.255.255":  fetch.Public,
	"198.18.0.1":      fetch.Reserved,
	"198.19.255.255":  fetch.Reserved,
	"198.20.0.0":      fetch.Public,
	"198.51.100.7":    fetch.Documentation,
	"203.0.113.7":     fetch.Documentation,
	"223.255.255.255": fetch.Public,
	"224.0.0.1":       fetch.Multicast,
	"239.255.255.255": fetch.Multicast,
	"240.0.0.1":       fetch.Reserved,
	"255.255.255.255": fetch.Reserved,
	"93.184.216.34":   fetch.Public,

	"::":                               fetch.Unspecified,
	"::1":                              fetch.Loopback,
	"::2":                              fetch.Reserved,
	"::7f00:1":                         fetch.Reserved, // IPv4-compatible
	"::ffff:0:7f00:1":                  fetch.Reserved, // IPv4-translated
	"64:ff9b:1::a00:1":                 fetch.Reserved, // NAT64 by a local prefix
	"100::1":                           fetch.Reserved, // discard
	"2001::1":                          fetch.Reserved, // Teredo
	"2001:2::1":                        fetch.Reserved, // benchmarks
	"2001:200::1":                      fetch.Public,
	"2001:db8::1":                      fetch.Documentation,
	"2001:4860:4860::8888":             fetch.Public,
	"2002:7f00:1::1":                   fetch.Reserved, // 6to4 of 127.0.0.1
	"2002:808:808::1":                  fetch.Reserved, // 6to4 of a public address
	"2003::1":                          fetch.Public,
	"3fff::1":                          fetch.Documentation,
	"4000::1":                          fetch.Reserved, // not given out
	"5f00::1":                          fetch.Reserved,
	"fc00::1":                          fetch.Private,
	"fd00:ec2::254":                    fetch.Private, // a metadata service
	"fe80::1":                          fetch.LinkLocal,
	"fe80::1%eth0":                     fetch.LinkLocal,
	"::1%lo":                           fetch.Loopback,
	"fd00::1%eth0":                     fetch.Private,
	"::ffff:127.0.0.1%eth0":            fetch.Loopback,
	"fec0::1":                          fetch.Reserved, // site-local of old
	"ff02::1":                          fetch.Multicast,
	"ffff::1":                          fetch.Multicast,
	"2a00:1450:4001:82a::200e%tunnel0": fetch.Public,
}

func TestEveryAddressHasItsClass(t *testing.T) {
	for text, want := range classes {
		if got := fetch.Classify(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestIPv4InsideIPv6HasTheClassOfTheIPv4Address(t *testing.T) {
	nat64 := netip.MustParseAddr("64:ff9b::").As16()
	for text, want := range classes {
		a := netip.MustParseAddr(text)
		if !a.Is4() {
			continue
		}
		mapped := netip.AddrFrom16(a.As16())
		if got := fetch.Classify(mapped); !mapped.Is4In6() || got != want {
			t.Errorf("%s is %s, want %s", mapped, got, want)
		}
		bytes := nat64
		copy(bytes[12:], a.AsSlice())
		if got := fetch.Classify(netip.AddrFrom16(bytes)); got != want {
			t.Errorf("%s is %s, want %s", netip.AddrFrom16(bytes), got, want)
		}
	}
}

func TestNoAddressIsNotPublic(t *testing.T) {
	if got := fetch.Classify(netip.Addr{}); got != fetch.Reserved {
		t.Errorf("no address is %s, want %s", got, fetch.Reserved)
	}
	if zero := fetch.Class(""); zero == fetch.Public {
		t.Error("the zero class is public")
	}
}
