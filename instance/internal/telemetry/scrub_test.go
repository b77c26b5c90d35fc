package telemetry_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/telemetry"
)

func TestScrub(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"database is locked", "database is locked"},
		{"UNIQUE constraint failed: member.handle", "UNIQUE constraint failed: member.handle"},
		{"open /data/og.sqlite: no space left on device", "open /data/og.sqlite: no space left on device"},
		{"can't read the members' list: it's locked", "can't read the members' list: it's locked"},
		{"started at 18:05:33, took 1.5 s", "started at 18:05:33, took 1.5 s"},
		{"step 3: post.publish: closed", "step 3: post.publish: closed"},
		// Quotations of every kind.
		{`no post "Anna's party" here`, "no post [quoted] here"},
		{`"a \"b\" c" d`, "[quoted] d"},
		{`parsing 'Anna' failed, as did 'Ben'`, "parsing [quoted] failed, as did [quoted]"},
		{"column `anna`", "column [quoted]"},
		{"„Anna“ and “Ben” and «Cem» and ‚Dora‘ and ‘Eve’.", "[quoted] and [quoted] and [quoted] and [quoted] and [quoted]."},
		{`never ends: "Anna and Ben`, "never ends: [quoted]"},
		{`invalid character '\'' after Anna`, "invalid character [quoted] after Anna"},
		{`key="Anna"`, "key=[quoted]"},
		// Mail addresses and handles.
		{"550 no mailbox anna.m+x@example.org here", "550 no mailbox [mail] here"},
		{"unknown <anna@[10.0.0.1]>, @ben", "unknown [mail] [mail]"},
		// Network addresses.
		{"dial tcp 203.0.113.7:443: connect: connection refused", "dial tcp [address]:443: connect: connection refused"},
		{"read tcp [2001:db8::7]:52311->[::1]:80: reset", "read tcp [[address]]:52311->[[address]]:80: reset"},
		{"from 2001:DB8::7: refused", "from [address]: refused"},
		{"from fe80::1%eth0.", "from [address]."},
		{"from ::ffff:203.0.113.7", "from [address]:[address]"},
		{"net fe80::/10 and 10.0.0.0/8", "net [address]/10 and [address]/8"},
		// URLs.
		{"Get https://anna:pw@example.org/~anna?token=1#x failed", "Get [url] failed"},
		{"GET /reset?token=abc&x=1 failed", "GET /reset[query] failed"},
		{"postgres://og:pw@db/og", "[url]"},
	} {
		if got := telemetry.Scrub(c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestScrubKeepsTheBeginningOfLongTexts(t *testing.T) {
	got := telemetry.Scrub("x" + strings.Repeat("ä", 1000))
	if len(got) > 310 || !utf8.ValidString(got) || !strings.HasPrefix(got, "xääää") || !strings.HasSuffix(got, "ä…") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

// Whatever the text, an address or a quotation in it is gone.
func FuzzScrub(f *testing.F) {
	for _, around := range []string{"", "a: ", "'", `"`, `\`, "?", "://", "@", "::", "“", "\xff", "1.2"} {
		f.Add(around, around)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, canary := range []string{"anna@example.org", "https://example.org/anna"} {
			got := telemetry.Scrub(before + " " + canary + " " + after)
			if strings.Contains(got, canary) {
				t.Errorf("%q is in %q", canary, got)
			}
		}
		if got := telemetry.Scrub(before + " 203.0.113.7 " + after); strings.Contains(got, "203.0.113.7") {
			t.Errorf("the address is in %q", got)
		}
	})
}
