package page

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/opengather/opengather/instance/internal/markup"
)

// render makes a body safe. People are not mentioned on pages: nobody is told of one.
func render(body string) (html, plain string) {
	words := markup.Render(body, markup.Options{})
	return headings(words.HTML), words.Plain
}

var heading = regexp.MustCompile(`(</?h)([3-6])([ >])`)

// headings gives the headings of a body the levels below the title of its page, which
// is the first: none is left out, whichever somebody began with. In what package markup
// gives nothing else looks like one.
func headings(html string) string {
	var used []string
	for _, m := range heading.FindAllStringSubmatch(html, -1) {
		if !slices.Contains(used, m[2]) {
			used = append(used, m[2])
		}
	}
	slices.Sort(used)
	last, closing := 1, false
	return heading.ReplaceAllStringFunc(html, func(tag string) string {
		m := heading.FindStringSubmatch(tag)
		if !closing {
			last = min(2+slices.Index(used, m[2]), last+1)
		}
		closing = !closing
		return m[1] + strconv.Itoa(last) + m[3]
	})
}
