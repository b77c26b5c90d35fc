package look

import (
	"strings"
	"testing"
)

// TestACardIsALinkAndNothingElse draws cards of films and of hostile pages: a picture
// from here, words, and one link that tells nobody where it was.
func TestACardIsALinkAndNothingElse(t *testing.T) {
	text := printer(t, "en")
	for _, p := range []Preview{
		{URL: "https://films.example/watch?v=1", Title: "A film", Site: "Films", Picture: "/previews/x", Width: 480, Height: 270},
		{URL: `https://a.example/"><script>x</script>`, Title: `"><script>alert(1)</script>`, Description: `<img src=x onerror=alert(1)>`, Site: `</p><iframe src="https://a.example">`},
		{URL: "javascript:alert(1)", Title: "x", Picture: ""},
	} {
		drawn := drawnAs(t, linked(text, p))
		for _, never := range []string{"<script", "<iframe", "<video", "<embed", "<object", "<img src=x", "javascript:", "src=\"http"} {
			if strings.Contains(drawn, never) {
				t.Errorf("of %q there is %s in %s", p.Title, never, drawn)
			}
		}
		if strings.Count(drawn, "<a ") != 1 || !strings.Contains(drawn, `rel="noopener noreferrer nofollow ugc"`) {
			t.Errorf("of %q the link is %s", p.Title, drawn)
		}
	}
	drawn := drawnAs(t, linked(text, Preview{URL: "https://pay.evil.example/", Title: "Pay", Site: "bank.example"}))
	if !strings.Contains(drawn, "bank.example · pay.evil.example") {
		t.Errorf("where it leads does not show: %s", drawn)
	}
	if drawn := drawnAs(t, linked(text, Preview{})); drawn != "" {
		t.Errorf("of nothing there is %s", drawn)
	}
}
