package suite_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/limit"
)

// TestSearchIsForAFewAtATime keeps all turns to search taken: whoever comes then
// is told, and nothing else waits.
func TestSearchIsForAFewAtATime(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		const path = "/search?q=harvest"
		if w.program.Posts.Searching == nil {
			t.Fatal("anybody may search at any time")
		}
		gate := limit.NewGate(2, 1, 0)
		w.program.Posts.Searching = gate
		hold := func(role string, stranger bool, want int) func() {
			t.Helper()
			leave, _ := gate.Enter(t.Context(), stranger)
			a := w.ask(w.people[role], http.MethodGet, path, nil)
			if a.status != want {
				t.Errorf("%s searches: %d, want %d", role, a.status, want)
			}
			if busy := strings.Contains(a.body, "Many people are searching right now."); busy != (want != http.StatusOK) {
				t.Errorf("%s is told that many search: %v\n%s", role, busy, a.body)
			}
			return leave
		}
		stranger := hold("stranger", true, http.StatusServiceUnavailable)
		member := hold("member", false, http.StatusServiceUnavailable)
		if a := w.ask(w.people["member"], http.MethodGet, "/people?q=qzname", nil); a.status != http.StatusOK {
			t.Errorf("whoever looks for people waits too: %d", a.status)
		}
		if a := w.ask(w.people["member"], http.MethodGet, "/search", nil); a.status != http.StatusOK {
			t.Errorf("the empty form waits too: %d", a.status)
		}
		stranger()
		member()
		for _, role := range []string{"stranger", "member"} {
			if a := w.ask(w.people[role], http.MethodGet, path, nil); a.status != http.StatusOK {
				t.Errorf("afterwards %s searches: %d", role, a.status)
			}
		}
	})
}
