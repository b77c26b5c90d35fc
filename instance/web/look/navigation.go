package look

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// htmxConfig keeps htmx within the content security policy: no style element of
// its own, requests to this origin only. An error is never put into the page in
// place of a piece of it, also when a proxy answers for us.
const htmxConfig = `includeIndicatorCSS:false,mode:"same-origin",noSwap:'[204,304,"4xx","5xx"]'`

// place is one entry of the shell's navigation.
type place struct {
	URL, Icon, Key string
	// Class says on which screens the entry shows.
	Class string
}

var memberPlaces = []place{
	{URL: NavHome, Icon: "house", Key: "shell.home"},
	{URL: NavSpaces, Icon: "layers", Key: "shell.spaces"},
	{URL: NavWrite, Icon: "plus", Key: "shell.write_short", Class: "place-write"},
	{URL: NavPeople, Icon: "users", Key: "shell.people"},
	{URL: NavSearch, Icon: "search", Key: "shell.search", Class: "place-search"},
	{URL: NavYou, Icon: "user", Key: "shell.you", Class: "place-you"},
}

var strangerPlaces = []place{
	{URL: "/", Icon: "house", Key: "shell.home"},
	{URL: NavSignIn, Icon: "log-in", Key: "shell.sign_in"},
}

func (p Page) places() []place {
	if !p.Viewer.SignedIn {
		return strangerPlaces
	}
	return slices.DeleteFunc(slices.Clone(memberPlaces), func(x place) bool { return p.lacks(x.URL) })
}

func (p Page) lacks(url string) bool { return slices.Contains(p.Without, url) }

// keptPlaces is the navigation as it was drawn before from the same, or newly.
func keptPlaces(p Page) templ.Component {
	s := newSource(p.Text, p.Now, "places")
	s.text(p.Nav)
	s.text(p.Without...)
	s.flag(p.Viewer.SignedIn)
	s.person(p.Viewer.Person())
	for _, x := range p.Spaces {
		s.text(x.Name, x.URL, x.Kind)
		s.number(x.Unread)
	}
	draw := func() templ.Component { return places(p) }
	return piece(s, draw, draw)
}

func keptShortcuts(p Page) templ.Component {
	s := newSource(p.Text, p.Now, "shortcuts")
	s.text(p.Without...)
	draw := func() templ.Component { return shortcuts(p) }
	return piece(s, draw, draw)
}

func (p Page) homeURL() string {
	if p.Viewer.SignedIn {
		return NavHome
	}
	return "/"
}

// shortcut is one line of the list that "?" opens. static/js/shortcuts.js obeys
// the same keys; a test compares the two.
type shortcut struct {
	Keys []string
	Text string
	// Place is where it leads, if that can be switched off.
	Place string
}

var shortcutKeys = []shortcut{
	{Keys: []string{"?"}, Text: "shell.shortcut_help"},
	{Keys: []string{"/"}, Text: "shell.shortcut_search", Place: NavSearch},
	{Keys: []string{"c"}, Text: "shell.shortcut_write"},
	{Keys: []string{"g", "h"}, Text: "shell.shortcut_home"},
	{Keys: []string{"g", "s"}, Text: "shell.shortcut_spaces"},
	{Keys: []string{"g", "p"}, Text: "shell.shortcut_people", Place: NavPeople},
	{Keys: []string{"g", "y"}, Text: "shell.shortcut_you"},
	{Keys: []string{"j"}, Text: "shell.shortcut_next"},
	{Keys: []string{"k"}, Text: "shell.shortcut_previous"},
	{Keys: []string{"Esc"}, Text: "shell.shortcut_close"},
}

func (p Page) shortcuts() []shortcut {
	return slices.DeleteFunc(slices.Clone(shortcutKeys), func(s shortcut) bool { return p.lacks(s.Place) })
}

// short keeps a count narrow: what matters beyond 99 is that it is many.
func short(count int) string {
	if count > 99 {
		return "99+"
	}
	return strconv.Itoa(count)
}

// themeColour is what a phone's browser paints around the page.
type themeColour struct{ Colour, Media string }

// The browser's frame has the colour of the paper in static/css/tokens.css.
const (
	paperLight = "#faf7f1"
	paperDark  = "#1b1916"
)

func themeColours(theme string) []themeColour {
	switch theme {
	case "light":
		return []themeColour{{Colour: paperLight}}
	case "dark":
		return []themeColour{{Colour: paperDark}}
	}
	return []themeColour{
		{paperLight, "(prefers-color-scheme: light)"},
		{paperDark, "(prefers-color-scheme: dark)"},
	}
}
