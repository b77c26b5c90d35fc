package picture

import (
	"image"
	"image/color"
)

// shrink scales a picture down to w by h pixels, each of which is the mean of
// the area that it covers. It needs no memory besides the result, a line of the
// original and a line of sums, where draw.CatmullRom keeps the whole height at
// four numbers a pixel: over 300 MB for the largest photographs.
//
// Lengths are counted in fractions that make both sides whole numbers: a pixel
// of the original is w wide and h high, one of the result as wide and high as
// the original has pixels.
func shrink(src image.Image, w, h int) *image.RGBA {
	b := src.Bounds()
	from := reader(src)
	line := make([]uint8, 4*b.Dx())
	sums, across := make([]uint64, 4*w), make([]uint32, 4*w)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y, row := 0, 0; y < b.Dy(); y++ {
		from(b.Min.Y+y, line)
		gather(across, line, b.Dx(), w)
		border := (row + 1) * b.Dy()
		here := min(h, border-y*h)
		add(sums, across, here)
		if (y+1)*h >= border {
			mean(dst.Pix[row*dst.Stride:], sums, uint64(b.Dx())*uint64(b.Dy()))
			clear(sums)
			add(sums, across, h-here)
			row++
		}
	}
	return dst
}

// gather sums a line up to w pixels, by how much of each they cover. At most two
// of them share a pixel of the line.
func gather(across []uint32, line []uint8, width, w int) {
	clear(across)
	to, room := across, width
	for ; len(line) >= 4; line = line[4:] {
		here := min(w, room)
		weigh(to, line, uint32(here))
		if room -= here; room > 0 {
			continue
		}
		if to, room = to[4:], width-(w-here); here < w {
			weigh(to, line, uint32(w-here))
		}
	}
}

func weigh(to []uint32, pixel []uint8, weight uint32) {
	to, pixel = to[:4:4], pixel[:4:4]
	to[0] += weight * uint32(pixel[0])
	to[1] += weight * uint32(pixel[1])
	to[2] += weight * uint32(pixel[2])
	to[3] += weight * uint32(pixel[3])
}

func add(sums []uint64, across []uint32, height int) {
	for i, sum := range across {
		sums[i] += uint64(height) * uint64(sum)
	}
}

func mean(dst []uint8, sums []uint64, area uint64) {
	for i, sum := range sums {
		dst[i] = uint8((sum + area/2) / area)
	}
}

// reader gives lines of a picture as RGBA, multiplied by their alpha.
func reader(src image.Image) func(y int, line []uint8) {
	b := src.Bounds()
	switch img := src.(type) {
	case *image.YCbCr:
		return func(y int, line []uint8) {
			for x := b.Min.X; x < b.Max.X; x, line = x+1, line[4:] {
				at, chroma := img.YOffset(x, y), img.COffset(x, y)
				line[0], line[1], line[2] = color.YCbCrToRGB(img.Y[at], img.Cb[chroma], img.Cr[chroma])
				line[3] = 255
			}
		}
	case image.RGBA64Image: // all others of the standard library
		return func(y int, line []uint8) {
			for x := b.Min.X; x < b.Max.X; x, line = x+1, line[4:] {
				c := img.RGBA64At(x, y)
				line[0], line[1], line[2], line[3] = uint8(c.R>>8), uint8(c.G>>8), uint8(c.B>>8), uint8(c.A>>8)
			}
		}
	}
	return func(y int, line []uint8) {
		for x := b.Min.X; x < b.Max.X; x, line = x+1, line[4:] {
			c := color.RGBAModel.Convert(src.At(x, y)).(color.RGBA)
			line[0], line[1], line[2], line[3] = c.R, c.G, c.B, c.A
		}
	}
}

// onWhite puts white behind a picture that lets something through.
func onWhite(img *image.RGBA) {
	for p := img.Pix; len(p) > 0; p = p[4:] {
		behind := 255 - p[3]
		p[0], p[1], p[2], p[3] = p[0]+behind, p[1]+behind, p[2]+behind, 255
	}
}
