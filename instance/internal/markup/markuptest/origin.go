package markuptest

import (
	"net/url"
	"regexp"
	"strings"
)

// origin is a scheme and host with port, "" for both if there is none.
type origin struct{ scheme, host string }

func parseOrigin(s string) origin {
	u, err := url.Parse(s)
	if err != nil {
		return origin{}
	}
	return origin{strings.ToLower(u.Scheme), strings.ToLower(u.Host)}
}

// leaves says whether an address on a page of this origin leads a browser
// anywhere else, by the rules of the URL standard, which forgive more than
// net/url does. Where a browser might or might not, it does.
func (o origin) leaves(address string) bool {
	s := normal(address)
	switch kind := scheme(s); kind {
	case "":
		rest, absolute := strings.CutPrefix(s, "//")
		return absolute && o.otherHost(rest)
	case "http", "https":
		return kind != o.scheme || o.otherHost(s[len(kind)+1:])
	case "data":
		return !picture.MatchString(s)
	case "about":
		return s != "about:blank"
	default:
		return true
	}
}

// otherHost looks at what follows the scheme. Browsers skip any number of slashes.
func (o origin) otherHost(rest string) bool {
	rest = strings.TrimLeft(rest, "/")
	host := rest
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		host = rest[:end]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	return host != "" && !strings.EqualFold(host, o.host)
}

// picture is what img-src data: is for. A picture in SVG is a document.
var picture = regexp.MustCompile(`(?i)^data:image/(?:png|jpeg|gif|webp|avif)[;,]`)

var schemes = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.\-]*:`)

// scheme gives the scheme in lower case without its colon, "" if there is none.
func scheme(s string) string {
	return strings.ToLower(strings.TrimSuffix(schemes.FindString(s), ":"))
}

// looksLikeAddress says whether a value that may be anything is an absolute
// address. A colon alone does not make one: "hover:none" is not.
func looksLikeAddress(value string) bool {
	s := normal(value)
	switch scheme(s) {
	case "":
		return strings.HasPrefix(s, "//")
	case "http", "https", "ftp", "ws", "wss", "data", "blob", "file", "javascript", "vbscript", "js":
		return true
	}
	return false
}

// normal removes what browsers ignore in addresses (URL standard, basic URL
// parser, steps 1 to 3) and turns backslashes into the slashes they stand for.
func normal(address string) string {
	s := strings.TrimFunc(address, func(r rune) bool { return r <= ' ' })
	return ignored.Replace(s)
}

var ignored = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
