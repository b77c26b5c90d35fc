package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Networks is a list of networks in CIDR notation. A single address is the
// network that holds only it.
type Networks []netip.Prefix

// UnmarshalText reads networks separated by commas. It refuses what is nearly
// always a slip: a network of all addresses, and bits behind its length.
func (n *Networks) UnmarshalText(text []byte) error {
	out := Networks{}
	for item := range strings.SplitSeq(string(text), ",") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		network, err := parseNetwork(item)
		if err != nil {
			return err
		}
		out = append(out, network)
	}
	*n = out
	return nil
}

func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return network, fmt.Errorf("%q is not a network: write it like 10.0.0.0/8 or fd00::/8, or one address", text)
	case network.Addr().Is4In6():
		return network, fmt.Errorf("%q is IPv4 written as IPv6: write it like 10.0.0.0/8", text)
	case network.Bits() == 0:
		return network, fmt.Errorf("%q is every address there is: name the network you mean", text)
	case network != network.Masked():
		return network, fmt.Errorf("%q has bits behind its length: do you mean %s?", text, network.Masked())
	}
	return network, nil
}

// String is the list as it would be written in the environment.
func (n Networks) String() string {
	items := make([]string, len(n))
	for i, network := range n {
		items[i] = network.String()
	}
	return strings.Join(items, ",")
}
