package srctest

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/community"
)

var (
	onPage = regexp.MustCompile(`\B\*([A-Z][^*\n]+)\*\B`)
	// Code and what is bold are something else.
	noName = regexp.MustCompile("`[^`\n]*`|\\*\\*[^*\n]*\\*\\*")
)

// TestWordsOfPagesAreOnThem holds that what is set in italics for members and
// organisers, the names of pages and buttons, is what the pages say.
func TestWordsOfPagesAreOnThem(t *testing.T) {
	said := map[string]bool{}
	for _, name := range files(t, named("en.json")) {
		var messages map[string]string
		if err := json.Unmarshal([]byte(read(t, name)), &messages); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, words := range messages {
			said[words] = true
		}
	}
	found := 0
	for _, page := range []string{"docs/member.md", "docs/organiser.md"} {
		for _, m := range onPage.FindAllStringSubmatch(noName.ReplaceAllString(outsideBlocks(read(t, page)), ""), -1) {
			for words := range strings.SplitSeq(m[1], " → ") {
				found++
				if !said[words] {
					t.Errorf("%s speaks of %q, which no page says", page, words)
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d names were found", found)
	}
}

// TestPartsAreNamed holds that organisers are told of every part that they can
// switch off.
func TestPartsAreNamed(t *testing.T) {
	var line string
	for l := range strings.Lines(read(t, "docs/organiser.md")) {
		if strings.HasPrefix(l, "- **Parts**") {
			line = l
		}
	}
	for _, f := range community.Features {
		if !strings.Contains(line, string(f)) {
			t.Errorf("docs/organiser.md does not say that %q can be switched off: %q", f, line)
		}
	}
}
