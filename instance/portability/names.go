package portability

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/opengather/opengather/instance/internal/markup"
)

// nobody stands where somebody was mentioned who is gone.
const nobody = "@…"

// names finds one handle of somebody who is gone in what others said.
type names struct {
	handle string
	// here are the addresses that the community has or had, in small letters.
	here       []string
	link, word *regexp.Regexp
}

func naming(handle string, origins []string) names {
	n := names{handle: handle}
	for _, o := range origins {
		n.here = append(n.here, strings.ToLower(strings.TrimSuffix(o, "/")))
	}
	n.link = regexp.MustCompile(`<a href="/@` + handle + `"[^>]*>.*?</a>`)
	n.word = regexp.MustCompile(`(?i)@` + handle)
	return n
}

// outOf gives the text without her. In HTML a mention is a link around the name.
func (n names) outOf(t text) text {
	t.html = n.link.ReplaceAllLiteralString(t.html, nobody)
	t.title, t.body, t.html = n.blot(t.title), n.blot(t.body), n.blot(t.html)
	return t
}

// blot replaces the handle where it means her: as a mention, and in the address
// of her page here. Mail addresses, longer words and the pages of people
// elsewhere are not hers.
func (n names) blot(s string) string {
	var b strings.Builder
	from := 0
	for _, at := range n.word.FindAllStringIndex(s, -1) {
		before, after := s[:at[0]], s[at[1]:]
		if after != "" && inHandle(after[0]) || !n.mentioned(before, after) && !n.page(before) {
			continue
		}
		b.WriteString(s[from:at[0]] + nobody)
		from = at[1]
	}
	return b.String() + s[from:]
}

func (names) mentioned(before, after string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	return markup.Apart(r, []byte(after))
}

// page reports whether what stands before an @ makes it the address of a page
// of this community: a slash at the beginning of an address, or behind its own.
func (n names) page(before string) bool {
	before, slash := strings.CutSuffix(before, "/")
	if !slash || before == "" {
		return slash
	}
	if strings.ContainsAny(before[len(before)-1:], " \t\n\"'(<[>=") {
		return true
	}
	for _, origin := range n.here {
		if at := len(before) - len(origin); at >= 0 && strings.EqualFold(before[at:], origin) {
			return true
		}
	}
	return false
}

func inHandle(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
