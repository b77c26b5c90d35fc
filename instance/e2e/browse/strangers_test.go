package browse_test

import (
	"testing"

	"github.com/opengather/opengather/instance/e2e/browser"
)

// TestStrangersBrowsersKeepNothing opens every page that a stranger gets, writes
// into its fields and lets its scripts see the forms sent: no store of the
// browser has anything in it afterwards (P95).
func TestStrangersBrowsersKeepNothing(t *testing.T) {
	w := settle(t, "Lime Street", "Ben Okafor")
	stranger := w.sit(t, "stranger", browser.SmallPhone, browser.Light)
	pages, fields := 0, 0
	for _, path := range w.addresses("stranger", 2) {
		stranger.Open(w.origin + path)
		fields += stranger.UseAll()
		pages++
		if kept := stranger.Stores(); len(kept) > 0 {
			t.Fatalf("at %s a stranger's browser keeps %q", path, kept)
		}
	}
	stranger.Open(w.origin + "/")
	if kept := stranger.Stores(); len(kept) > 0 {
		t.Errorf("on the next page a stranger's browser keeps %q", kept)
	}
	if pages < 15 || fields < 10 {
		t.Errorf("only %d pages with %d fields were looked at", pages, fields)
	}
	// What members write is kept by the community, and not by their browsers either.
	// That the search finds what there is, the tests of package browser say.
	member := w.sit(t, "member", browser.SmallPhone, browser.Light)
	member.Open(w.origin + "/compose")
	member.UseAll()
	if kept := member.Stores(); len(kept) > 0 {
		t.Errorf("a member's browser keeps %q", kept)
	}
	t.Logf("%d pages, %d fields", pages, fields)
}
