package markup

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

const (
	linkRel      = "noopener noreferrer nofollow ugc"
	classMention = "mention"
	classTask    = "task"
	classCenter  = "align-center"
	classRight   = "align-right"
)

// policy is the second layer: the list of everything that the writer writes.
var policy = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "hr", "br",
		"table", "thead", "tbody", "tr", "th", "td", "code", "em", "strong", "del")
	p.AllowAttrs("dir").Matching(exactly("auto|ltr|rtl")).
		OnElements("p", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "pre", "table", "th", "td", "a")
	p.AllowAttrs("start").Matching(exactly("[0-9]{1,9}")).OnElements("ol")
	p.AllowAttrs("class").Matching(exactly(classTask)).OnElements("li")
	p.AllowAttrs("class").Matching(exactly(classCenter+"|"+classRight)).OnElements("th", "td")

	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.AllowAttrs("rel").Matching(exactly(linkRel)).OnElements("a")
	p.AllowAttrs("class").Matching(exactly(classMention)).OnElements("a")
	return p
}

func exactly(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`)
}
