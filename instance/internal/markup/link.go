package markup

import (
	"net/url"
	"regexp"
	"strings"
)

// address gives the href for a destination that somebody wrote. It is ok for
// http and https with a host, mailto, tel, and paths of this community, which
// begin with a slash. Everything else is refused: other schemes, addresses
// without a scheme that lead to another host, and those with a name before an
// @, which serve to make one host look like another.
func address(destination string) (href string, ok bool) {
	// Browsers read a backslash as a slash; url.Parse doesn't.
	if strings.Contains(destination, `\`) {
		return "", false
	}
	u, err := url.Parse(strings.TrimSpace(destination))
	if err != nil || u.User != nil {
		return "", false
	}
	switch u.Scheme {
	case "http", "https":
		ok = hosts.MatchString(u.Hostname())
	case "mailto", "tel":
		ok = u.Opaque != ""
	case "":
		ok = u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "//")
	}
	if !ok {
		return "", false
	}
	return escapes.Replace(u.String()), true
}

// hosts are names and addresses of version 4 or 6. net/url takes any character.
var hosts = regexp.MustCompile(`^(?:[\pL\pN\pM._\-]+|[0-9a-fA-F:.]+)$`)

// escapes are those of the URL standard that net/url leaves out in queries and
// after mailto and tel.
var escapes = strings.NewReplacer(" ", "%20", `"`, "%22", "<", "%3C", ">", "%3E", "`", "%60")
