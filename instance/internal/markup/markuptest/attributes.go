package markuptest

import (
	"strings"

	"golang.org/x/net/html"
)

// addressAttributes hold one address (HTML, attributes index; SVG 2; MathML;
// and what browsers once took). Any scheme in them is a finding.
var addressAttributes = set(`src href data action formaction poster background cite longdesc classid codebase
	archive code manifest icon profile usemap lowsrc dynsrc xlink:href xml:base definitionurl pluginspage pluginurl
	sse-connect ws-connect`)

// textAttributes hold words that people read or write: an address in them is
// just words. So are data-* and aria-*.
var textAttributes = set(`alt title content value placeholder label name property xmlns xmlns:xlink`)

// animated are the attributes with which SVG gives other attributes a value.
var animated = set(`to from by values`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

func (f *finder) attribute(n *html.Node, a html.Attribute) {
	element, name := strings.ToLower(n.Data), strings.ToLower(a.Key)
	where := element + " " + name
	htmx, isHTMX := strings.CutPrefix(strings.TrimPrefix(name, "data-"), "hx-")
	switch {
	case strings.HasPrefix(name, "on"), isHTMX && strings.HasPrefix(htmx, "on"):
		f.report(where, a.Val)
	case name == "ping" || name == "attributionsrc":
		f.report(where, a.Val)
	case element == "a" && n.Namespace == "" && name == "href":
		f.click(where, a.Val)
	case name == "srcdoc":
		f.document(a.Val)
	case name == "srcset" || name == "imagesrcset":
		for _, address := range candidates(a.Val) {
			f.address(where, address)
		}
	case addressAttributes[name], element == "param" && name == "value":
		f.address(where, a.Val)
	case animates(element) && animated[name]:
		for value := range strings.SplitSeq(a.Val, ";") {
			f.address(where, value)
		}
	case textAttributes[name], strings.HasPrefix(name, "aria-"), !isHTMX && strings.HasPrefix(name, "data-"):
	default:
		f.unknown(where, a.Val)
	}
}

func animates(element string) bool {
	return element == "set" || strings.HasPrefix(element, "animate")
}

// address reports an address that a browser would fetch by itself.
func (f *finder) address(where, address string) {
	if f.origin.leaves(address) {
		f.report(where, address)
	}
}

// click reports an address that does more on a click than lead somewhere.
func (f *finder) click(where, address string) {
	switch scheme(normal(address)) {
	case "", "http", "https", "mailto", "tel":
	default:
		f.report(where, address)
	}
}

// unknown reports a value that looks like an address or a style with one,
// whatever the attribute is for. htmx sends requests of its own accord to
// addresses in its attributes.
func (f *finder) unknown(where, value string) {
	if looksLikeAddress(value) {
		f.address(where, value)
	}
	if strings.Contains(value, "(") {
		f.css(where, value)
	}
}

// document looks into a frame that brings its document along.
func (f *finder) document(page string) {
	if f.frames == 3 {
		f.report("srcdoc", "frames nested too deep")
		return
	}
	f.frames++
	f.page(page)
	f.frames--
}

// candidates splits a srcset into its addresses (HTML, parsing a srcset attribute).
func candidates(srcset string) []string {
	const space = " \t\n\f\r"
	var addresses []string
	for {
		srcset = strings.TrimLeft(srcset, space+",")
		if srcset == "" {
			return addresses
		}
		end := strings.IndexAny(srcset, space)
		if end < 0 {
			end = len(srcset)
		}
		address := srcset[:end]
		srcset = srcset[end:]
		bare := strings.TrimRight(address, ",")
		addresses = append(addresses, bare)
		if bare == address {
			_, srcset, _ = strings.Cut(srcset, ",")
		}
	}
}
