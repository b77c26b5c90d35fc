package fetch

import (
	"context"
	"net/netip"
	"testing"
)

// Public addresses cannot be dialled in a test, so the rule is asked directly.
func TestWhatIsPermitted(t *testing.T) {
	d, err := New(Config{
		Record:   func(context.Context, Entry) error { return nil },
		Networks: map[Purpose][]netip.Prefix{Webhook: {netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		purpose Purpose
		scheme  string
		address string
		want    bool
	}{
		{Preview, "https", "93.184.216.34", true},
		{Preview, "https", "2001:4860:4860::8888", true},
		{Preview, "https", "64:ff9b::5db8:d822", true},
		{Preview, "https", "10.1.0.1", false},
		{Preview, "https", "64:ff9b::a01:1", false},
		{Federation, "https", "10.1.0.1", false},
		{Webhook, "https", "93.184.216.34", true},
		{Webhook, "https", "10.1.0.1", true},
		{Webhook, "https", "::ffff:10.1.0.1", true},
		{Webhook, "https", "fd00:1::1", true},
		{Webhook, "https", "fd00:1::1%eth0", true},
		{Webhook, "https", "10.2.0.1", false},
		{Webhook, "https", "127.0.0.1", false},
		{Webhook, "http", "10.1.0.1", true},
		{Webhook, "http", "93.184.216.34", false},
		{Webhook, "http", "127.0.0.1", false},
	} {
		if got := d.permitted(c.purpose, c.scheme, netip.MustParseAddr(c.address)); got != c.want {
			t.Errorf("%s over %s to %s: permitted = %t, want %t", c.purpose, c.scheme, c.address, got, c.want)
		}
	}
}
