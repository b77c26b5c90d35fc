package look

import (
	"math"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var (
	pairOf   = regexp.MustCompile(`(--[a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`)
	strictCS = "@media (prefers-contrast: more)"
)

// palette gives the colours of tokens.css by name, for one theme (0 light, 1
// dark); strict lays those of prefers-contrast over them.
func palette(t *testing.T, dark int, strict bool) map[string]rgb {
	t.Helper()
	usual, more, found := strings.Cut(string(read("static/css/tokens.css")), strictCS)
	if !found {
		t.Fatal("tokens.css says nothing for prefers-contrast")
	}
	colours := map[string]rgb{}
	take := func(css string) {
		for _, m := range pairOf.FindAllStringSubmatch(css, -1) {
			colours[m[1]], _ = parseHex(m[2+dark])
		}
	}
	take(usual)
	if strict {
		take(more)
	}
	return colours
}

// mixed is CSS color-mix(in srgb, a share, b).
func mixed(a, b rgb, share float64) rgb {
	mix := func(x, y float64) float64 { return x*share + y*(1-share) }
	return rgb{mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)}
}

// TestContrast holds that everything can be read: the tokens in every theme, and
// whatever colour a community chooses (WCAG 2.2, 1.4.3, 1.4.11).
func TestContrast(t *testing.T) {
	t.Run("tokens", tokensCanBeRead)
	t.Run("accents", accentsCanBeRead)
}

// tokensCanBeRead computes every pair of text and ground, and of control and
// ground, that the stylesheets make.
func tokensCanBeRead(t *testing.T) {
	surfaces := []string{"--paper", "--paper-2", "--sheet"}
	for _, theme := range []struct {
		name   string
		dark   int
		strict bool
	}{{"light", 0, false}, {"dark", 1, false}, {"light, more contrast", 0, true}, {"dark, more contrast", 1, true}} {
		c := palette(t, theme.dark, theme.strict)
		check := func(text, ground string, least float64) {
			t.Helper()
			a, okA := c[text]
			b, okB := c[ground]
			if !okA || !okB {
				t.Fatalf("tokens.css has no %s or no %s", text, ground)
			}
			if ratio := contrast(a, b); ratio < least {
				t.Errorf("%s: %s on %s is %.2f, less than %.1f", theme.name, text, ground, ratio, least)
			}
		}
		c["--accent-soft"] = mixed(c["--accent"], c["--sheet"], 0.09)
		for _, ground := range surfaces {
			for _, text := range []string{"--ink", "--ink-2", "--accent", "--going", "--maybe", "--no", "--waiting", "--danger"} {
				check(text, ground, 4.5)
			}
			check("--edge", ground, 3)
			check("--focus", ground, 3)
		}
		for _, tone := range []string{"--waiting", "--going", "--maybe", "--danger"} {
			ground := tone + "-notice"
			c[ground] = mixed(c[tone], c["--sheet"], 0.07)
			check("--ink", ground, 4.5)
			check("--accent", ground, 4.5)
			check(tone, ground, 3)
		}
		check("--ink", "--accent-soft", 4.5)
		check("--ink-2", "--accent-soft", 4.5)
		check("--accent-ink", "--accent", 4.5)
		check("--danger-ink", "--danger", 4.5)
		for i := range tones {
			name := "--tone-" + string(rune('0'+i))
			check(name+"-ink", name, 4.5)
		}
		if theme.strict {
			check("--ink-2", "--paper-2", 7)
			check("--line", "--paper", 3)
		}
	}
}

// TestGuardKnowsThePaper holds the colours written in Go to those in the
// stylesheet.
func TestGuardKnowsThePaper(t *testing.T) {
	for dark, guard := range []theme{lightTheme, darkTheme} {
		c := palette(t, dark, false)
		for i, name := range []string{"--paper", "--paper-2", "--sheet"} {
			if guard.surfaces[i] != c[name].hex() {
				t.Errorf("the guard takes %s for %s, tokens.css says %s", guard.surfaces[i], name, c[name].hex())
			}
		}
	}
	if light := palette(t, 0, false)["--accent"].hex(); light != DefaultAccent {
		t.Errorf("DefaultAccent is %s, tokens.css says %s", DefaultAccent, light)
	}
}

func accentsCanBeRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.Float64Range(0, 1)
		chosen := rgb{part.Draw(t, "red"), part.Draw(t, "green"), part.Draw(t, "blue")}.hex()
		light, dark, inkLight, inkDark := GuardAccent(chosen)
		for _, c := range []struct {
			accent, ink string
			theme       theme
		}{{light, inkLight, lightTheme}, {dark, inkDark, darkTheme}} {
			for _, ground := range append(c.theme.surfaces, c.ink) {
				if ratio := ratioOf(t, c.accent, ground); ratio < textContrast {
					t.Fatalf("%s became %s, which has %.2f against %s", chosen, c.accent, ratio, ground)
				}
			}
			if d := hueShift(chosen, c.accent); d > 0.2 {
				t.Fatalf("%s became %s, whose hue is %.2f rad away", chosen, c.accent, d)
			}
		}
		if again, _, _, _ := GuardAccent(light); again != light {
			t.Fatalf("%s passes and was changed to %s", light, again)
		}
	})
}

func ratioOf(t *rapid.T, a, b string) float64 {
	ca, okA := parseHex(a)
	cb, okB := parseHex(b)
	if !okA || !okB {
		t.Fatalf("%q or %q is no colour", a, b)
	}
	return contrast(ca, cb)
}

// hueShift is the angle between two hues in radians, 0 where one is so grey
// that it has none.
func hueShift(a, b string) float64 {
	ca, _ := parseHex(a)
	cb, _ := parseHex(b)
	la, lb := ca.oklab(), cb.oklab()
	if math.Hypot(la.a, la.b) < 0.03 || math.Hypot(lb.a, lb.b) < 0.03 {
		return 0
	}
	d := math.Abs(math.Atan2(la.b, la.a) - math.Atan2(lb.b, lb.a))
	return min(d, 2*math.Pi-d)
}

func TestGuardAccentOf(t *testing.T) {
	for _, c := range []struct{ name, chosen, light, inkLight string }{
		{"what can be read stays", "#17606b", "#17606b", "#ffffff"},
		{"black stays in the light", "#000000", "#000000", "#ffffff"},
		{"no colour is the default", "red; }", DefaultAccent, "#ffffff"},
		{"nothing is the default", "", DefaultAccent, "#ffffff"},
	} {
		light, _, inkLight, _ := GuardAccent(c.chosen)
		if light != c.light || inkLight != c.inkLight {
			t.Errorf("%s: got %s with ink %s, want %s with %s", c.name, light, inkLight, c.light, c.inkLight)
		}
	}
}

// TestAccentCSSTakesNoCSS holds that a community's colour cannot carry rules.
func TestAccentCSSTakesNoCSS(t *testing.T) {
	want := regexp.MustCompile(`^@layer tokens\{:root\{--accent:light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\);--accent-ink:light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\)\}\}\n$`)
	for _, chosen := range []string{"#ffd500", "#fff}body{display:none", "url(//x)", "#FFD500"} {
		if css := AccentCSS(chosen); !want.MatchString(css) {
			t.Errorf("%q became %q", chosen, css)
		}
	}
	if AccentVersion("#ffd500") == AccentVersion("#ffd501") || AccentVersion("#ffd500") != AccentVersion("#FFD500") {
		t.Error("the version does not follow the content")
	}
}

func TestContrastOfKnownPairs(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#ff0000", "#ffffff", 4.0}} {
		a, _ := parseHex(c.a)
		b, _ := parseHex(c.b)
		if got := contrast(a, b); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s on %s: got %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}
