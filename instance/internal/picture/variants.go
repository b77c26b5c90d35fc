package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"runtime/debug"
	"slices"
)

// Variant is one of the smaller copies of a picture: upright, drawn anew, with
// nothing in it but its pixels and what their colours mean.
type Variant struct {
	// Name is that of its file, such as "m.jpg".
	Name          string
	Width, Height int
	// Bytes are those of the file.
	Bytes []byte
}

// sizes are the most pixels that the variants have along their longer side.
var sizes = []struct {
	name string
	edge int
}{{"s", 480}, {"m", 960}, {"l", 1920}}

// variantQuality of JPEG, for photographs that fill a window.
const variantQuality = 82

// much memory is given back to the system at once, for the next press may be
// hours away.
const much = 64 << 20

// Variants makes the small copies of a picture, smallest first: s, m and l with
// 480, 960 and 1920 pixels on the longer side. None is cropped or blown up: the
// first that holds the whole picture is the last there is, in the picture's own
// size. What is transparent becomes white; of an animation the first frame is
// shown. A refusal is one of the errors of Inspect; any other error comes from
// the reader.
func (p *Press) Variants(ctx context.Context, r io.ReaderAt, size int64) ([]Variant, error) {
	p.one.Lock()
	defer p.one.Unlock()
	if err := ctx.Err(); err != nil { // whoever waited has gone
		return nil, err
	}
	f := &file{r: r, size: size}
	l, err := inspect(f)
	if err != nil {
		return nil, err
	}
	icc, err := profileOf(f, l)
	if err != nil {
		return nil, err
	}
	img, n, err := largest(f, l)
	if err != nil {
		return nil, err
	}
	if l.cost > much {
		debug.FreeOSMemory()
	}
	var all []Variant
	for i := n - 1; i >= 0; i-- {
		w, h := fit(img.Rect.Dx(), img.Rect.Dy(), sizes[i].edge)
		if w != img.Rect.Dx() || h != img.Rect.Dy() {
			img = shrink(img, w, h)
		}
		b, err := asJPEG(img, icc.shown())
		if err != nil {
			return nil, err
		}
		all = append(all, Variant{sizes[i].name + ".jpg", w, h, b})
	}
	slices.Reverse(all)
	return all, nil
}

// asJPEG encodes a picture, with its colour profile if it has one.
func asJPEG(img image.Image, icc []byte) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: variantQuality}); err != nil {
		return nil, fmt.Errorf("write the picture as JPEG: %w", err)
	}
	if len(icc) == 0 {
		return b.Bytes(), nil
	}
	const start = 2 // SOI
	return slices.Insert(b.Bytes(), start, named(0xe2, iccName+"\x01\x01", icc)...), nil
}

// largest decodes a picture and gives the largest of its variants, upright and
// on white, and how many there are.
func largest(f *file, l look) (img *image.RGBA, n int, err error) {
	for n = 1; n < len(sizes) && max(l.width, l.height) > sizes[n-1].edge; n++ {
	}
	src, err := f.decode(l)
	if err != nil {
		return nil, 0, err
	}
	w, h := fit(l.width, l.height, sizes[n-1].edge)
	img = shrink(src, w, h)
	onWhite(img)
	pix, w, h := upright(img.Pix, w, h, l.orientation)
	return &image.RGBA{Pix: pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}, n, nil
}

// Fits gives the names and sizes of the variants that a picture has, smallest
// first, by the pixels of the picture held upright.
func Fits(width, height int) (all []Variant) {
	for _, s := range sizes {
		w, h := fit(width, height, s.edge)
		all = append(all, Variant{Name: s.name + ".jpg", Width: w, Height: h})
		if max(width, height) <= s.edge {
			break
		}
	}
	return all
}

// fit gives the size that has at most edge pixels along its longer side.
func fit(w, h, edge int) (int, int) {
	long := max(w, h)
	if long <= edge {
		return w, h
	}
	scaled := func(side int) int { return max(1, (side*edge+long/2)/long) }
	return scaled(w), scaled(h)
}
