package markup_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/markup"
)

const rel = ` rel="noopener noreferrer nofollow ugc"`

func TestRenderWritesWhatMembersMean(t *testing.T) {
	for _, c := range []struct{ name, text, html, plain string }{
		{"nothing", " \n ", "", ""},
		{"line breaks stay", "a\nb\r\nc", "<p dir=\"auto\">a<br>\nb<br>\nc</p>\n", "a\nb\nc"},
		{
			"emphasis", "*a* **b** ~~c~~ `d < e`",
			"<p dir=\"auto\"><em>a</em> <strong>b</strong> <del>c</del> <code>d &lt; e</code></p>\n", "a b c d < e",
		},
		{
			"headings never reach those of the page", "# a\n## b\n\nc\n===\n\n###### d",
			"<h3 dir=\"auto\">a</h3>\n<h4 dir=\"auto\">b</h4>\n<h3 dir=\"auto\">c</h3>\n<h6 dir=\"auto\">d</h6>\n", "a\nb\nc\nd",
		},
		{"quote", "> a", "<blockquote dir=\"ltr\">\n<p dir=\"auto\">a</p>\n</blockquote>\n", "a"},
		{
			"lists", "- a\n\n3. b",
			"<ul dir=\"ltr\">\n<li dir=\"ltr\">\na\n</li>\n</ul>\n<ol start=\"3\" dir=\"ltr\">\n<li dir=\"ltr\">\nb\n</li>\n</ol>\n", "a\nb",
		},
		{
			"task list", "- [ ] a\n- [x] b",
			"<ul dir=\"ltr\">\n<li class=\"task\" dir=\"ltr\">\n☐ a\n</li>\n<li class=\"task\" dir=\"ltr\">\n☑\ufe0e b\n</li>\n</ul>\n", "☐ a\n☑\ufe0e b",
		},
		{
			"table", "|a|b|\n|:-:|-:|\n|1|2|",
			"<table dir=\"ltr\">\n<thead>\n<tr>\n<th class=\"align-center\" dir=\"auto\">a</th>\n<th class=\"align-right\" dir=\"auto\">b</th>\n</tr>\n</thead>\n" +
				"<tbody>\n<tr>\n<td class=\"align-center\" dir=\"auto\">1</td>\n<td class=\"align-right\" dir=\"auto\">2</td>\n</tr>\n</tbody>\n</table>\n", "a\nb\n1\n2",
		},
		{"code block", "```go\n<b>\n```", "<pre dir=\"auto\"><code>&lt;b&gt;\n</code></pre>\n", "<b>"},
		{"rule", "---", "<hr>\n", ""},
		{"tags are words", "I <3 <b>you</b>", "<p dir=\"auto\">I &lt;3 &lt;b&gt;you&lt;/b&gt;</p>\n", "I <3 <b>you</b>"},
		{"entities and backslashes", `&copy; \*a\* &lt; \&lt;`, "<p dir=\"auto\">© *a* &lt; &amp;lt;</p>\n", "© *a* < &lt;"},
		{"right to left", "- שלום\n\n> 1. مرحبا", "<ul dir=\"rtl\">\n<li dir=\"rtl\">\nשלום\n</li>\n</ul>\n<blockquote dir=\"rtl\">\n<ol dir=\"rtl\">\n<li dir=\"rtl\">\nمرحبا\n</li>\n</ol>\n</blockquote>\n", "שלום\nمرحبا"},
		{"no direction", "- 1", "<ul>\n<li>\n1\n</li>\n</ul>\n", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := markup.Render(c.text, markup.Options{})
			if got.HTML != c.html {
				t.Errorf("HTML of %q\n got %q\nwant %q", c.text, got.HTML, c.html)
			}
			if got.Plain != c.plain {
				t.Errorf("plain text of %q\n got %q\nwant %q", c.text, got.Plain, c.plain)
			}
		})
	}
}

// a is a link as Render writes it.
func a(href, text string) string { return `<a href="` + href + `"` + rel + `>` + text + `</a>` }

