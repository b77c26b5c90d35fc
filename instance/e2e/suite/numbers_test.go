package suite_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/config"
	"github.com/opengather/opengather/instance/post"
)

// TestWhatIsCounted counts what is said and which pages are shown as whole ones,
// and shows it to everybody in the community when the day is over (P107).
func TestWhatIsCounted(t *testing.T) {
	both(t, func(t *testing.T, p *place) {
		w := settle(t, p)
		p.serve()
		p.clock.Add(aDay)
		for range 7 {
			p.ask(w.people["stranger"], http.MethodGet, "/", nil)
			p.ask(w.people["member"], http.MethodGet, "/nothing", nil)
			w.must(w.program.Posts.Publish(t.Context(), w.people["insider"].actor(), "", post.Draft{Space: w.spaces["open"].ID, Body: "counted"}))
		}
		p.serve()
		if err := w.program.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		today := "SELECT n FROM numbers WHERE kind = $1 AND day <= $2 ORDER BY day DESC LIMIT 1"
		for kind, want := range map[string]string{"said": "7", "pages": "7"} {
			if got := p.one(today, kind, p.now()); got != want {
				t.Errorf("%s: %s, want %s", kind, got, want)
			}
		}
		p.clock.Add(aDay)
		for _, role := range []string{"owner", "member", "guest"} {
			p.sees(w.people[role], "/about", "What is counted")
			p.sees(w.people[role], "/about/numbers", "Pages shown", "fewer than 5")
		}
		if a := p.ask(w.people["stranger"], http.MethodGet, "/about/numbers", nil); strings.Contains(a.body, "fewer than 5") {
			t.Error("a stranger sees the numbers")
		}
	})
}

// TestPrivacyIsWhatIsConfigured reads the page on privacy of programs that are
// configured in different ways (P109, P110).
func TestPrivacyIsWhatIsConfigured(t *testing.T) {
	nothing, traces, database := "sends nothing to other computers", "is sent to 127.0.0.2", "in a PostgreSQL database"
	alone := open(t, newConfig())
	told := open(t, &config.Config{OTLPEndpoint: "http://127.0.0.2:9"})
	server := onPostgres(t)
	for _, x := range []struct {
		p     *place
		words []string
	}{
		{alone, []string{nothing, "not: " + traces, "not: " + database, "nobody in them"}},
		{told, []string{traces, "not: " + nothing, "not: " + database}},
		{server, []string{database, "not: " + nothing, "not: " + traces}},
	} {
		w := settle(t, x.p)
		x.p.sees(w.people["stranger"], "/privacy", x.words...)
	}
	w := settle(t, open(t, newConfig()))
	w.turn("numbers", "off")
	w.sees(w.people["stranger"], "/privacy", "not: nobody in them")
}
