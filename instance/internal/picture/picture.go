// Package picture makes a small square picture of whatever somebody uploads,
// for a community or a person. What comes out was drawn anew: nothing of the
// file that came in survives, neither place and time of the photograph nor
// what was hidden in it. It stores nothing and knows nobody.
package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"sync"

	"github.com/opengather/opengather/instance/internal/fault"
	"golang.org/x/image/draw"
)

// The limits on what may come in. The second is checked before any pixel is
// decoded: a file of a few hundred bytes can claim a picture that fills the
// memory.
const (
	MaxBytes  = 5 << 20
	MaxPixels = 16_000_000
)

// Side is the most pixels a picture has along each edge. A smaller one is not
// blown up.
const Side = 256

// heaviest is the most bytes that a picture has: whoever comes for the first time
// loads it with the page, which has to stay light (P161).
const heaviest = 60_000

// quality of JPEG: no visible loss at this size.
const quality = 88

// Picture is a finished picture, ready to be sent.
type Picture struct {
	Body []byte
	// Type is image/png or image/jpeg.
	Type string
}

// Press makes pictures, one at a time: decoding takes up to a few hundred
// megabytes, and two at once would take twice that. The zero Press is ready.
type Press struct{ one sync.Mutex }

// Square reads a PNG, JPEG, GIF or WebP file and gives the middle of it as a
// square, upright, drawn anew. An animation becomes its first frame. What
// cannot be taken is a fault of the field "picture".
func (p *Press) Square(file io.Reader) (Picture, error) {
	body, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("read the picture: %w", err)
	}
	f, err := inspect(body)
	if err != nil {
		return Picture{}, err
	}
	p.one.Lock()
	defer p.one.Unlock()
	src, err := f.decode(bytes.NewReader(body))
	if err != nil {
		return Picture{}, fault.Bad("picture", "picture.broken").Because(err)
	}
	return encode(upright(square(src), f.orientation(body)), f.drawn)
}

// inspect looks at the beginning of a file and says what it is, or why it
// cannot be taken. It decodes no pixel.
func inspect(body []byte) (format, error) {
	switch {
	case len(body) == 0:
		return format{}, fault.Bad("picture", "picture.none")
	case len(body) > MaxBytes:
		f := fault.Bad("picture", "picture.large").With("megabytes", MaxBytes>>20)
		f.Kind = fault.TooLarge
		return format{}, f
	}
	f, err := recognise(body)
	if err != nil {
		return f, err
	}
	w, h, err := f.size(body)
	switch {
	case err != nil:
		return f, fault.Bad("picture", "picture.broken").Because(err)
	case w <= 0 || h <= 0:
		return f, fault.Bad("picture", "picture.broken")
	case w > MaxPixels/h:
		return f, fault.Bad("picture", "picture.pixels").With("megapixels", MaxPixels/1_000_000)
	}
	return f, nil
}

// square draws the middle of a picture, scaled down to Side.
func square(src image.Image) *image.NRGBA {
	b := src.Bounds()
	short := min(b.Dx(), b.Dy())
	corner := b.Min.Add(image.Pt((b.Dx()-short)/2, (b.Dy()-short)/2))
	return scale(src, image.Rectangle{corner, corner.Add(image.Pt(short, short))}, min(short, Side))
}

func scale(src image.Image, part image.Rectangle, side int) *image.NRGBA {
	dst := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.CatmullRom.Scale(dst, dst.Bounds(), src, part, draw.Src, nil)
	return dst
}

// encode writes PNG for what was drawn or lets something through, else JPEG. A
// photograph that came as PNG is too heavy so: it becomes JPEG, and if it lets
// something through, smaller.
func encode(img *image.NRGBA, drawn bool) (Picture, error) {
	p, err := write(img, drawn || !img.Opaque())
	if err == nil && len(p.Body) > heaviest && drawn && img.Opaque() {
		p, err = write(img, false)
	}
	if err != nil || len(p.Body) <= heaviest {
		return p, err
	}
	return encode(scale(img, img.Bounds(), img.Bounds().Dx()/2), drawn)
}

func write(img *image.NRGBA, asPNG bool) (Picture, error) {
	var b bytes.Buffer
	if asPNG {
		e := png.Encoder{CompressionLevel: png.BestCompression}
		if err := e.Encode(&b, img); err != nil {
			return Picture{}, fmt.Errorf("write the picture as PNG: %w", err)
		}
		return Picture{b.Bytes(), "image/png"}, nil
	}
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return Picture{}, fmt.Errorf("write the picture as JPEG: %w", err)
	}
	return Picture{b.Bytes(), "image/jpeg"}, nil
}
