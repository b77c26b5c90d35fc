package suite_test

import (
	"net/url"
	"testing"
)

// TestAGuestWhoIsRaisedArrives makes a member of a guest through the page: she
// comes into the spaces for newcomers as everybody did, without doing anything.
func TestAGuestWhoIsRaisedArrives(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		owner, guest := w.people["owner"], w.people["guest"]
		in := func() string {
			return w.one("SELECT CAST(count(*) AS TEXT) FROM space_members sm JOIN spaces s ON s.id = sm.space_id WHERE s.arrivals AND sm.member_id = $1", guest.id)
		}
		all := w.one("SELECT CAST(count(*) AS TEXT) FROM spaces WHERE arrivals AND id <> $1", "")
		if in() != "0" || all == "0" {
			t.Fatalf("a guest is in %s of %s spaces for newcomers", in(), all)
		}
		role := "/people/" + guest.handle + "/role"
		w.press(owner, role, role, url.Values{"role": {"member"}})
		if err := p.program.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if in() != all {
			t.Errorf("who was a guest is in %s of %s spaces for newcomers", in(), all)
		}
	})
}
