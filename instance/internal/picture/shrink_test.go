package picture

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// TestShrinkAverages compares every pixel with the mean of the area it covers,
// worked out the long way.
func TestShrinkAverages(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 3))
	for range 60 {
		sw, sh := 1+dice.IntN(40), 1+dice.IntN(40)
		w, h := 1+dice.IntN(sw), 1+dice.IntN(sh)
		src := image.NewRGBA(image.Rect(3, 5, 3+sw, 5+sh))
		for i := range src.Pix {
			src.Pix[i] = byte(dice.Uint32())
		}
		got := shrink(src, w, h)
		for i, c := range got.Pix {
			want := slowMean(src, w, h, i/4%w, i/4/w, i%4)
			if math.Abs(float64(c)-want) > 0.5001 {
				t.Fatalf("%d by %d to %d by %d: byte %d is %d, want %f", sw, sh, w, h, i, c, want)
			}
		}
	}
}

func slowMean(src *image.RGBA, w, h, x, y, channel int) float64 {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	across, down := float64(sw)/float64(w), float64(sh)/float64(h)
	sum := 0.0
	for sy := range sh {
		for sx := range sw {
			covers := overlap(float64(sx), across*float64(x), across) * overlap(float64(sy), down*float64(y), down)
			sum += covers * float64(src.Pix[sy*src.Stride+4*sx+channel])
		}
	}
	return sum / across / down
}

// overlap is how much of the pixel at a lies in the stretch from b on.
func overlap(a, b, length float64) float64 {
	return max(0, min(a+1, b+length)-max(a, b))
}

// TestShrinkOfTheLargest holds that no sum goes round.
func TestShrinkOfTheLargest(t *testing.T) {
	for _, size := range []image.Point{{LongestSide, 2}, {2, LongestSide}} {
		src := image.NewGray(image.Rectangle{Max: size})
		for i := range src.Pix {
			src.Pix[i] = 255
		}
		w, h := fit(size.X, size.Y, 1920)
		for _, c := range shrink(src, w, h).Pix {
			if c != 255 {
				t.Fatalf("%v: white became %d", size, c)
			}
		}
	}
}
