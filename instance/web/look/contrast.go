package look

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour in sRGB, each part from 0 to 1.
type rgb struct{ r, g, b float64 }

// parseHex reads "#rrggbb".
func parseHex(s string) (rgb, bool) {
	if len(s) != 7 || s[0] != '#' {
		return rgb{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 32)
	if err != nil {
		return rgb{}, false
	}
	return rgb{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, true
}

func (c rgb) hex() string {
	part := func(v float64) int { return int(math.Round(min(max(v, 0), 1) * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", part(c.r), part(c.g), part(c.b))
}

// linear undoes the transfer function of sRGB (IEC 61966-2-1) for one part.
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func gamma(v float64) float64 {
	if v <= 0.0031308 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b rgb) float64 {
	la, lb := a.luminance(), b.luminance()
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func (c rgb) luminance() float64 {
	return 0.2126*linear(c.r) + 0.7152*linear(c.g) + 0.0722*linear(c.b)
}

// oklab is a colour as the eye orders it: lightness from 0 to 1 and two axes of
// hue (Björn Ottosson, "A perceptual color space for image processing", 2020).
type oklab struct{ l, a, b float64 }

func (c rgb) oklab() oklab {
	r, g, b := linear(c.r), linear(c.g), linear(c.b)
	l := math.Cbrt(0.4122214708*r + 0.5363325363*g + 0.0514459929*b)
	m := math.Cbrt(0.2119034982*r + 0.6806995451*g + 0.1073969566*b)
	s := math.Cbrt(0.0883024619*r + 0.2817188376*g + 0.6299787005*b)
	return oklab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// rgb comes back to sRGB and says whether the colour exists there.
func (c oklab) rgb() (rgb, bool) {
	l := cube(c.l + 0.3963377774*c.a + 0.2158037573*c.b)
	m := cube(c.l - 0.1055613458*c.a - 0.0638541728*c.b)
	s := cube(c.l - 0.0894841775*c.a - 1.2914855480*c.b)
	out := rgb{
		gamma(4.0767416621*l - 3.3077115913*m + 0.2309699292*s),
		gamma(-1.2684380046*l + 2.6097574011*m - 0.3413193965*s),
		gamma(-0.0041960863*l - 0.7034186147*m + 1.7076147010*s),
	}
	const slack = 0.0005
	exists := true
	for _, v := range []float64{out.r, out.g, out.b} {
		exists = exists && v >= -slack && v <= 1+slack
	}
	return out, exists
}

func cube(v float64) float64 { return v * v * v }

// at is the colour with another lightness and the same hue, as vivid as sRGB
// can show it there.
func (c oklab) at(lightness float64) rgb {
	for vivid := 1.0; vivid > 0; vivid -= 0.02 {
		if out, exists := (oklab{lightness, c.a * vivid, c.b * vivid}).rgb(); exists {
			return out
		}
	}
	out, _ := oklab{l: lightness}.rgb()
	return out
}
