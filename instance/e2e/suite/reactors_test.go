package suite_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestWhoReacted follows the way from a thread to those who reacted, as those
// who may go there and those who may not.
func TestWhoReacted(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		thread, reply := "/p/"+w.posts["thread public"], "/p/"+w.posts["reply public"]
		insider := w.people["insider"]
		w.press(insider, reply+"/react", reply+"/react", url.Values{"reaction": {"thanks"}})
		w.press(w.people["member"], thread+"/react", thread+"/react", url.Values{"reaction": {"thanks"}})
		for _, role := range p.some([]string{"member", "guest", "stranger", "pending", "leaving"}) {
			who := w.people[role]
			a := p.ask(who, http.MethodGet, thread, nil)
			led := slices.Contains([]string{"member", "guest"}, role)
			for _, at := range []string{thread, reply} {
				if slices.Contains(targets(a.body), at+"/reactions") != led {
					t.Errorf("%s is led to %s/reactions: %v", role, at, !led)
				}
			}
			if !strings.Contains(a.body, "Love it") {
				t.Errorf("%s is not told what people chose:\n%s", role, a.body)
			}
			got, none := p.ask(who, http.MethodGet, thread+"/reactions", nil), p.ask(who, http.MethodGet, "/p/"+nothing+"/reactions", nil)
			if here := got.status == http.StatusOK; here != led || !here && same(got, w.posts["thread public"]) != same(none, nothing) {
				t.Errorf("%s at %s/reactions: %d", role, thread, got.status)
			}
		}
		w.sees(w.people["owner"], thread, "See who", "reacted: 1 Love it, 1 Thanks")
		w.sees(w.people["owner"], thread+"/reactions", "Who reacted", "qztitlepublic · Dan Qznameinsider in Qzspacepublic", "Everybody, also outside", "Thanks · 1 person", "Cal Qznamemember", "Love it · 1 person", "@"+insider.handle)
		w.sees(w.people["guest"], thread+"/reactions", "And one more person whom you do not know here.", "not: Qznamemember")
		w.sees(w.people["owner"], reply+"/reactions", "Dan Qznameinsider in Qzspacepublic", "Thanks · 1 person")
		w.sees(w.people["owner"], "/p/"+w.posts["nested public"]+"/reactions", "Nobody yet.")
		w.press(insider, reply+"/react", reply+"/react", url.Values{"reaction": {"-thanks"}})
		w.sees(w.people["owner"], reply+"/reactions", "Nobody yet.")
	})
}
