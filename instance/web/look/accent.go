package look

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync/atomic"
)

// DefaultAccent is the colour of a community that has not chosen one.
const DefaultAccent = "#17606b"

// The lowest contrast of an accent on any surface and of its ink on it
// (WCAG 2.2, 1.4.3).
const textContrast = 4.5

// theme is what an accent has to stand out from.
type theme struct {
	// surfaces are --paper, --paper-2 and --sheet of static/css/tokens.css.
	surfaces []string
	// inks are the two colours text on the accent may have, preferred first.
	inks []string
	// darker says in which direction the accent moves away from the paper.
	darker bool
}

var (
	lightTheme = theme{[]string{paperLight, "#f1ece3", "#fffefb"}, []string{"#ffffff", "#1b1916"}, true}
	darkTheme  = theme{[]string{paperDark, "#25221e", "#211e1b"}, []string{"#141210", "#ffffff"}, false}
)

// GuardAccent turns the colour that a community chose into four that can be
// read: the accent for the light and for the dark theme, each at least 4.5:1 on
// every surface, and the ink for text upon each, at least 4.5:1 too. Hue is
// kept, lightness moves no further than needed. What is no colour becomes
// DefaultAccent.
func GuardAccent(chosen string) (light, dark, inkLight, inkDark string) {
	colour, ok := parseHex(chosen)
	if !ok {
		colour, _ = parseHex(DefaultAccent)
	}
	light, inkLight = lightTheme.guard(colour)
	dark, inkDark = darkTheme.guard(colour)
	return light, dark, inkLight, inkDark
}

// guard walks from the colour's own lightness away from the paper until it can
// be read. The walk ends: black and white pass in their themes.
func (t theme) guard(colour rgb) (accent, ink string) {
	step := 0.005
	if t.darker {
		step = -step
	}
	lab := colour.oklab()
	candidate := colour
	for l := lab.l; ; l += step {
		if ink, ok := t.accepts(candidate); ok {
			return candidate.hex(), ink
		}
		if l < 0 || l > 1 {
			return t.inks[1], t.inks[0]
		}
		candidate = lab.at(l + step)
	}
}

func (t theme) accepts(c rgb) (ink string, ok bool) {
	rounded, _ := parseHex(c.hex())
	for _, surface := range t.surfaces {
		s, _ := parseHex(surface)
		if contrast(rounded, s) < textContrast {
			return "", false
		}
	}
	for _, ink := range t.inks {
		i, _ := parseHex(ink)
		if contrast(rounded, i) >= textContrast {
			return ink, true
		}
	}
	return "", false
}

// AccentCSS is the stylesheet with a community's colour. It belongs after
// app.css, into whose layer it puts the four guarded colours.
func AccentCSS(accent string) string {
	light, dark, inkLight, inkDark := GuardAccent(accent)
	return fmt.Sprintf("@layer tokens{:root{--accent:light-dark(%s,%s);--accent-ink:light-dark(%s,%s)}}\n", light, dark, inkLight, inkDark)
}

// AccentVersion names the content of AccentCSS: a new colour, or a new way to
// guard it, gives a new version and so a new URL.
func AccentVersion(accent string) string {
	if last := lastAccent.Load(); last != nil && last.accent == accent {
		return last.version
	}
	sum := sha256.Sum256([]byte(AccentCSS(accent)))
	version := hex.EncodeToString(sum[:6])
	lastAccent.Store(&accentVersion{accent, version})
	return version
}

type accentVersion struct{ accent, version string }

// lastAccent spares every page the guard's work: nearly all ask for one colour.
var lastAccent atomic.Pointer[accentVersion]

// AccentURL is where the page looks for AccentCSS; it may be kept for ever.
func AccentURL(version string) string { return "/static/accent." + version + ".css" }