func TestLinks(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`[a](https://x.example/b?c=1&d=2#e "title")`, a("https://x.example/b?c=1&amp;d=2#e", "a")},
		{`[a](/s/garden)`, a("/s/garden", "a")},
		{`[a](https://[2001:db8::1]:8080/)`, a("https://[2001:db8::1]:8080/", "a")},
		{`[a](tel:+49123)`, a("tel:+49123", "a")},
		{`[a](mailto:a@x.example)`, a("mailto:a@x.example", "a")},
		{`[a](<https://x.example/b c"d>)`, a("https://x.example/b%20c%22d", "a")},
		{`[a](<https://x.example/?b c"d'>)`, a("https://x.example/?b%20c%22d&#39;", "a")},
		{`[a][b] [b]` + "\n\n[b]: https://x.example/", a("https://x.example/", "a") + " " + a("https://x.example/", "b")},
		{`[](https://x.example/)`, a("https://x.example/", "https://x.example/")},

		{`<https://x.example/>`, a("https://x.example/", "https://x.example/")},
		{`see https://x.example/a_b_(c).`, "see " + a("https://x.example/a_b_(c)", "https://x.example/a_b_(c)") + "."},
		{`**https://x.example/**`, "<strong>" + a("https://x.example/", "https://x.example/") + "</strong>"},
		{`https://x.example/Straße`, a("https://x.example/Stra%C3%9Fe", "https://x.example/Straße")},
		{`https://x.example/a次`, a("https://x.example/a", "https://x.example/a") + "次"},
		{`http://nas:8080/a`, a("http://nas:8080/a", "http://nas:8080/a")},
		{`www.x.example`, a("http://www.x.example", "www.x.example")},
		{`a@x.example`, a("mailto:a@x.example", "a@x.example")},
		{`[see https://x.example/]`, "[see " + a("https://x.example/", "https://x.example/") + "]"},
		{`[https://x.example/](https://y.example/)`, a("https://y.example/", "https://x.example/")},

		{`![a *b*](https://x.example/c.png)`, a("https://x.example/c.png", "a b")},
		{`![](https://x.example/c.png)`, a("https://x.example/c.png", "https://x.example/c.png")},
		{`[![a](https://x.example/c.png)](https://y.example/)`, a("https://y.example/", "a")},
		{`![a [b](https://y.example/) c](https://x.example/)`, a("https://x.example/", "a b c")},
		{`![a [b](https://y.example/) @anna *c* ` + "`d`" + `](data:)`, "a b @anna c d"},
		{`![a](data:image/png;base64,AA==)`, "a"},

		{`[a](javascript:b)`, "a (javascript:b)"},
		{`[a](x.example)`, "a (x.example)"},
		{`[a](//x.example/)`, "a (//x.example/)"},
		{`[a](////x.example/)`, "a (////x.example/)"},
		{strings.Repeat("a", 65) + `@x.example`, strings.Repeat("a", 65) + "@x.example"},
		{"![a\nb](https://x.example/)", a("https://x.example/", "a<br>\nb")},
		{`[a](/\x.example/)`, `a (/\x.example/)`},
		{`[a](https:x.example)`, "a (https:x.example)"},
		{`[a](https:///x.example)`, "a (https:///x.example)"},
		{`[a](https://y.example@x.example/)`, "a (https://y.example@x.example/)"},
		{`[a](https://x,example/) [b](https://"/)`, "a (https://x,example/) b (https://&#34;/)"},
		{`[a](ftp://x.example/)`, "a (ftp://x.example/)"},
		{`[a](mailto:)`, "a (mailto:)"},
		{`[a](#b) [c](?d) [e](../f)`, "a (#b) c (?d) e (../f)"},
		{`[a]()`, "a"},
		{`<javascript:b>`, "javascript:b"},
	} {
		want := "<p dir=\"auto\">" + c.want + "</p>\n"
		if got := markup.Render(c.text, markup.Options{}).HTML; got != want {
			t.Errorf("%s\n got %q\nwant %q", c.text, got, want)
		}
	}
}

