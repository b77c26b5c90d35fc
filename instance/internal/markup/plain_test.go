package markup_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/opengather/opengather/instance/internal/markup"
	"github.com/opengather/opengather/instance/internal/markup/markuptest"
)

// The words of what is shown are the words that were stored to find it by.
func TestPlainHasTheSameWords(t *testing.T) {
	texts := []string{
		"", "one\n\ntwo", "*one* **two** `three` ~~four~~", "- one\n- two\n\n1. three", "> one\n> two", "# one\ntwo", "a & b < c &amp; &lt;d&gt;",
		"one\\\ntwo  \nthree", "| a | b |\n|---|---|\n| c | d |", "```\ncode <b>\n```", "[words](https://a.example/b)", "https://a.example/?a=b&c=d", "- [x] done\n- [ ] not yet",
		"![a picture](https://a.example/b.png)", "東京都で\n花見",
	}
	for _, p := range markuptest.Payloads {
		texts = append(texts, p.Text)
	}
	for _, text := range texts {
		r := markup.Render(text, markup.Options{})
		if got := markup.Plain(r.HTML); !slices.Equal(strings.Fields(got), strings.Fields(r.Plain)) {
			t.Errorf("the words of %q are\n%q, want\n%q", r.HTML, got, r.Plain)
		}
	}
	if got, want := markup.Plain("<p>one</p>\n<ul><li>two</li><li>three<br>four</li></ul>"), "one\n\ntwo\nthree\nfour"; got != want {
		t.Errorf("the blocks are %q, want %q", got, want)
	}
}
