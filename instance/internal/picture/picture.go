// Package picture makes of a picture that somebody uploads what others get: a
// small square for a community or a person, and the sizes in which a photo is
// shown. Those were drawn anew: nothing of the file that came in survives,
// neither place and time of the photograph nor what was hidden in it. It stores
// nothing and knows nobody.
package picture

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"sync"

	"github.com/opengather/opengather/instance/internal/fault"
	"golang.org/x/image/draw"
)

// The limits on what may become a small picture, besides those of Inspect.
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
func (p *Press) Square(from io.Reader) (Picture, error) {
	body, err := io.ReadAll(io.LimitReader(from, MaxBytes+1))
	if err != nil {
		return Picture{}, fmt.Errorf("read the picture: %w", err)
	}
	f := &file{r: bytes.NewReader(body), size: int64(len(body))}
	l, err := small(f)
	if err != nil {
		return Picture{}, err
	}
	p.one.Lock()
	defer p.one.Unlock()
	src, err := f.decode(l)
	if err != nil {
		return Picture{}, refusal(err)
	}
	img := square(src)
	img.Pix, _, _ = upright(img.Pix, img.Rect.Dx(), img.Rect.Dx(), l.orientation)
	return encode(img, l.format.drawn)
}

// small inspects a file and holds it to the limits of the small picture.
func small(f *file) (look, error) {
	switch {
	case f.size == 0:
		return look{}, fault.Bad("picture", "picture.none")
	case f.size > MaxBytes:
		large := fault.Bad("picture", "picture.large").With("megabytes", MaxBytes>>20)
		large.Kind = fault.TooLarge
		return look{}, large
	}
	l, err := inspect(f)
	if err == nil && l.pixels() > MaxPixels {
		err = ErrPixels
	}
	return l, refusal(err)
}

// refusal says what Inspect refuses as a fault of the field "picture".
func refusal(err error) error {
	for why, key := range map[error]string{
		ErrKind: "picture.kind", ErrHEIC: "picture.heic", ErrSVG: "picture.svg", ErrPixels: "picture.pixels",
		ErrMoving: "picture.broken", ErrBroken: "picture.broken",
	} {
		if errors.Is(err, why) {
			return fault.Bad("picture", key).With("megapixels", MaxPixels/1_000_000).Because(err)
		}
	}
	return err
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
