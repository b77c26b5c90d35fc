package proxy

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// documented is the only block of that kind in docs/operator.md that has these
// words, with other addresses and files: pairs of what stands there and what
// stands here, each of which has to be there once.
func documented(t testing.TB, kind, words string, instead ...string) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/operator.md")
	if err != nil {
		t.Fatal(err)
	}
	text, err := rewritten(string(page), kind, words, instead)
	if err != nil {
		t.Fatalf("docs/operator.md: %v", err)
	}
	return text
}

func rewritten(page, kind, words string, instead []string) (string, error) {
	var found []string
	blocks := regexp.MustCompile("(?ms)^```" + regexp.QuoteMeta(kind) + "\n(.*?)^```$")
	for _, m := range blocks.FindAllStringSubmatch(page, -1) {
		if strings.Contains(m[1], words) {
			found = append(found, m[1])
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d blocks of the kind %s have %q", len(found), kind, words)
	}
	text := found[0]
	for i := 0; i < len(instead); i += 2 {
		if n := strings.Count(found[0], instead[i]); n != 1 {
			return "", fmt.Errorf("%q stands %d times in\n%s", instead[i], n, found[0])
		}
		text = strings.Replace(text, instead[i], instead[i+1], 1)
	}
	return text, nil
}

// TestWhatIsDocumentedIsTaken holds that a configuration that says something else
// than before is not quietly taken for the one of before.
func TestWhatIsDocumentedIsTaken(t *testing.T) {
	const page = "a\n```nginx\nlisten 443 ssl;\nroot /;\n```\n```yaml\nlisten: 1\n```\n"
	got, err := rewritten(page, "nginx", "listen", []string{"443", "1443"})
	if err != nil || got != "listen 1443 ssl;\nroot /;\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, x := range []struct{ kind, words, old string }{
		{"nginx", "listen", "80"}, {"nginx", "proxy", "443"}, {"caddy", "", "443"}, {"nginx", "", "s"},
	} {
		if got, err := rewritten(page, x.kind, x.words, []string{x.old, "x"}); err == nil {
			t.Errorf("%+v gives %q", x, got)
		}
	}
}
