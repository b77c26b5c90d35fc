package look

import (
	"net/url"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Preview is what a post shows of a page elsewhere that it links to: nothing without a
// title. All its words are strangers'.
type Preview struct {
	URL, Title, Description string
	// Site is what the page calls where it is. The host in its address is always
	// shown: whoever made the page cannot choose that.
	Site string
	// Picture is the address of a picture from here; empty without. Width and Height
	// are in pixels.
	Picture       string
	Width, Height int
}

// where says where the link leads.
func (p Preview) where(t *locale.Printer) string {
	u, err := url.Parse(p.URL)
	if err != nil || p.Site == "" || p.Site == u.Hostname() {
		return p.host()
	}
	return t.Text("look.preview_site", locale.S("site", p.Site), locale.S("host", p.host()))
}

func (p Preview) host() string {
	u, err := url.Parse(p.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