func TestMentionsAreFoundWhereSomebodyIsMeant(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"@anna and @bob_2: @anna", []string{"anna", "bob_2"}},
		{"(@anna) **@bob** @_x_ *@_y_*\n@next", []string{"anna", "bob", "_x_", "_y_", "next"}},
		{"@Anna", []string{"anna"}},
		{"@annaさん @annaครับ @anna's", []string{"anna"}},
		{"> - @anna\n\n# @bob\n\n|@cy|\n|-|", []string{"anna", "bob", "cy"}},
		{"@a @" + strings.Repeat("a", 31), nil},
		{"@" + strings.Repeat("a", 30), []string{strings.Repeat("a", 30)}},
		{"x@anna.example <x@anna.example> https://x.example/@anna /@anna @@anna é@anna", nil},
		{"@andré @ande\u0301 @anna@x.example \\@anna", nil},
		{"`@anna`\n\n    @anna\n\n```\n@anna\n```", nil},
		{"[@anna](https://x.example/) ![@anna](https://x.example/)", nil},
	} {
		if got := markup.Render(c.text, markup.Options{}).Mentions; !slices.Equal(got, c.want) {
			t.Errorf("%q\n got %q\nwant %q", c.text, got, c.want)
		}
	}
}

func TestMentionsLeadToWhoHasTheHandle(t *testing.T) {
	asked := map[string]int{}
	got := markup.Render("@Anna, @nobody @anna @evil @nameless `@code`", markup.Options{
		Mention: func(handle string) (href, name string, ok bool) {
			asked[handle]++
			switch handle {
			case "anna":
				return "/@anna", "Anna\u202e <b>", true
			case "evil":
				return "javascript:x", "Evil", true
			case "nameless":
				return "/@nameless", " ", true
			}
			return "/@" + handle, "Nobody", false
		},
	})
	anna := `<a href="/@anna"` + rel + ` class="mention" dir="auto">Anna &lt;b&gt;</a>`
	want := `<p dir="auto">` + anna + ", @nobody " + anna + " @evil @nameless <code>@code</code></p>\n"
	if got.HTML != want {
		t.Errorf("got  %s\nwant %s", got.HTML, want)
	}
	if want := "@Anna, @nobody @anna @evil @nameless @code"; got.Plain != want {
		t.Errorf("plain text %q, want %q", got.Plain, want)
	}
	if len(asked) != 4 || asked["anna"] != 1 {
		t.Errorf("asked %v, want each handle once and none in code", asked)
	}
}

func TestMentionsEndAtTheirMaximum(t *testing.T) {
	var text strings.Builder
	for i := range 2 * markup.MaxMentions {
		fmt.Fprintf(&text, "@m%d ", i)
	}
	asked := 0
	got := markup.Render(text.String()+"@m0", markup.Options{
		Mention: func(handle string) (string, string, bool) { asked++; return "/@" + handle, handle, true },
	})
	if asked != markup.MaxMentions || len(got.Mentions) != markup.MaxMentions {
		t.Errorf("asked for %d and found %d, want %d", asked, len(got.Mentions), markup.MaxMentions)
	}
	if links := strings.Count(got.HTML, "<a "); links != markup.MaxMentions+1 {
		t.Errorf("%d links, want one for each that was asked for and one for the repeated first", links)
	}
	if last := fmt.Sprintf("@m%d", 2*markup.MaxMentions-1); !strings.Contains(got.HTML, last) {
		t.Errorf("%s is gone", last)
	}
}

func TestMisleadingCharactersAreRemoved(t *testing.T) {
	got := markup.Render("a\x00b\x1bc\u202ed\u2066e\ufefff &#x202e;&#0;g `h\u202ei` \xff", markup.Options{})
	if want := "<p dir=\"auto\">abcdef \ufffdg <code>hi</code> \ufffd</p>\n"; got.HTML != want {
		t.Errorf("got %q, want %q", got.HTML, want)
	}
	family, persian := "👨\u200d👩\u200d👧", "می\u200cخواهم\u200f"
	if got := markup.Render(family+persian, markup.Options{}).Plain; got != family+persian {
		t.Errorf("got %q, want joiners and marks kept", got)
	}
}
