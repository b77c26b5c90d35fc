package look

import (
	"embed"
	"time"

	"github.com/a-h/templ"

	"github.com/opengather/opengather/instance/internal/locale"
)

// Messages holds the words of the shell (shell.*) and of the components
// (look.*), for locale.Load.
//
//go:embed messages/*.json
var Messages embed.FS

// The places of the shell, for Page.Nav and for links. Whoever serves the pages
// mounts them at these paths.
const (
	NavHome   = "/home"
	NavSpaces = "/spaces"
	NavWrite  = "/compose"
	NavPeople = "/people"
	NavSearch = "/search"
	NavYou    = "/you"
	NavSignIn = "/login"
	NavLive   = "/live" // where the script listens; no page
)

// KeyField is the name of the hidden field that carries a form's one-time key.
const KeyField = "form_key"

// Page is what the shell needs to know to put a page together.
type Page struct {
	// Title names this page in the browser's tab, without the community's name.
	Title     string
	Community Community
	Viewer    Viewer
	// Text speaks the reader's language. Required.
	Text *locale.Printer
	// Nav is the place this page belongs to: one of the Nav constants, the URL
	// of one of Spaces, or empty.
	Nav string
	// Without are the Nav constants of places that this community has switched
	// off: nothing leads there.
	Without []string
	// Spaces are the viewer's spaces, in the order in which the rail lists them.
	Spaces []NavSpace
	// Flash is said once above the page's content: what the last form did.
	Flash []Notice
	// FormKey is the one-time key for the forms on this page.
	FormKey string
	Now     time.Time
	// NoIndex asks search engines to stay away. A signed-in page always does.
	NoIndex bool
	// Wide lets the content use the right rail's room too; Narrow is for forms.
	Wide, Narrow bool
	// Aside fills the right rail on wide screens and follows the content on
	// small ones. Nil when there is nothing to show.
	Aside templ.Component
	// Modules are the page's own scripts: file names in static/modules.
	Modules []string
	// Foot are the links at the end: about, rules, privacy.
	Foot []Link
	// Host is named at the end as the only host the page has contacted.
	Host string
	// Feeds are where a feed reader finds what this page shows.
	Feeds []Feed
	// Theme is the viewer's choice, "light" or "dark"; empty follows the device.
	Theme string
}

// Community is the place the page belongs to.
type Community struct {
	Name string
	// AccentVersion is look.AccentVersion of the chosen colour; empty for the
	// colour OpenGather comes with.
	AccentVersion string
	// Locale is the community's own language, which may differ from the reader's.
	Locale string
	// Picture is the URL of a square picture on our own host, or empty.
	Picture string
}

// Viewer is who looks at the page. The zero Viewer is a stranger.
type Viewer struct {
	SignedIn  bool
	Name      string
	Handle    string
	AvatarURL string
	// Role is the viewer's role in words, empty for a plain member.
	Role string
	// NoShortcuts is true for a viewer who switched keyboard shortcuts off
	// (WCAG 2.2, 2.1.4).
	NoShortcuts bool
}

// Person is the viewer as components show people.
func (v Viewer) Person() Person {
	return Person{Name: v.Name, Handle: v.Handle, AvatarURL: v.AvatarURL, URL: NavYou}
}

// NavSpace is one of the viewer's spaces in the rail.
type NavSpace struct {
	Name, URL string
	// Unread is how many posts the viewer has not seen; 0 shows nothing.
	Unread int
	// Kind is "open", "closed" or "secret" and chooses the sign before the name.
	Kind string
}

func (s NavSpace) icon() string {
	if s.Kind == "secret" || s.Kind == "closed" {
		return "lock"
	}
	return "layers"
}

// Link is a name and where it leads.
type Link struct{ Label, URL string }

// Feed is an address for feed readers; Type is its media type.
type Feed struct{ Title, URL, Type string }

// FeedsAt are both feeds of a place: its address is that of the page, without a
// slash at the end.
func FeedsAt(path, title string) []Feed {
	return []Feed{
		{title, path + "/feed.atom", "application/atom+xml"},
		{title, path + "/feed.json", "application/feed+json"},
	}
}

// fullTitle is the text of <title>: page first, since tabs cut the end off.
func (p Page) fullTitle() string {
	switch {
	case p.Title == "" || p.Title == p.Community.Name:
		return p.Community.Name
	case p.Community.Name == "":
		return p.Title
	}
	return p.Title + " · " + p.Community.Name
}

func (p Page) shellClass() string {
	switch {
	case p.Wide:
		return "shell shell-wide"
	case p.Narrow:
		return "shell shell-narrow"
	}
	return "shell"
}
