package markuptest

import (
	"strings"
	"testing"
)

const own = "https://garden.example"

func TestPayloadsNameTheirHostAndAreDistinct(t *testing.T) {
	if len(Payloads) < 70 {
		t.Errorf("%d payloads, want at least 70", len(Payloads))
	}
	names, texts := map[string]bool{}, map[string]bool{}
	for _, p := range Payloads {
		if !strings.Contains(p.Text, Marker) {
			t.Errorf("%s does not contain %s", p.Name, Marker)
		}
		if names[p.Name] || texts[p.Text] {
			t.Errorf("%s is there twice", p.Name)
		}
		names[p.Name], texts[p.Text] = true, true
	}
}

// A payload that would do nothing on a page proves nothing by not being there.
func TestEveryHTMLPayloadWouldHarmAPage(t *testing.T) {
	for _, p := range Payloads {
		if !strings.HasPrefix(p.Name, "html/") {
			continue
		}
		for _, page := range []string{p.Text, "<!DOCTYPE html><title>x</title><main><p>" + p.Text} {
			if strings.HasPrefix(p.Name, "html/frameset") && page != p.Text {
				continue // a frameset counts only in an empty page
			}
			if len(ForeignRequests(own, page)) == 0 {
				t.Errorf("%s: nothing found in %s", p.Name, page)
			}
		}
	}
}
