package mediaweb

import (
	"strconv"
	"testing"
)

// TestAlbumsOnTheirWay: one for each, strangers leave half of the places to
// members, and whoever is through may begin again.
func TestAlbumsOnTheirWay(t *testing.T) {
	var p packing
	want := func(who string, member, want bool) {
		t.Helper()
		if got := p.begin(who, member); got != want {
			t.Errorf("%s begins: %v", who, got)
		}
	}
	for n := range maxPacking / 2 {
		want("net"+strconv.Itoa(n), false, true)
	}
	want("another net", false, false)
	for n := range maxPacking / 2 {
		want("member"+strconv.Itoa(n), true, true)
		want("member"+strconv.Itoa(n), true, false)
	}
	want("another member", true, false)
	p.end("net0")
	want("another member", true, true)
}
