package demo

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"github.com/opengather/opengather/instance/media"
)

// alts say what is on the drawn photos, by language. Some have no words, as with
// real people.
var alts = map[string][]string{
	"en": {"Hills under a low sun", "", "The way over the hills, late in the day", "Morning over the valley"},
	"de": {"Hügel unter einer tiefen Sonne", "", "Der Weg über die Hügel, spät am Tag", "Morgen über dem Tal"},
}

// photographs adds to some posts one to four photos, by what they say, so that
// the same year has the same.
func (y *year) photographs(ctx context.Context, p *saying, language string) ([]media.Placed, error) {
	sum := fnv.New64a()
	fmt.Fprint(sum, p.title, p.body)
	seed := sum.Sum64()
	if p.parent != nil || seed%9 > 0 {
		return nil, nil
	}
	var all []media.Placed
	for n := range seed/9%4 + 1 {
		file, err := landscape(rand.New(rand.NewPCG(seed, n)))
		if err != nil {
			return nil, err
		}
		id, err := y.Media.Add(ctx, p.who.actor(), "", file)
		if err != nil {
			return nil, err
		}
		all = append(all, media.Placed{ID: id, Alt: alts[language][(seed/36+n)%4]})
	}
	return all, nil
}

// landscape draws hills before a sky.
func landscape(rng *rand.Rand) (*bytes.Buffer, error) {
	w, h := 960, 640
	if rng.IntN(4) == 0 {
		w, h = h, w
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	hue := rng.Float64()
	sunX, sunY, sun := rng.Float64()*float64(w), float64(h)*(0.2+0.3*rng.Float64()), 40+30*rng.Float64()
	var hills [4][3]float64 // how high, how wide, where it begins
	for i := range hills {
		hills[i] = [3]float64{float64(h) * (0.45 + 0.13*float64(i)), 120 + 200*rng.Float64(), 6 * rng.Float64()}
	}
	for x := range w {
		var tops [4]float64
		for i, hill := range hills {
			tops[i] = hill[0] + 40*math.Sin(float64(x)/hill[1]+hill[2])
		}
		for y := range h {
			img.SetRGBA(x, y, shade(hue, float64(x), float64(y), float64(h), tops, math.Hypot(float64(x)-sunX, float64(y)-sunY) < sun))
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 88}); err != nil {
		return nil, fmt.Errorf("draw a photo: %w", err)
	}
	return &b, nil
}

// shade is the colour of a point: of the foremost hill, of the sun, or of the sky.
func shade(hue, x, y, height float64, tops [4]float64, sun bool) color.RGBA {
	mix := func(light, warm float64) color.RGBA {
		part := func(shift float64) uint8 {
			return uint8(255 * min(1, light*(0.75+0.25*math.Cos(2*math.Pi*(hue+shift))+warm*max(0, 0.5-shift))))
		}
		return color.RGBA{part(0), part(0.33), part(0.67), 255}
	}
	for i := len(tops) - 1; i >= 0; i-- {
		if y > tops[i] {
			return mix(0.62-0.13*float64(i)+0.03*math.Sin(x/9+y/5), 0)
		}
	}
	if sun {
		return color.RGBA{255, 240, 205, 255}
	}
	return mix(0.95-0.25*y/height, 0.35*y/height)
}
